'use strict';
// The page in a real browser: node tests/web/browser.js CHROMIUM TRACER PAGE BOOK [PICTURES]. Keys, hover, click, touch,
// size, links, back, share, download, exercise, widths, roles and contrast; nothing is fetched. BOOK: a folder with the
// book and the page beside it; PICTURES: where screenshots are put. Lines "ok ..." and "not ok ...".
const fs = require('fs'), os = require('os'), path = require('path'), {execFileSync} = require('child_process');
const {openChromium} = require('./chromium.js');

const [program, tracer, file, book, pictures] = process.argv.slice(2);
const url = 'file://' + path.resolve(file);
const PHONE = {width: 390, height: 844, phone: true}, DESK = {width: 1600, height: 900};
const SCORES = '#model=tiny&step=0&at=block0.attention.head0.scores[2,1]';
const READY = 'window.tracer && tracer.ready > 0';
let bad = 0;

function test(name, passed, why = '') {
    console.log(`${passed ? 'ok' : 'not ok'} ${name}${passed || !why ? '' : ': ' + why}`);
    bad += !passed;
}

const native = (...words) => execFileSync(tracer, words, {encoding: 'utf8', maxBuffer: 1 << 28});
const shot = async (page, name) => { if (pictures) await page.picture(path.join(pictures, name + '.png')); };
const at = page => page.evaluate('tracer.engine.place().at');
const complaint = page => page.evaluate('document.getElementById("complaint").hidden ? "" : document.getElementById("complaint").textContent');

// The middle of a number on the screen.
const placeOf = (page, text) => page.evaluate(`(() => {
    const found = [...document.querySelectorAll('#grid span')].find(span => span.textContent.includes(${JSON.stringify(text)}));
    const box = found.getBoundingClientRect();
    return [box.left + (found.textContent.indexOf(${JSON.stringify(text)}) + 1.5) * tracer.screen.cell().width, box.top + box.height / 2];
})()`);

async function keys(browser) {
    const page = await browser.newPage(url, DESK);
    test('it is ready', await page.until(READY));
    console.log(`# ready in ${Math.round(await page.evaluate('tracer.ready'))} ms, ${Math.round(await page.evaluate('tracer.engine.memory()') / 1e6)} MB`);
    for (const script of ['n', 'nnns', ':block0.attention.head0.weights[3,2]|', ':loss|', '?', 't', 'Gkk']) {
        await page.open(url);
        await page.until(READY);
        for (const key of script) await page.key(key === '|' ? 'Enter' : key);
        const {rows, cols} = await page.evaluate('({rows: tracer.rows, cols: tracer.cols})');
        const expected = native('screen', '--keys', script.replace(/\|/g, '<Enter>'), '--size', `${cols}x${rows}`);
        test(`the screen after ${script}`, await page.evaluate('tracer.screen.text()') + '\n' === expected);
    }
    await page.evaluate(`window.slow = []; for (let i = 0; i < 60; i++) { const t = performance.now(); tracer.key(110); slow.push(performance.now() - t); }`);
    console.log(`# a key with its drawing: ${(await page.evaluate('slow.sort((a, b) => a - b)[30]')).toFixed(1)} ms, the slowest of 60 ${(await page.evaluate('slow[59]')).toFixed(1)} ms`);
    await page.close();
}

// Every run begins where its column is, in a font that has none of the signs too.
async function widths(browser) {
    const page = await browser.newPage(url + SCORES, {width: 1000, height: 700});
    await page.until(READY);
    for (const font of ['', 'DejaVu Sans Mono', 'monospace', 'serif']) {
        const wrong = await page.evaluate(`(() => {
            if (${JSON.stringify(font)}) document.getElementById('grid').style.fontFamily = ${JSON.stringify(font)};
            tracer.resize();
            const width = tracer.screen.cell().width, left = document.getElementById('grid').getBoundingClientRect().left, wrong = [];
            for (const row of document.querySelectorAll('#grid .row')) {
                let col = 0;
                for (const span of row.children) {
                    const box = span.getBoundingClientRect(), letters = [...span.textContent].length;
                    if (Math.abs(box.left - left - col * width) > 0.6 || Math.abs(box.width - letters * width) > 0.6) wrong.push(span.textContent);
                    if (/^[ -~]+$/.test(span.textContent) && span.scrollWidth > span.clientWidth + 1) wrong.push('wider: ' + span.textContent);
                    col += letters;
                }
                if (col !== tracer.cols) wrong.push('a row of ' + col);
            }
            return wrong.slice(0, 3).join(' | ');
        })()`);
        test(`every cell is one column wide, ${font || 'its own fonts'}`, wrong === '', wrong);
    }
    await page.close();
}

async function pointing(browser) {
    const page = await browser.newPage(url + SCORES, DESK);
    await page.until(READY);
    const [x, y] = await placeOf(page, '-2.1531');
    await page.mouse('mouseMoved', x, y, {button: 'none'});
    await page.until('!document.getElementById("tip").hidden');
    const tip = await page.evaluate('document.getElementById("tip").textContent');
    test('hover tells the whole number', tip.includes('block0.attention.head0.Q[2,0] = ' + native('show', 'block0.attention.head0.Q[2,0]', '--format', 'json').match(/-?\d+\.\d{6,}/)[0]), tip);
    test('hover lights the readers', await page.evaluate('document.querySelectorAll(".lit.reader").length') === 5);
    await shot(page, 'hover-desk');
    await page.mouse('mouseMoved', ...await placeOf(page, '+7.2480'), {button: 'none'});
    await page.until('document.querySelectorAll(".lit.operand").length === 6');
    test('hover lights the operands', await page.evaluate('document.querySelectorAll(".lit.operand").length') === 6);
    await page.click(...await placeOf(page, '+3.1563'));
    test('a click selects', await at(page) === 'block0.attention.head0.scores[1,1]', await at(page));
    const [a, b] = await placeOf(page, '-1.2359');
    const before = await page.evaluate('history.length');
    await page.click(a, b, 2);
    await page.until('tracer.engine.place().at.includes(".Q")');
    test('a double click follows', /\.Q[.\[]/.test(await at(page)), await at(page));
    test('a jump is in the history', await page.evaluate('history.length') === before + 1);
    await page.evaluate('history.back()');
    await page.until('tracer.engine.place().at.includes("scores")');
    test('back goes back', await at(page) === 'block0.attention.head0.scores[1,1]', await at(page));
    await page.mouse('mouseWheel', 100, 200, {deltaX: 0, deltaY: 100, button: 'none'});
    test('the wheel moves in the tree', await page.until('tracer.engine.sentence().startsWith("tree")'), await page.evaluate('tracer.engine.sentence()'));
    await page.close();
}

async function links(browser) {
    const page = await browser.newPage(url + SCORES, DESK);
    await page.until(READY);
    test('a link opens its place', await at(page) === 'block0.attention.head0.scores[2,1]');
    test('a walk is followed', (await page.key('n'), await page.evaluate('decodeURIComponent(location.hash)')) === '#model=tiny&step=0&at=' + await at(page));
    await page.evaluate(`location.hash = '#model=by-hand&step=1&at=loss'`);
    test('another model by a link', await page.until('tracer.engine.place().at === "loss[0,0]" && tracer.engine.place().step === 1'));
    test('the loss is that of the native program', (await page.evaluate('tracer.engine.command(["show", "loss", "--model", "by-hand", "--step", "1", "--format", "json"]).text')) === native('show', 'loss', '--model', 'by-hand', '--step', '1', '--format', 'json').trim());
    await browser.send('Browser.grantPermissions', {permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite']});
    await page.evaluate(`window.copied = ''; Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text; }}})`);
    await page.evaluate('document.getElementById("share").click()');
    test('the share button copies the link', await page.until('window.copied === location.href'), await page.evaluate('copied'));
    for (const fragment of ['#model=<img src=x onerror="window.hit=1">', '#at=%', '#x=1', '#at=' + '['.repeat(3000), '#text=<script>window.hit=1</script>', '#model=tiny&at=%22%3E%3Cimg src=x onerror=window.hit=1%3E', '#' + 'a'.repeat(9000)]) {
        await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
        await page.until('tracer.engine.place()');
        await new Promise(done => setTimeout(done, 50));
        const said = await complaint(page), hit = await page.evaluate('window.hit || document.querySelectorAll("main img, main script").length');
        test(`hostile ${fragment.slice(0, 30)}`, !hit && !said.includes('\n') && (said.length > 0 || fragment.startsWith('#text')), said);
    }
    await page.evaluate(`location.hash = '#model=tiny&text=' + encodeURIComponent('the <b>cat</b> <img src=x onerror=window.hit=1>')`);
    await new Promise(done => setTimeout(done, 100));
    test('a text of strangers is text', !await page.evaluate('window.hit || document.querySelectorAll("main b:not(#tip b), main img").length') && (await page.evaluate('tracer.screen.text()')).includes('<b>cat</b>'));
    await page.close();
}

async function downloads(browser) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tracer-downloads-'));
    const page = await browser.newPage(url + SCORES, DESK);
    await browser.send('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: folder});
    await page.until(READY);
    await page.key('p');
    await page.type([...':write screen.txt', 'Enter']);
    const arrived = async name => {
        for (let i = 0; i < 200 && !fs.existsSync(path.join(folder, name)); i++) await new Promise(done => setTimeout(done, 20));
        return fs.existsSync(path.join(folder, name)) ? fs.readFileSync(path.join(folder, name), 'utf8') : '';
    };
    test('p downloads the picture', (await arrived('tracer-step-23.svg')).startsWith('<svg'), fs.readdirSync(folder).join(' '));
    test(':write downloads the screen', (await arrived('screen.txt')).includes('scores'), fs.readdirSync(folder).join(' '));
    await page.evaluate('document.getElementById("picture").click()');
    test('a picture on the page', await page.until('document.querySelector("#drawn svg text")'));
    await shot(page, 'picture-desk');
    await page.evaluate('document.getElementById("close").click()');
    await page.type([...':set digits 6', 'Enter']);
    await page.open(url + SCORES);
    await page.until(READY);
    test('settings stay in the browser', (await page.evaluate('tracer.screen.text()')).includes('4.209'), 'digits');
    await page.type([...':set digits 4', 'Enter']);
    fs.rmSync(folder, {recursive: true});
    await page.close();
}

async function touching(browser) {
    const page = await browser.newPage(url + '#model=tiny&step=0&at=block0.mlp.W_1[2,3]', PHONE);
    await page.until(READY);
    test('a phone has the 40 columns of a pane', await page.evaluate('tracer.cols >= 40 && document.documentElement.scrollWidth <= 390'), String(await page.evaluate('[tracer.cols, document.documentElement.scrollWidth]')));
    await page.evaluate(`location.hash = ${JSON.stringify(SCORES)}`);
    await page.until('tracer.engine.place().at.includes("scores[2,1]")');
    const start = await at(page);
    await page.swipe(300, 300, -160);
    test('a swipe steps over', await page.until(`tracer.engine.place().at !== ${JSON.stringify(start)}`), await at(page));
    await page.swipe(100, 300, 160);
    test('a swipe the other way undoes it', await page.until(`tracer.engine.place().at === ${JSON.stringify(start)}`), await at(page));
    await page.tap(...await placeOf(page, '+3.16'));
    test('a tap selects', await page.until('tracer.engine.place().at === "block0.attention.head0.scores[1,1]"'), await at(page));
    test('a tap tells the number', !await page.evaluate('document.getElementById("tip").hidden'));
    await shot(page, 'tap-phone');
    await page.tap(...await placeOf(page, '-1.236'), 700);
    test('a long press follows', await page.until('/\\.Q[.\\[]/.test(tracer.engine.place().at)'), await at(page));
    // A weight, changed by touch alone.
    await page.evaluate(`location.hash = '#model=tiny&step=0&at=block0.mlp.W_1[2,3]'`);
    await page.until('tracer.engine.sentence().includes("W_1")');
    const button = async name => {
        const [x, y] = await page.evaluate(`(() => { const box = [...document.querySelectorAll('#buttons button')].find(b => b.getAttribute('aria-label').startsWith(${JSON.stringify(name + ':')})).getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; })()`);
        await page.tap(x, y);
    };
    await button('=');
    test('a key that asks for letters brings the keyboard', await page.until('document.activeElement.id === "typing"'));
    await page.call('Input.insertText', {text: '2'});
    await page.key('Enter');
    const changed = await page.until('/fork|loss/.test(tracer.screen.text()) && tracer.screen.text().includes("2.28")');
    await shot(page, 'weight-phone');
    test('a weight is changed by touch', changed && /W_1\[2,3\]/.test(await page.evaluate('tracer.screen.text()')), await page.evaluate('tracer.screen.text().split("\\n").slice(-6).join("|")'));
    await page.close();
}

async function sizes(browser) {
    const page = await browser.newPage(url + SCORES, DESK);
    await page.until(READY);
    const wide = await page.evaluate('tracer.cols');
    await page.call('Emulation.setDeviceMetricsOverride', {width: 700, height: 500, deviceScaleFactor: 1, mobile: false});
    test('another size of the window', await page.until(`tracer.cols < ${wide} && tracer.cols > 60`), String(await page.evaluate('tracer.cols')));
    const before = await page.evaluate('tracer.cols');
    await page.evaluate('document.getElementById("larger").click()');
    test('larger letters', await page.evaluate('tracer.cols') < before);
    await page.evaluate('document.getElementById("smaller").click()');
    for (const [name, size] of [['phone', PHONE], ['desk', DESK]])
        for (const dark of [false, true]) {
            const other = await browser.newPage(url + SCORES, {...size, dark});
            await other.until(READY);
            test(`nothing runs over, ${name}${dark ? ', dark' : ''}`, await other.evaluate('document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight'));
            await shot(other, `${name}${dark ? '-dark' : ''}`);
            await other.close();
        }
    await page.close();
}

// Roles and names as the browser tells them to a screen reader, and the contrast of all text.
async function accessible(browser) {
    for (const dark of [false, true]) {
        const page = await browser.newPage(url + SCORES, {...DESK, dark});
        await page.until(READY);
        await page.until('document.querySelector("#told table")');
        await page.evaluate('document.getElementById("words").click()');
        const {nodes} = await page.call('Accessibility.getFullAXTree');
        const seen = nodes.filter(node => !node.ignored), role = node => node.role && node.role.value, name = node => node.name && node.name.value;
        const nameless = seen.filter(node => ['button', 'link', 'textbox', 'combobox', 'application', 'dialog', 'MenuListPopup'].includes(role(node)) && !name(node) && role(node) !== 'MenuListPopup');
        test('everything that is worked with has a name', nameless.length === 0, JSON.stringify(nameless.slice(0, 2)));
        for (const wanted of ['heading', 'table', 'columnheader', 'rowheader', 'status', 'application', 'banner', 'main'])
            test(`a screen reader meets a ${wanted}`, seen.some(node => role(node) === wanted));
        test('the live region says the step', await page.evaluate('document.getElementById("status").textContent.startsWith("step 23 of")'));
        await page.key('n');
        test('and the next one', await page.evaluate('document.getElementById("status").textContent.startsWith("step 24 of")'), await page.evaluate('document.getElementById("status").textContent'));
        const poor = await page.evaluate(`(() => {
            const rgb = text => text.match(/[\\d.]+/g).map(Number), clear = c => c.length > 3 && c[3] === 0;
            const light = c => c.slice(0, 3).map(x => x / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [.2126, .7152, .0722][i], 0);
            const poor = [];
            for (const element of document.querySelectorAll('body *')) {
                if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) || !element.getClientRects().length || element.closest('script,style,noscript')) continue;
                let under = element;
                while (under.parentElement && clear(rgb(getComputedStyle(under).backgroundColor))) under = under.parentElement;
                const [a, b] = [light(rgb(getComputedStyle(element).color)), light(rgb(getComputedStyle(under).backgroundColor))].sort((x, y) => y - x);
                if (!((a + .05) / (b + .05) >= 4.5)) poor.push(element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 20) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
            }
            return poor.slice(0, 3).join(' | ');
        })()`);
        test(`contrast of 4.5, ${dark ? 'dark' : 'light'}`, poor === '', poor);
        await shot(page, `words-desk${dark ? '-dark' : ''}`);
        await page.close();
    }
}

// A worksheet: blank, wrong, where it went wrong, right.
async function exercise(browser) {
    const sheet = path.join(os.tmpdir(), `tracer-sheet-${process.pid}.html`);
    native('exercise', 'start', '07', '--student', 'anna', '--html', '-o', sheet);
    const text = fs.readFileSync(sheet, 'utf8'), numbers = (...more) => native('exercise', 'start', '07', '--student', 'anna', '--teacher', ...more)
        .split('\n').filter(line => /^ {2}row/.test(line)).flatMap(line => line.split(':')[1].trim().split(/\s+/));
    const page = await browser.newPage('file://' + sheet, PHONE);
    test('a worksheet opens', await page.until(READY + ' && tracer.sheet.fields.length > 0'));
    test('the key is not in it', !text.includes(numbers().join('  ')) && !text.includes(numbers().slice(0, 5).join(' ')));
    const fill = async list => {
        await page.evaluate(`${JSON.stringify(list)}.forEach((number, i) => { tracer.sheet.fields[i].value = number; }); tracer.sheet.check()`);
        return page.evaluate('document.querySelector(".verdict").textContent');
    };
    test('a field for every number', await page.evaluate('tracer.sheet.fields.length') === numbers().length, String(await page.evaluate('tracer.sheet.fields.length')));
    await shot(page, 'sheet-phone');
    const wrong = await fill(numbers('--mistake', 'softmax.columns'));
    test('the mistake is named', /column/.test(wrong), wrong);
    await page.evaluate(`[...document.querySelectorAll('#sheet button')].find(b => b.textContent.startsWith('where')).click()`);
    test('the stepper opens where it went wrong', await page.until('tracer.engine.place().at.includes("weights")'), await complaint(page));
    await shot(page, 'wrong-phone');
    test('the truth is right', /right|correct/.test(await fill(numbers())), await fill(numbers()));
    const desk = await browser.newPage('file://' + sheet, DESK);
    await desk.until(READY);
    test('sheet and stepper side by side', await desk.evaluate('tracer.cols >= 80 && document.documentElement.scrollWidth <= innerWidth && document.getElementById("sheet").clientWidth > 500'));
    await shot(desk, 'sheet-desk');
    await desk.close();
    await page.close();
    fs.unlinkSync(sheet);
}

// From the book to a gradient.
async function fromTheBook(browser) {
    const chapter = fs.readdirSync(book).find(name => name.startsWith('14-'));
    const page = await browser.newPage('file://' + path.resolve(book, chapter), DESK);
    await page.until('document.querySelector("h6 + ul a")');
    await shot(page, 'book-desk');
    const wanted = await page.evaluate(`(() => { const link = [...document.querySelectorAll('h6 + ul a')].find(a => a.textContent.includes('grad')); link.click(); return link.textContent; })()`);
    test('a link of the book opens its gradient', await page.until(READY) && (await at(page)).includes(wanted.match(/--at '([^'[]*)/)[1]), wanted + ' -> ' + await at(page));
    await shot(page, 'gradient-desk');
    const pages = fs.readdirSync(book).filter(name => /^\d\d-.*\.html$/.test(name));
    const linked = pages.filter(name => fs.readFileSync(path.join(book, name), 'utf8').includes('href="stepper.html#'));
    test('chapters link into the stepper', linked.length > 15, `${linked.length} of ${pages.length}`);
    await page.close();
}

function quiet(browser) {
    const asked = browser.events.filter(event => event.method === 'Network.requestWillBeSent').map(event => event.params.request.url);
    test('nothing is fetched', asked.length > 5 && asked.every(url => /^(file|data|blob|about):/.test(url)), asked.filter(url => !/^(file|data|blob|about):/.test(url)).join(' '));
    const wrong = browser.events.filter(event => event.method === 'Runtime.exceptionThrown' || (event.method === 'Log.entryAdded' && event.params.entry.level === 'error'));
    test('nothing is complained about', wrong.length === 0, JSON.stringify(wrong.slice(0, 2).map(event => event.params)).slice(0, 600));
}

(async () => {
    const browser = await openChromium(program);
    try {
        for (const part of [keys, widths, pointing, links, downloads, touching, sizes, accessible, exercise, fromTheBook])
            await part(browser).catch(error => test(part.name, false, error.stack));
        quiet(browser);
    } finally { await browser.close(); }
    process.exit(bad ? 1 : 0);
})().catch(error => { console.log('not ok the browser: ' + error.stack); process.exit(1); });
