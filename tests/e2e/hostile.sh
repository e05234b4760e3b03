#!/usr/bin/env bash
# What came from outside never commands a terminal: every command meets tokens, names of files, tensors, models and
# students, texts and articles that would ring, colour, turn around, hide or forge lines, and what it says on standard
# output and standard error is searched for the raw bytes. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" LC_ALL=C.UTF-8
bad=0
ok() { printf 'ok %s\n' "$1"; }
not_ok() { printf 'not ok %s: %s\n' "$1" "$2"; bad=1; }

# ESC, OSC with BEL, C1, turning around, isolates, marks of direction, of no width, a byte order mark, a tag; the line
# break and the byte that is no UTF-8 only where they can stand.
turned=$'\u202e\u2066\u200f\u061c\u200b\ufeff\U000e0041'
evil=$'\e[31m\e]0;owned\a\u009b2J'"$turned"
folder="$work/"$'f\xff\nFORGED '"$evil"
mkdir -p "$folder/class/in" || exit 3
file="$folder/x"

# Controls but line break and tab; C1 and the rest as UTF-8 writes them.
raw='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xf3\xa0'
commands_raw() { LC_ALL=C grep -qaP "$raw" "$1" || ! iconv -f UTF-8 -t UTF-8 "$1" >"$work/iconv" 2>&1 || grep -q '^FORGED' "$1"; }

# shown NAME CODES ARGUMENTS...: an exit code among these, something said, nothing raw in it; input on standard input.
shown() {
    local name=$1 codes=$2 code
    shift 2
    timeout 60 "$tracer" "$@" >"$work/out" 2>&1
    code=$?
    if [[ " $codes " != *" $code "* ]]; then not_ok "$name" "exit code $code: $(head -c 300 "$work/out" | cat -v)"
    elif [ ! -s "$work/out" ]; then not_ok "$name" "it said nothing"
    elif commands_raw "$work/out"; then not_ok "$name" "raw: $(LC_ALL=C grep -aP "$raw|^FORGED" "$work/out" | head -3 | cut -c1-300 | cat -v)"
    else ok "$name"; fi
}

printf '%s' "$evil" >"$work/raw" # the search itself finds each of them
for byte in $'\e' $'\a' $'\u009b' $'\u202e' $'\u2066' $'\u200f' $'\u061c' $'\u200b' $'\ufeff' $'\U000e0041' $'\xff' $'\nFORGED'; do
    printf 'a%sb\n' "$byte" >"$work/raw"
    commands_raw "$work/raw" || not_ok "the search" "misses $(cat -v "$work/raw")"
done
[ $bad = 0 ] && ok "the search finds each"

# A model with such tokens: as JSON spells them.
json() { printf '%s' "$1" | sed -e 's/\x1b/\\u001b/g' -e 's/\x07/\\u0007/g'; }
printf '{"name": "%s", "tokenizer": "words", "text": "%s the cat %s", "context": 8, "d_model": 4, "n_heads": 1, "d_ff": 4}' \
    "$(json "$evil")" "$(json "$evil")" "$(json "a$evil")" >"$file"
cell="logits[1,0]"
for arguments in "models --json" "names" "show probabilities" "show probabilities --format markdown" \
    "show tokens" "show probabilities --format json" "why $cell" "why $cell --json" "uses token_embedding[3,0]" \
    "nudge head.W[0,0] 0.1" "gradcheck head.W" "train --steps 2" "sample -n 3" "sample -n 3 --json" "steps" \
    "step --plain" "screen --keys nnnct --size 120x40" "screen --keys G --size 80x24" "export --format json -o -" \
    "export --format dot -o -" "render --list" "train --steps 1 --save" "diff"; do
    case $arguments in
    models*) words=(models --json "$file") ;;
    *--save) words=(train --steps 1 --save "$file.safetensors" --model "$file") ;;
    diff) words=(diff "--model '$file'" "--model tiny") ;;
    *) words=($arguments --model "$file") ;;
    esac
    shown "tokens: $arguments" "0" "${words[@]}" </dev/null
done
shown "tokens: the plain mode, key by key" 0 step --plain --model "$file" <<<$'n\nc\nG\nN\n:break x > 1\n/cat\nEnter\n:goto '"$evil"$'\nt\nu\n'

# Words of the command line, names of files that are not there or no model.
printf '{' >"$folder/broken"
for words in "show %" "why %" "nudge % 1" "learn %" "exercise show %" "exercise check 07 %" "render matrix % -o x.svg" "render % -o x.png" \
    "golden %" "golden show %" "golden check %" "fill %" "show loss --model %" "show loss --weights %" "show loss --text %" \
    "show loss --mistake %" "show loss --format %" "sample --text %" "help %" "% x" "steps --phase %" "names %.*" \
    "screen --keys % --size 80x24" "grade --roster % --in x --out y" "show loss --model %/broken" "golden check %/broken" \
    "show loss --weights %/broken" "exercise list --exercises %" "step --at %" "train --steps % " "train --steps 1 --save %/no/where" \
    "export --format % -o x" "export --format json -o %/no/where" "diff % %" "learn --book %/no/where" "show loss --model-dir %"; do
    list=()
    for word in $words; do list+=("${word//%/$folder}"); done
    shown "words: tracer $words" "0 1 2 3" "${list[@]}" </dev/null
done

# A golden with such names.
sed -e "s/^model tiny$/model $evil/" -e "s/^reason .*/reason $evil/" -e "s/^tensor embedding /tensor $evil /" -e '/^tensor loss 1 1$/{n;s/.*/2.5/}' golden/tiny.golden >"$folder/names.golden"
for action in show check diff; do shown "golden $action" "0 1 2" golden $action "$folder/names.golden" </dev/null; done
sed -e "s/^tensor embedding /tensor $evil /" -e '/^tensor loss 1 1$/{n;s/.*/2.5/}' golden/tiny.golden >"$folder/tensor.golden"
for action in show check diff; do shown "a tensor's name in golden $action" "0 1" golden $action "$folder/tensor.golden" </dev/null; done

# Articles: what they refer to, what they are called, what stands in them.
printf 'a {{loss}} %s {{loss[%s,0]}}\n' "$evil" "$evil" >"$folder/article.md"
shown "fill" "1 2" fill "$folder/article.md" </dev/null
printf 'a <!--{{loss}}-->%s<!--/--> %s\n' "$evil" "$evil" >"$folder/filled.md"
shown "fill --check" "1 2" fill --check "$folder/filled.md" </dev/null

# A class: names, ids, files, answers, a program.
printf 'id,name\nanna,%s\n%s,ben\n"c\nFORGED",carl\n' "$evil" "$evil" >"$folder/class/roster.csv"
mkdir -p "$folder/class/in/anna" "$folder/class/in/$evil"
printf '%s\n' "$evil" >"$folder/class/in/anna/07.txt"
printf '0.1 %s\n' "$evil" >"$folder/class/in/$evil/07$evil.txt"
printf '#!/bin/sh\nprintf "%s" >&2; printf "%s"\n' "$evil" "$evil" >"$folder/class/in/anna/08.sh"
chmod +x "$folder/class/in/anna/08.sh"
for more in "" --tap --run-programs; do
    shown "grade $more" "0 1 2" grade --roster "$folder/class/roster.csv" --in "$folder/class/in" --out "$folder/out" $more </dev/null
done
printf 'id,name\nanna,%s\n' "$evil" >"$folder/class/names.csv"
printf 'printf "%%s" >&2 "%s"; printf "%%s" "%s"; exit 3\n' "$evil" "$evil" | cat <(echo '#!/bin/sh') - >"$folder/class/in/anna/08.sh"
for more in "" --tap --run-programs; do
    shown "grade by names $more" "0" grade --roster "$folder/class/names.csv" --in "$folder/class/in" --out "$folder/out" $more </dev/null
done
shown "exercise check" "1 2" exercise check 07 "$folder/class/in/anna/07.txt" </dev/null
shown "exercise start" "0 2" exercise start 07 --student "$evil" --course "$evil" </dev/null
shown "step --mine" "0 1 2" step --mine "$folder/class/in/anna/07.txt" --plain </dev/null

# Weights with such names.
header=$(printf '{"%s":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}' "$(json "$evil")")
printf '\0\0\0\0\0\0\0\0' >"$work/zeros"
{ printf '%b' "$(printf '\\x%02x\\x00\\x00\\x00\\x00\\x00\\x00\\x00' "$(printf '%s' "$header" | wc -c)")"; printf '%s' "$header"; cat "$work/zeros"; } >"$folder/w.safetensors"
shown "a tensor's name in weights" "2" show loss --weights "$folder/w.safetensors" </dev/null
exit $bad
