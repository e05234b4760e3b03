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

# drawn SEED: 1000 digits by formula, as examples of a classifier: what a flow with one hidden unit would read.
drawn() {
    "$tracer" models --json strokes | sed "s/\"make\": \"digits\", \"count\": [0-9]*, \"seed\": 1,/\"make\": \"digits\", \"count\": 1000, \"seed\": $1,/
        s/\"hidden\": 256/\"hidden\": 1/; s/\"drop\": [0-9.]*/\"classes\": 10, \"drop\": 0/; s/\"batch\": [0-9]*/\"batch\": 1000/; s/\"loader\": \"random\"/\"loader\": \"rows\"/" >formula.json
    paste -d ' ' <("$tracer" show x_0 --model formula.json --format csv) <("$tracer" show class --model formula.json --format csv | tr ',' '\n') |
        sed 's/\(.*\) \(.*\)/{"x": [\1], "class": \2}/' | paste -s -d ','
}

# judge EXAMPLES TRAINING: the classifier's model file with these.
judge() {
    printf '{"system": "mlp", "data": {"examples": [%s]}, "model": {"hidden": 64, "activation": "relu"},
        "init": {"kind": "normal", "seed": 1, "std": 0.1}, "optimizer": {"kind": "adamw", "lr": 0.003, "weight_decay": 0},
        "training": {%s}}\n' "$1" "$2"
}

# right EXAMPLES: how many of 100 the classifier calls by their class; none if there are no logits.
right() {
    judge "$1" '' >asked.json
    paste -d ',' <(grep -oE '"class": [0-9]+' asked.json | tr -dc '0-9\n') \
        <("$tracer" show logits --model asked.json --weights judge.safetensors --format csv) |
        awk -F, 'NF == 11 { best = 2; for (i = 3; i <= NF; i++) if ($i > $best) best = i; right += best - 2 == $1; all++ }
            END { if (all) printf "%.0f\n", 100 * right / all; else print -1 }'
}

# painted MODEL GUIDANCE: a hundred pictures, ten of each class, as examples.
painted() {
    "$tracer" draw --model "$1" --weights "$1.safetensors" --class all -n 100 --guidance "$2" --json |
        sed 's/.*"class": \([0-9]*\),.*"x": \(\[.*\]\)}/{"x": \2, "class": \1}/' | paste -s -d ','
}

judge "$(drawn 2)" '"batch": 50, "steps": 800, "loader": "random", "shuffle": 1' >judge.json
"$tracer" train --model judge.json --save judge.safetensors >/dev/null || bad=1
known=$(right "$(drawn 3)")
echo "# the classifier knows $known of 100 digits that it has not seen"
check "the classifier can judge" "$((known >= 98))" 1

"$tracer" train --model digits --save digits.safetensors >/dev/null || bad=1
deaf=$(right "$(painted digits 0)") asked=$(right "$(painted digits 2)")
echo "# digits: $asked of 100 are what was asked for, $deaf with guidance 0"
check "digits paints what it is asked for" "$((asked >= 90))" 1
check "with guidance 0 it does not hear the class" "$((deaf >= 0 && deaf <= 30))" 1

"$tracer" train --model codes --save codes.safetensors >/dev/null || bad=1
"$tracer" train --model latent --weights codes.safetensors --save latent.safetensors >/dev/null || bad=1
asked=$(right "$(painted latent 2)")
echo "# latent: $asked of 100 are what was asked for"
check "so does latent, in the space of codes" "$((asked >= 90))" 1
exit $bad
