#!/usr/bin/env bash
# Runs the tests; called by build.sh from the top of the checkout. Every part prints lines
# "ok ..." and "not ok ..."; the last line here counts them. A part that prints none has failed.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3

MAKE=(make --no-print-directory -s -j "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -f tests/Makefile)
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
passed=0 failed=0
log=$(mktemp -d) || exit 3
trap 'rm -rf "$log"' EXIT

# part NAME COMMAND...: counts its lines, shows what failed.
part() {
    local name=$1 code good bad
    shift
    "$@" >"$log/out" 2>"$log/err" </dev/null
    code=$?
    good=$(grep -cE '^[[:space:]]*ok ' "$log/out")
    bad=$(grep -cE '^[[:space:]]*not ok ' "$log/out")
    if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
        printf 'not ok %s: exit code %d, %d tests\n' "$name" "$code" "$good"
    fi
    if [ "$bad" -gt 0 ]; then
        grep -E -A 8 '^[[:space:]]*not ok ' "$log/out" | head -n 60
        tail -n 40 "$log/err"
    fi
    printf '%-28s %d passed, %d failed\n' "$name" "$good" "$bad"
    passed=$((passed + good)) failed=$((failed + bad))
}

built() {
    "${MAKE[@]}" "$@" >&2 && echo "ok built: $*"
}

unit() { CMOCKA_MESSAGE_OUTPUT=TAP "$@"; }

everything() {
    part "clang -O0" built OUT=build/clang CC=clang OPTIMIZE=-O0 unit tracer
    part "unit tests, clang -O0" unit build/clang/unit
    TRACER_ALL_FORMULAS=1 part "every wrong formula" unit build/unit wrong_formulas
    part "sanitizers" built OUT=build/asan SANITIZE=1 OPTIMIZE=-O1 unit tracer
    RANDOM_KEYS=334000 part "unit tests, sanitizers" unit build/asan/unit # on three models: a million keys
    part "commands, sanitizers" tests/e2e/commands.sh build/asan/tracer
    part "stepper, sanitizers" tests/e2e/stepper.sh build/asan/tracer
    part "exercises, sanitizers" tests/e2e/exercises.sh build/asan/tracer
    part "students' programs, sanitizers" tests/e2e/programs.sh build/asan/tracer
    part "figures, sanitizers" tests/e2e/figures.sh build/asan/tracer --quick
    part "tutorial, sanitizers" tests/e2e/tutorial.sh build/asan/tracer
    part "every system, sanitizers" tests/e2e/systems.sh build/asan/tracer
    part "every fault" tests/fault/run.sh build
    part "sanitizers, faults" built OUT=build/asan SANITIZE=1 OPTIMIZE=-O1 fault
    part "faults, sanitizers" tests/fault/run.sh build/asan 20
    part "book in a browser" tests/e2e/browser.sh build/tracer
    part "GPT-2 small" tests/full_size/run.sh build/tracer
    part "valgrind" tests/e2e/valgrind.sh build/tracer
    part "other processors" tests/machines/run.sh
    part "fuzzing" tests/fuzz/run.sh
    part "mutants" tests/mutants.sh
}

part "build" built tracer unit bench fault
if [ "$failed" -gt 0 ]; then
    printf '%d passed, %d failed\n' "$passed" "$failed"
    exit 1
fi
part "structure" tests/e2e/structure.sh
part "unit tests" unit build/unit
part "commands" tests/e2e/commands.sh build/tracer
part "training" tests/e2e/training.sh build/tracer
part "hostile names" tests/e2e/hostile.sh build/tracer
part "README" tests/e2e/readme.sh build/tracer
part "stepper in a terminal" tests/e2e/stepper.sh build/tracer
part "figures" tests/e2e/figures.sh build/tracer
part "every system" tests/e2e/systems.sh build/tracer
part "goldens" tests/e2e/goldens.sh build/tracer
part "exercises" tests/e2e/exercises.sh build/tracer
part "students' programs" tests/e2e/programs.sh build/tracer
part "tutorial" tests/e2e/tutorial.sh build/tracer
part "faults" tests/fault/run.sh build 10
[ "${1:-}" != --all ] || everything
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
