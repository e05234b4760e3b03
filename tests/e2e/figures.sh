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
figure arcs-of-one arcs all --row saw
figure tokens tokens block0.head0
figure print attention block0.head0 --mm 85 --font-size 8pt --plain-words --colors viridis
figure options update block0.attention.head0.W_Q --colorbar --columns 3 --rows 1:4 --range -0.5,1 --highlight 'block0.attention.head0.W_Q.grad[2,:]' --colors grey
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
figure pairs pairs merge1 --model bpe
figure merge-tree merge-tree newest --model bpe
figure compression compression --model bpe
figure diff diff block0.attention.head0.weights
figure flops flops gpt2
figure tree tree round0 --model trees
figure memory memory
figure memory-of-a-shape memory gpt2-xl
figure roofline roofline
figure scale scale --model tutorial/texts/jack.json --updates 2
figure blame blame 'block0.attention.head0.weights[2,1]' --depth 4
figure product product 'block0.attention.head0.scores[2,1]'
figure river river
figure spread spread --mistake softmax.columns
figure life life 'block0.attention.head0.W_Q[0,0]' --updates 20
figure plane plane 'king queen cat dog' --model pairs --at 0,60,120
figure analogies analogies 'king queen cat dog' --model pairs
figure pull pull pair0 --model pairs
figure senses senses bank --model bank
figure tiles tiles --model flash
figure traffic traffic 1024x64
figure experts experts --model moe
figure drawing drawing token1.draw.token --text 'the cat' --step 3 --write '-n 3 --top-k 5 --temperature 0.8 --top-p 0.95 --repetition 1.2'
figure reading reading --text 'the cat' --write '-n 3'

refuses 2 "no token is drawn on this tape; --write" render drawing -o a.png
refuses 2 "no text is written on this tape; --write" render reading -o a.png
figure lens lens --model induction --text 'k d k'
refuses 2 'both texts are the same' render patching --model induction -o x.png
refuses 2 'neither a token of this text nor a position' render circuit zz --model induction -o x.png
figure curves curves --model moe --updates 30
refuses 2 'takes a row or a column of at most 8' render curves logits -o x.png
figure circuit circuit --model induction
figure patching patching --model induction --tokens 0,5,2,4,9,0,5,2 --against '--model induction --tokens 0,5,2,3,9,0,5,2'
figure trained trained --model tutorial/exercises/adapters.json
figure singular singular block0.attention.head0.W_V --model tutorial/exercises/adapters.json --step 6
figure confusion confusion --model tutorial/exercises/padded.json
figure taught taught --model nights
"$tracer" models --json nights | sed 's/"joint"/"late"/' >"$work/late.json"
figure wall wall --model nights --against "--model $work/late.json"
"$tracer" render wall --model nights --against "--model $work/late.json" --format txt | grep -q 'no gradient:' && ok "wall of a frozen transformer" || not_ok "wall of a frozen transformer" "there is none"
refuses 2 'no row of a sequence is read in one of the two runs' render wall --model nights --against '--model tiny' -o x.png
refuses 2 'the presets nights and spending' render taught -o x.png
"$tracer" render flow --model spending --format txt | grep -q '[0-9] of 64 blocks of the batch' && ok "flow of a large batch" || not_ok "flow of a large batch" "no word of it"
figure solver solver --model flow
figure guidance guidance --model dit
figure velocities velocities 1 --model dit
figure modulation modulation --model dit
figure words words --model prompt
figure words-of-one words 'thin leaning one' --model prompt --range 0,0.8
refuses 2 'does not know: "green"' render words green --model prompt -o x.png
refuses 2 'told nothing in words' render words --model dit -o x.png
figure guidance-by-caption guidance --model prompt
figure latent latent --model vae
figure velocities-of-codes velocities --model latent --range -1,1
refuses 2 'a class is from 0 to 1, or none, not "2"' render velocities 2 --model dit -o x.png
refuses 2 'told no classes; velocities none' render velocities 1 --model flow -o x.png
refuses 2 '"block7" is no block with a modulation' render modulation block7 --model dit -o x.png
refuses 2 'neither classes nor captions' render guidance --model flow -o x.png
refuses 2 'keeps no pictures as codes' render latent --model flow -o x.png
refuses 2 'paints nothing' render solver -o x.png

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
pngcheck "$work/a2.png" | grep -q '1300x' && ok "scale and dpi" || not_ok "scale and dpi" "$(pngcheck "$work/a2.png")"
"$tracer" render attention --width 1000 -o "$work/a3.png"
check "an extension in capitals" "$tracer" render attention -o "$work/A.PNG"
pngcheck "$work/a3.png" | grep -q '(1000x' && ok "width" || not_ok "width" "$(pngcheck "$work/a3.png")"
"$tracer" render over-training --at 0,1,2 -o "$work/move.apng"
pngcheck -v "$work/move.apng" | grep -c 'fcTL' | grep -qx 3 && ok "animated PNG has three frames" || not_ok "animated PNG" "$(pngcheck -v "$work/move.apng" | head -c 200)"

# Exactly as wide as asked, in each format: 85 mm at 300 to the inch, in millimetres, in points of 1/72 inch.
"$tracer" render step 'block0.attention.head0.scores[2,1]' --mm 85 -o "$work/mm.png"
pngcheck "$work/mm.png" | grep -q '(1004x' && ok "mm of a PNG" || not_ok "mm of a PNG" "$(pngcheck "$work/mm.png")"
pngcheck -v "$work/mm.png" | grep -q '11811x11811' && ok "mm: 300 dpi" || not_ok "mm: 300 dpi" "$(pngcheck -v "$work/mm.png" | grep pHYs)"
for more in "" "--font-size 6pt"; do
    "$tracer" render attention --mm 85 $more --format svg | grep -q '<svg [^>]*width="85mm"' && ok "mm of an SVG $more" || not_ok "mm of an SVG $more" "$("$tracer" render attention --mm 85 --format svg | head -1)"
    "$tracer" render attention --mm 85 $more --format pdf | grep -aqE 'MediaBox \[ 0 0 240\.94' && ok "mm of a PDF $more" || not_ok "mm of a PDF $more" "$("$tracer" render attention --mm 85 --format pdf | grep -a MediaBox)"
done
# Numbers in cells are 11 units: 8pt are 8/72 inch, so a unit is 8/72/11 inch.
"$tracer" render attention --font-size 8pt --format svg | awk -F'"' '/<svg/ {split($10, box, " "); r = $6 / 96 / (box[3] * 8 / 72 / 11); exit !(r > .999 && r < 1.001)}' && ok "font size" || not_ok "font size" "$("$tracer" render attention --font-size 8pt --format svg | head -1)"
"$tracer" render attention --transparent -o "$work/t.png"
pngcheck "$work/t.png" | grep -q '32-bit RGB+alpha' && ok "a transparent PNG has alpha" || not_ok "a transparent PNG has alpha" "$(pngcheck "$work/t.png")"
[ "$("$tracer" render attention --transparent --format svg | grep -c '<rect x="0" y="0"')" = 0 ] && ok "a transparent SVG has no paper" || not_ok "a transparent SVG has no paper" "it has"
"$tracer" render attention --title "" --format txt >"$work/log"
! grep -q '"Attention of\|"\\"\|""' "$work/log" && grep -q '^title: Attention of' "$work/log" && ok "no title is none" || not_ok "no title is none" "$(grep -n '""' "$work/log")"
"$tracer" render matrix block0.attention.W_O.grad --format txt >"$work/log"
grep -q '"−0\.02"' "$work/log" && ! grep -qE '"-[0-9]' "$work/log" && ok "a minus is a real one" || not_ok "a minus is a real one" "$(grep -E '"-[0-9]' "$work/log" | head -2)"
for figure in attention probabilities "rule softmax"; do
    "$tracer" render $figure --format txt | grep -qE '"\+[0-9.]+( ◂ target)?"' && [ "$figure" != "rule softmax" ] && not_ok "$figure: no + where nothing is negative" "there is one" || ok "$figure: no + where nothing is negative"
done
# One number format: no exponents among decimals.
for figure in "update block0.attention.head0.W_Q" "step block0.attention.head0.scores" "rule layer_norm" "matrix block0.attention.head0.W_Q.v"; do
    "$tracer" render $figure --format txt | grep -qE '"[+−]?[0-9.]+e' && not_ok "$figure: no exponents" "$("$tracer" render $figure --format txt | grep -E 'e-[0-9]+"$' | head -2)" || ok "$figure: no exponents"
done

# All cells of a picture have one size, whatever the shapes: 24 tokens, 32 features.
printf '{"text": "the quick brown fox jumps over the lazy dog and then it sleeps in the sun until the moon comes up again", "d_model": 32, "n_heads": 4, "context": 24}' >"$work/t24.json"
for figure in "step block0.attention.head0.scores" "update block0.attention.head0.W_Q" "rule softmax" "diff block0.attention.head0.weights"; do
    sizes=$("$tracer" render $figure --model "$work/t24.json" --format txt | grep -E '^rect .*\[[0-9]+,[0-9]+\]' | awk '{print $4}' | sort -u | wc -l)
    [ "$sizes" = 1 ] && ok "$figure of a larger model: one size of cells" || not_ok "$figure of a larger model: one size of cells" "$sizes sizes"
done
printf '{"text": "the cat saw the dog run", "d_model": 32, "n_heads": 8, "n_layers": 2}' >"$work/h8.json"
"$tracer" render attention all --model "$work/h8.json" --format txt | grep -oE '^text .* "block [01], head [0-7]"' | awk '{split($3, at, ","); print at[2]}' | sort | uniq -c | awk '$1 != 8 {bad = 1} END {exit bad || NR != 2}' && ok "attention all: blocks by heads" || not_ok "attention all: blocks by heads" "they wrap"
"$tracer" render probabilities --model "$work/t24.json" --format txt | grep -q '"10 others"' && ok "probabilities tell what they leave out" || not_ok "probabilities tell what they leave out" "no"
"$tracer" render flow --format txt | grep -q 'All values share one color scale' && ok "flow has one scale" || not_ok "flow has one scale" "no"
"$tracer" render graph --model "$work/h8.json" --format txt | grep -oE '"[^"]*…[^"]*"' | sort | uniq -d >"$work/log"
[ -s "$work/log" ] && not_ok "graph: no two names are cut alike" "$(head -2 "$work/log")" || ok "graph: no two names are cut alike"

# SVG: nothing that reaches beyond the picture, so that two in one page do not disturb each other; text can be selected.
"$tracer" render attention --format svg >"$work/one.svg"
grep -qE '<style|pointer-events| id="| class="' "$work/one.svg" && not_ok "SVG has no rules and no ids" "$(grep -oE '<style.*|pointer-events| id=.*' "$work/one.svg" | head -1)" || ok "SVG has no rules and no ids"
grep -qE '<g><title>[^<]*</title><rect' "$work/one.svg" && ok "SVG: a number has the tip of its cell" || not_ok "SVG: a number has the tip of its cell" "no"

# Too little memory is told in one line, whatever was in want of it, and nothing is left behind. (The loader has its own
# line where not even the program fits; sanitizers need more than any limit.)
if ! grep -qa __asan_init "$tracer"; then
    printf '{"text": "\327\251\327\234\327\225\327\235 \330\250\330\250", "d_model": 4, "n_heads": 1}' >"$work/joined.json"
    for limit in 17500 24000 32000 40000 64000 128000 256000; do
        for model in tiny "$work/joined.json"; do
            rm -rf "$work/new" && mkdir "$work/new"
            (ulimit -v $limit && exec "$tracer" render flow --model "$model" -o "$work/new/x.png") >"$work/out" 2>"$work/err"
            code=$?
            if [ $code -eq 0 ] && pngcheck -q "$work/new/x.png" >/dev/null; then ok "memory of $limit kB: drawn"
            elif { [ $code -eq 3 ] || [ $code -eq 127 ]; } && [ "$(wc -l <"$work/err")" -eq 1 ] && [ -z "$(ls -A "$work/new")" ]; then ok "memory of $limit kB: refused"
            else not_ok "memory of $limit kB" "exit code $code: $(head -c 200 "$work/err")"; fi
        done
    done
fi

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

refuses 2 '--mm needs a number' render attention --mm wide -o x.svg
refuses 2 'both say how large' render attention --mm 85 --width 300 -o x.svg
refuses 2 'both say how large' render attention --font-size 8 --scale 2 -o x.svg
refuses 2 '2pt to 100pt' render attention --font-size big -o x.svg
refuses 2 'is 1?[0-9][0-9] mm wide' render attention --mm 20 --font-size 30pt -o x.svg
refuses 2 'two numbers, the lower first' render attention --range 1 -o x.svg
refuses 2 'two numbers, the lower first' render attention --range 2,1 -o x.svg
refuses 2 'two numbers, the lower first' render attention --range 0,nan -o x.svg
refuses 2 'use blue-orange, viridis' render attention --colors rainbow -o x.svg
refuses 2 'did you mean "viridis"' render attention --colors viridi -o x.svg
refuses 2 'goes beyond the 5' render attention --rows 2:9 -o x.svg
refuses 2 'for the first four' render attention --rows 3:3 -o x.svg
refuses 2 'side by side, 1 to 64' render attention all --columns 0 -o x.svg
refuses 2 'does not take --rows 1:2' render loss --rows 1:2 -o x.svg
refuses 2 'does not take --columns 2' render matrix loss --columns 2 -o x.svg
refuses 2 'does not take --colorbar' render graph --colorbar -o x.svg
refuses 2 'does not show "loss\[0,0\]"' render attention --highlight 'loss[0,0]' -o x.svg
refuses 2 'stands for rows 0 and 3' render arcs --row the -o x.svg
refuses 2 'has no tokens' render tokens block0.mlp.W_1 -o x.svg
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
# Two runs draw the same figure: two files, and checking agrees, in each form; a changed model is seen, in pictures too.
"$tracer" models --json tiny >"$work/mine.json"
for form in md qmd tex html ipynb; do
    text='{{loss %.2f}} {{figure attention all}} {{run --model by-hand}}{{figure attention all}} {{run --step 1}}{{figure attention all}}'
    [ "$form" != ipynb ] || text='{"cells": [{"cell_type": "markdown", "source": ["'$text'"]}]}'
    rm -rf "$work/figures" && printf '%s\n' "$text" >"$work/two.$form"
    check "fill as $form" "$tracer" fill --model "$work/mine.json" "$work/two.$form"
    [ "$(ls "$work/figures" | wc -l)" -eq 3 ] && ls "$work"/figures/attention-all--by-hand-step1.* >"$work/out" && ok "a picture for each run as $form" || not_ok "pictures of runs as $form" "$(ls "$work/figures")"
    check "--check agrees as $form" "$tracer" fill --model "$work/mine.json" --check "$work/two.$form"
    sed 's/"seed": [0-9]*/"seed": 8/' "$work/mine.json" >"$work/changed.json" && mv "$work/mine.json" "$work/kept.json" && mv "$work/changed.json" "$work/mine.json"
    "$tracer" fill --model "$work/mine.json" --check "$work/two.$form" >"$work/out"
    [ $? -eq 1 ] && [ "$(grep -c 'has changed\|says' "$work/out")" -eq 2 ] && ok "a changed model is seen as $form" || not_ok "a changed model as $form" "$(cat "$work/out")"
    mv "$work/kept.json" "$work/mine.json"
done
printf 'plain\n' >"$work/article.docx"
refuses 2 'those end in .md' fill "$work/article.docx"
# Whatever an article and its name say, the terminal does not obey it.
evil=$work/$'e\033]0;t\a\u202e.md'
printf 'a {{loss}}\n{{loss[\033[2J\342\200\256\377,0]}}\n' >"$evil"
"$tracer" fill "$evil" >"$work/out" 2>&1; printf 'a {{loss %%.1f}}<!--{{loss %%.2f}}-->\033\a\342\201\246<!--/-->\n' >"$evil"
"$tracer" fill --check "$evil" >>"$work/out" 2>&1; "$tracer" fill "$evil" >>"$work/out" 2>&1; "$tracer" fill "$evil.docx" >>"$work/out" 2>&1
[ "$(wc -l <"$work/out")" -ge 5 ] && ! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae|\xe2\x81\xa6|\xff' "$work/out" && ok "nothing of an article reaches the terminal raw" || not_ok "raw bytes of an article" "$(cat -v "$work/out")"
unshown=$(grep -oh '^    \.name = "[a-z-]*", \.words' tracer/figures/*.c | cut -d'"' -f2 | while read -r name; do
    grep -q "^\(.*&& \)\?tracer render $name\b" tutorial/gallery.md || echo "$name"; done)
[ -z "$unshown" ] && ok "the gallery has every figure" || not_ok "the gallery has every figure" "$unshown"
check "the gallery shows what is drawn now" "$tracer" fill --check tutorial/gallery.md
exit $bad
