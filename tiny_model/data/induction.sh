#!/bin/sh
# Makes induction.txt: trains the preset repeats, five minutes, and rounds its weights to one decimal. The same bits on
# every machine. tiny_model/data/induction.sh TRACER [WEIGHTS] > tiny_model/data/induction.txt
tracer=${1:?which tracer}
weights=${2:-${TMPDIR:-/tmp}/repeats.safetensors}
[ -n "${2:-}" ] || "$tracer" train --model repeats --save "$weights" >&2 || exit
"$tracer" --model repeats --text 'a b' --weights "$weights" names | awk '$5 == "parameter" {print $1, $2, $4}' |
while read -r name rows cols; do
    echo "$name $rows $cols"
    "$tracer" --model repeats --text 'a b' --weights "$weights" show "$name" --format csv |
        awk -F, '{for (i = 1; i <= NF; i++) {t = sprintf("%.1f", $i); if (t == "-0.0") t = "0.0"; printf "%s%s", t, i < NF ? " " : "\n"}}'
done
