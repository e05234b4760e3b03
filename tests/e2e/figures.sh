#!/usr/bin/env bash
# Pictures and living articles as their users make them. $1: the tracer to test.
# Draw lists are compared with golden/figures/*.txt; ACCEPT=1 writes those anew.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
unset SOURCE_DATE_EPOCH
bad=0

ok() { printf 'ok %s\n' "$1"; }
not_ok() { printf 'not ok %s: %s\n' "$1" "$2"; bad=1; }
check() { local name=$1; shift; if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$(head -c 300 "$work/log")"; fi; }

# refuses CODE PATTERN ARGUMENTS...: one line on stderr, and no file left behind.
refuses() {
    local wanted=$1 pattern=$2 code
    shift 2
    rm -rf "$work/new" && mkdir "$work/new"
    (cd "$work/new" && "$tracer" "$@" >"$work/out" 2>"$work/err" </dev/null)
    code=$?
    if [ $code -ne "$wanted" ]; then not_ok "refuses $*" "exit code $code: $(head -c 200 "$work/err")"
    elif [ "$(wc -l <"$work/err")" -ne 1 ] || ! grep -qE -- "$pattern" "$work/err"; then not_ok "refuses $*" "$(head -c 300 "$work/err")"
    elif [ -n "$(ls -A "$work/new")" ]; then not_ok "refuses $*" "left $(ls "$work/new")"
    else ok "refuses $*"; fi
}

# figure NAME WORDS...: its draw list is the golden one, and all formats are whole.
figure() {
    local name=$1 format
    shift
    "$tracer" render "$@" --format txt >"$work/list" 2>"$work/err" || { not_ok "figure $name" "$(cat "$work/err")"; return; }
    [ -z "${ACCEPT:-}" ] || cp "$work/list" "golden/figures/$name.txt"
    check "figure $name is the golden one" diff "golden/figures/$name.txt" "$work/list"
    for format in png svg pdf; do
        "$tracer" render "$@" -o "$work/1.$format" && "$tracer" render "$@" --theme dark -o "$work/dark.$format" &&
            "$tracer" render "$@" -o "$work/2.$format" && cmp "$work/1.$format" "$work/2.$format" && ! cmp -s "$work/1.$format" "$work/dark.$format" ||
            { not_ok "figure $name as $format" "not the same twice, or the same in both themes"; continue; }
        ok "figure $name as $format, twice the same bytes"
    done
    check "figure $name: PNG is clean" pngcheck -q "$work/1.png"
    check "figure $name: SVG is well-formed" xmllint --noout "$work/1.svg"
    [ "$(grep -c '<text' "$work/1.svg")" -gt 3 ] && grep -q '<desc>' "$work/1.svg" && ok "figure $name: SVG has text" || not_ok "figure $name: SVG" "no text"
}

figure matrix matrix block0.attention.W_O.grad
figure attention attention block0.head0
figure attention-all attention all
figure arcs arcs block0.head0
figure step step 'block0.attention.head0.scores[2,1]'
figure rule rule softmax
figure rule-backward rule softmax --phase backward
figure probabilities probabilities
figure loss loss --updates 20
figure graph graph
figure flow flow
figure update update block0.attention.head0.W_Q
figure embedding embedding
figure over-training over-training --at 0,2,5
figure diff diff block0.attention.head0.weights

# Every listed figure has a golden.
for name in $("$tracer" render --list | cut -d' ' -f1); do
    [ "$name" = walkthrough ] || [ -s "golden/figures/$name.txt" ] && ok "golden of $name" || not_ok "golden of $name" "there is none"
done

"$tracer" render attention block0.head0 -o "$work/a.png"
for chunk in IHDR sRGB PLTE pHYs 'keyword: Title' 'keyword: Description' 'keyword: Comment' IDAT IEND; do
    pngcheck -v "$work/a.png" | grep -q "$chunk" && ok "PNG has $chunk" || not_ok "PNG has $chunk" "no"
done
pngcheck -v "$work/a.png" | grep -q tIME && not_ok "PNG has no date" "tIME" || ok "PNG has no date"
grep -aq CreationDate <("$tracer" render attention --format pdf) && not_ok "PDF has no date" "CreationDate" || ok "PDF has no date"
SOURCE_DATE_EPOCH=1700000000 "$tracer" render attention -o "$work/dated.png"
pngcheck -v "$work/dated.png" | grep -q tIME && ok "SOURCE_DATE_EPOCH dates it" || not_ok "SOURCE_DATE_EPOCH dates it" "no tIME"
"$tracer" render attention --scale 2 --dpi 192 -o "$work/a2.png"
pngcheck "$work/a2.png" | grep -q '1416x' && ok "scale and dpi" || not_ok "scale and dpi" "$(pngcheck "$work/a2.png")"
"$tracer" render attention --width 1000 -o "$work/a3.png"
check "an extension in capitals" "$tracer" render attention -o "$work/A.PNG"
pngcheck "$work/a3.png" | grep -q '(1000x' && ok "width" || not_ok "width" "$(pngcheck "$work/a3.png")"
"$tracer" render over-training --at 0,1,2 -o "$work/move.apng"
pngcheck -v "$work/move.apng" | grep -c 'fcTL' | grep -qx 3 && ok "animated PNG has three frames" || not_ok "animated PNG" "$(pngcheck -v "$work/move.apng" | head -c 200)"

# Letters that no font has (a private one here) are spelled where letters are drawn; SVG leaves them to the reader's fonts.
printf '{"text": "a \357\272\203x \364\217\277\275", "d_model": 4, "n_heads": 1}' >"$work/letters.json"
for format in png pdf; do
    check "$format of an unknown letter" "$tracer" render attention --model "$work/letters.json" --theme dark --format $format -o "$work/letters.$format"
done
"$tracer" render attention --model "$work/letters.json" --format svg | grep -q "$(printf '>\364\217\277\275</text>')" && ok "SVG keeps an unknown letter" || not_ok "SVG keeps an unknown letter" "no"
"$tracer" render attention --model "$work/letters.json" --no-caption --format png --title "$(printf '\364\217\277\275')" | grep -aq 'U+10FFFD' && ok "PNG spells an unknown letter" || not_ok "PNG spells an unknown letter" "no"
for format in svg pdf png; do
    check "$format with a title that is not UTF-8" "$tracer" render attention --title "$(printf '\377\002')" -o "$work/odd.$format"
done
check "SVG is well-formed even so" xmllint --noout "$work/odd.svg"

# The numbers under the pointer are those of the tape, all digits.
"$tracer" render matrix block0.attention.W_O.grad --format svg | grep -o '\] (.*) = [^<]*' | sed 's/.* = //' >"$work/tips"
"$tracer" show block0.attention.W_O.grad --format csv | tr ',' '\n' >"$work/cells"
[ "$(wc -l <"$work/tips")" -eq 36 ] && diff "$work/tips" "$work/cells" >"$work/log" && ok "tips are the numbers of the tape" || not_ok "tips are the numbers of the tape" "$(head -3 "$work/log")"
"$tracer" render attention | grep -q 'looks most at' && ok "without -o it tells what is seen" || not_ok "without -o it tells what is seen" "no"

# A caption says only what is so: the rows of attention need not sum to 1 in a run with a mistake.
for name in "attention" "attention all" "arcs"; do
    "$tracer" render $name --mistake softmax.columns --no-caption --format txt >"$work/bare"
    "$tracer" render $name --mistake softmax.columns --format txt | diff - "$work/bare" | tr '\n' ' ' | grep -q 'do not.* sum to 1' && ok "$name: rows that do not sum to 1" || not_ok "$name: rows that do not sum to 1" "it says they do"
done
"$tracer" render probabilities --mistake softmax.columns --format txt | grep -q 'every position sums to 1' && ok "probabilities sum to 1" || not_ok "probabilities sum to 1" "not said"

# What is no quantity is told with what it stands for, without a sign.
"$tracer" render matrix tokens --format txt | grep -q '"4 cat"' && ok "an id is told with its token" || not_ok "an id is told with its token" "no"
"$tracer" render step tokens --format txt >"$work/log"
grep -q '"116 t"' "$work/log" && ! grep -q '"+[0-9]' "$work/log" && ok "a letter is told with its number" || not_ok "a letter is told with its number" "no"
for phase in forward backward; do
    [ "$("$tracer" render rule softmax --phase $phase --format txt | grep -c '← token"')" = 0 ] && ok "the rows of a softmax are queries $phase" || not_ok "the rows of a softmax are queries $phase" "tokens"
done
for phase in forward backward; do
    "$tracer" render rule softmax --phase $phase | grep -q 'block0.attention.head0.softmax' && ok "a rule is the same place $phase" || not_ok "a rule is the same place $phase" "another head"
done

# In a batch a figure says which sequence it shows, and finds its parts there too.
printf '{"d_model": 4, "n_heads": 1, "n_layers": 2, "data": {"examples": [{"text": "a b"}, {"text": "b a c"}]}, "training": {"batch": 2}}' >"$work/batch.json"
"$tracer" render flow --model "$work/batch.json" --format txt >"$work/log"
for where in 'sequence 0, block 0' 'sequence 0, block 1' 'sequence 1, block 0' 'sequence 1, block 1'; do
    grep -q "\"$where\"" "$work/log" && ok "flow of a batch: $where" || not_ok "flow of a batch: $where" "is not there"
done
[ "$(grep -c '"attention writes"' "$work/log")" = 8 ] && [ "$(grep -c '"MLP writes"' "$work/log")" = 8 ] && ok "flow of a batch: who writes" || not_ok "flow of a batch: who writes" "$(grep writes "$work/log" | head -4)"
for i in 0 1; do
    "$tracer" render probabilities "sequence$i.probabilities" --model "$work/batch.json" --format txt | grep -q "each token, sequence $i\"" && ok "probabilities of sequence $i" || not_ok "probabilities of sequence $i" "another title"
done
"$tracer" render probabilities --format txt | grep -q 'each token"' && ok "a single text is not counted" || not_ok "a single text is not counted" "another title"
"$tracer" render graph --model "$work/batch.json" --phase update --format txt >"$work/log"
for name in block0.attention block1.attention block0.mlp block1.mlp; do
    grep -q "\"$name.norm.gamma\"" "$work/log" && ok "graph: $name.norm.gamma is whole" || not_ok "graph: $name.norm.gamma is whole" "$(grep gamma "$work/log" | head -3)"
done

refuses 2 'did you mean "matrix"' render matrx loss -o x.png
refuses 2 'did you mean "loss"' render matrix lossy -o x.png
refuses 2 'say which figure' render
refuses 2 'needs a name' render matrix -o x.png
refuses 2 'no picture format' render matrix loss -o x.gif
refuses 2 'does not say what kind' render matrix loss -o x
refuses 2 'too large' render matrix loss -o x.png --scale 50 --dpi 4800
refuses 2 'an animation of [0-9]* pictures of [0-9 x]* pixels is too large' render over-training -o x.apng --scale 20
refuses 2 'does not say what kind' render matrix loss -o x.
refuses 2 'a run has no option "--modl"; did you mean "--model"' render diff loss --against '--modl x' -o x.png
refuses 2 'no theme' render matrix loss -o x.png --theme drak
refuses 2 'no attention head' render attention block0.head7 -o x.png
refuses 2 'does not move' render matrix loss -o x.apng
refuses 2 'no parameter' render update loss -o x.png
refuses 2 'ascend' render over-training --at 5,2 -o x.png
refuses 2 'there is no step' render step 99999 -o x.png
refuses 3 'cannot write' render matrix loss -o nowhere/x.png
refuses 3 'No space left' render matrix loss --format png -o /dev/full

if [ "${2:-}" != --quick ]; then
    "$tracer" render walkthrough --format svg -o "$work/book" >"$work/out"
    [ "$(ls "$work/book" | wc -l)" -eq $(($("$tracer" steps --json | tr '{' '\n' | grep -c '"primitive"') + 1)) ] &&
        ok "walkthrough has a picture for each step" || not_ok "walkthrough" "$(cat "$work/out")"
fi

# Living articles.
cat >"$work/article.md" <<'TEXT'
loss {{loss %.3f}}, `{{code}}`, \{{no}}, {{block0.attention.head0.weights[saw,cat]}}
{{table block0.attention.head0.Q}} {{figure attention block0.head0 --theme dark}}
```
{{in code}}
```
{{run --model by-hand}}{{loss}} {{latex loss.per_token}}
TEXT
cp "$work/article.md" "$work/before.md"
"$tracer" fill --check "$work/article.md" >"$work/out"
[ $? -eq 1 ] && cmp -s "$work/article.md" "$work/before.md" && ok "--check writes nothing and says 1" || not_ok "--check" "$(cat "$work/out")"
check "fill" "$tracer" fill "$work/article.md"
grep -q 'loss <!--{{loss %.3f}}-->2.285<!--/-->, `{{code}}`, \\{{no}}, ' "$work/article.md" && ok "numbers are filled in" || not_ok "numbers" "$(head -1 "$work/article.md")"
grep -q -- '-->7.4599<' "$work/article.md" && ok "another run" || not_ok "another run" "no"
[ -s "$work/figures/attention-block0.head0-theme-dark.svg" ] || [ -n "$(ls "$work/figures" 2>/dev/null)" ] && ok "the picture is there" || not_ok "the picture" "no"
cp "$work/article.md" "$work/once.md"
"$tracer" fill "$work/article.md" >"$work/out"
check "filled again it is the same" cmp "$work/article.md" "$work/once.md"
check "--check agrees" "$tracer" fill --check "$work/article.md"
sed -i 's/2\.285/2.286/' "$work/article.md"
"$tracer" fill --check "$work/article.md" >"$work/out"
[ $? -eq 1 ] && grep -q 'says 2.286, is 2.285' "$work/out" && ok "a drifted number is named" || not_ok "a drifted number" "$(cat "$work/out")"
printf '{{figure matrix loss -o ../x.svg}}\n' >"$work/bad.md"
refuses 2 'no place below' fill "$work/bad.md"
printf '{{loss %%n}}\n' >"$work/bad.md"
refuses 2 'no format' fill "$work/bad.md"
printf '{{run why loss}}\n' >"$work/bad.md"
refuses 2 'line 1: "loss" is no option of a run' fill "$work/bad.md"
printf '{{run --model by-hand}}{{loss}} {{run}}{{loss}}\n' >"$work/runs.md"
"$tracer" fill --model tiny "$work/runs.md" >"$work/out" && "$tracer" fill --check "$work/runs.md" >"$work/out" && [ "$(grep -o -- '-->[0-9][0-9.]*<' "$work/runs.md" | tr -d '\n')" = '-->7.4599<-->2.2849<' ] && ok "{{run}} comes back to the article's own run" || not_ok "{{run}}" "$(cat "$work/runs.md")"
printf 'a\n{{bogus}}\n' >"$work/bad.md"
refuses 2 'line 2: no value' fill "$work/bad.md"
check "the gallery shows what is drawn now" "$tracer" fill --check tutorial/gallery.md
exit $bad
