#!/usr/bin/env bash
# Exercises as students and teachers use them: five solved with a pocket calculator (awk) from the
# sheet alone, mistakes told by name, a class graded. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" # settings of whoever runs this are not those of a student
bad=0
check() { if eval "$2"; then printf 'ok %s\n' "$1"; else printf 'not ok %s: %s\n' "$1" "$(head -c 300 "$work/out" 2>/dev/null | tr '\n' ' ')"; bad=1; fi; }

# calculate PROGRAM: reads a sheet; given["NAME",r,c], rows["NAME"], cols["NAME"] are filled in for it.
calculate() {
    awk 'function exp_(x) { return x ~ /inf/ ? 0 : exp(x) }
         /^# given / && / x / { name = $3; R = $(NF-2); C = $NF; rows[name] = R; cols[name] = C; left = R + 1; next }
         left > R { left = R; next }
         left > 0 { for (c = 0; c < C; c++) given[name, R-left+0, c] = $(NF-C+1+c); left-- }
         END { H = "block0.attention.head0."; '"$1"' }'
}

# solve EXERCISE PROGRAM: the sheet goes through the calculator, the answer is handed in.
solve() {
    "$tracer" exercise start "$1" --student eva -o "$work/sheet" >"$work/out" 2>&1
    calculate "$2" <"$work/sheet" >"$work/answer"
    "$tracer" exercise check "$1" "$work/answer" --student eva >"$work/out" 2>&1
    local code=$?
    check "solved with a pocket calculator: $1" "[ $code = 0 ] && grep -q ': correct' '$work/out'"
}

solve 05 'for (s = 0; s < 2; s++) for (r = 0; r < 4; r++) for (c = 0; c < 4; c++) { x = 0
              for (k = 0; k < 3; k++) x += given[H "Q", r, k] * given[H "K", c, k]
              printf "%.3f%s", s ? x / sqrt(3) : x, c == 3 ? "\n" : " " }'
solve 07 'for (r = 0; r < 4; r++) { sum = 0
              for (c = 0; c <= r; c++) sum += exp(given[H "scaled", r, c])
              for (c = 0; c < 4; c++) printf "%.3f ", (c > r ? 0 : exp(given[H "scaled", r, c]) / sum)
              print "" }'
solve 10 'for (r = 0; r <= 2; r += 2) { for (c = 0; c < 6; c++) printf "%.2f;", given["embedding", r, c] + given["block0.attention.output", r, c]; print "" }'
solve 21 'for (r = 0; r < 4; r++) { s = 0
              for (c = 0; c < 4; c++) s += given[H "weights", r, c] * given[H "weights.grad", r, c]
              for (c = 0; c < 4; c++) printf "%.3f\t", given[H "weights", r, c] * (given[H "weights.grad", r, c] - s)
              print "" }'
solve 26 'for (what = 0; what < 5; what++) { for (c = 0; c < 6; c++) { p = given["final_norm.gamma", 0, c]; g = given["final_norm.gamma.grad", 0, c]
              size = g < 0 ? -g : g
              printf "%.4f ", what == 0 ? g / 2 : what == 1 ? g * g / 4 : what == 2 ? g : what == 3 ? g * g : 0.95 * p - 0.1 * g / (size + 0.1) }
              print "" }'

# told EXERCISE MISTAKE WORDS: whoever makes it reads these words, and no expected number.
told() {
    "$tracer" exercise start "$1" --student eva --teacher --mistake "$2" -o "$work/sheet" >"$work/out" 2>&1
    "$tracer" exercise check "$1" "$work/sheet" >"$work/out" 2>&1
    local code=$?
    check "told by name: $2" "[ $code = 1 ] && grep -q '$3' '$work/out' && ! grep -q 'verdict:' '$work/out'"
    sed -n 's/^see where it went wrong: tracer //p' "$work/out" | xargs "$tracer" >"$work/stepped" 2>&1
    check "and shown where: $2" "head -n 1 '$work/stepped' | grep -q '$3.*x shows that run' && grep -q '^YOUR ANSWER: .* not right' '$work/stepped' && grep -q '^ORIGINAL.*$2' '$work/stepped'"
}

told 03 norm.no_eps 'without eps'
told 04 projection.transposed 'transposed'
told 05 scores.not_scaled 'not divided by sqrt(d_k)'
told 07 softmax.columns 'down the columns'
told 09 heads.interleaved 'dealt out in turn'
told 11 gelu.erf 'exact GELU'
told 14 logits_gradient.one_hot_at_input 'the token that was read'
told 16 norm_gradient.variance_term_dropped 'through the variance'
told 21 softmax_gradient.row_sum_dropped 'row-sum term'
told 24 embedding_gradient.overwritten 'only the last gradient'
told 26 adam.l2_decay 'instead of being decoupled'
told 27 adam.time_stays_one 't = 1 at every step'

"$tracer" exercise start 05 --student eva --teacher --mistake scores.not_scaled -o "$work/05.txt"
awk '/^answer/ { on = $2 ~ /scaled/; next } on && /row/ { sub(/.*:/, ""); for (c = 1; c <= 4; c++) printf "%s ", (c - 1 > r ? "-inf" : $c); print ""; r++ }' "$work/05.txt" >"$work/06.txt"
check "right from own wrong numbers of the sheet before" '"$tracer" exercise check 06 "$work/06.txt" --student eva --before "$work/05.txt" >"$work/out"; grep -q "right, from your own block0.attention.head0.scaled in 05-scores" "$work/out"'
mkdir -p "$work/follow/anna"
"$tracer" exercise start 05 --student anna --teacher --mistake scores.not_scaled -o "$work/follow/anna/05.txt"
awk '/^answer/ { on = $2 ~ /scaled/; next } on && /row/ { sub(/.*:/, ""); for (c = 1; c <= 4; c++) printf "%s ", (c - 1 > r ? "-inf" : $c); print ""; r++ }' "$work/follow/anna/05.txt" >"$work/follow/anna/06.txt"
check "and in a class it has its mark" '"$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/follow" --out "$work/five" >"$work/out"; grep "^anna" "$work/five/grades.csv" | grep -q ",0,1,"'

printf '1 0 0 0  .5 .5 0 0  .3 .3 .3 0  .2 .2 .2 .2\n' >"$work/eva's numbers"
"$tracer" exercise check 07 "$work/eva's numbers" --student eva --course 'ml 26' >"$work/out"
eval "\"\$tracer\" $(sed -n 's/^see where it went wrong: tracer //p' "$work/out")" >"$work/stepped" 2>&1 </dev/null
check "numbers that are no sheet: the stepper is told whose they are" 'grep -q "exercise 07 --student eva --course .ml 26." "$work/out" && grep -q "^YOUR ANSWER: [0-9]* of 16 cells not right; this cell: yours 0.5" "$work/stepped"'
"$tracer" show block0.attention.head0.weights --mistake softmax.columns --format npy >"$work/mine.npy"
check "a value of any run, as an array" '"$tracer" screen --at block0.attention.head0.weights --mine "$work/mine.npy" >"$work/out" && grep -q "^? softmax is taken down the columns; x shows that run" "$work/out"'
check "and with nothing wrong" '"$tracer" show loss --format csv >"$work/mine.csv"; "$tracer" step --at loss --mine "$work/mine.csv" >"$work/out" </dev/null && grep -q "^correct" "$work/out"'
printf 'a secret of some length\n' >"$work/secret"
"$tracer" exercise start 07 --student eva --secret "$work/secret" -o "$work/salted" >"$work/out" 2>&1
sed -i "/^  row/s/?/0.5/g" "$work/salted"
check "a salted sheet is stepped with the secret" '"$tracer" step --plain --mine "$work/salted" --secret "$work/secret" >"$work/out" 2>&1 </dev/null && grep -q "not right" "$work/out"'
check "and refused without" '"$tracer" step --plain --mine "$work/salted" >"$work/out" 2>&1 </dev/null; [ $? = 2 ] && grep -q -- "--secret FILE" "$work/out"'
check "the check tells the command with it" '"$tracer" exercise check 07 "$work/salted" --secret "$work/secret" >"$work/out" 2>&1; grep -q "tracer step --mine .*salted --secret .*secret" "$work/out"'
check "a mistake beside the truth" '"$tracer" step --mistake softmax.columns >"$work/out" </dev/null && grep -q "^20 training steps on: right .*, wrong " "$work/out" && head -n 1 "$work/out" | grep -q "here the two part"'
"$tracer" exercise start 07 --student eva -o "$work/sheet"
check "a blank sheet is not wrong, only blank" '"$tracer" exercise check 07 "$work/sheet" >"$work/out"; [ $? = 1 ] && grep -q "nothing is filled in" "$work/out"'
check "the sheet of another exercise is refused" '! "$tracer" exercise check 08 "$work/sheet" 2>"$work/out" && grep -q "not that of exercise 08" "$work/out"'
check "two students have different numbers" '! cmp -s <("$tracer" exercise start 07 --student a | grep -v "^# [sc]") <("$tracer" exercise start 07 --student b | grep -v "^# [sc]")'
check "the same student has the same numbers again" 'cmp -s <("$tracer" exercise start 07 --student a) <("$tracer" exercise start 07 --student a)'
check "hints in five rungs" 'for r in 1 2 3 4 5; do "$tracer" exercise hint 07 --rung $r || exit 1; done >"$work/out" && [ "$(grep -c "^hint" "$work/out")" = 5 ]'
count=$(find tutorial/exercises -mindepth 1 -maxdepth 1 -type d | wc -l)
check "lint of a roster" '"$tracer" exercise lint --roster tutorial/sample-class/class.csv >"$work/out" && [ "$(grep -c "^ok" "$work/out")" = "$count" ]'
check "every exercise is listed" '[ "$("$tracer" exercise list | wc -l)" = "$count" ]'

class="--roster tutorial/sample-class/class.csv --in tutorial/sample-class/submissions"
check "a class is graded" '"$tracer" grade $class --out "$work/one" >"$work/page" && [ "$(wc -l <"$work/one/grades.csv")" = 31 ]'
check "the report that ships" 'cmp -s "$work/page" tutorial/sample-class/class.txt'
check "graded twice, the same bytes" '"$tracer" grade $class --out "$work/two" >/dev/null && diff -r "$work/one" "$work/two" >"$work/out"'
check "a second run shows no change" '"$tracer" grade $class --out "$work/one" | head -1 | grep -q "^no mark changes" 2>/dev/null'
cp -r tutorial/sample-class/submissions "$work/in"
"$tracer" exercise start 07 --student anna --teacher --mistake softmax.columns -o "$work/in/anna/07.txt"
check "a changed mark is shown" '"$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/in" --out "$work/one" >"$work/out"; grep -q "^anna, 07-softmax: 1 -> 0" "$work/out"'
check "every line of CSV has as many fields" '[ "$(awk -F, "{print NF}" "$work/two/grades.csv" | sort -u | wc -l)" = 1 ] && [ "$(awk -F, "{print NF}" "$work/two/items.csv" | sort -u | wc -l)" = 1 ]'
check "TAP: as many lines as the plan says" '"$tracer" grade $class --out "$work/two" --tap >"$work/tap"; [ "$(sed -n "s/^1\.\.//p" "$work/tap")" = "$(grep -cE "^(not )?ok [0-9]+ - " "$work/tap")" ]'
check "TAP: what was not handed in has not failed" 'grep -q "^ok .* # SKIP" "$work/tap" && ! grep -q "^not ok .* # SKIP" "$work/tap"'
check "JUnit is well formed" 'xmllint --noout "$work/two/junit.xml"'
check "the picture spells what no font has" 'mkdir -p "$work/few" && "$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/few" --out "$work/spelled" --course "$(printf "\364\217\277\275")" >/dev/null && grep -aq "Course U+10FFFD" "$work/spelled/class.png"'
check "a link out of the folder is not followed" 'ln -sf /etc/passwd "$work/in/anna/05.txt" && "$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/in" --out "$work/three" >"$work/out" && grep -q "no regular file" "$work/three/class.txt"'

printf '#!/bin/sh\nexec awk '"'"'$1 ~ /scaled$/ {n = NR; next} n && NF == 4 {r = NR - n - 1; s = 0; for (c = 0; c <= r; c++) s += exp($(c+1)); for (c = 0; c < 4; c++) printf "%%.6f ", (c > r ? 0 : exp($(c+1)) / s); print ""}'"'"'\n' >"$work/right"
printf '#!/bin/sh\nwhile :; do :; done\n' >"$work/loop"
mkdir -p "$work/programs/anna" "$work/programs/ben"
install -m 755 "$work/right" "$work/programs/anna/07.sh"
printf '#!/bin/sh\ncat\n' >"$work/programs/ben/07.sh"; chmod 755 "$work/programs/ben/07.sh"
mkdir "$work/programs/zora"
check "programs are not run unless asked for" '"$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/programs" --out "$work/four" >"$work/out"; grep "^anna" "$work/four/grades.csv" | grep -q ",0$" && grep -q "^  anna/07.sh:.*; if this is a program, --run-programs runs it" "$work/out"'
check "a folder of nobody is named" 'grep -q "zora: of nobody on the roster" "$work/out"'
"$tracer" exercise start 05 --student anna --teacher | awk '/row/ { for (i = NF - 3; i <= NF; i++) $i = sprintf("%.2f", $i) } { print }' >"$work/rounded"
mkdir -p "$work/copies/anna" "$work/copies/ben" && cp "$work/rounded" "$work/copies/anna/05.txt" && sed -n 's/.*row.*://p' "$work/rounded" >"$work/copies/ben/05.txt"
check "whoever was copied from keeps the mark for the own way" '"$tracer" grade --roster tutorial/sample-class/class.csv --in "$work/copies" --out "$work/six" >"$work/out"; grep -q "05-scores: anna ben" "$work/out" && grep -q "^anna,.*,0.5$" "$work/six/grades.csv" && grep -q "^ben,.*,0$" "$work/six/grades.csv"'
check "a program on twenty fresh seeds" '"$tracer" grade --run-programs --roster tutorial/sample-class/class.csv --in "$work/programs" --out "$work/four" >"$work/out"; grep "^anna" "$work/four/grades.csv" | grep -q ",1$" && grep "^ben" "$work/four/grades.csv" | grep -q ",0$"'
install -m 755 "$work/loop" "$work/programs/anna/07.sh"
check "a program that does not end is ended" 'timeout 60 "$tracer" grade --run-programs --roster tutorial/sample-class/class.csv --in "$work/programs" --out "$work/four" >"$work/out"; grep -q "took over" "$work/four/class.txt"'

check "usage: no exercise" '! "$tracer" exercise check 2>"$work/out" && grep -q "say which exercise" "$work/out"'
check "usage: an unknown exercise" '! "$tracer" exercise start sofmax 2>"$work/out" && grep -q "did you mean \"softmax\"" "$work/out"'
check "usage: a student who fits no sheet" '! "$tracer" exercise start 07 --student "" >"$work/out" 2>&1 && ! "$tracer" exercise start 07 --student "$(printf "a\n# code 07.1.1")" >"$work/out" 2>&1 && grep -q "1 to 63 letters" "$work/out"'
check "usage: a roster without students" 'printf "id\n" >"$work/r"; ! "$tracer" grade --roster "$work/r" --in "$work/in" --out "$work/x" 2>"$work/out" && grep -q "no student" "$work/out"'
check "usage: an id that is a path" 'printf "id\n../etc\n" >"$work/r"; ! "$tracer" grade --roster "$work/r" --in "$work/in" --out "$work/x" 2>"$work/out" && grep -q ":2: .* is no id" "$work/out"'
# A sheet as a page: what ./build.sh web makes beside the program, with the sheet in it, and nothing that ends its element.
mkdir -p "$work/program/web"
cp "$tracer" "$work/program/tracer"
paged() { TRACER_TUTORIAL=$PWD/tutorial "$work/program/tracer" exercise start 07 --student 'e</script>v' --html "$@" >"$work/out" 2>&1; }
paged; code=$?
check "without the page it is said who makes it" "[ $code = 3 ] && grep -q 'build.sh web makes it' '$work/out'"
printf 'no page' >"$work/program/web/tracer.html"
paged; code=$?
check "a page without a place for the sheet" "[ $code = 3 ] && grep -q 'no place for a sheet' '$work/out'"
printf '<p>before</p><script type="application/json" id="given">{"old": 1}</script><p>behind</p>' >"$work/program/web/tracer.html"
paged -o "$work/sheet.html"; code=$?
"$tracer" exercise start 07 --student 'e</script>v' >"$work/sheet"
sed 's/.*"sheet":"//; s/"}<\/script><p>behind<\/p>$//; s/\\u003c/</g; s/\\u000a/\n/g; s/\\"/"/g' "$work/sheet.html" >"$work/read"
check "the sheet is in the page" "[ $code = 0 ] && cmp -s '$work/read' '$work/sheet'"
check "and nothing else is changed" "grep -q '^<p>before</p><script type=\"application/json\" id=\"given\">{\"exercise\":\"07\"' '$work/sheet.html' && [ \$(grep -o '</script>' '$work/sheet.html' | wc -l) = 1 ]"
paged; check "a page on standard output" "cmp -s '$work/out' '$work/sheet.html'"
paged --teacher; check "a page is handed out blank" "grep -q 'handed out blank' '$work/out'"
paged --roster tutorial/sample-class/class.csv -o "$work/many"; check "one page at a time" "grep -q 'one student' '$work/out'"
exit $bad
