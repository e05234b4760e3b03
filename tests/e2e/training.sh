#!/usr/bin/env bash
# Training on a text: runs that are kept, resumed, interrupted and opened, what is refused, and the screen of a
# training in a terminal. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1
jack=$PWD/tutorial/texts/jack.json
work=$(mktemp -d) || exit 3
trap 'tmux -L "tracer-training-$$" kill-server 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 3
bad=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $2, not $3"; bad=1; fi; }
# refuses NAME CODE WORDS ARGUMENTS...: one line with those words on stderr, that exit code, nothing on stdout.
refuses() {
    local name=$1 code=$2 words=$3 got
    shift 3
    "$tracer" "$@" >out 2>err </dev/null; got=$?
    if [ $got -eq "$code" ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] && grep -qF -- "$words" err; then echo "ok refuses $name"
    else echo "not ok refuses $name: $got, $(head -2 err)"; bad=1; fi
}

# In one go, and in two: the same log, the same last checkpoint, byte by byte.
"$tracer" train --model "$jack" --steps 60 -o whole --json >whole.json || bad=1
"$tracer" train --model "$jack" --steps 25 -o parts >/dev/null && "$tracer" train --run parts --steps 35 >/dev/null || bad=1
check "resumed to the last bit: the log" "$(md5sum <whole/log.jsonl)" "$(md5sum <parts/log.jsonl)"
check "resumed to the last bit: parameters and moments" "$(md5sum <whole/step-000060.safetensors)" "$(md5sum <parts/step-000060.safetensors)"
check "a line for every loss" "$(wc -l <whole.json)" 61
check "JSON is the log" "$(md5sum <whole.json)" "$(md5sum <whole/log.jsonl)"
check "the best validation is kept" "$(ls whole/best.safetensors)" whole/best.safetensors
loss() { "$tracer" show loss --format csv --digits 12 "$@" | tail -n 1; }
check "a step in the middle opens" "$(loss --run whole --step 37)" "$(loss --model "$jack" --step 37)"
check "the last step opens" "$(loss --run whole)" "$(loss --model "$jack" --step 60)"
check "its weights write" "$("$tracer" sample --run whole -n 3 --seed 1 | tail -n 1 | wc -c)" "$("$tracer" sample --model "$jack" --step 60 -n 3 --seed 1 | tail -n 1 | wc -c)"
check "a picture from the log" "$("$tracer" render loss --run whole -o loss.svg && grep -c 'trigram' loss.svg)" 1

# Byte pairs: a run takes its tokenizer along, so that it can be moved; a record of the counts opens.
printf 'the newest and the widest, the lowest and the west\n%.0s' 1 2 3 4 5 6 >pairs.txt
"$tracer" tokenizer train --file pairs.txt --merges 20 --special '<|end|>' --record -o tok >/dev/null || bad=1
printf '{"tokenizer": {"bpe": "tok"}, "data": {"file": "pairs.txt"}, "d_model": 4, "n_heads": 2, "training": {"loader": "random", "length": 8, "batch": 2, "validation": 0.2}}' >pairs.json
"$tracer" train --model pairs.json --steps 4 -o pairs >out; check "a loss of byte pairs is told a byte" "$(grep -cE '^a byte of text: validation [0-9.]+, trigram [0-9.]+$' out)" 1
there=$(loss --model pairs.json --step 3)
mkdir elsewhere && mv pairs elsewhere/ && mv tok gone
check "a run of byte pairs can be moved" "$(loss --run elsewhere/pairs --step 3)" "$there"
check "it writes" "$("$tracer" sample --run elsewhere/pairs --text "the west" -n 3 | tail -n 1 | cut -c 1-8)" "the west"
refuses "a tokenizer that is gone" 3 'has no vocab.json' show loss --model pairs.json
check "a record of the counts opens" "$("$tracer" show merge0.chosen --model gone/record.json --format csv | tail -n 1)" "116,104"
check "its last choice is the last merge" "$("$tracer" names 'merge*.chosen' --model gone/record.json | wc -l)" "$(($(wc -l <gone/merges.txt) - 1))"
refuses "a special in a text" 2 'spells the special token "<|end|>" at byte 4' show loss --model elsewhere/pairs/model.json --text 'the <|end|> west'
printf 'a\0a' >nul.txt; refuses "a record of what is no text" 2 'byte 1 is none' tokenizer train --file nul.txt --merges 1 --record -o nul
printf 'a' >one.txt; refuses "a record of nothing" 2 'nothing to keep' tokenizer train --file one.txt --merges 1 --record -o nul
check "nothing was written" "$(ls -d nul 2>/dev/null)" ""

"$tracer" train --model "$jack" --steps 3 | tail -n 2 >out; check "the summary ends in two lines, without control characters" "$(grep -cE '^(validation: [0-9.]+, at its best|baselines: uniform 3\.33).*[0-9a-z]$' out)" 2
grep -q 'x0a' out && { echo "not ok the summary shows a control character"; bad=1; }
before=$(md5sum whole/*)
refuses "a run that is there" 2 '--force' train --model "$jack" --steps 2 -o whole
refuses "a folder of others" 2 'no part of a run' train --model "$jack" --steps 2 -o "$(mkdir other && cp "$jack" other/model.json && echo other)"
refuses "a run in a run" 2 'one of them' train --run whole -o more --steps 1
refuses "another model for a run" 2 'brings its own model' show loss --run whole --model tiny
refuses "a run that is not there" 3 'no folder' show loss --run nowhere
refuses "a step before the run" 2 'leave --step out' train --run whole --step 3 --steps 1
head -c 5000 whole/step-000060.safetensors >cut && cp -r whole broken && cp cut broken/step-000060.safetensors
refuses "a checkpoint that is cut off" 2 'step-000060.safetensors' show loss --run broken
check "nothing was lost" "$(md5sum whole/*)" "$before"
"$tracer" train --model "$jack" --steps 3 -o whole --force >/dev/null; check "--force takes its place" "$(ls whole | grep -c step-)" 2

printf '\377\376' >bytes; : >empty; echo x >one; head -c 17000000 /dev/zero | tr '\0' 'a' >huge
refuses "a file that is no text" 2 'no text in UTF-8: byte 0' train --file bytes --steps 1
refuses "an empty file" 2 'is empty' train --file empty --steps 1
refuses "one token" 2 '1 token' train --file one --steps 1
refuses "a huge file" 2 'longer than 16777216' train --file huge --steps 1
refuses "a folder for a file" 3 'cannot read' train --file . --steps 1

# A loss that is no number: exit 1, the first step that made it, and that step opens.
echo '{"text": "the cat saw the dog", "optimizer": {"kind": "sgd", "lr": 1e200}}' >nan.json
"$tracer" train --model nan.json --steps 5 >out 2>err; check "nan ends it with 1" $? 1
grep -q 'step [0-9]* is the first that makes no number' err && echo "ok nan: where it was made" || { echo "not ok nan: $(cat err)"; bad=1; }
opens=$(grep -o 'tracer step.*' err | sed 's/^tracer//')
check "it opens there" "$(echo q | "$tracer" $opens --plain | grep -c 'inf\|nan')" 1

# Several threads: the same log, the same parameters and moments, the same nan.
cp "${jack%.json}.txt" .
for threads in 1 2 3; do
    "$tracer" train --model loomings --steps 3 --threads $threads -o by-$threads >/dev/null || bad=1
    sed 's/"lr": [0-9.e-]*/"lr": 1e200/' "$jack" >wild.json
    "$tracer" train --model wild.json --steps 9 --threads $threads >/dev/null 2>nan-$threads; check "nan with $threads threads ends it with 1" $? 1
    [ $threads = 1 ] && continue
    check "$threads threads: the log" "$(md5sum <by-$threads/log.jsonl)" "$(md5sum <by-1/log.jsonl)"
    check "$threads threads: parameters and moments" "$(md5sum <by-$threads/step-000003.safetensors)" "$(md5sum <by-1/step-000003.safetensors)"
    check "$threads threads: where nan was made" "$(grep -c 'first that makes no number' nan-1) $(cat nan-$threads)" "1 $(cat nan-1)"
done
refuses "no thread at all" 2 '--threads' train --model "$jack" --steps 1 --threads 0

# Ctrl-C: ended after an update, with everything saved; then it goes on.
"$tracer" train --model "$jack" --steps 100000 --threads 2 -o stopped >out 2>err & pid=$!
for _ in $(seq 100); do [ -e stopped/log.jsonl ] && [ "$(wc -l <stopped/log.jsonl)" -gt 20 ] && break; sleep 0.1; done
kill -INT $pid; wait $pid; check "Ctrl-C ends it well" $? 0
grep -q 'stopped after [0-9]* updates' err && echo "ok Ctrl-C says when" || { echo "not ok Ctrl-C: $(cat err)"; bad=1; }
reached=$(grep -o '"step": [0-9]*' stopped/run.json | head -1 | grep -o '[0-9]*')
check "the last checkpoint is where it stopped" "$(ls stopped | grep -c "$(printf 'step-%06d' "$reached")")" 1
"$tracer" train --run stopped --steps 1 >/dev/null; check "and it goes on" "$(grep -o '"step": [0-9]*' stopped/run.json | head -1)" "\"step\": $((reached + 1))"

# In a terminal: curves and baselines, q ends it, the terminal is whole, the worst updates open and come back.
screen() { tmux -L "tracer-training-$$" capture-pane -p -t t; }
until_seen() { for _ in $(seq 150); do screen | grep -qE -- "$1" && return 0; sleep 0.1; done; return 1; }
tmux -L "tracer-training-$$" -f /dev/null new-session -d -s t -x 80 -y 24 "sh -i" || exit 3
tmux -L "tracer-training-$$" send-keys -t t "PS1='\$ '; $tracer train --model $jack --steps 100000 -o seen --worst" Enter
until_seen 'trigram' && until_seen 'after [0-9]+ updates it writes' && echo "ok a training on a screen" || { echo "not ok a training on a screen"; screen; bad=1; }
sleep 1; tmux -L "tracer-training-$$" send-keys -t t q
until_seen 'the updates that stand out' && echo "ok the worst updates in a list" || { echo "not ok the worst updates in a list"; screen; bad=1; }
tmux -L "tracer-training-$$" send-keys -t t Down Enter
until_seen 'loss' && until_seen 'forward' && echo "ok Enter opens one" || { echo "not ok Enter opens one"; screen; bad=1; }
tmux -L "tracer-training-$$" send-keys -t t q
until_seen 'the updates that stand out' && echo "ok and comes back" || { echo "not ok and comes back"; screen; bad=1; }
tmux -L "tracer-training-$$" send-keys -t t q
until_seen 'stopped after [0-9]+ updates' && echo "ok q ends it" || { echo "not ok q ends it"; screen; bad=1; }
# Rows that nobody has told the class of: what xgboost 1.7 (exact, its numbers of 32 bits) says of them after the same table.
for i in $(seq 1 300); do echo "$((i * 37 % 23)),$((i * 53 % 31)),$(( (i * 37 % 23 > 11) == (i * 53 % 31 > 15) ))"; done | sed '1i a,b,same' >table.csv
echo '{"system": "trees", "data": {"csv": "table.csv", "label": "same"}, "model": {"rounds": 20, "depth": 3}}' >table.json
printf 'name,b,a\nx,3,20\n"y, z",20,20\n\nw,20,2\n' >new.csv
check "rows that were not there" "$("$tracer" train --model table.json --predict new.csv --json | tail -3 | paste - - - |
    awk -F'[:}]' '{d[1] = $3 - 0.9953837; d[2] = $6 - 0.00426011; d[3] = $9 - 0.98928165; for (i in d) if (d[i] < -1e-6 || d[i] > 1e-6) bad++; print bad + 0}')" 0
"$tracer" train --model table.json --predict new.csv --save trees.safetensors --json | tail -3 >grown
check "trees that were saved say the same" "$("$tracer" train --model table.json --weights trees.safetensors --predict new.csv --json | tail -3 | md5sum)" "$(md5sum <grown)"
"$tracer" train --model table.json --steps 12 --save some.safetensors >/dev/null; "$tracer" train --model table.json --weights some.safetensors --save all.safetensors >/dev/null
check "they grow on as if they had not stopped" "$(md5sum <all.safetensors)" "$(md5sum <trees.safetensors)"
sed 's/"depth": 3/"depth": 2/' table.json >flat.json; refuses "trees of another depth" 2 '"round0.feature" is 1 x 15, but of this model it is 1 x 7' train --model flat.json --weights trees.safetensors
sed 's/"depth": 3/"depth": 3, "base_score": 0.2/' table.json >base.json; refuses "trees from another margin" 2 'was grown from a margin of 0' train --model base.json --weights trees.safetensors
check "the class that they may be" "$("$tracer" train --model table.json --predict new.csv | grep -c '^ row  probability of 0$')" 1
printf 'b\n1\n' >bad.csv; refuses "a column that is missing" 2 'the header has no column "a"' train --model table.json --predict bad.csv
printf 'a,b,a\n' >bad.csv; refuses "a column twice" 2 'two columns "a"' train --model table.json --predict bad.csv
printf 'a,b\n1\n' >bad.csv; refuses "a short row" 2 'line 2 has 1 cells, the header 2' train --model table.json --predict bad.csv
printf 'a,b\n1,\n' >bad.csv; refuses "a missing number" 2 'a number is needed, not ""' train --model table.json --predict bad.csv
printf 'a,b\n' >bad.csv; refuses "no rows" 2 'no rows under its header' train --model table.json --predict bad.csv
refuses "no such file" 3 'cannot read "none.csv"' train --model table.json --predict none.csv
refuses "another system" 2 'is for tables and what grows of them' train --predict new.csv

# A bank's own payments: trained on one csv, asked about another with the weights that were saved.
user() { for i in 1 2 3 4; do printf '%s;%s.3.2026 %s;-1%s,50;"Café ""%s"" ß";%s;%s;%s\r\n' "$1" "$i" "$2" "$i" "$3" "$4" "$5" "$6"; done; }
{ printf 'user;date;amount;description;age;town;good\r\n'; for i in $(seq 12); do user "d$i" 12:00 Luna 30 Bern yes; user "n$i" 3:30 Bar 4$i Basel no; done; } >bank.csv
echo '{"system": "nufo", "data": {"csv": "bank.csv", "label": "good", "merges": 30}, "model": {"standardise": true}, "optimizer": {"lr": 0.02}, "training": {"batch": 8, "steps": 40, "shuffle": 1}}' >bank.json
{ echo 'town,age,description,amount,date,user,more'; printf 'Bern,31,Café Luna,-12.50,2026-04-01 12:00,eva,x\nBasel,41,"Bar Ł",-12.50,2026-04-01 03:00,udo,x\n'; } >april.csv
"$tracer" train --model bank.json --predict april.csv --save bank.safetensors --json 2>said | grep user >there
check "customers who were not there" "$(awk -F'[:}]' '{print ($3 > 0.5)}' there | paste -s)" "$(printf '0\t1')"
check "what is in no description is said" "$(grep -c '2 bytes of descriptions are in none' said)" 1
check "the weights say the same, and nothing is trained" "$("$tracer" train --model bank.json --weights bank.safetensors --predict april.csv --json 2>/dev/null | grep user | md5sum)" "$(md5sum <there)"
check "as a table" "$("$tracer" train --model bank.json --weights bank.safetensors --predict april.csv 2>/dev/null | sed -n 2p)" "user  probability of no"
sed 's/bank.csv/april.csv/; s/"good"/"more"/' bank.json >april.json; refuses "other pieces" 2 'were cut into other pieces' train --model april.json --weights bank.safetensors --steps 1
sed 's/Basel/Genf/' april.csv >bad.csv; refuses "a town that nobody has" 2 'no such category: "Genf"' train --model bank.json --weights bank.safetensors --predict bad.csv
"$tracer" train --model bank.json --steps 1 -o kept >/dev/null; refuses "a kept run, which has no csv" 2 'name it as "csv"' train --run kept --steps 0 --predict april.csv
printf 'age,town,good\n20,Bern,yes\n60,Basel,no\n25,Bern,yes\n55,Basel,no\n' >rows.csv; printf 'town,age\nBasel,58\nBern,22\n' >new.csv
echo '{"system": "tabular", "data": {"csv": "rows.csv", "label": "good"}, "model": {"standardise": true}, "optimizer": {"lr": 0.05}, "training": {"steps": 30}}' >rows.json
check "rows of a table that were not there" "$("$tracer" train --model rows.json --predict new.csv --json | grep row | awk -F'[:}]' '{print ($3 > 0.5)}' | paste -s)" "$(printf '1\t0')"

sed 's/"steps": 30/"steps": 30, "validation": 0.25/' rows.json >part.json
check "one example is standardised as it was learned from" "$("$tracer" show x_0 --model part.json --example 0 --format csv | tail -1 | cut -d, -f1)" "$("$tracer" show x_0 --model part.json --format csv | head -1 | cut -d, -f1)"
check "one of the customers that are made" "$("$tracer" show transformer.tokens --model spending --example 2999 --format csv | tail -1 | cut -c 1-2)" "1,"
refuses "a customer who is not made" 2 'from 0 to 2999, not "3000"' show user --model spending --example 3000

exit $bad
