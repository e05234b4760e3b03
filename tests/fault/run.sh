#!/usr/bin/env bash
# Lets the n-th call of the C library fail, for commands of every sort, and looks at exit code, error
# line, files and terminal; see fault.c. Then a full disk on standard output, for every command.
#   tests/fault/run.sh FOLDER [MOST]    FOLDER has fault/tracer and fault/fault; at most MOST failures
#                                       of each kind and command, 0 (or nothing): every one
set -u
folder=$(realpath "${1:?which folder}")
most=${2:-0}
tracer=$folder/fault/tracer fault=$folder/fault/fault
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export TRACER_TUTORIAL=$PWD/tutorial LC_ALL=C.UTF-8 XDG_CONFIG_HOME=/nowhere ASAN_OPTIONS=exitcode=99
unset CI # where it is set, no golden is accepted
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0

# Folders with what a command finds: the old file that it writes, what it reads.
fixture=$work/nothing
mkdir "$work/nothing" "$work/files" "$work/class" "$work/class/submissions"
{
    "$tracer" train --steps 1 --save "$work/files/w.safetensors"
    "$tracer" models --json tiny
} >"$work/out" && sed -n '/^{/,$p' "$work/out" >"$work/files/model.json"
mkdir "$work/files/weights"
cp "$work/files/w.safetensors" "$work/files/weights/"
{
    printf '{"weight_map":{'
    grep -ao '"[^"]*":{"dtype"' "$work/files/w.safetensors" | sed 's/:{"dtype"/:"w.safetensors"/' | paste -sd,
    printf '}}'
} >"$work/files/w.index.json"
cp golden/tiny.golden "$work/files/"
mkdir -p "$work/files/mine/one" "$work/files/mine/two"
for class in one two; do "$tracer" draw --model flow -o "$work/files/mine/$class/a.png"; done
echo '{"system": "flow", "data": {"pictures": "mine"}}' >"$work/files/pictures.json"
"$tracer" exercise start 07 --student anna --teacher --mistake softmax.columns -o "$work/files/sheet.txt" >/dev/null
"$tracer" exercise start 16 --student anna | awk '{ while (sub(/\?/, 1.5 + ++n * n % 7 / 10)); print }' >"$work/files/unlisted.txt"
for old in out.json out.safetensors out.npz out.dot out.png out.svg out.pdf out.apng new.txt; do echo old >"$work/files/$old"; done
printf 'The loss is {{loss %%.3f}}.\n\n{{table probabilities[0,:]}}\n\n{{figure attention block0.head0}}\n' >"$work/files/article.md"
for form in tex html; do cp "$work/files/article.md" "$work/files/article.$form"; done
printf '{"cells": [{"cell_type": "markdown", "source": ["$x = {{loss %%.3f}}$\\n", "{{tokens probabilities[0,:]}}"]}]}\n' >"$work/files/article.ipynb"
printf '#!/bin/sh\nexec cat\n' >"$work/files/program" && chmod +x "$work/files/program"
cp tutorial/sample-class/class.csv "$work/class/"
cp -r $(ls -d tutorial/sample-class/submissions/* | head -n 3) "$work/class/submissions/"

# disturb MODE WORDS...: FAULT_INPUT is what it reads.
disturb() {
    local mode=$1
    shift
    "$fault" "$tracer" "$fixture" "$most" "$mode" -- "$@" || bad=1
}

# The same, at most 300 of each kind: commands that read every exercise before they begin.
disturb_some() {
    local most=$((most && most < 300 ? most : 300))
    disturb "$@"
}

fixture=$work/nothing
disturb command show block0.attention.head0.weights
disturb command show logits --format json
disturb command why 'block0.attention.head0.scores[2,1]' --depth 3
disturb command why 'block0.attention.head0.scores[2,1]' --depth 2 --json
disturb command uses 'block0.attention.head0.K[1,0]'
disturb command nudge 'block0.mlp.W_1[0,0]' 0.01
disturb command gradcheck head.W
disturb command diff "" "--mistake softmax.columns"
disturb command names '*.grad'
disturb command steps --depth 3
disturb command steps --depth 2 --json
disturb command sample -n 2 --top-k 3 --top-p 0.8
disturb command sample -n 1 --json --why 'draw.token[0,0]'
disturb command screen --keys 'nns<Enter>?' --size 80x24
disturb command models --json by-hand
disturb command learn 7
disturb command exercise show 07
disturb_some command exercise list
# The map tells chapters where a tutorial can be read and does without where none can; here it has none from the start.
TRACER_TUTORIAL=$work/none disturb command step

fixture=$work/files
disturb command train --steps 2 --save out.safetensors
for weights in w.safetensors w.index.json weights; do disturb command show loss --model model.json --weights $weights; done
disturb command show loss --model pictures.json
for format in json safetensors npz dot; do disturb command export --format $format -o out.$format; done
for format in png svg pdf; do disturb command render matrix head.W -o out.$format; done
disturb command render over-training head.W -o out.apng --updates 3
disturb command render attention block0.head0
disturb command fill article.md
disturb command fill --check article.md
for form in tex html ipynb; do disturb command fill "article.$form"; done
disturb_some command golden check tiny.golden
disturb command golden accept tiny.golden --reason "the same"
disturb_some command exercise start 07 --student anna -o new.txt
disturb_some command exercise check 07 sheet.txt
disturb_some command exercise check 16 unlisted.txt
FAULT_KINDS="memory files" disturb_some command exercise check 07 program --student anna
disturb_some command exercise lint 07
FAULT_INPUT=$'n\ns\nwhy\nwatch loss\nq\n' disturb told step --plain
TERM=xterm FAULT_INPUT='nns?qq' disturb terminal step

fixture=$work/class
FAULT_KINDS=memory disturb_some command grade --roster class.csv --in submissions --out report

# A full disk on standard output: exit code 3, one line.
full() {
    TERM=dumb "$tracer" "$@" </dev/null >/dev/full 2>"$work/err"
    local code=$?
    if [ $code = 3 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q '^tracer: [a-z].*standard output' "$work/err"; then printf 'ok full disk: %s\n' "$*"
    else printf 'not ok full disk: %s: exit code %d, %s\n' "$*" $code "$(head -c 200 "$work/err")"; bad=1; fi
}
cd "$work/files" || exit 3
full step
full step --plain
full screen --keys n --size 80x24
full steps
full names
full show loss
full why 'loss[0,0]'
full uses 'loss.per_token[0,0]'
full nudge 'head.W[0,0]' 0.1
full gradcheck head.W
full diff "" ""
full train --steps 1
full train --steps 1 --json
full export --format json -o -
full golden check tiny.golden
full golden diff tiny.golden
full golden show tiny.golden
full golden accept tiny.golden --reason "the same"
full models
full mistakes
full help
full help show
full help man
full help completion
full help model-file
full --version
full sample -n 1
full sample -n 1 --json
full render --list
full render attention
full render attention --format svg -o -
full exercise list
full exercise show 07
full exercise start 07 --student anna
full exercise check 07 sheet.txt
full exercise hint 07 --student anna
full exercise lint 07
full grade --roster "$work/class/class.csv" --in "$work/class/submissions" --out report
full learn
full learn 7
full learn --book book
full fill --check article.md
exit $bad
