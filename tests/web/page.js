'use strict';
// The parts of a page that need no browser, taken out of the page itself, so that what is tested is what is handed out.
const fs = require('fs'), vm = require('vm');

function element(page, id) {
    const found = page.match(new RegExp(`<script[^>]*id="${id}">([^]*?)</script>`));
    if (!found) throw new Error(`the page has no ${id}`);
    return found[1];
}

// What the page's script defines, and its archive and what it begins with. The script's last line, which begins, is
// left out.
function readPage(path) {
    const page = fs.readFileSync(path, 'utf8');
    const script = page.match(/<script>([^]*)<\/script>\s*<\/body>/)[1].replace(/\nstart\(\)\.catch[^\n]*\n/, '\n');
    const names = ['startEngine', 'unpacked', 'readGrid', 'readRow', 'readLink', 'writeLink', 'optionWords', 'KEY', 'JUMPED', 'WROTE'];
    const parts = vm.runInThisContext(`(function (require, process, __dirname, __filename, module) {${script}\nreturn {${names}};})`)(
        require, process, __dirname, __filename, undefined);
    return {...parts, archive: element(page, 'archive'), given: JSON.parse(element(page, 'given')), page};
}

// The codes of a script of keys as `screen --keys` takes it.
function keyCodes(keys, KEY) {
    const codes = [];
    for (let rest = keys; rest;) {
        const named = rest.match(/^<(\w+)>/);
        const letter = named ? named[0] : String.fromCodePoint(rest.codePointAt(0));
        codes.push(named ? (named[1] === 'Space' ? 32 : KEY[named[1]]) : letter.codePointAt(0));
        rest = rest.slice(letter.length);
    }
    return codes;
}

module.exports = {readPage, keyCodes};
