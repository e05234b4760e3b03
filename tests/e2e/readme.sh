#!/usr/bin/env bash
# Runs the commands of the README, or of the files named, as printed and compares what they print. In blocks
# marked "console" a line "$ COMMAND" is run and the lines below it are expected; "..." stands for any lines.
# $1: the tracer that build/tracer means; then files, README.md if there are none.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export LC_ALL=C.UTF-8 # what is printed there is not ASCII
shift
[ $# -gt 0 ] || set -- README.md
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
mkdir "$work/build" "$work/golden"
ln -s "$tracer" "$work/build/tracer"
cp golden/*.golden "$work/golden/"
ln -s "$PWD/tutorial" "$work/tutorial"
bad=0 run=0

# matches EXPECTED FOUND: line by line, "..." for any number of lines.
matches() {
    awk -v expected="$1" -v found="$2" 'BEGIN {
        while ((getline line < expected) > 0) e[n++] = line
        while ((getline line < found) > 0) f[m++] = line
        i = j = 0; gap = 0
        while (i < n) {
            if (e[i] == "...") { gap = 1; i++; continue }
            while (gap && j < m && f[j] != e[i]) j++
            if (j >= m || f[j] != e[i]) exit 1
            i++; j++; gap = 0
        }
        exit !(gap || j == m)
    }'
}

try() {
    [ -n "$command" ] || return
    run=$((run + 1))
    (cd "$work" && COLUMNS=80 bash -c "$command" </dev/null) >"$work/found" 2>&1
    if matches "$work/expected" "$work/found"; then printf 'ok %s: %s\n' "$file" "$command"
    else printf 'not ok %s: %s\n' "$file" "$command"; diff "$work/expected" "$work/found" | head -8 >&2; bad=1; fi
}

for file; do
    command='' inside=0
    : >"$work/expected"
    while IFS= read -r line; do
        case $inside$line in
        '0```console') inside=1 ;;
        '1```') try; command='' inside=0; : >"$work/expected" ;;
        '1$ '*) try; command=${line#\$ }; : >"$work/expected" ;;
        1*) printf '%s\n' "$line" >>"$work/expected" ;;
        esac
    done <"$file"
done
[ "$run" -ge 5 ] || { printf 'not ok console blocks: only %d commands\n' "$run"; bad=1; }
exit $bad
