#!/usr/bin/env bash
# The tutorial: commands as printed, numbers against the run, completeness, links, the terminal, the book.
# $1: the tracer that build/tracer means.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export TRACER_TUTORIAL=$PWD/tutorial LC_ALL=C.UTF-8
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
mkdir "$work/build" && ln -s "$tracer" "$work/build/tracer" && ln -s "$PWD/tutorial" "$work/tutorial"
shopt -s nullglob
chapters=(tutorial/chapters/[0-9]*.md)
pages=("${chapters[@]}" tutorial/README.md tutorial/functions.md tutorial/glossary.md)
bad=0
# empty NAME LINES: the test passes if there are none.
empty() { if [ -z "$2" ]; then printf 'ok %s\n' "$1"; else printf 'not ok %s: %s\n' "$1" "$(echo "$2" | head -5 | tr '\n' ' ')"; bad=1; fi; }
# code FILE...: what stands in backticks, one a line, outside of blocks.
code() { awk '/^```/ {block = !block; next} !block' "$@" | grep -oE '`[^`]+`' | tr -d '`'; }
# lacking WORDS...: those of standard input that stand in no chapter's code.
lacking() { sort -u | comm -23 - "$work/code"; }

[ "${#chapters[@]}" -ge 18 ] && echo "ok there are ${#chapters[@]} chapters" || { echo "not ok there are ${#chapters[@]} chapters"; bad=1; }
tests/e2e/readme.sh "$tracer" "${chapters[@]}" tutorial/functions.md || bad=1

drifted=$(for page in "${pages[@]}"; do "$tracer" fill --check "$page" >"$work/out" 2>&1 || cat "$work/out"; done)
empty "every number and picture is the run's" "$drifted"
empty "no number is of the size of rounding" "$(grep -noE '[0-9]e-(0[89]|[1-9][0-9])|[0-9]\.[0-9]{13,}' "${pages[@]}" README.md tutorial/gallery.md
    grep -noE '[0-9]e-(1[1-9]|[2-9][0-9])' tutorial/chapters/figures/*.svg tutorial/figures/*.svg)"
empty "no reference of a number begins a line" "$(grep -nE '^<!--\{\{' "${pages[@]}" | grep -vE '\{\{(table|latex|run) ')"
# The tables of functions are computed again, by awk: a row of arguments, a row of values.
checked=$(awk -F' *[|] *' '
    function value(name, x) {
        if (name == "exp(x)") return exp(x)
        if (name == "log(x)") return log(x)
        if (name == "sqrt(x)") return sqrt(x)
        if (name == "sigmoid(x)") return 1 / (1 + exp(-x))
        return (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    }
    $2 == "x" { for (i = 3; i < NF; i++) at[i] = $i }
    $2 ~ /^(exp|log|sqrt|sigmoid|tanh)\(x\)$/ {
        rows++
        for (i = 3; i < NF; i++) {
            off = value($2, at[i]) - $i
            if (off > 0.00006 || off < -0.00006) printf "%s at %s: %s; ", $2, at[i], $i
        }
    }
    END { print rows " rows" }' tutorial/functions.md)
empty "the functions' tables are right" "$([ "$checked" = "5 rows" ] || echo "$checked")"
empty "every reference was filled" "$(for page in "${pages[@]}"; do awk '/^```/ {block = !block} !block' "$page" | sed 's/`[^`]*`//g; s/<!--{{[^}]*}}-->//g' | grep -n '{{' | sed "s|^|$page:|"; done)"

code "${chapters[@]}" | sort -u >"$work/code"
"$tracer" export --format json -o "$work/tape.json" || bad=1
for kind in primitive rule; do
    found=$(grep -oE "\"$kind\": *\"[a-z_0-9]+\"" "$work/tape.json" | sed 's/.*"\([a-z_0-9]*\)"$/\1/')
    [ "$(echo "$found" | sort -u | wc -l)" -ge 12 ] || { printf 'not ok the tape has %ss\n' "$kind"; bad=1; }
    empty "every $kind that tiny records is met" "$(echo "$found" | lacking)"
done
empty "every planted mistake is named" "$("$tracer" mistakes | cut -d' ' -f1 | lacking)"
empty "every exercise belongs to a chapter" "$(for folder in tutorial/exercises/[0-9]*; do
    number=$(basename "$folder" | cut -c1-2)
    grep -lE "^- \*\*$number, " "${chapters[@]}" | grep -q . || echo "$number"; done)"
empty "inline commands run" "$(code "${pages[@]}" | grep '^build/tracer ' | sort -u | while IFS= read -r line; do
    (cd "$work" && bash -c "$line" </dev/null >/dev/null 2>"$work/err") || echo "$line: $(head -1 "$work/err")"; done)"

empty "chapters have 800 to 1800 words" "$(for chapter in "${chapters[@]}"; do
    words=$(sed 's/<!--[^>]*-->//g' "$chapter" | wc -w); [ "$words" -ge 800 ] && [ "$words" -le 1800 ] || echo "$chapter: $words"; done)"
empty "a chapter opens with a question" "$(for chapter in "${chapters[@]}"; do
    sed -n 3p "$chapter" | grep -qE '^> \*\*Question\.\*\* .*\?' || echo "$chapter"; done)"
empty "a chapter lets predict, names mistakes, ends with exercises and the stepper" "$(for part in '> **Predict.**' '## Usual mistakes' '## Exercises' '## In the stepper'; do
    grep -LF -- "$part" "${chapters[@]}"; done)"
empty "links lead somewhere" "$(for page in "${pages[@]}"; do sed 's/<!--[^>]*-->//g' "$page" | grep -oE '\]\([^)]+\)' | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^http' |
    while IFS= read -r link; do [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"; done; done)"
empty "the index lists every chapter" "$(for chapter in "${chapters[@]}"; do grep -qF "(chapters/$(basename "$chapter"))" tutorial/README.md || echo "$chapter"; done)"

empty "learn keeps to 80 columns" "$(for number in $(basename -a "${chapters[@]}" | sed 's/^0*\([0-9]*\)-.*/\1/') functions glossary; do
    COLUMNS=80 "$tracer" learn "$number" >"$work/paper" || echo "$number fails"
    [ "$(wc -l <"$work/paper")" -gt 60 ] || echo "$number is short"
    [ "$(wc -L <"$work/paper")" -le 80 ] || echo "$number: $(wc -L <"$work/paper")"; done)"
empty "no colours in a pipe" "$("$tracer" learn 7 | grep -n $'\033')"
empty "colours when asked for" "$("$tracer" learn 7 --color always | grep -c $'\033\[' >/dev/null || echo none)"
empty "a chapter by the beginning of its name" "$("$tracer" learn soft | sed -n 1p | grep -vF 'Softmax')"
empty "numbers of another run" "$("$tracer" learn softmax --step 1 >"$work/a" && "$tracer" learn softmax >"$work/b" && cmp -s "$work/a" "$work/b" && echo same)"
empty "places stand behind the sections" "$("$tracer" learn 7 | grep -qE '^→ tracer learn 7 --open N opens [0-9]+.{1,2}[a-z]' || echo none)"
opened() { echo q | "$tracer" learn "$@" --open "$place" 2>&1 | head -1; }
places() { "$tracer" learn "$1" | tr '\n' ' ' | sed 's/\xc2\xa0/ /g'; }
place=$(places 7 | grep -oE '[0-9]+ \.sum\[2,0\]' | cut -d' ' -f1)
empty "a place opens in the stepper" "$(opened 7 | grep -vE '^step 29 of 497, .*row saw, column 0: \+1\.8483')"
empty "a place opens in the run that is asked for" "$(opened 7 --step 1 | grep -E '1\.8483'; opened 7 --step 1 | grep -vE '^step 29 of ')"
place=$(places 18 | grep -oE 'with --model tiny --step 1: [^;]*gradient_norm' | grep -oE '[0-9]+ gradient_norm' | cut -d' ' -f1)
empty "a place opens in its own run" "$(opened 18 | grep -v '1\.2897')"
for wrong in '7 --open 0' '7 --open 999' '7 --open x' 'glossary --open 1' '--open 1' 'sofmax --open 1'; do
    "$tracer" learn $wrong >"$work/out" 2>"$work/err"; code=$?
    empty "learn $wrong" "$([ $code -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ] || echo "$code")"
done
"$tracer" learn sofmax >"$work/out" 2>"$work/err"; code=$?
empty "a chapter that is not there" "$([ $code -eq 2 ] && grep -q '"softmax"' "$work/err" || echo "$code")"
TRACER_TUTORIAL=$work "$tracer" learn >"$work/out" 2>"$work/err"; code=$?
empty "a tutorial that is not there" "$([ $code -eq 3 ] && grep -q TRACER_TUTORIAL "$work/err" || echo "$code")"

"$tracer" learn --book "$work/book" >/dev/null || bad=1
html=("$work"/book/*.html)
[ "${#html[@]}" -eq $((${#chapters[@]} + 4)) ] && echo "ok the book has ${#html[@]} pages" || { echo "not ok the book has ${#html[@]} pages"; bad=1; }
empty "the book's links lead somewhere" "$(grep -ohE '(href|src)="[^"]*"' "${html[@]}" | sed 's/^[a-z]*="//; s/"$//' | sort -u |
    while IFS= read -r link; do [ -e "$work/book/${link%%#*}" ] && [[ $link != "#"* || $(grep -c "id=\"${link#"#"}\"" "$work/book/tracer.html") -eq 1 ]] || echo "$link"; done)"
empty "the book has no script and no lost text" "$(grep -nE '<script|javascript:|raw HTML omitted|\{\{|<!--' "${html[@]}")"
empty "every chapter of the book tells what opens its places" "$(grep -LE "<code>tracer step .*--at '[a-z]" "$work"/book/[0-9]*.html)"
empty "every picture of the book has words" "$(grep -nE '<img [^>]*alt=""' "${html[@]}")"
empty "a token in angle brackets is shown" "$(grep -q '&lt;PAD&gt;' "$work"/book/03*.html || echo lost)"
exit $bad
