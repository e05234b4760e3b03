#!/usr/bin/env bash
# Students' programs that mean well and that do not: each spoils its own answer only, in bounded time, and
# leaves nothing behind; with namespaces of its own and where the kernel gives none. $1: the tracer.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
bad=0
check() { if eval "$2"; then printf 'ok %s\n' "$1"; else printf 'not ok %s: %s\n' "$1" "$(head -c 300 "$work/out" 2>/dev/null | tr '\n' ' ')"; bad=1; fi; }

# program NAME: what stands on standard input becomes the answer of that student to exercise 07
program() {
    mkdir -p "$work/in/$1"
    { echo '#!/bin/bash'; cat; } >"$work/in/$1/07.sh"
    chmod 755 "$work/in/$1/07.sh"
}
softmax='awk '\''$1 ~ /scaled$/ {n = NR; next} n && NF == 4 {r = NR - n - 1; s = 0; for (c = 0; c <= r; c++) s += exp($(c+1)); for (c = 0; c < 4; c++) printf "%.6f ", (c > r ? 0 : exp($(c+1)) / s); print ""}'\'
mark="mark-$$-of-programs"
wide="1 0 0 0  0 1 0 0  0 0 1 0  0 0 0 1"

program right <<<"$softmax"
program right-and-leaves <<<"$softmax; touch here; mkdir -p a/b/c; echo x >a/b/c/d; chmod 000 a/b"
program right-and-stays <<<"$softmax; setsid bash -c 'trap : TERM HUP; while :; do read -t 1 $mark <>/dev/zero; done' &"
program right-in-many <<<"cat | cat | cat | $softmax"
program endless-output <<<"yes"
program sleeps <<<"sleep 1000"
program deaf <<<"trap '' TERM INT HUP; while :; do :; done"
program forks <<<"bomb() { bomb | bomb & }; bomb; sleep 1000"
program fills <<<"while :; do head -c 1000000 /dev/zero >\$((i++)) || exit 3; done"
program deep <<<"while mkdir d && cd d; do :; done; echo $wide"
program reads-nothing <<<"echo $wide"
program prints-bytes <<<"head -c 4000 /dev/urandom"
program shuts-output <<<"exec >&-; sleep 1000"
program needs-network <<<"exec 3<>/dev/tcp/192.0.2.1/80 || exit 7; cat <&3"
program eats-memory <<<"a=xxxxxxxxxxxxxxxx; while :; do a=\$a\$a; done"
program kills <<<"kill -9 -1; echo $wide"
program exits <<<"exit 9"
program dies <<<"kill -SEGV \$\$"
program exits-254 <<<"echo 'KeyError: what is it' >&2; exit 254"
program limited <<<"[ \$(ulimit -n) = 64 ] && [ \$(ulimit -f) -le 1024 ] && [ \$(ulimit -v) = 1048576 ] && [ \$(ulimit -c) = 0 ] && grep -q 'NoNewPrivs:.1' /proc/self/status && $softmax"
program asks-the-tool <<<"'$tracer' exercise start 07 --teacher --student program-0 | grep -v '#'"
program needs-server <<<"tmux -S '$work/socket' new-session -d 'echo out >$work/escaped' && echo $wide"
program no-interpreter <<<"echo"
sed -i '1s/.*/#!\/no\/such\/thing/' "$work/in/no-interpreter/07.sh"

# graded REPORT WORDS... -- STUDENTS...: a class of these, by a tracer behind these words, in its own TMPDIR
graded() {
    local report="$work/$1" words=()
    shift
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    mkdir -p "$report-tmp" && chmod 755 "$report-tmp"
    printf '%s\n' id "$@" >"$report.csv"
    TMPDIR="$report-tmp" timeout 300 "${words[@]}" "$tracer" grade --run-programs --roster "$report.csv" --in "$work/in" --out "$report" >"$report.out" 2>&1
    echo $? >"$report.code"
}
right="right right-and-leaves right-and-stays right-in-many limited"
wrong="endless-output forks fills deep reads-nothing prints-bytes needs-network eats-memory kills exits exits-254 dies asks-the-tool needs-server no-interpreter"
slow="sleeps deaf shuts-output"
without='echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' # for whoever is started in it
if unshare -Ur true 2>"$work/out"; then alone=(unshare -Ur sh -c "$without" sh); else alone=(); fi
tmux -S "$work/socket" -f /dev/null new-session -d 'sleep 120' && chmod 777 "$work/socket"
trap 'tmux -S "$work/socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
graded apart -- $right $wrong &
graded slow -- $slow &
graded alone "${alone[@]}" -- $right exits shuts-output deep asks-the-tool needs-server needs-network & # and none that only a limit of processes or of the disk can stop
wait

mark_of() { awk -F, -v id="$2" '$1 == id {print $NF}' "$work/$1/grades.csv"; }
says() { grep -q "$2/07.sh:1: .*$3" "$work/$1/class.txt"; }
for report in apart slow alone; do
    cp "$work/$report.out" "$work/out"
    check "$report: a class is graded" '[ "$(cat "$work/$report.code")" = 0 ]'
    check "$report: no file is left" '[ -z "$(ls -A "$work/$report-tmp")" ]'
done
check "no process is left" '! grep -al "$mark" /proc/[0-9]*/cmdline >"$work/out" 2>/dev/null'
for one in $right; do
    check "right: $one" '[ "$(mark_of apart $one)" = 1 ]'
    check "right without namespaces: $one" '[ "$(mark_of alone $one)" = 1 ]'
done
for one in $wrong; do
    check "no mark: $one" '[ "$(mark_of apart $one)" = 0 ]'
done
for one in $slow; do
    check "took too long: $one" '[ "$(mark_of slow $one)" = 0 ] && says slow $one "took over 5 seconds"'
done
check "without namespaces, took too long" 'says alone shuts-output "took over 5 seconds"'
check "printed too much" 'says apart endless-output "printed more than"'
check "bytes are told" 'says apart prints-bytes "binary"'
check "the exit code is told" 'says apart exits "exit code is 9" && says alone exits "exit code is 9"'
check "a high exit code is no signal, and the complaint is told" 'says apart exits-254 "exit code is 254; it complained \"KeyError: what is it\""'
check "a server by path is out of reach" '[ ! -e "$work/escaped" ] && tmux -S "$work/socket" list-sessions >"$work/out"'
check "and without namespaces" '[ "$(mark_of alone needs-server)" = 0 ] && [ "$(mark_of alone needs-network)" = 0 ]'
check "the tool does not answer inside" '[ "$(mark_of apart asks-the-tool)" = 0 ] && says alone asks-the-tool "tracer does not run inside"'
check "what was in force is said" 'grep -q "confined by limits.*no sockets, no other processes, all files read-only" "$work/apart/class.txt" && grep -q "no sockets; but here other processes" "$work/alone/class.txt"'
check "the signal is told" 'says apart dies "signal 11 ended it"'

check "one program on twenty seeds" '"$tracer" exercise check 07 "$work/in/right/07.sh" --program >"$work/out" && grep -q "correct, on 20 fresh seeds" "$work/out"'
check "and a wrong one" '! "$tracer" exercise check 07 "$work/in/reads-nothing/07.sh" --program >"$work/out" && grep -q "^07-softmax: " "$work/out"'
check "a file that is no program" '! "$tracer" exercise check 07 "$work/apart.csv" --program 2>"$work/out" && grep -q "no file that may be executed" "$work/out"'
# stopped SIGNAL: by it while a program runs; nothing of it is left, and the tracer ends by the signal
stopped() {
    mkdir -p "$work/stopped" && printf '#!/bin/bash\ntouch "%s"; read -t 60 stopped-%s <>/dev/zero; sleep 60\n' "$work/none" "$mark" >"$work/stopped.sh" && chmod 755 "$work/stopped.sh"
    ( trap - INT; TMPDIR="$work/stopped" exec env --default-signal=INT,TERM,HUP,QUIT "$tracer" exercise check 07 "$work/stopped.sh" --program >"$work/out" 2>&1 ) &
    local pid=$! tries=0
    while ! pgrep -f "^/bin/bash $work/stopped/.*/program" >/dev/null && [ $((tries++)) -lt 100 ]; do sleep 0.05; done
    [ "$tries" -lt 100 ] && kill "-$1" "$pid"
    wait "$pid"
    code=$?
    [ "$tries" -lt 100 ] && [ "$code" -gt 128 ] && [ -z "$(ls -A "$work/stopped")" ] && ! pgrep -f "$work/stopped/" >"$work/out"
}
for signal in INT TERM HUP QUIT; do
    check "stopped by $signal, nothing is left" 'stopped $signal 2>/dev/null'
done
exit $bad
