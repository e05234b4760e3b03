'use strict';
// The page's machine under node: node tests/web/node.js TRACER PAGE. Every tape and every golden screen is the same, byte
// by byte, as the native program's; links, exercises, files. Lines "ok ..." and "not ok ...".
const fs = require('fs'), os = require('os'), path = require('path'), {execFileSync} = require('child_process');
const {readPage, keyCodes} = require('./page.js');

const [tracer, file] = process.argv.slice(2);
const page = readPage(file);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'tracer-web-'));
let bad = 0;

function test(name, passed, why = '') {
    console.log(`${passed ? 'ok' : 'not ok'} ${name}${passed || !why ? '' : ': ' + why}`);
    bad += !passed;
}

const native = (...words) => execFileSync(tracer, words, {encoding: 'utf8', maxBuffer: 1 << 28});

function tapes(web) {
    const models = web.models().map(model => model[0]);
    test('presets in the page', models.includes('tiny') && models.includes('by-hand') && models.length >= 5, models.join(' '));
    for (const model of models) {
        const own = path.join(work, 'tape.json');
        native('export', '--model', model, '--format', 'json', '-o', own);
        const {code, error} = web.command(['export', '--model', model, '--format', 'json', '-o', '/tape.json']);
        const same = code === 0 && Buffer.compare(fs.readFileSync(own), Buffer.from(web.fs.readFile('/tape.json'))) === 0;
        test(`the tape of ${model}, every byte`, same, error);
    }
}

// The scenes as tests/unit/screens.c lists them.
function scenes() {
    const source = fs.readFileSync('tests/unit/screens.c', 'utf8');
    const row = /^ {4}\{"([\w-]+)", "([^"]+)", "([^"]*)", (true|false), (true|false)(?:, "([^"]*)")?\},$/gm;
    return [...source.matchAll(row)].map(([, name, model, keys, ascii, large, write]) =>
        ({name, model, keys, ascii: ascii === 'true', large: large === 'true', write}));
}

// As grid_text and grid_styles write it.
function written(told) {
    const {cursorRow, cursorCol, rows} = page.readGrid(told);
    const grid = rows.map(page.readRow);
    const text = grid.map(runs => runs.map(run => run.text).join('').replace(/ +$/, '')).join('\n');
    return {text, cursor: `${cursorRow} ${cursorCol}`, grid};
}

// "row column length flags heat" of the runs that have a style, joined where the page parts them at wide letters.
function styled(grid) {
    const lines = [];
    grid.forEach((runs, row) => {
        let last = null;
        for (const run of runs) {
            const flags = run.flags & 15;
            if (last && last.flags === flags && last.heat === run.heat) { last.width += run.width; continue; }
            last = {row, col: run.col, width: run.width, flags, heat: run.heat};
            if (flags || run.heat) lines.push(last);
        }
    });
    const words = [[1, 'bold '], [2, 'dim '], [4, 'reverse '], [8, 'underline ']];
    return lines.map(l => `${l.row} ${l.col} ${l.width} ${words.filter(([bit]) => l.flags & bit).map(w => w[1]).join('')}${l.heat}`).join('\n');
}

function screens(web) {
    const list = scenes();
    let compared = 0;
    test('there are golden screens', list.length > 30, String(list.length));
    web.fs.mkdirTree('/golden/screens');
    for (const file of fs.readdirSync('golden/screens').filter(file => file.endsWith('.json')))
        web.fs.writeFile(`/golden/screens/${file}`, fs.readFileSync(`golden/screens/${file}`));
    for (const scene of list) {
        const wrong = [];
        const opened = web.open(['--model', scene.model, ...(scene.write ? ['--write', scene.write] : []), ...(scene.ascii ? ['--ascii'] : [])]);
        if (!opened) { test(`screen ${scene.name}`, false, web.error()); continue; }
        // The page opens on the map, as `step` does; the goldens begin behind it.
        for (const code of keyCodes('a' + scene.keys, page.KEY)) web.key(code, 24, 80);
        for (const [cols, rows] of [[40, 12], [80, 24], [120, 40], ...(scene.large ? [[200, 50]] : [])]) {
            const golden = fs.readFileSync(`golden/screens/${scene.name}-${cols}x${rows}.txt`, 'utf8');
            const [text, styles, cursor] = golden.split(/^--- (?:styles|cursor):[^\n]*\n?/m).length > 1
                ? [golden.split('--- styles')[0], golden.split(/--- styles[^\n]*\n/)[1].split('--- cursor')[0], golden.match(/--- cursor: (.*)/)[1]] : [];
            const shown = written(web.grid(rows, cols));
            if (shown.text + '\n' !== text) wrong.push(`text at ${cols}x${rows}`);
            if (styled(shown.grid) !== styles.trimEnd()) wrong.push(`colours at ${cols}x${rows}`);
            if (shown.cursor !== cursor) wrong.push(`cursor at ${cols}x${rows}`);
            compared++;
        }
        test(`screen ${scene.name}`, wrong.length === 0, wrong.join(', '));
    }
    test('all sizes were compared', compared >= 3 * list.length);
}

const HOSTILE = ['#model=', '#model=nobody', '#model=../../etc/passwd', '#at=%', '#at=%E0%A4%A', '#<img src=x onerror=alert(1)>',
    '#at=<script>alert(1)</script>', '#model=tiny&model=by-hand', '#step=-1', '#step=1e9', '#step=999999999999', '#model=tiny&at=loss[9,9]',
    '#__proto__=1', '#constructor=1', '#text=' + 'a'.repeat(5000), '#text=' + '%00', '#at=block0.attention.head0.scores[2,1', '#tour=--model',
    '#mistake=%1F--weights%1F', '#example=1', '#write=-n', '#ablate=%0A', '#=', '#&&&&', '#weights=x'];

function links(web) {
    web.open([]);
    for (const fragment of HOSTILE) {
        const before = web.grid(24, 80), link = page.readLink(fragment);
        const opened = !link.error && web.open(page.optionWords(link.options));
        const said = link.error || web.error();
        // Nothing at all behind the # is the page as it opens.
        test(`hostile ${fragment.slice(0, 40)}`, opened ? fragment === '#&&&&' : said.length > 0 && !said.includes('\n') && web.grid(24, 80) === before, said);
    }
    for (const at of ['block0.attention.head0.scores[2,1]', 'loss', 'block0.mlp.W_1.next[5,7]', 'block0.attention.head1.softmax.exp[0,0]']) {
        const link = page.readLink(page.writeLink([['model', 'tiny'], ['step', 1], ['at', at]]));
        const opened = web.open(page.optionWords(link.options)), place = web.place();
        test(`a link to ${at} comes back`, opened && place.step === 1 && place.at.startsWith(at.replace(/\[.*/, '')) && (!at.endsWith(']') || place.at === at), place.at);
    }
    const odd = [['text', 'a&b=c #<é>+%'], ['at', 'W[a b,1]']];
    test('a link says what it was made of', JSON.stringify(page.readLink(page.writeLink(odd)).options) === JSON.stringify(odd));
}

function hovers(web) {
    web.open(['--model', 'tiny', '--at', 'block0.attention.head0.scores[2,1]']);
    const found = {cells: 0, operands: 0, readers: 0, exact: 0};
    for (let row = 0; row < 24; row++)
        for (let col = 0; col < 80; col++) {
            const told = web.hover(row, col, 24, 80);
            if (!told.name) continue;
            found.cells++;
            found.operands += told.lit.some(box => box[3] === 'operand');
            found.readers += told.lit.some(box => box[3] === 'reader');
            found.exact += native.shown(told.name) === told.number;
        }
    test('hover tells cells, with every digit', found.cells > 50 && found.exact === found.cells, JSON.stringify(found));
    test('hover lights operands and readers', found.operands > 5 && found.readers > 5, JSON.stringify(found));
}

// The number of a cell in the native tape.
native.shown = name => {
    native.tape = native.tape || new Map(JSON.parse(native('export', '--format', 'json', '-o', '-')).values.map(value => [value.name, value]));
    const [, value, row, col] = name.match(/^(.*)\[(\d+),(\d+)\]$/), found = native.tape.get(value);
    return String(found.data[+row * found.cols + +col]);
};

function exercises(web) {
    const check = text => {
        web.fs.writeFile('/sheet.txt', text);
        return web.command(['exercise', 'check', '07', '/sheet.txt']);
    };
    const blank = native('exercise', 'start', '07', '--student', 'anna');
    const right = native('exercise', 'start', '07', '--student', 'anna', '--teacher');
    const wrong = native('exercise', 'start', '07', '--student', 'anna', '--teacher', '--mistake', 'softmax.columns');
    test('a blank sheet is not right', check(blank).code === 1);
    test('the truth is right', check(right).code === 0, check(right).text + check(right).error);
    test('a mistake is named', /down the columns/.test(check(wrong).text), check(wrong).text);
    test('the stepper opens where it went wrong', web.open(['--mine', '/sheet.txt']) && web.place().at.includes('weights'), web.error());
}

function files(web) {
    web.open(['--model', 'tiny', '--at', 'loss']);
    const done = web.key('p'.codePointAt(0), 24, 80), name = web.written();
    const own = path.join(work, 'step.svg');
    native('render', 'step', web.place().at, '--model', 'tiny', '-o', own);
    const drawn = done & page.WROTE ? Buffer.from(web.fs.readFile(name)).toString() : '';
    const body = text => text.replace(/<desc>[^]*?<\/desc>/, '');
    test('p writes the picture that render makes', drawn.startsWith('<svg') && body(drawn) === body(fs.readFileSync(own, 'utf8')), name);
    for (const code of keyCodes(':write x.png<Enter>', page.KEY)) web.key(code, 24, 80);
    test('a png is refused in a line', /svg/.test(web.sentence()), web.sentence());
    for (const code of keyCodes(':set digits 6<Enter>', page.KEY)) web.key(code, 24, 80);
    test('settings are kept in a file', /digits 6/.test(web.settings()), web.settings());
    const again = Date.now(), {code} = web.command(['train', '--model', 'tiny', '--steps', '200', '--json']);
    console.log(`# 200 updates of tiny: ${Date.now() - again} ms`);
    test('tiny trains', code === 0);
}

function words(web) {
    web.open(['--model', 'tiny', '--at', 'block0.attention.head0.scores[2,1]']);
    const told = web.tables();
    test('the step in tables', told.tables.length === 3 && told.tables.every(t => t.cells.length === t.rows.length && t.cells[0].length === t.columns.length), JSON.stringify(told).slice(0, 200));
    test('the live sentence', /^step \d+ of \d+, forward, block0 attention head0/.test(web.sentence()), web.sentence());
    for (const code of keyCodes(':predict on<Enter>', page.KEY)) web.key(code, 24, 80);
    test('what is to be guessed is not told', web.tables().tables[2].cells.flat().every(cell => cell === 'hidden') && web.tables().terms.length === 0);
}

(async () => {
    const began = Date.now(), web = await page.startEngine(await page.unpacked(page.archive), '');
    web.open([]);
    console.log(`# ready in ${Date.now() - began} ms, ${Math.round(web.memory() / 1e6)} MB, the page ${Math.round(page.page.length / 1000)} kB`);
    test('the page is smaller than 2 MB', page.page.length < 2e6, String(page.page.length));
    let slowest = 0;
    for (let i = 0; i < 100; i++) {
        const before = process.hrtime.bigint();
        web.key('n'.codePointAt(0), 40, 120);
        web.grid(40, 120);
        slowest = Math.max(slowest, Number(process.hrtime.bigint() - before) / 1e6);
    }
    console.log(`# the slowest of 100 keys: ${slowest.toFixed(1)} ms`);
    for (const part of [tapes, screens, links, hovers, words, exercises, files]) part(web);
    fs.rmSync(work, {recursive: true});
    process.exit(bad ? 1 : 0);
})().catch(error => { console.log('not ok the page under node: ' + error.stack); process.exit(1); });
