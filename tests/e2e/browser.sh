#!/usr/bin/env bash
# The book in a real browser, as wide as a phone, light and dark: nothing is wider than the page, no picture is
# missing, text stands out from its ground. And on paper: the PDF that build.sh makes. An animated PNG moves there. $1: the tracer that
# makes them.
set -u
tracer=$(realpath "${1:?which tracer}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export TRACER_TUTORIAL=$PWD/tutorial
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
browser=$(command -v chromium || command -v chromium-browser) || { echo "not ok there is no chromium"; exit 1; }
"$tracer" learn --book "$work" >/dev/null || exit 1

# The page that looks at all others, each in a frame of 360 columns, and writes down what it finds.
{
    printf '<!DOCTYPE html><meta charset="utf-8"><body><pre id="found"></pre><script>\nconst pages = ['
    (cd "$work" && printf '"%s",' ./*.html)
    cat <<'PAGE'
];
const found = document.getElementById('found');
const rgb = text => text.match(/[\d.]+/g).slice(0, 3).map(x => x / 255);
const light = c => rgb(c).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [.2126, .7152, .0722][i], 0);
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
function look(name, frame) {
    const page = frame.contentDocument, style = frame.contentWindow.getComputedStyle(page.body), wrong = [];
    if (page.documentElement.scrollWidth > 360) wrong.push('wider than the page: ' + page.documentElement.scrollWidth);
    for (const picture of page.images) if (!picture.complete || !picture.naturalWidth) wrong.push('missing ' + picture.getAttribute('src'));
    if (!page.querySelector('h1')) wrong.push('no title');
    if (!(contrast(style.color, style.backgroundColor) >= 7)) wrong.push('contrast');
    found.textContent += (wrong.length ? 'not ok ' : 'ok ') + name + ' on ' + style.backgroundColor + ' ' + wrong.join('; ') + '\n';
}
(async () => {
    for (const name of pages) await new Promise(done => {
        const frame = document.createElement('iframe');
        frame.style = 'width:360px;height:700px;border:0';
        frame.onload = () => { look(name, frame); frame.remove(); done(); };
        frame.src = name;
        document.body.append(frame);
    });
})();
</script>
PAGE
} >"$work/look.htm"

bad=0 pages=$(find "$work" -name '*.html' | wc -l)
for ground in light dark; do
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=60000 --user-data-dir="$work/profile" \
        $([ $ground = light ] || echo --force-dark-mode --blink-settings=preferredColorScheme=0) --dump-dom "file://$work/look.htm" >"$work/dom" 2>"$work/err"
    sed -n 's/^\(<.*<pre id="found">\)\{0,1\}\(not ok\|ok\) /\2 /p' "$work/dom" | sed "s/\$/($ground)/" >"$work/lines"
    cat "$work/lines"
    [ "$(grep -c '^ok ' "$work/lines")" -eq "$pages" ] || { echo "not ok $ground: $(grep -c '^ok ' "$work/lines") of $pages pages"; bad=1; }
    sort -u -o "$work/lines" "$work/lines"
    grep -o 'rgb([^)]*)' "$work/lines" | sort -u >"$work/$ground"
done
[ -s "$work/dark" ] && ! cmp -s "$work/light" "$work/dark" && echo "ok light and dark differ" || { echo "not ok light and dark are the same"; bad=1; }

# has FILE WORDS: a test that they are in the text of the PDF.
has() { if grep -qF -- "$2" "$1"; then echo "ok the PDF has $2"; else echo "not ok the PDF lacks $2"; bad=1; fi; }

# pdf PATH WITH: the book that build.sh prints with the programs of that path.
pdf() {
    local words leaves
    rm -f build/book/tracer.pdf
    if PATH=$1 ./build.sh book >"$work/out" 2>"$work/err" && pdftotext -layout build/book/tracer.pdf "$work/text"; then echo "ok the PDF is made with $2"
    else echo "not ok the PDF is made with $2: $(tail -n 1 "$work/err")"; bad=1; fi
    for words in '1. One training step' '19. Using the model' 'Glossary' 'Where block 0, head 0 looks' 'scaled = S / √d_k' '∂' "tracer step --at 'block0.attention.head0.weights[2,0]'"; do
        has "$work/text" "$words"
    done
    grep -nE '\{\{|<!--' "$work/text" && { echo "not ok the PDF shows a comment"; bad=1; } || echo "ok the PDF shows no comment"
    leaves=$(pdfinfo build/book/tracer.pdf | sed -n 's/^Pages: *//p')
    [ "${leaves:-0}" -gt "$pages" ] && echo "ok the PDF has $leaves pages" || { echo "not ok the PDF has ${leaves:-no} pages"; bad=1; }
}

# without NAME: a folder with all programs but those whose names have that in them, taken from those of $from.
without() {
    local folder folders
    mkdir "$work/without-$1"
    IFS=: read -ra folders <<<"$from"
    for folder in "${folders[@]}"; do
        find "$folder" -maxdepth 1 ! -type d ! -name "*$1*" -exec ln -s -t "$work/without-$1" {} + 2>/dev/null
    done
    from=$work/without-$1
}

# A browser prints it, without one pandoc; without both it is left out, and one line says so.
from=$PATH
pdf "$PATH" chromium
without chrom
pdf "$from" pandoc
without pandoc
PATH=$from ./build.sh book >"$work/out" 2>"$work/err"
code=$?
if [ $code -eq 0 ] && [ ! -e build/book/tracer.pdf ] && [ "$(cat "$work/err")" = 'build.sh: the PDF was left out; install chromium for it, or pandoc and weasyprint' ]; then echo "ok without both"
else echo "not ok without both: code $code, $(head -1 "$work/err")"; bad=1; fi

# The browser's own decoder takes every frame of an animation, and each shows something else for as long as it should.
"$tracer" render over-training --at 0,1,2,5 -o "$work/move.apng" || bad=1
{
    printf '<!DOCTYPE html><meta charset="utf-8"><body><pre id="found"></pre><script>\nconst data = "'
    base64 -w 0 "$work/move.apng"
    cat <<'PAGE'
";
const found = document.getElementById('found'), say = (right, what) => found.textContent += (right ? 'ok ' : 'not ok ') + 'animated PNG: ' + what + '\n';
(async () => {
    const decoder = new ImageDecoder({type: 'image/png', data: Uint8Array.from(atob(data), c => c.charCodeAt(0))});
    await decoder.tracks.ready;
    await decoder.completed;
    const track = decoder.tracks.selectedTrack, seen = new Set(), lengths = [];
    for (let i = 0; i < track.frameCount; i++) {
        const {image} = await decoder.decode({frameIndex: i}), canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        canvas.getContext('2d').drawImage(image, 0, 0);
        seen.add(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join());
        lengths.push(image.duration / 1000);
    }
    say(track.animated && track.frameCount === 4, track.frameCount + ' frames');
    say(track.repetitionCount === Infinity, 'plays for ever');
    say(lengths.every(ms => ms === 400), 'frames of ' + lengths.join() + ' milliseconds');
    say(seen.size === 4, seen.size + ' different pictures');
})().catch(error => say(false, error));
</script>
PAGE
} >"$work/move.htm"
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --virtual-time-budget=60000 --user-data-dir="$work/profile" --dump-dom "file://$work/move.htm" >"$work/dom" 2>"$work/err"
sed -n 's/^\(<.*<pre id="found">\)\{0,1\}\(not ok\|ok\) /\2 /p' "$work/dom" >"$work/lines"
cat "$work/lines"
[ "$(grep -c '^ok ' "$work/lines")" -eq 4 ] || { echo "not ok animated PNG: $(grep -c '^ok ' "$work/lines") of 4 findings"; bad=1; }
exit $bad
