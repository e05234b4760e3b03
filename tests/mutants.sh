#!/usr/bin/env bash
# Plants one mistake in the source at a time and looks whether the unit tests notice.
#   tests/mutants.sh [COUNT [SEED]]    all; the first COUNT; COUNT of them drawn with SEED
# Prints "ok" for a mutant that was noticed and "not ok" for one that survived, that was not found
# in the source or that did not compile. UNIT_GROUPS="rules reference" runs only these groups.
#
# A line of mutants.txt: FILE | OLD TEXT | NEW TEXT, where a bar inside the texts is written \|.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3

list=tests/mutants.txt
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cp -r tiny_model tracer tests golden tutorial "$work" || exit 3
cd "$work" || exit 3

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
build() { make --no-print-directory -s -j "$jobs" -f tests/Makefile OUT=build OPTIMIZE=-O1 unit; }
survives() { timeout 60 build/unit ${UNIT_GROUPS:-} >"$work/unit.log" 2>&1; }

if ! build >"$work/build.log" 2>&1 || ! survives; then
    tail -n 20 "$work/build.log" "$work/unit.log" >&2
    echo "not ok mutants: the tests fail without any"
    exit 1
fi

failed=0
say() {
    echo "$1 $2: $3"
    [ "$1" = ok ] || failed=1
}

# Line by line: split at the bars that are not escaped.
mutate() {
    local line=${1//\\|/$'\x01'} file old new source
    IFS=$'\x02' read -r file old new <<<"${line// | /$'\x02'}"
    old=${old//$'\x01'/|} new=${new//$'\x01'/|}
    if [ -z "$old" ] || [ -z "$new" ] || [ ! -f "$file" ] || ! grep -qF -- "$old" "$file"; then
        say "not ok" "$file" "not found: $old"
        return
    fi
    source=$(<"$file")
    cp -p "$file" "$work/original"
    printf '%s\n' "${source/"$old"/"$new"}" >"$file"
    if ! build >"$work/build.log" 2>&1; then
        say "not ok" "$file" "does not compile: $new"
    elif survives; then
        say "not ok" "$file" "survived: $new"
    else
        say ok "$file" "$new"
    fi
    cp "$work/original" "$file"
}

chosen() {
    if [ $# -ge 2 ]; then
        shuf -n "$1" --random-source=<(yes "$2") "$list"
    else
        head -n "${1:-100000}" "$list"
    fi
}

chosen "$@" >"$work/chosen"
count=0
while IFS= read -r line; do
    [ -n "$line" ] || continue
    mutate "$line" </dev/null
    count=$((count + 1))
done <"$work/chosen"
[ "$count" -gt 0 ] || say "not ok" mutants "none was tried"
exit $failed
