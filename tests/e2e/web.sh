#!/usr/bin/env bash
# The stepper as a page of a browser. $1: the native tracer; without --all only under node, and only where somebody has
# made the page before (./build.sh web), which is then made anew; with --all it is made, and opened in Chromium too.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0

# refused WORDS...: build.sh says in one line what is wrong, before anything is made.
refused() {
    if ./build.sh web "${@:2}" >/dev/null 2>"$work/err"; then echo "not ok web ${*:2} is taken"; bad=1
    elif grep -q "$1" "$work/err"; then echo "ok web ${*:2} is refused"
    else echo "not ok web ${*:2}: $(tail -n 1 "$work/err")"; bad=1; fi
}

if [ "${2:-}" != --all ]; then
    for program in node emcc; do
        command -v "$program" >/dev/null || { echo "ok the page is not tested here: there is no $program; ./build.sh test --all installs it"; exit 0; }
    done
    [ -e build/web/tracer.html ] || { echo "ok the page is not tested here: nobody has made it; ./build.sh web does, and test --all"; exit 0; }
fi
browser=$(command -v chromium || command -v chromium-browser)
[ "${2:-}" != --all ] || [ -n "$browser" ] || { echo "not ok there is no chromium"; exit 1; }

./build.sh web >"$work/out" 2>"$work/err" && grep -q '^made build/web/tracer.html' "$work/out" && echo "ok the page is made" ||
    { echo "not ok the page is not made: $(tail -n 1 "$work/err")"; exit 1; }
refused 'web takes' --nothing x
refused 'needs a file' --model
refused 'cannot read' --model "$work/nowhere.json"
grep -qE 'src=|href=|url\(|import[ (]' <(sed '/id="archive"/d; /^var tracerEngine/,$d' build/web/tracer.html) &&
    { echo "not ok the page asks for something from elsewhere"; bad=1; } || echo "ok nothing in the page is from elsewhere"
node tests/web/node.js "$tracer" build/web/tracer.html || bad=1

# A teacher's model in the page.
"$tracer" models --json by-hand | sed 's/"name": *"by-hand"/"name": "mine"/' >"$work/mine.json"
"$tracer" export --model "$work/mine.json" --format safetensors --step 1 -o "$work/w.safetensors"
cp build/web/tracer.html "$work/page.html"
if ./build.sh web --model "$work/mine.json" --weights "$work/w.safetensors" >/dev/null 2>"$work/err" &&
    node tests/web/given.js build/web/tracer.html >"$work/given" &&
    [ "$(cat "$work/given")" = "$("$tracer" show loss --model "$work/mine.json" --weights "$work/w.safetensors" --format json | tr -d ' \n')" ]
then echo "ok a model and weights in the page"; else echo "not ok a model and weights in the page: $(tail -n 1 "$work/err") $(cat "$work/given")"; bad=1; fi
cp "$work/page.html" build/web/tracer.html

if [ "${2:-}" = --all ]; then
    mkdir -p "$work/book" build/web/pictures
    cp build/web/tracer.html "$work/book/stepper.html"
    "$tracer" learn --book "$work/book" >/dev/null || { echo "not ok the book"; bad=1; }
    node tests/web/browser.js "$browser" "$tracer" build/web/tracer.html "$work/book" build/web/pictures || bad=1
fi
exit $bad
