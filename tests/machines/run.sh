#!/usr/bin/env bash
# Two other processors, played by qemu: aarch64, and s390x, whose bytes stand the other way round. What this one
# computes for every preset is read there and computed again, and the other way round.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0
awk -f tiny_model/data/embed.awk tiny_model/data/*.txt >"$work/texts.c" || exit 3
build() { "$1" -std=c17 -D_DEFAULT_SOURCE -O2 -ffp-contract=off -Wall -Wextra -Wno-missing-field-initializers -static -I. -o "$2" tests/machines/machine.c "$work/texts.c" tiny_model/*.c tiny_model/*/*.c -lm; }
check() {
    local name=$1 found
    shift
    if found=$("$@" 2>&1); then echo "ok $name: $found"; else echo "not ok $name: $found"; bad=1; fi
}

build cc "$work/here" && "$work/here" write >"$work/numbers" || { echo "not ok this processor"; exit 1; }
for processor in aarch64 s390x; do
    there=(qemu-$processor "$work/$processor")
    if ! build $processor-linux-gnu-gcc "$work/$processor" || ! "${there[@]}" write >"$work/others"; then
        echo "not ok $processor does not run"
        bad=1
        continue
    fi
    check "$processor reads what is written here" "${there[@]}" check <"$work/numbers"
    check "what $processor writes is read here" "$work/here" check <"$work/others"
    sed '3s/.*/0x1p-1/' "$work/others" | "$work/here" check >/dev/null && { echo "not ok a wrong number of $processor passes"; bad=1; } || echo "ok a wrong number of $processor is found"
done
exit $bad
