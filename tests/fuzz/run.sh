#!/usr/bin/env bash
# Fuzzes every target for a while, starting from its corpus: tests/fuzz/run.sh [SECONDS [TARGET...]]
# Prints a line "ok" or "not ok" for each; a crash leaves its input in build/fuzz.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3

seconds=${1:-20}
shift $(($# > 0))
out=build/fuzz
if ! make --no-print-directory -s -j "$(getconf _NPROCESSORS_ONLN)" -f tests/fuzz/Makefile OUT="$out" >&2; then
    echo "not ok fuzz targets do not build"
    exit 1
fi

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for source in tests/fuzz/fuzz_*.c; do
        source=${source##*/fuzz_}
        targets+=("${source%.c}")
    done
fi

failed=0
for target in "${targets[@]}"; do
    found=$(mktemp -d)
    if "$out/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$out/crash-$target-" "$found" "tests/fuzz/corpus/$target" >"$out/$target.log" 2>&1; then
        echo "ok fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$target.log") inputs"
    else
        echo "not ok fuzz $target: see $out/$target.log"
        tail -n 20 "$out/$target.log" >&2
        failed=1
    fi
    rm -rf "$found"
done
exit $failed
