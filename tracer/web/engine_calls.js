'use strict';
// The C of tracer as functions of ints and strings. Nothing here knows a page: the tests call it under node.

const WORD_END = '\x1f', RUN_END = '\x1e', JUMPED = 1, WROTE = 2;
const FIRST_KEY = 0x110000;
const KEY = Object.fromEntries(['Up', 'Down', 'Left', 'Right', 'Home', 'End', 'PageUp', 'PageDown', 'Enter', 'Tab', 'Esc',
    'Backspace'].map((name, i) => [name, FIRST_KEY + i]));
const SETTINGS_FILE = '/reader/.config/tracer/settings';

// Base64 of a deflated archive: the length of a list, the list [[path, bytes], ...] as JSON, the files.
async function unpacked(base64) {
    const packed = Uint8Array.from(atob(base64.trim()), letter => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const listed = new DataView(bytes.buffer).getUint32(0, true);
    const files = new Map();
    let at = 4 + listed;
    for (const [path, size] of JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)))) {
        files.set(path, bytes.subarray(at, at + size));
        at += size;
    }
    return files;
}

// Starts the machine on the files of an archive. settings: what was kept of the reader's.
async function startEngine(files, settings) {
    const printed = [];
    const machine = await tracerEngine({
        wasmBinary: files.get('engine.wasm'),
        print: line => printed.push(line),
        printErr: line => printed.push(line),
        preRun: [module => {
            Object.assign(module.ENV, {HOME: '/reader', TRACER_TUTORIAL: '/tutorial', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'});
            for (const [path, bytes] of files) {
                if (path === 'engine.wasm') continue;
                module.FS.mkdirTree(path.replace(/\/[^/]*$/, '') || '/');
                module.FS.writeFile(path, bytes);
            }
            module.FS.mkdirTree('/reader/.config/tracer');
            if (settings) module.FS.writeFile(SETTINGS_FILE, settings);
        }],
    });
    const web = machine.ccall('web_new', 'number', [], []);
    const call = (name, returns, given) =>
        machine.ccall('web_' + name, returns, ['number', ...given.map(x => typeof x)], [web, ...given]);
    const number = (name, ...given) => call(name, 'number', given);
    const string = (name, ...given) => call(name, 'string', given);
    const words = list => list.map(word => word.split(WORD_END).join('') + WORD_END).join('');
    return {
        fs: machine.FS,
        open: list => number('open', words(list)) === 1,
        key: (code, rows, cols) => number('key', code, rows, cols),
        click: (row, col, click, rows, cols) => number('click', row, col, click, rows, cols),
        error: () => string('error'),
        written: () => string('written'),
        grid: (rows, cols) => string('grid', rows, cols),
        hover: (row, col, rows, cols) => JSON.parse(string('hover', row, col, rows, cols)),
        place: () => JSON.parse(string('place')),
        sentence: () => string('sentence'),
        tables: () => JSON.parse(string('tables')),
        palette: () => string('palette').trim().split('\n').map(line => line.split(' ')),
        models: () => string('models').trim().split('\n').map(line => line.split('\t')),
        memory: () => machine.HEAPU8.length,
        // A command of tracer: its exit code and the lines that it printed.
        command: list => {
            printed.length = 0;
            const code = number('command', words(list));
            return {code, text: printed.join('\n'), error: string('error')};
        },
        settings: () => {
            try { return machine.FS.readFile(SETTINGS_FILE, {encoding: 'utf8'}); } catch (missing) { return ''; }
        },
    };
}

// The rows of a grid as lists of {flags, heat, text, col, width}; the cursor.
function readGrid(told) {
    const lines = told.split('\n');
    const [cursorRow, cursorCol] = lines[0].split(' ').map(Number);
    return {cursorRow, cursorCol, rows: lines.slice(1, -1)};
}

function readRow(line) {
    const runs = [];
    let col = 0;
    for (const run of line.split(RUN_END).slice(0, -1)) {
        const [flags, heat, text] = run.split(WORD_END);
        const width = +flags & 16 ? 2 : [...text].length;
        runs.push({flags: +flags, heat: +heat, text, col, width});
        col += width;
    }
    return runs;
}

// What may stand behind the # of a link, as options of `step`.
const LINK_PARTS = ['model', 'text', 'step', 'at', 'tour', 'mistake', 'example', 'tokens', 'inside', 'ablate', 'patch', 'clean', 'write'];
const FLAG_PARTS = ['inside'];
const LONGEST_LINK = 4000;

// {options: [[name, value], ...]} or {error}.
function readLink(fragment) {
    const options = [];
    if (fragment.length > LONGEST_LINK) return {error: `a link is at most ${LONGEST_LINK} letters long`};
    for (const part of fragment.replace(/^#/, '').split('&').filter(Boolean)) {
        const name = part.split('=', 1)[0];
        let value;
        if (!LINK_PARTS.includes(name))
            return {error: `no part of a link is called "${name.slice(0, 60)}"; there are ${LINK_PARTS.join(', ')}`};
        if (options.some(option => option[0] === name)) return {error: `the link says ${name} twice`};
        try { value = decodeURIComponent(part.slice(name.length + 1).replace(/\+/g, ' ')); }
        catch (malformed) { return {error: `the link's ${name} cannot be read: a % without two digits behind it`}; }
        options.push([name, value]);
    }
    return {options};
}

function optionWords(options) {
    return options.flatMap(([name, value]) => FLAG_PARTS.includes(name) ? ['--' + name] : ['--' + name, value]);
}

// Brackets and commas stay readable; what a mail program would cut a link at does not.
function writeLink(options) {
    const safe = value => encodeURIComponent(value).replace(/%(5B|5D|2C|3A|2F)/g, decodeURIComponent).replace(/%20/g, '+');
    return '#' + options.map(([name, value]) => name + '=' + safe(value)).join('&');
}
