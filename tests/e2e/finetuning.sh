#!/usr/bin/env bash
# What pretraining is worth, measured whole: loomings is trained, then messages from its weights and from nothing, with
# three seeds each; and a translator that is asked for sentences which it has not learned. Minutes. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
export LC_ALL=C.UTF-8 NO_COLOR=1
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
bad=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $2, not $3"; bad=1; fi; }

# right ARGUMENTS...: examples told right of the 108 that were kept apart, after the training that the preset asks for.
right() {
    "$tracer" evaluate --steps 315 --json "$@" | tail -n 1 |
        grep -oE '"part": "(validation|test)", "examples": 54, "loss": [0-9.e+-]+, "accuracy": [0-9.]+' |
        awk '{ right += $NF * 54 } END { printf "%.0f\n", NR == 2 ? right : -1 }'
}

"$tracer" train --model loomings --save loomings.safetensors >/dev/null || bad=1
"$tracer" models --json messages >messages.json
before=0 nothing=0
for seed in 11 12 13; do
    sed "s/\"init\": {\"kind\": \"normal\", \"seed\": 42/\"init\": {\"kind\": \"normal\", \"seed\": $seed/; s/\"shuffle\": 1,/\"shuffle\": $seed,/" messages.json >seed.json
    check "seed $seed is another training" "$(grep -c ": $seed," seed.json)" 2
    one=$(right --model seed.json --weights loomings.safetensors) other=$(right --model seed.json)
    echo "# seed $seed: $one of 108 from what loomings learned, $other from nothing"
    before=$((before + one)) nothing=$((nothing + other))
done
check "fine-tuned, 9 of 10 are told right" "$((before * 10 >= 9 * 324))" 1
check "that is 32 in 324 more than from nothing" "$((before - nothing >= 32))" 1
check "which is more than guessing" "$((nothing > 200))" 1

"$tracer" train --model interpreter --save interpreter.safetensors >/dev/null || bad=1
said() { "$tracer" sample --model interpreter --weights interpreter.safetensors --temperature 0 --text "$1" "${@:2}" | tail -n 1; }
known=$("$tracer" models --json interpreter)
for pair in "the old bird likes the red fish=lo pip vet lo blub rot am" "the wet horse hears the black mouse=lo hop lak lo fip nok ud" \
    "the cat follows the small dog=lo miu lo vau pet sek"; do
    check "\"${pair%=*}\" is not among what it learned" "$(grep -cF "\"${pair%=*}\"" <<<"$known")" 0
    check "\"${pair%=*}\"" "$(said "${pair%=*}")" "${pair#*=}"
    check "the same without what is kept" "$(said "${pair%=*}" --no-cache)" "${pair#*=}"
done
exit $bad
