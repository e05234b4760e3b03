#!/usr/bin/env bash
# The commands as their users type them: what they print, their exit codes, and what they say to
# nonsense. $1: the tracer to test.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0

ok() { printf 'ok %s\n' "$1"; }
not_ok() { printf 'not ok %s: %s\n' "$1" "$2"; bad=1; }

# prints NAME PATTERN ARGUMENTS...: exit 0, nothing on stderr, standard output matches.
prints() {
    local name=$1 pattern=$2
    shift 2
    "$tracer" "$@" >"$work/out" 2>"$work/err" </dev/null
    local code=$?
    if [ $code -ne 0 ]; then not_ok "$name" "exit code $code, $(head -c 200 "$work/err")"
    elif [ -s "$work/err" ]; then not_ok "$name" "on stderr: $(head -c 200 "$work/err")"
    elif ! grep -qE -- "$pattern" "$work/out"; then not_ok "$name" "no /$pattern/ in: $(head -c 300 "$work/out")"
    else ok "$name"; fi
}

# refuses CODE PATTERN ARGUMENTS...: that exit code, nothing on stdout, one lower-case line that matches.
refuses() {
    local wanted=$1 pattern=$2
    shift 2
    "$tracer" "$@" >"$work/out" 2>"$work/err" </dev/null
    local code=$?
    local name="refuses ${*: -2:2}"
    name=${name//$'\n'/ }; name=${name:0:90}
    if [ $code -ne "$wanted" ]; then not_ok "$name" "exit code $code, not $wanted: $(head -c 200 "$work/err")"
    elif [ -s "$work/out" ]; then not_ok "$name" "printed $(head -c 100 "$work/out")"
    elif [ "$(wc -l <"$work/err")" -ne 1 ]; then not_ok "$name" "$(wc -l <"$work/err") lines on stderr"
    elif ! grep -qE -- "^tracer: [^A-Z]" "$work/err"; then not_ok "$name" "not a lower-case line: $(cat "$work/err")"
    elif ! grep -qE -- "$pattern" "$work/err"; then not_ok "$name" "no /$pattern/ in: $(cat "$work/err")"
    else ok "$name"; fi
}

# model JSON: a model file with these keys, its path printed.
model() { printf '%s' "$1" >"$work/model.json"; }

prints "--version" '^tracer [0-9]+\.[0-9]+\.[0-9]+$' --version
prints "help" '^  gradcheck ' help
prints "help of a command" '^usage: tracer why' help why
prints "--help of a command" '^usage: tracer why' why --help
prints "help model-file" 'norm_attention' help model-file
prints "manual page" '^\.TH TRACER 1' help man
prints "completion" 'complete -o filenames -F _tracer tracer' help completion
prints "models" '^by-hand ' models
prints "models --json" '"clip_norm": null' models --json by-hand
prints "mistakes" '^output_projection.not_transposed ' mistakes
prints "names" '^block0.attention.head1.weights +5 x 5 +activation$' names
prints "names with a pattern" '^head.W.grad ' names '*.grad'
prints "lens" 'The last level is the logits themselves\.' lens
prints "lens --json" '"at": "block0.attention.residual"' lens --json
prints "attribute" '^  sum +[+-]' attribute 2 bird
prints "heads" '^block0.head1 +0\.' heads
prints "heads of a text without repeats" '^induction is undefined here, which is not 0' heads --text 'the cat saw'
prints "follow" '^\+ block0.mlp .*step [0-9]+  block0.mlp.output\[2,0\]' follow saw
prints "ablate" '^block0.head1 +[+-]' ablate
prints "patch" '^all +1\.000' patch 'the cat saw the' 'the dog saw the'
refuses 2 'no difference to divide by' patch 'the cat saw the' 'the cat saw the'
refuses 2 'the texts do not fit' patch 'the cat saw the' 'the cat'
prints "why of what looking inside records" '^lens.block0.output.logits\[0,0\]: ' why 'lens.block0.output.logits[0,0]' --inside
prints "a run without a head" '0\.0000' show 'block0.attention.head1.output[2,0]' --ablate block0.head1
refuses 2 'stands in this text 2 times, at 0, 3' follow the
refuses 2 'the vocabulary has no token "mouse"' attribute 2 mouse
refuses 2 'a model is trained without them' train --steps 1 --ablate block0.head0
refuses 2 'no part of this model is called "block9.mlp"' show loss --ablate block9.mlp
refuses 2 'the texts do not fit: one has 5 tokens, the other 2' show loss --patch embedding --clean 'the cat'
prints "show a table" '^4 dog +0\.3495 ' show block0.attention.head0.weights
prints "show a row by token" '^2 saw ' show 'block0.attention.head0.weights[saw,:]'
prints "show a cell by tokens" '0\.4305' show 'block0.attention.head0.weights[saw,cat]'
prints "show csv" '^2\.28493348113581' show loss --format csv
prints "show json" '"rows": 1, "cols": 1' show loss --format json
prints "show latex" 'begin\{bmatrix\}' show loss --format latex
prints "show markdown" '^\| 0 the \|' show block0.attention.head0.weights --format markdown
prints "show by-hand's loss" '7\.459931694851' show loss --model by-hand --digits 12
prints "options before the command" '7\.4599' --model by-hand show loss
prints "another training step" '^1\.6154703' show loss --step 1 --format csv
prints "another text" '4 x 6' show embedding --text 'the bird saw and'
prints "why of a sum" 'so far' why 'block0.attention.head0.scores[2,1]'
prints "why of a gradient" 'head1.norm.grad|K.grad' why 'block0.attention.head1.W_K[3,2].grad'
prints "why, two levels" 'head0.Q.product' why 'block0.attention.head0.scores[2,1]' --depth 2
prints "why of a parameter" 'a parameter' why 'head.W[0,0]'
prints "why of a row that nobody reads" 'a sum without terms' why 'token_embedding.grad[0,0]'
prints "why as JSON" '"combine": "sum"' why 'block0.attention.head0.scores[2,1]' --json
prints "uses" 'times' uses 'block0.attention.head0.K[1,0]'
prints "nudge" 'predicted by the gradient' nudge 'block0.mlp.W_1[0,0]' 0.01
prints "nudge downwards" 'predicted by the gradient' nudge 'block0.mlp.W_1[0,0]' -0.01
prints "nudge to a value" '"to": 0.25' nudge 'block0.mlp.W_1[0,0]=0.25' --json
prints "nudge an activation" '"predicted": ' nudge 'block0.mlp.hidden[1,1]' 0.001 --json
prints "gradcheck" '^all 464 cells agree' gradcheck
prints "gradcheck of one value" '^all 15 cells agree' gradcheck block0.attention.head0.Q
prints "gradcheck of a cell" '^ok .*W_K\[3,2\] +1 cell, ' gradcheck 'block0.attention.head1.W_K[3,2]'
prints "gradcheck of a row" '^all 3 cells agree' gradcheck 'block0.attention.head1.W_K[3,:]'
prints "gradcheck of by-hand" '^all 3456 cells agree' gradcheck --model by-hand
prints "diff of equals" 'bit by bit' diff "" "--model tiny"
prints "diff with a mistake" '^first: block0.attention.head0.softmax.max' diff "--model tiny" "--model tiny --mistake softmax.columns"
prints "diff with quotes" '^first: ' diff "--text 'the cat saw the dog'" "--text 'the cat saw the bird'"
prints "train" '200 updates: loss 2\.284933' train --steps 200
prints "train of by-hand" '200 updates: loss 7\.459' train --steps 200 --model by-hand
prints "train as JSON" '^\{"step": 2, "loss": 1.22' train --steps 2 --json
prints "train as long as the model file says" '^30 updates: ' train --model golden/reference/m36/model.json
prints "train to the end of it" '^10 updates: ' train --model golden/reference/m36/model.json --step 20
prints "train --save" 'saved' train --steps 3 --save "$work/w.safetensors"
prints "weights come back" '^0\.9' show loss --weights "$work/w.safetensors" --format csv
prints "export json" '^\{"format": "tracer-tape", "version": 1,$' export --format json -o -
prints "export dot" '^digraph ' export --format dot -o -
prints "steps" '^forward +steps 0 to' steps --depth 2
prints "steps of a phase" '^update ' steps --phase update --depth 1
prints "golden show" '^tensor|loss  1 x 1' golden show golden/tiny.golden
prints "golden check" 'all 582 tensors as expected' golden check golden/tiny.golden
prints "sample says its sentence" '^the cat saw the dog$' sample --step 200 -n 4
prints "sample shows what came before it" '^  > cat +5\.4199 +0\.9837 +0\.9837 +0\.0074 +0\.9911$' sample --step 200 -n 1
prints "sample knows little behind its sentence" '^  > the +1\.8405 +0\.3642 +0\.3642' sample --step 200
prints "sample, always the likeliest" '^the cat cat cat$' sample --text 'the cat' --temperature 0 -n 2
prints "sample, cut to two" '^    saw +0\.9712 +0\.1761 +0\.0000$' sample -n 1 --top-k 2
prints "sample with another seed" '^the dog$' sample -n 1 --seed 5
prints "draw as JSON" '^\{"picture": 0, "class": 1, "rows": 4, "columns": 4, "x": \[-?[0-9.]+, .*\]\}$' draw --model dit --class 1 --steps 2 --json
prints "draw explains a pixel" '^euler1.x\[0,2\]: .* = ' draw --model flow --steps 2 --why 'euler1.x[0,2]'
prints "draw shows letters" '^[ .:=+*#%@-]{1,4}$' draw --model flow --steps 2
prints "sample as JSON" '^\{"text": "the saw saw", "tokens": \[3, 7, 7, 2\], "prompt": 1, "ended": true\}$' sample --json
prints "sample beyond the context" '^the context holds 5 tokens: from here on only the last 5 are read' sample --model by-hand --seed 3 -n 6
prints "sample counts what the cache saved" '^read 4 positions with 1,296 multiply-adds .* without the cache of keys and values 10 with 3,300' sample --step 200 -n 4
prints "sample without a cache" '^read 10 positions with 3,300 multiply-adds in matrix products; no key or value was kept$' sample --step 200 -n 4 --no-cache
prints "sample asks where a token comes from" '^  step [0-9]*, forward, token2: tokens = copy\(token1.draw.token\)$' sample --step 200 -n 3 --why 'tokens[0,0]'
prints "sample, repetition made dear" '^the cat saw ' sample --step 200 -n 3 --temperature 0 --repetition 5
prints "sample, min-p" '^    saw +0\.9712 +0\.1761 +0\.0000$' sample -n 1 --min-p 0.8
prints "sample, frequency and presence" '^the cat saw dog$' sample --step 200 -n 3 --temperature 0 --frequency 5 --presence 2
prints "beams find what greedy loses" '^    -3\.6369 +0\.0263  the cat saw the dog$' sample --step 3 -n 4 --beam 2
prints "beams as JSON" '^\{"text": "the", "tokens": \[3, 2\], "prompt": 1, "ended": true, "beams": \[\{' sample --beam 2 -n 2 --json
prints "why a beam stays" '^  kept\(-1.3494; not -1.7369, -2.0807\) = 2.0000   choice.candidates\[0,2\] = -1.3494' sample --beam 2 -n 1 --why 'choice.chosen[0,1]'
prints "beams by length" '^    -4\.4968 +0\.0111 +-1\.4989  the cat cat cat$' sample --beam 2 -n 3 --length-penalty 1
prints "sample explains its draw" '^draw.token\[0,0\]: first above\(0.8752, 0.8444\) = 7 saw$' sample -n 1 --why 'draw.token[0,0]'
prints "sample with a mistake in it" '^  > saw +0.9712 +0.1761 +0.1761 ' sample -n 1 --temperature 0.5 --mistake sampling.temperature_ignored
prints "sample after training with a mistake" '^the ' sample --step 5 -n 2 --mistake targets.not_shifted
prints "the walk without a terminal" 'block0' step
prints "a screen" 'step ' screen --keys 'nn' --size 80x24

[ "$("$tracer" train --steps 4 --json | wc -l)" = 5 ] && ok "N updates make N+1 losses" || not_ok "N updates make N+1 losses" "other"
"$tracer" gradcheck --mistake softmax_gradient.row_sum_dropped >/dev/null && not_ok "a wrong gradient is exit code 1" 0 || ok "a wrong gradient is exit code 1"
sed 's/^\(tensor loss 1 1\)$/\1/; /^tensor loss 1 1$/{n;s/.*/2.5/}' golden/tiny.golden >"$work/changed.golden"
"$tracer" golden check "$work/changed.golden" >"$work/out"
[ $? = 1 ] && grep -q '1 root; 0 follow' "$work/out" && ok "golden check names the root" || not_ok "golden check names the root" "$(cat "$work/out")"
"$tracer" export --format npz -o "$work/t.npz" && [ "$(head -c 2 "$work/t.npz")" = PK ] && ok "export npz" || not_ok "export npz" "no archive"
"$tracer" export --format safetensors -o "$work/a.safetensors" && "$tracer" train --steps 0 --save "$work/b.safetensors" >/dev/null &&
    cmp -s "$work/a.safetensors" "$work/b.safetensors" && ok "export and train save the same file" || not_ok "export and train save the same file" differs
"$tracer" models --json tiny >"$work/tiny.json" && [ "$("$tracer" diff "" "--model $work/tiny.json" | tail -1)" = "all 582 values are equal, bit by bit" ] &&
    ok "a printed preset is that preset" || not_ok "a printed preset is that preset" differs

refuses 2 'tracer step --at' --at head.W
refuses 2 'did you mean "show"' shwo
refuses 2 'no option "--depht"; did you mean "--depth"' why 'loss[0,0]' --depht 2
refuses 2 'needs a whole number' why 'loss[0,0]' --depth x
refuses 2 'needs a whole number' why 'loss[0,0]' --depth 99999999999999999999
refuses 2 '--step needs a whole number' show loss --step -1
refuses 2 'something is missing' show
refuses 2 'is too much' show loss loss
refuses 2 'needs a value' show loss --format
refuses 2 'no format is called' show loss --format pdf
refuses 2 'did you mean "loss"' show los
refuses 2 'did you mean' show block0.attention.head0.Qq
refuses 2 'row 9 does not exist; rows go from 0 to 4' show 'block0.attention.head0.weights[9,0]'
refuses 2 'row -1 does not exist' show 'block0.attention.head0.weights[-1,0]'
refuses 2 'stands for rows 0 and 3' show 'block0.attention.head0.weights[the,0]'
refuses 2 'no row is called "mouse"' show 'block0.attention.head0.weights[mouse,0]'
refuses 2 'is not a cell' show 'block0.attention.head0.weights[1'
refuses 2 'name one cell' why block0.attention.head0.weights
refuses 2 'no preset is called "tny"; did you mean "tiny"' show loss --model tny
refuses 3 'cannot read' show loss --model nowhere.json
refuses 2 'no mistake is called' show loss --mistake softmax.column
refuses 2 'can be nudged' nudge 'tokens[0,0]' 1
refuses 2 'no finite number' nudge 'head.W[0,0]' nan
refuses 2 'no finite number' nudge 'head.W[0,0]=x'
refuses 2 'say by how much' nudge 'head.W[0,0]'
"$tracer" show tokens --text 'Attention is all you need' 2>&1 | tr '\n' ' ' | grep -q 'made of this text.*Attention  4 is' &&
    echo "ok a text of other words makes a vocabulary and says so" || echo "not ok a text of other words"
"$tracer" train --steps 1 --save "$work/tiny.safetensors" >/dev/null
refuses 2 '"mouse", which is not in the vocabulary of the weights' show loss --text 'the mouse saw' --weights "$work/tiny.safetensors"
refuses 2 '"text" is empty' show loss --text '  '
refuses 2 'not valid UTF-8' show loss --text $'the \xff'
refuses 2 'longer than "context" 7' show loss --text 'the the the the the the the the'
refuses 2 'say how many' train
prints "ids in place of a text" '^0  3 the  4 cat  7 saw' show tokens --tokens 3,4,7
refuses 2 '"mlp" does not' show x --model xor --tokens 3,4
refuses 2 '"mlp" does not' show x --model xor --text 'the cat'
refuses 2 'has 30 steps' train --model golden/reference/m36/model.json --step 31
for sizes in '"norm": "rmsnorm"' '"norm_attention": "none", "norm_mlp": "none", "final_norm": false'; do
    printf '{%s, "optimizer": {"kind": "sgd", "lr": 1e6}}' "$sizes" >"$work/wild.json"
    "$tracer" train --model "$work/wild.json" --text 'a b a b' --steps 60 --save "$work/wild" >"$work/out" 2>"$work/err"
    code=$?
    [ $code = 1 ] && [ ! -e "$work/wild" ] && grep -qE 'is the first that makes no number, [a-z_A-Z0-9.]+\[[0-9]+,[0-9]+\] is -?(nan|inf);' "$work/err" && ! grep -q saved "$work/out" &&
        ok "a training to nan says where: $(grep -o '[a-zA-Z_0-9.]*\[[0-9,]*\]' "$work/err")" || not_ok "a training to nan says where" "$code: $(cat "$work/err")"
done
refuses 2 'say what to export' export -o x
refuses 2 'say where to' export --format json
refuses 3 'cannot write' export --format json -o "$work/no/where.json"
refuses 3 'cannot write' train --steps 1 --save /proc/nowhere
refuses 2 '-n needs a whole number from 1' sample -n 0
refuses 2 '-n needs a whole number from 1' sample -n -1
refuses 2 '-n needs a whole number from 1' sample -n abc
refuses 2 '--temperature needs 0 or a number' sample --temperature -1
refuses 2 '--temperature needs 0 or a number' sample --temperature nan
refuses 2 '--temperature needs 0 or a number' sample --temperature inf
refuses 2 '--temperature needs 0 or a number' sample --temperature 1e-300
refuses 2 '--top-k needs a whole number from 1' sample --top-k 0
refuses 2 '--top-p needs a number above 0, up to 1' sample --top-p 0
refuses 2 '--top-p needs a number above 0, up to 1' sample --top-p 1.01
refuses 2 '--min-p needs a number from 0 to 1' sample --min-p 1.5
refuses 2 '--repetition needs a number from 1e-9' sample --repetition 0
refuses 2 '--seed needs a whole number from 0' sample --seed -1
refuses 2 '--frequency needs a number from -1e9' sample --frequency nan
refuses 2 '--beam needs a whole number from 1 to 64' sample --beam 65
refuses 2 '--length-penalty is for --beam B' sample --length-penalty 1
refuses 2 '--beam draws nothing' sample --beam 2 --seed 1
refuses 2 'token "mouse", which is not in the "vocabulary"' sample --text 'the mouse'
refuses 2 '"text" is empty' sample --text ''
refuses 2 'no value is called "nowhere"' sample --why 'nowhere[0,0]'
refuses 2 'changes nothing in this model' sample --mistake check.one_h
refuses 2 'golden can check' golden frobnicate
refuses 2 '--color is' show loss --color pink
refuses 2 'no phase is called' steps --phase sideways
prints "cost" 'multiply-adds forward +16,640 +16,640  equal' cost --model by-hand
prints "cost of a frame" '^forward head1' cost block0.attention.head1
prints "cost --json" '"calculated": \{"params": 464, "multiply_adds_forward": 1770' cost --json
prints "what tiles move" '"standard_total": 240,' cost --model flash --json
prints "steps --cost" '\| 90 multiply-adds, 180 FLOPs' steps --cost
prints "cost of a shape" '^FLOPs of a training step +10,520,110,694,400' cost --shape gpt2-xl --context 1024
prints "cost of a shape as JSON" '"train_flops": 874944921600' cost --shape gpt2 --json
prints "cost of a model file" '^parameters +464$' cost --shape tiny
prints "a budget" '6 N D .* 144\.0 days' cost --parameters 70B --tokens 15T --devices 1024
prints "what fits" '"largest_params": 40000000000' cost --devices 8 --memory 80GB --json
refuses 2 'no shape is called "gpt2-xxl"; did you mean' cost --shape gpt2-xxl
refuses 2 'no frame is called' cost head7
refuses 2 'no closed formula covers' cost --shape xor
refuses 2 'context' cost --context 5
refuses 2 'context' cost --shape gpt2 --context 0
refuses 2 'utilisation' cost --shape gpt2 --utilisation 1.5
refuses 2 'no device is called' cost --device gpu
refuses 2 'give one of them' cost --model tiny --shape gpt2
refuses 3 'cannot read' cost --shape nowhere.json
refuses 2 'widths that ascend' scale --widths 8,4,2,1
refuses 2 'at least 4 widths' scale --widths 8,16
refuses 2 'd_model' scale --model xor
refuses 2 'no size|size' screen --keys n --size 0x0
refuses 2 'no key|<Nonsense>' screen --keys '<Nonsense>' --size 80x24

model '{"d_modle": 8}';                 refuses 2 'unknown key "d_modle"; did you mean "d_model"' show loss --model "$work/model.json"
model '{"init": {"sede": 8}}';          refuses 2 'unknown key "sede" in init; did you mean "seed"' show loss --model "$work/model.json"
model '{"d_model": 15}';                refuses 2 '"d_model" is 15' show loss --model "$work/model.json"
model '{"d_model": 6, "position": "rope"}'; refuses 2 '"position" rope' show loss --model "$work/model.json"
model '{"d_model": -4}';                refuses 2 '"d_model" must be a whole number from 1' show loss --model "$work/model.json"
model '{"d_model": 4.5}';               refuses 2 '"d_model" must be a whole number' show loss --model "$work/model.json"
model '{"d_model": 9000}';              refuses 2 '"d_model"' show loss --model "$work/model.json"
model '{"n_layers": 65}';               refuses 2 '"n_layers"' show loss --model "$work/model.json"
model '{"context": 4097}';              refuses 2 '"context"' show loss --model "$work/model.json"
model '{"d_model": 8192, "d_ff": 64, "n_layers": 64}'; refuses 2 'more than 1 GB' show loss --model "$work/model.json"
model '{"d_model": 1e999}';             refuses 2 'line 1' show loss --model "$work/model.json"
model '{"tokenizer": "bytes"}';         refuses 2 '"tokenizer" must be one of words \| characters' show loss --model "$work/model.json"
model '{"optimizer": {"clip_norm": 0}}'; refuses 2 '"clip_norm" in optimizer' show loss --model "$work/model.json"
model '{"text": "a", "add_bos": false, "add_eos": false}'; refuses 2 'needs two' show loss --model "$work/model.json"
model '{"vocabulary": ["a", "a"]}';     refuses 2 'twice' show loss --model "$work/model.json"
model '{"text": ';                      refuses 2 'line 1' show loss --model "$work/model.json"
model '[]';                             refuses 2 'one JSON object' show loss --model "$work/model.json"
printf '\xef\xbb\xbf{"text": "the cat"}' >"$work/bom.json"; prints "a byte order mark" '^0 <BOS>|^0' show tokens --model "$work/bom.json"
printf '{"text": "a"}' | iconv -t UTF-16 >"$work/model.json"; refuses 2 'is UTF-16 text; save it as UTF-8' show loss --model "$work/model.json"
printf '{"text": "a"}' | iconv -t UTF-16BE >"$work/model.json"; refuses 2 'is UTF-16 text; save it as UTF-8' show loss --model "$work/model.json"
model '{"text": "a \u0000"}';          refuses 2 'a text cannot hold the character .u0000' show loss --model "$work/model.json"
prints "words part at every blank" '^0  2 a  3 b  4 c  5 d$|^0 +1 a|3 a  4 b  5 c  6 d' show tokens --model <(printf '{"text": "a\\u3000b\\u00a0\\u2003c\\u2028d"}')
head -c 100000 /dev/zero | tr '\0' '[' >"$work/model.json"; refuses 2 'line 1' show loss --model "$work/model.json"
printf 'not safetensors' >"$work/w";    refuses 2 'no safetensors file' show loss --weights "$work/w"
printf '\377\377\377\377\377\377\377\177{}' >"$work/w"; refuses 2 'no safetensors file' show loss --weights "$work/w"
refuses 2 'this model does not know|which this model needs|model' show loss --model by-hand --weights "$work/a.safetensors"

if [ -w /dev/full ]; then
    "$tracer" names >/dev/full 2>"$work/err"
    [ $? = 3 ] && [ "$(wc -l <"$work/err")" = 1 ] && ok "a full disk on stdout" || not_ok "a full disk on stdout" "$(cat "$work/err")"
    "$tracer" export --format json -o /dev/full 2>"$work/err"
    [ $? = 3 ] && ok "a full device" || not_ok "a full device" "$(cat "$work/err")"
else
    not_ok "a full disk on stdout" "there is no /dev/full"
fi
"$tracer" export --format json -o - 2>"$work/err" | head -c 10 >/dev/null
[ "${PIPESTATUS[0]}" = 3 ] && ok "stdout closed early" || not_ok "stdout closed early" "${PIPESTATUS[0]}"
printf 'old' >"$work/kept"; (ulimit -f 1; exec "$tracer" export --format json -o "$work/kept" 2>"$work/err")
[ "$(cat "$work/kept")" = old ] && ok "a file is never half written" || not_ok "a file is never half written" "changed"
[ -z "$(find "$work" -name '*.part')" ] && ok "nothing is left beside it" || not_ok "nothing is left beside it" "$(ls "$work")"
sh -c 'exit' & gone=$!; wait $gone # its number is nobody's now
for part in "kept.$gone.part" "kept.$$.part" "other.$gone.part"; do : >"$work/$part"; done
"$tracer" export --format json -o "$work/kept" && [ ! -e "$work/kept.$gone.part" ] && [ -e "$work/kept.$$.part" ] && [ -e "$work/other.$gone.part" ] &&
    ok "what a killed writer left is taken away" || not_ok "what a killed writer left is taken away" "$(ls "$work" | tr '\n' ' ')"
ln -s nowhere "$work/link"; refuses 3 'it is a link to what is not there' export --format json -o "$work/link"
[ -L "$work/link" ] && ok "the link stays" || not_ok "the link stays" gone
if file=$(command -v readelf); then
    "$file" -d "$tracer" | grep -q 'BIND_NOW' && ok "linked with -z now" || not_ok "linked with -z now" "$("$file" -d "$tracer" | grep -i flags)"
else
    not_ok "linked with -z now" "there is no readelf"
fi
for locale in C C.UTF-8 de_DE.UTF-8; do
    [ "$(LC_ALL=$locale "$tracer" show loss --format csv 2>/dev/null)" = 2.28493348113581 ] && ok "numbers under $locale" || not_ok "numbers under $locale" other
done
exit $bad
