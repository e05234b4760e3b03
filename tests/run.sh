#!/usr/bin/env bash
# Runs the tests; called by build.sh from the top of the checkout. Every part prints lines
# "ok ..." and "not ok ..."; the last line here counts them. A part that prints none has failed.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3

PROCESSORS=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Most of a part is waiting, for a terminal or for a program, so more of them run than there are processors.
AT_ONCE=$((2 * PROCESSORS))
UNIT_SHARES=6 SYSTEM_SHARES=3
limit=900 # seconds for a part
MAKE="make --no-print-directory -s -j $PROCESSORS -f tests/Makefile"
export MAKE LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
passed=0 failed=0
names=() commands=()
log=$(mktemp -d) || exit 3
trap 'rm -rf "$log"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM

# part NAME COMMAND...: is run by the next run_parts.
part() {
    names+=("$1")
    commands+=("$(printf '%q ' "${@:2}")")
}

# start INDEX: in a folder of its own; "code" appears when it is over.
start() {
    local own=$log/$1
    mkdir "$own"
    (
        timeout -k 10 "$limit" bash -c "${commands[$1]}" >"$own/out" 2>"$own/err" </dev/null
        echo $? >"$own/code.new"
        mv "$own/code.new" "$own/code"
    ) &
}

# told INDEX: counts its lines, shows what failed.
told() {
    local name=${names[$1]} own=$log/$1 code good bad
    code=$(cat "$own/code")
    good=$(grep -cE '^[[:space:]]*ok ' "$own/out")
    bad=$(grep -cE '^[[:space:]]*not ok ' "$own/out")
    if [ "$code" = 124 ] || [ "$code" = 137 ]; then
        bad=$((bad + 1))
        printf 'not ok %s: not over after %d seconds; its last line: %s\n' "$name" "$limit" "$(tail -n 1 "$own/out")"
    elif [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
        printf 'not ok %s: exit code %d, %d tests\n' "$name" "$code" "$good"
    fi
    if [ "$bad" -gt 0 ]; then
        grep -E -A 8 '^[[:space:]]*not ok ' "$own/out" | head -n 60
        tail -n 40 "$own/err"
    fi
    printf '%-28s %d passed, %d failed\n' "$name" "$good" "$bad"
    passed=$((passed + good)) failed=$((failed + bad))
    rm -rf "$own"
}

# Runs the parts that wait, several at once, and tells of them in their order.
run_parts() {
    local next=0 shown=0 running=0
    while [ $shown -lt ${#names[@]} ]; do
        while [ $next -lt ${#names[@]} ] && [ $running -lt $AT_ONCE ]; do
            start $next
            next=$((next + 1)) running=$((running + 1))
        done
        wait -n
        running=$((running - 1))
        while [ $shown -lt $next ] && [ -e "$log/$shown/code" ]; do
            told $shown
            shown=$((shown + 1))
        done
    done
    names=() commands=()
}

built() { $MAKE "$@" >&2 && echo "ok built: $*"; }
unit() { CMOCKA_MESSAGE_OUTPUT=TAP "$@"; }
export -f built unit

# unit_parts NAME PROGRAM: in shares.
unit_parts() {
    local share
    for ((share = 1; share <= UNIT_SHARES; share++)); do part "$1 $share/$UNIT_SHARES" unit "$2" "$share/$UNIT_SHARES"; done
}

everything() {
    limit=20000
    part "clang -O0" built OUT=build/clang CC=clang OPTIMIZE=-O0 unit tracer
    run_parts
    part "sanitizers" built OUT=build/asan SANITIZE=1 OPTIMIZE=-O1 unit tracer fault
    run_parts
    unit_parts "unit tests, clang -O0" build/clang/unit
    part "every wrong formula" env TRACER_ALL_FORMULAS=1 CMOCKA_MESSAGE_OUTPUT=TAP build/unit wrong_formulas
    part "a million arguments" env ELEMENTARY_ARGUMENTS=1000000 CMOCKA_MESSAGE_OUTPUT=TAP build/unit elementary
    export RANDOM_KEYS=334000 # on three models: a million keys
    unit_parts "unit tests, sanitizers" build/asan/unit
    run_parts
    unset RANDOM_KEYS
    part "commands, sanitizers" tests/e2e/commands.sh build/asan/tracer
    part "hostile names, sanitizers" tests/e2e/hostile.sh build/asan/tracer
    part "stepper, sanitizers" tests/e2e/stepper.sh build/asan/tracer
    part "exercises, sanitizers" tests/e2e/exercises.sh build/asan/tracer
    part "students' programs, sanitizers" tests/e2e/programs.sh build/asan/tracer
    part "figures, sanitizers" tests/e2e/figures.sh build/asan/tracer --quick
    part "tutorial, sanitizers" tests/e2e/tutorial.sh build/asan/tracer
    for ((share = 1; share <= SYSTEM_SHARES; share++)); do
        part "every system $share, sanitizers" tests/e2e/systems.sh build/asan/tracer --share "$share/$SYSTEM_SHARES"
    done
    part "every fault" tests/fault/run.sh build
    part "faults, sanitizers" tests/fault/run.sh build/asan 20
    part "book in a browser" tests/e2e/browser.sh build/tracer
    part "page in a browser" tests/e2e/web.sh build/tracer --all
    part "GPT-2 small" tests/full_size/run.sh build/tracer
    part "what is painted" tests/e2e/painting.sh build/tracer
    part "what pretraining is worth" tests/e2e/finetuning.sh build/tracer
    part "valgrind" tests/e2e/valgrind.sh build/tracer
    run_parts
    AT_ONCE=1 # these use every processor themselves
    part "other processors" tests/machines/run.sh
    part "fuzzing" tests/fuzz/run.sh
    part "mutants" tests/mutants.sh
    run_parts
}

part "build" built tracer unit bench fault
run_parts
if [ "$failed" -gt 0 ]; then
    printf '%d passed, %d failed\n' "$passed" "$failed"
    exit 1
fi
# The longest first.
for ((share = 1; share <= SYSTEM_SHARES; share++)); do
    part "every system $share/$SYSTEM_SHARES" tests/e2e/systems.sh build/tracer --share "$share/$SYSTEM_SHARES"
done
part "stepper in a terminal" tests/e2e/stepper.sh build/tracer
part "structure" tests/e2e/structure.sh
unit_parts "unit tests" build/unit
part "commands" tests/e2e/commands.sh build/tracer
part "training" tests/e2e/training.sh build/tracer
part "hostile names" tests/e2e/hostile.sh build/tracer
part "README" tests/e2e/readme.sh build/tracer
part "figures" tests/e2e/figures.sh build/tracer
part "goldens" tests/e2e/goldens.sh build/tracer
part "exercises" tests/e2e/exercises.sh build/tracer
part "students' programs" tests/e2e/programs.sh build/tracer
part "tutorial" tests/e2e/tutorial.sh build/tracer
part "page under node" tests/e2e/web.sh build/tracer
part "faults" tests/fault/run.sh build 10
run_parts
[ "${1:-}" != --all ] || everything
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
