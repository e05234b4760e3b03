'use strict';
// Makes the page: node pack.js OUT ENGINE.js ENGINE.wasm FOLDER GIVEN PATH=FILE...
// FOLDER has the parts of the page; GIVEN is the JSON that it begins with; each FILE stands in the page at PATH.
const fs = require('fs'), path = require('path'), zlib = require('zlib'), crypto = require('crypto');

const [out, engine, wasm, folder, given, ...pairs] = process.argv.slice(2);
const SCRIPTS = ['engine_calls.js', 'screen.js', 'page.js', 'hands.js', 'sheet.js', 'start.js'];

function archive() {
    const files = [['engine.wasm', wasm], ...pairs.map(pair => pair.split(/=(.*)/s))].map(([name, file]) => [name, fs.readFileSync(file)]);
    const list = Buffer.from(JSON.stringify(files.map(([name, bytes]) => [name, bytes.length])));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(list.length);
    return zlib.deflateRawSync(Buffer.concat([length, list, ...files.map(file => file[1])]), {level: 9}).toString('base64');
}

// The parts that are put in are never looked through for marks again.
const script = [engine, ...SCRIPTS.map(name => path.join(folder, name))].map(name => fs.readFileSync(name, 'utf8')).join('\n');
if (/<\/script|<!--/i.test(script)) throw new Error('a script must not end itself');
const parts = {STYLE: fs.readFileSync(path.join(folder, 'page.css'), 'utf8'), SCRIPT: script, ARCHIVE: archive(),
    HASH: `'sha256-${crypto.createHash('sha256').update(script).digest('base64')}'`};
const page = fs.readFileSync(path.join(folder, 'page.html'), 'utf8')
    .replace('<script type="application/json" id="given">{}', () => '<script type="application/json" id="given">' + given.replace(/</g, '\\u003c'))
    .replace(/@(STYLE|SCRIPT|ARCHIVE|HASH)@/g, (mark, name) => parts[name]);
fs.writeFileSync(out + '.new', page);
fs.renameSync(out + '.new', out);
