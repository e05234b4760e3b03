#!/usr/bin/env bash
# The goldens of the presets are as expected, and golden accept refuses what it must. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0
check() { if eval "$2"; then printf 'ok %s\n' "$1"; else printf 'not ok %s\n' "$1"; bad=1; fi; }

check "golden check of every preset" '"$tracer" golden check >"$work/out" && [ "$(grep -c "as expected" "$work/out")" = "$(ls golden/*.golden | wc -l)" ] && [ "$(grep -c "as expected" "$work/out")" -ge 4 ]'
check "refused in CI" '! CI=true "$tracer" golden accept "$work/g" --reason because 2>"$work/err" && grep -q "not in CI" "$work/err"'
check "refused without a reason" '! CI= "$tracer" golden accept "$work/g" 2>"$work/err" && grep -q "say why" "$work/err"'
check "refused with a planted mistake" '! CI= "$tracer" golden accept "$work/g" --reason because --mistake mask.missing 2>"$work/err"'
check "nothing was written" '[ ! -e "$work/g" ]'
check "accepted with one" 'CI= "$tracer" golden accept "$work/g" --reason "a trial" >/dev/null && "$tracer" golden check "$work/g" >/dev/null'
check "the same numbers as the golden that ships" 'cmp -s <(grep -A 100000 "^tensor" "$work/g") <(grep -A 100000 "^tensor" golden/tiny.golden)'
check "a cut-off golden is refused" 'head -c 5000 golden/tiny.golden >"$work/cut"; "$tracer" golden check "$work/cut" 2>/dev/null; [ $? = 2 ]'
check "golden diff marks the one cell" 'sed "/^tensor loss.per_token 4 1/{n;s/.*/9/}" golden/tiny.golden >"$work/cell"; "$tracer" golden diff "$work/cell" >"$work/out"; [ $? = 1 ] && [ "$(grep -c "^ *#$" "$work/out")" = 1 ] && [ "$(grep -c "^ *\.$" "$work/out")" = 3 ]'
check "nan never passes" 'sed "/^tensor loss 1 1/{n;s/.*/nan/}" golden/tiny.golden >"$work/nan"; "$tracer" golden check "$work/nan" >/dev/null; [ $? = 1 ]'
check "a missing tensor is seen" 'sed "/^tensor loss 1 1/{N;d}" golden/tiny.golden >"$work/less"; "$tracer" golden check "$work/less" >/dev/null; [ $? = 1 ]'
exit $bad
