#!/usr/bin/env bash
# The core under valgrind: no error, nothing lost. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
bad=0
clean() {
    if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$tracer" "$@" >/dev/null 2>&1 </dev/null
    then printf 'ok valgrind %s\n' "$*"; else printf 'not ok valgrind %s\n' "$*"; bad=1; fi
}
clean show loss --model by-hand
clean train --steps 3
clean train --model xor --steps 3
clean why 'block0.attention.head0.W_K.grad[3,2]' --depth 3 --json
clean nudge 'block0.mlp.hidden[0,0]' 0.1
clean sample --top-k 3 --top-p 0.8 -n 9 --why 'draw.token[0,0]'
clean diff "" "--mistake softmax.columns"
clean export --format json -o /dev/null
clean export --format npz -o /dev/null
clean golden check golden/tiny.golden
clean screen --keys 'nnns<Enter>' --size 80x24
clean step
exit $bad
