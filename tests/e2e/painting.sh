#!/usr/bin/env bash
# What is painted, measured whole: digits and codes are trained with the seeds that their presets have, digits are asked
# for, and a classifier that is trained here, on digits by formula, says what they are. Minutes. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
export LC_ALL=C.UTF-8 NO_COLOR=1
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
bad=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $2, not $3"; bad=1; fi; }

# formula COUNT SEED SET: digits by formula, a row each, in their order; a flow with one hidden unit reads them.
formula() {
    "$tracer" models --json strokes | sed "s/\"make\": \"digits\", \"count\": [0-9]*, \"seed\": 1,/\"make\": \"digits\", \"count\": $1, \"seed\": $2,/
        s/\"set\": \"plain\"/\"set\": \"$3\"/; s/\"hidden\": 256/\"hidden\": 1/; s/\"drop\": [0-9.]*/\"classes\": 10, \"drop\": 0/
        s/\"batch\": [0-9]*/\"batch\": $1/; s/\"loader\": \"random\"/\"loader\": \"rows\"/; s/\"shuffle\": 1/\"shuffle\": null/" >formula.json
    "$tracer" show x_0 --model formula.json --format csv
}

# labelled PICTURES CLASSES: as examples of a classifier; both have a line for each.
labelled() { paste -d ' ' "$1" "$2" | sed 's/\(.*\) \(.*\)/{"x": [\1], "class": \2}/' | paste -s -d ','; }

# below_half SEED K: whether number K of splitmix64 is, which its highest bit says.
below_half() {
    local z=$(($1 + ($2 + 1) * 0x9E3779B97F4A7C15))
    z=$(((z ^ (z >> 30 & 0x3FFFFFFFF)) * 0xBF58476D1CE4E5B9))
    z=$(((z ^ (z >> 27 & 0x1FFFFFFFFF)) * 0x94D049BB133111EB))
    (((z ^ (z >> 31 & 0x1FFFFFFFF)) >= 0))
}

# captions COUNT SEED: which of forty each styled digit is: 4 digit + 2 thick + right.
captions() {
    local i caption
    for ((i = 0; i < $1; i++)); do
        caption=$((4 * (i % 10)))
        below_half "$2" $((8 * i + 6)) && caption=$((caption + 2))
        below_half "$2" $((8 * i + 7)) && caption=$((caption + 1))
        echo $caption
    done
}

# drawn SEED, styled COUNT SEED: digits with their classes, with their captions.
drawn() { labelled <(formula 1000 "$1" plain) <(for ((i = 0; i < 1000; i++)); do echo $((i % 10)); done); }
styled() { labelled <(formula "$1" "$2" styled) <(captions "$1" "$2"); }

# judge EXAMPLES CLASSES TRAINING: the classifier's model file with these.
judge() {
    printf '{"system": "mlp", "data": {"examples": [%s]}, "model": {"hidden": 64, "classes": %s, "activation": "relu"},
        "init": {"kind": "normal", "seed": 1, "std": 0.1}, "optimizer": {"kind": "adamw", "lr": 0.003, "weight_decay": 0},
        "training": {%s}}\n' "$1" "$2" "$3"
}

# trained_judge NAME EXAMPLES CLASSES TRAINING
trained_judge() {
    judge "$2" "$3" "$4" >"$1.json"
    "$tracer" train --model "$1.json" --save "$1.safetensors" >/dev/null || bad=1
}

# right JUDGE CLASSES EXAMPLES: how many of 100 it calls by their class; -1 if there are no logits.
right() {
    judge "$3" "$2" '' >asked.json
    paste -d ',' <(grep -oE '"class": [0-9]+' asked.json | tr -dc '0-9\n') \
        <("$tracer" show logits --model asked.json --weights "$1.safetensors" --format csv) |
        awk -F, -v fields="$(($2 + 1))" 'NF == fields { best = 2; for (i = 3; i <= NF; i++) if ($i > $best) best = i; right += best - 2 == $1; all++ }
            END { if (all) printf "%.0f\n", 100 * right / all; else print -1 }'
}

# painted MODEL GUIDANCE: a hundred pictures, ten of each class, as examples.
painted() {
    "$tracer" draw --model "$1" --weights "$1.safetensors" --class all -n 100 --guidance "$2" --json |
        sed 's/.*"class": \([0-9]*\),.*"x": \(\[.*\]\)}/{"x": \2, "class": \1}/' | paste -s -d ','
}

trained_judge judge "$(drawn 2)" 10 '"batch": 50, "steps": 800, "loader": "random", "shuffle": 1'
known=$(right judge 10 "$(drawn 3)")
echo "# the classifier knows $known of 100 digits that it has not seen"
check "the classifier can judge" "$((known >= 98))" 1

"$tracer" train --model digits --save digits.safetensors >/dev/null || bad=1
deaf=$(right judge 10 "$(painted digits 0)") asked=$(right judge 10 "$(painted digits 2)")
echo "# digits: $asked of 100 are what was asked for, $deaf with guidance 0"
check "digits paints what it is asked for" "$((asked >= 90))" 1
check "with guidance 0 it does not hear the class" "$((deaf >= 0 && deaf <= 30))" 1

"$tracer" train --model codes --save codes.safetensors >/dev/null || bad=1
"$tracer" train --model latent --weights codes.safetensors --save latent.safetensors >/dev/null || bad=1
asked=$(right judge 10 "$(painted latent 2)")
echo "# latent: $asked of 100 are what was asked for"
check "so does latent, in the space of codes" "$((asked >= 90))" 1

# told GUIDANCE KEEPS: five paintings of each of the forty captions, of these those whose number k and digit KEEPS says.
told() {
    "$tracer" draw --model painter --weights painter.safetensors --caption all -n 200 --guidance "$1" --json |
        sed 's/.*"x": \(\[.*\]\)}/\1/' |
        awk "{ k = (NR - 1) % 40; if ($2) printf \"%s{\\\"x\\\": %s, \\\"class\\\": %d}\", many++ ? \",\" : \"\", \$0, k }"
}

trained_judge critic "$(styled 4000 2)" 40 '"batch": 50, "steps": 3000, "loader": "random", "shuffle": 1'
known=$(right critic 40 "$(styled 1000 3)")
echo "# another knows $known of 100 styled digits by digit, pen and lean"
check "it can judge all three attributes" "$((known >= 98))" 1
"$tracer" train --model captions --save captions.safetensors >/dev/null || bad=1
"$tracer" train --model painter --weights captions.safetensors --save painter.safetensors >/dev/null || bad=1
deaf=$(right critic 40 "$(told 0 1)") asked=$(right critic 40 "$(told 2 1)")
unseen=$(right critic 40 "$(told 2 'k % 4 == int(k / 4) % 4')")
echo "# painter: $asked of 100 are what the caption says, of captions that were never shown $unseen, with guidance 0 $deaf"
check "painter paints what it is told" "$((asked >= 90))" 1
check "and what it has never seen together" "$((unseen >= 80))" 1
check "with guidance 0 it does not hear the caption" "$((deaf >= 0 && deaf <= 10))" 1
exit $bad
