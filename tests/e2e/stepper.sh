#!/usr/bin/env bash
# The stepper in a real terminal (tmux): what it shows, and that the terminal is whole again after
# every way to leave it. Waits by looking again, never for a fixed time. $1: the tracer to test.
set -u
tracer=$(realpath "${1:?which tracer}")
[ -x "$tracer" ] || { echo "not ok stepper: $1 is not there"; exit 1; }
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
opened=0
mux=(tmux -u -L "tracer-$$-$opened" -f /dev/null)
trap '"${mux[@]}" kill-server 2>/dev/null; rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$work/config
unset NO_COLOR
bad=0

ok() { printf 'ok %s\n' "$1"; }
not_ok() { printf 'not ok %s: %s\n' "$1" "$2"; bad=1; }
screen() { "${mux[@]}" capture-pane -p -t t 2>/dev/null; }
keys() { "${mux[@]}" send-keys -t t "$@"; }

# shows PATTERN: looks until the screen matches, for ten seconds at most.
shows() {
    local i
    for ((i = 0; i < 200; i++)); do
        screen | grep -qE -- "$1" && return 0
        sleep 0.05
    done
    return 1
}

# check NAME PATTERN: the screen comes to match.
check() {
    if shows "$2"; then ok "$1"; else not_ok "$1" "no /$2/ on: $(screen | head -c 1500)"; fi
}

# A shell in a terminal of COLUMNS x ROWS, its settings kept in "before".
open_terminal() {
    "${mux[@]}" kill-server 2>/dev/null
    opened=$((opened + 1)) # a server that is ending cannot be asked for a session
    mux=(tmux -u -L "tracer-$$-$opened" -f /dev/null)
    "${mux[@]}" new-session -d -s t -x "$1" -y "$2" "cd $work && ulimit -c 0 && PS1='READY> ' exec bash --norc --noprofile -i"
    shows '^READY>' || { not_ok "a terminal" "no prompt"; exit 1; }
    keys 'stty -a > before; clear' Enter
}

# run ARGUMENTS: the stepper in that terminal; its process id in "pid".
run() {
    rm -f "$work/pid"
    keys "sh -c 'echo \$\$ > pid; exec env $1 \"$tracer\" step ${2:-}'" Enter
}

# left NAME CODE: the shell is back with that exit code, and the terminal as it was.
left() {
    if ! shows '^READY> *$'; then not_ok "$1" "no prompt on: $(screen | head -c 600)"; return; fi
    keys 'echo code=$?; stty -a > after; cmp before after && echo terminal=same' Enter
    if ! shows "^code=$2\$"; then not_ok "$1" "not exit code $2: $(screen | tail -n 6)"
    elif ! shows '^terminal=same'; then not_ok "$1" "stty says otherwise: $(diff "$work/before" "$work/after")"
    else ok "$1"; fi
    keys clear Enter
}

command -v tmux >/dev/null || { not_ok "tmux" "it is not installed"; exit 1; }

open_terminal 80 24
run TERM=screen-256color
check "starts" '^step 0 of [0-9]+  forward'
check "with the map" '^▶ map: '
check "hints start with a question mark" '^\? '
keys n
check "from which n goes to the first step" '│▶ words = '
keys N
check "and N back" '^▶ map: '
keys s s s
check "s steps into" '^step 3 of '
keys S
check "S steps back" '^step 2 of '
keys : block0.attention.head0.scores '[1,2]' Enter
check "a name goes to its step" 'scores = Q × Kᵀ'
check "the cell is taken apart" '^block0.attention.head0.scores\[1,2\]'
keys Enter Enter
check "why follows a term" 'scores\[1,2\] › .*Q\[1,0\]'
keys BSpace
check "Backspace returns" '^▶ block0.attention.head0.scores\[1,2\]'
keys Escape
check "Escape closes" '│▶ scores = Q'
keys t
check "t shows what the tutorial says" '^text: 5\. Scores.*t next, T back'
check "with the chapter's words" 'Take the query of \*saw\* and the key of \*cat\*'
keys tt
check "t again, the source" '^source: .*t next, T back'
check "with the line that recorded the step" '▶ +[0-9]+ .*matmul'
keys TTT
check "T takes it away" '^block0.attention.head0.scores'
keys u
check "u tells who reads the cell" '^▶ uses: '
keys Enter
check "Enter goes to the reader" '│scaled = scores'
keys BSpace
check "Backspace returns from it" '│scores = Q'
keys q
keys v
check "v checks the gradient" '^ +✓ holds gradient '
keys q
keys z z
check "z zooms out" '\[[+-][0-9]\]'
keys z
keys : nonsense Enter
check "an error is shown in place" 'no value is called "nonsense"'
"${mux[@]}" capture-pane -e -p -t t | grep -q '48;5;' && ok "256 colours" || not_ok "256 colours" "none on the screen"
"${mux[@]}" resize-window -t t -x 120 -y 40
check "grows to 120x40" 'text: 5\. Scores'
"${mux[@]}" resize-window -t t -x 50 -y 16
check "shrinks to one pane" '^▶ scores'
"${mux[@]}" resize-window -t t -x 30 -y 8
check "says when it is too small" 'needs 40x12'
"${mux[@]}" resize-window -t t -x 80 -y 24
check "comes back" '^block0.attention.head0.scores\[1,2\]'
keys q
left "q leaves" 0

open_terminal 80 24
for signal in INT:130 TERM:143 HUP:129 QUIT:131 SEGV:139 ABRT:134; do
    run TERM=screen-256color
    shows '^step 0 of ' || not_ok "starts again" "$(screen | head -n 3)"
    kill "-${signal%:*}" "$(cat "$work/pid")"
    shows '^READY> *$|dumped|Segmentation|Aborted'
    keys clear Enter
    run TERM=screen-256color # the message of the shell is gone; $? is asked for by the next
    shows '^step 0 of ' || not_ok "starts after SIG${signal%:*}" "$(screen | head -n 3)"
    kill "-${signal%:*}" "$(cat "$work/pid")"
    left "whole after SIG${signal%:*}" "${signal#*:}"
done
run TERM=screen-256color
shows '^step 0 of '
keys C-c
left "whole after ^C" 130
run TERM=screen-256color
shows '^step 0 of '
keys s s
shows '^step 2 of ' # ^Z throws away what was typed and not read
keys C-z
shows 'Stopped' && keys clear Enter
shows '^READY> *$'
keys 'stty -a > after; cmp before after && echo terminal=same' Enter
check "whole while stopped by ^Z" '^terminal=same'
keys fg Enter
check "fg brings the screen back" '^step 2 of '
keys s
check "and it goes on" '^step 3 of '
keys q
left "q after fg" 0

# colourless NAME ENVIRONMENT ARGUMENTS: no colour, and the selection is still seen.
colourless() {
    run "$2" "${3:-}"
    check "$1: starts" '^step 0 of '
    keys n
    check "$1: brackets" '\[ *[+]?[0-9.]+( [a-z])?\]'
    if "${mux[@]}" capture-pane -e -p -t t | grep -qE '[[;](3[0-7]|4[0-7]|[34]8;5;[0-9]+)m'; then not_ok "$1: no colour" "there is one"
    else ok "$1: no colour"; fi
    keys q
    left "$1: leaves" 0
}
colourless NO_COLOR "TERM=screen-256color NO_COLOR=1"
colourless "--color never" TERM=screen-256color "--color never"
colourless vt100 TERM=vt100

# A terminal whose colours are red, green and blue; not every system comes with one.
cat >"$work/direct.ti" <<'TERMINFO'
direct-colors|xterm with direct colours,
	RGB, ccc@, initc@, colors#0x1000000, pairs#0x7FFF,
	setab=\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	setaf=\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	use=xterm-256color,
TERMINFO
tic -x -o "$work/terminfo" "$work/direct.ti" 2>/dev/null
run "TERM=direct-colors TERMINFO=$work/terminfo"
keys : 3 Enter
check "direct colours: numbers" '[+]0\.[0-9]+'
"${mux[@]}" capture-pane -e -p -t t | grep -qE '48[;:]2[;:]+(238|228|255|215|175|135|95)[;:][0-9]+[;:][0-9]+' && ok "direct colours: heat" || not_ok "direct colours: heat" "$("${mux[@]}" capture-pane -e -p -t t | grep -oE '48[;:]2[;:][0-9;:]*' | head -3)"
keys q
left "direct colours: leaves" 0

run TERM=linux
check "linux console: starts" '^step 0 of '
keys q
left "linux console: leaves" 0
run "TERM=screen-256color LC_ALL=C"
check "LANG=C: starts" '^step 0 of '
if screen | LC_ALL=C grep -q '[^ -~]'; then not_ok "LANG=C: plain characters" "$(screen | LC_ALL=C grep '[^ -~]' | head -n 2)"; else ok "LANG=C: plain characters"; fi
keys q
left "LANG=C: leaves" 0
run "TERM=screen-256color LC_ALL=de_DE.UTF-8"
keys : 3 Enter
check "de_DE: decimal points" '[+]0\.[0-9]+'
keys q
left "de_DE: leaves" 0
for terminal in dumb no-such-terminal; do
    run "TERM=$terminal"
    check "TERM=$terminal: plain mode" '^>$'
    keys next Enter
    check "TERM=$terminal: answers" '^step 1 of '
    keys quit Enter
    left "TERM=$terminal: leaves" 0
done

# What is done in it: a fork, a breakpoint, a setting that survives, a file, a game with its summary.
open_terminal 80 24
run TERM=screen-256color "--model by-hand"
check "newcomers are told" '^\? new here'
keys : block0.attention.head0.scores '[2,1]' Enter
shows 'scores = Q'
keys +
check "+ makes a fork" '^FORK: loss .*; 1 edit; x the other'
keys x
check "x shows the original" '^ORIGINAL'
keys :break Space 'max(weights) > 0.3' Enter c
check "c stops at a breakpoint" '^step 19 of .*max\(weights\) > 0.3'
keys '}'
check "} goes to the next training step" '^training step 1, .*losses 0 to 1'
keys :set Space delta Space 0.25 Enter
keys :write Space view.txt Enter
check "the view is written" 'written: view.txt'
keys p
check "and a picture" 'written: tracer-step-19.svg'
keys :set Space welcome Space off Enter :predict Space on Enter n i + Enter
check "a guess is judged" '^\? (right|no): '
keys q
shows '^guesses: [01] of 1 right' && ok "a summary on leaving" || not_ok "a summary on leaving" "$(screen | tail -n 4)"
left "leaves after all that" 0
if grep -q '^delta 0.25$' "$work/config/tracer/settings" && grep -q '^step 19 of ' "$work/view.txt" && grep -q '<svg' "$work/tracer-step-19.svg"; then ok "settings and view are kept"
else not_ok "settings and view are kept" "$(ls "$work"; cat "$work/config/tracer/settings")"; fi
run TERM=screen-256color
shows '^step 0 of '
if screen | grep -q 'new here'; then not_ok "newcomers are told once" "again"; else ok "newcomers are told once"; fi
keys q
left "leaves again" 0

# The plain mode on a terminal that can edit lines: Tab goes on with them, Up fetches the last.
run TERM=xterm-256color "--plain --model by-hand"
check "the plain mode asks" '^> *$'
keys :block0.att Tab head0.sca Tab Enter
check "Tab completes a name" '^step 13 of .*scaled'
keys Up Enter
check "Up fetches the line again" '^> :block0.attention.head0.scaled *$'
keys set Space col Tab s Tab Enter
check "and a setting" '^colours: sequential'
keys C-c
left "whole after ^C at the prompt" 130
run TERM=xterm-256color
shows '^step 0 of '
keys :mista Tab soft Tab
check "the screen offers what the line can go on as" '^ softmax\. '
keys Escape Escape
keys q
left "leaves after offers" 0

# The mouse, once it is asked for; rows and columns of the sequences count from 1.
run TERM=xterm-256color "--model by-hand"
shows '^step 0 of '
click() { keys -l "$(printf '\033[<0;%d;%dM\033[<0;%d;%dm' "$2" "$1" "$2" "$1")"; }
# where PATTERN: row and column of the first character that matches.
where() { screen | awk -v p="$1" 'match($0, p) {printf "%d %d", NR, RSTART; exit}'; }
keys :set Space mouse Space on Enter : block0.attention.head0.scores '[2,1]' Enter
shows 'scores = Q'
place=$(where ' op 5x16')
click ${place:-1 1}
check "a click takes the focus to the tree" '^▶ steps'
place=$(where 'like  ')
click $((${place% *})) 45
check "a click on an operand chooses the term that reads it" '^▶ block0.attention.head0.scores\[2,1\]'
keys -l "$(printf '\033[<65;3;5M')"
check "the wheel moves in the tree" '^▶ steps'
keys :set Space mouse Space off Enter q
left "leaves with the mouse off again" 0

# The edits of a fork are a command line that comes to the same loss.
printf ':nudge block0.attention.head0.Q[2,1] -0.5\n:nudge block0.mlp.W_1[0,0]=2\n}\n:edits\nq\n' |
    "$tracer" step --plain --model by-hand >"$work/out" 2>"$work/err"
line=$(grep -o "nudge --model.*" "$work/out" | tail -n 1)
loss=$(grep -o 'loss [0-9.]* to [0-9.]*' "$work/out" | tail -n 1 | grep -o '[0-9.]*$')
if [ -n "$loss" ] && eval "\"\$tracer\" $line" | grep -q "^loss: .* -> $loss"; then ok "edits as a command line"
else not_ok "edits as a command line" "$line: $loss, $(cat "$work/err")"; fi
printf ':bug 4\n:found\n:truth\n:mistake nonsense\nq\n' | "$tracer" step --plain >"$work/out" 2>"$work/err"
if grep -q '^no, this step is as it should be' "$work/out" && grep -q '^it was ' "$work/out" && grep -q '^bugs: 0 of 1 found' "$work/out" &&
    [ "$(wc -l <"$work/err")" -eq 1 ]; then ok "a bug is hunted line by line"
else not_ok "a bug is hunted line by line" "$(cat "$work/out" "$work/err")"; fi

# The plain mode without a terminal.
steps=$("$tracer" step --plain </dev/null | grep -c '^step ')
last=$("$tracer" step </dev/null | tail -n 1)
if [ "$steps" -gt 100 ] && [[ $last == "step $((steps - 1)) of $steps, update"* ]]; then ok "tells the whole walk"
else not_ok "tells the whole walk" "$steps steps, the last: $last"; fi
printf 'n\nnext 2\nN\n:block0.attention.head0.weights[2,1]\nwhy\ndown\nhelp\nnonsense\ns 3\nq\n' |
    "$tracer" step --plain >"$work/out" 2>"$work/err"
code=$?
if [ $code -eq 0 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -q '^step 33 of ' "$work/out" && grep -q 'reverse-next' "$work/out" &&
    grep -q 'weights = exp ÷ sum \[5 x 5\], row saw, column cat: ' "$work/out"; then ok "answers lines"
else not_ok "answers lines" "code $code, $(cat "$work/err"), $(cut -c 1-60 "$work/out" | tr '\n' '/')"; fi
printf ':block0.attention.head1.W_K[3,2].grad\n:panel routes\nv\nuses\ndown\n:panel nonsense\n:gradcheck block0.attention.head1.W_K\n:panel ledger\nverify\n' |
    "$tracer" step --plain >"$work/out" 2>"$work/err"
code=$?
if [ $code -eq 0 ] && grep -q '^tracer: write panel and the name of a page: text, about, source, ' "$work/err" && grep -q '^head1 .* 100 %' "$work/out" &&
    grep -q '^step size 1e-05: numerical ' "$work/out" && grep -q 'is read [0-9]* times' "$work/out" && grep -q 'chosen: Enter goes there' "$work/out" &&
    grep -q 'holds gradient of block0.attention.head1.W_K: 18 cells' "$work/out" && grep -q '^the update takes the loss from ' "$work/out"; then ok "tells pages"
else not_ok "tells pages" "code $code, $(cat "$work/err"), $(cut -c 1-60 "$work/out" | tr '\n' '/')"; fi
"$tracer" step --plain </dev/null >/dev/full 2>"$work/err"
code=$?
[ $code -eq 3 ] && ok "a full disk" || not_ok "a full disk" "exit code $code"
"$tracer" step --plain --digits 12 --model by-hand </dev/null 2>"$work/err" | :
code=${PIPESTATUS[0]}
[ "$code" -eq 3 ] && ok "a closed pipe" || not_ok "a closed pipe" "exit code $code"

# A pager stands before long answers, and one that is closed early is no error.
open_terminal 80 24
keys "TRACER_PAGER='head -n 2' '$tracer' learn 4; echo code=\$?" Enter
if shows '^code=0$' && [ "$(screen | grep -c .)" -lt 10 ]; then ok "a pager"; else not_ok "a pager" "$(screen | head -c 600)"; fi
keys "clear; TRACER_PAGER= '$tracer' names token_embedding; echo code=\$?" Enter
check "no pager" '^token_embedding  *9 x 6'

# tracer screen: the same screen without a terminal.
if "$tracer" screen --keys 's<Right>' --size 80x24 | grep -q '^step 1 of '; then ok "screen"; else not_ok "screen" "no step 1"; fi
if "$tracer" screen --ascii --size 120x40 --keys 'sss?' | LC_ALL=C grep -q '[^ -~]'; then not_ok "screen --ascii" "other characters"; else ok "screen --ascii"; fi
for wrong in '--size 0x5' '--size 501x10' '--size 80' '--size 80x201' '--keys <Nothing>'; do
    # shellcheck disable=SC2086
    "$tracer" screen $wrong >"$work/out" 2>"$work/err"
    code=$?
    if [ $code -eq 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ]; then ok "screen refuses $wrong"
    else not_ok "screen refuses $wrong" "code $code, $(cat "$work/err")"; fi
done
exit $bad
