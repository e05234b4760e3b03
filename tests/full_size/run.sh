#!/usr/bin/env bash
# A model of GPT-2 small's exact shapes, opened and walked within 1.2 GB; called as run.sh TRACER. Its numbers
# come from a formula, what they lead to from an independent implementation (PyTorch, float64).
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
tracer=$1 bad=0
folder=$(mktemp -d) || exit 3
trap 'rm -rf "$folder"' EXIT
MEMORY=1200000 # kB resident

check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $2, not $3"; bad=1; fi; }

cc -std=c17 -O2 -o "$folder/make" tests/full_size/gpt2_small.c && "$folder/make" "$folder/model.safetensors" ||
    { echo "not ok the file could not be made"; exit 1; }
cat >"$folder/config.json" <<'JSON'
{"model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768, "n_positions": 1024, "vocab_size": 50257,
 "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}
JSON
check "its size" "$(stat -c %s "$folder/model.safetensors" | cut -c1-3)" 497

# ask COMMAND...: its output in $folder/out, the most memory that it took in $folder/memory.
ask() {
    "$tracer" --from "$folder" --tokens 15496,995,11,314 "$@" >"$folder/out" 2>"$folder/err" </dev/null &
    local pid=$! most=0 now
    while kill -0 $pid 2>/dev/null; do
        now=$(awk '/^VmHWM/ {print $2}' /proc/$pid/status 2>/dev/null)
        [ "${now:-0}" -gt "$most" ] && most=$now
        sleep 0.02
    done
    wait $pid || { echo "not ok tracer $*: $(head -c 300 "$folder/err")"; bad=1; }
    [ "$most" -gt 0 ] && [ "$most" -lt $MEMORY ] && echo "ok tracer $1: within memory" || { echo "not ok tracer $1 took $most kB"; bad=1; }
}

ask show loss --digits 9
check "the loss" "$(tail -n 1 "$folder/out" | awk '{print $2}')" 10.754935996
ask show 'logits[3,:]' --format csv --digits 12
check "the likeliest token" "$(tail -n 1 "$folder/out" | tr ',' '\n' | tail -n +2 | awk '$1 > most || NR == 1 {most = $1; at = NR} END {print at}')" 38855
ask why 'block7.attention.head3.weights[3,1]'
check "a weight of block 7" "$(head -n 1 "$folder/out")" "block7.attention.head3.weights[3,1]: 1.0000 ÷ 3.3806 = 0.2958"
ask screen --keys 'fff' --size 80x24
check "the stepper goes on into block 0" "$(grep -c 'part 2 of 14' "$folder/out")" 1
ask screen --keys ':block5.mlp.hidden[2,7]<Enter>S' --size 80x24
check "and to any block" "$(grep -c 'part 7 of 14' "$folder/out")" 1
ask show 'embedding[0,0]' --digits 9
check "a cell of a part's own value" "$(wc -l <"$folder/out")" 3

# What only a whole training step can do is refused, with the reason.
refuses() {
    "$tracer" "$@" >"$folder/out" 2>"$folder/err" </dev/null
    local code=$?
    check "refused: $(sed "s|$folder|.|g" <<<"$*")" "$code $(grep -c 'part by part' "$folder/err")" "2 1"
}
model=(--from "$folder" --tokens 15496,995)
run="--from $folder --tokens 15496,995"
"$tracer" export --format safetensors -o "$folder/tiny.safetensors" || bad=1
refuses show "${model[@]}" loss --mistake scores.not_scaled
refuses show "${model[@]}" loss --step 3
refuses show "${model[@]}" loss --weights "$folder/tiny.safetensors"
refuses train "${model[@]}" --steps 2
refuses gradcheck "${model[@]}"
refuses diff "$run" "$run --mistake norm.no_eps"
refuses diff "$run" "$run"
for format in json safetensors npz dot; do refuses export "${model[@]}" --format $format -o "$folder/x"; done
[ ! -e "$folder/x" ] && echo "ok nothing was written" || { echo "not ok something was written"; bad=1; }
exit $bad
