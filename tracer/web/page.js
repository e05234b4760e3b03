// The page: keys, pointer and fingers go to the machine; what it shows comes back.

const find = id => document.getElementById(id);
const kept = {
    get(name) { try { return localStorage.getItem('tracer.' + name); } catch (none) { return null; } },
    set(name, value) { try { localStorage.setItem('tracer.' + name, value); } catch (none) { /* a private window */ } },
};
const WIDEST_PHONE = 600, LONG_PRESS = 500, SWIPE = 40, LETTERS = 15;

function complain(text) {
    const box = find('complaint');
    box.textContent = text;
    box.hidden = !text;
}

// A file for the reader.
function download(name, bytes, type) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes], {type}));
    link.download = name.replace(/^.*\//, '');
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function newPage(engine, given) {
    const stepper = find('stepper'), screen = newScreen(find('grid'), engine.palette());
    const page = {engine, screen, given, options: [], rows: 24, cols: 80, opened: false};
    let letters = +kept.get('letters') || LETTERS, settled = 0;

    page.draw = () => {
        if (page.opened) screen.draw(engine.grid(page.rows, page.cols));
    };

    page.resize = () => {
        // A phone shows the 40 columns that one pane needs, in letters as large as that allows.
        screen.sizeFor(letters, Math.min(40, stepper.clientWidth / 4), stepper.clientWidth);
        Object.assign(page, screen.fit(stepper.clientWidth, stepper.clientHeight));
        page.draw();
    };

    page.zoom = by => {
        letters = Math.max(8, Math.min(32, letters + by));
        kept.set('letters', letters);
        page.resize();
    };

    // What the page says of itself once it stands somewhere: link, title, words. at: what a link called this place; a
    // weight is shown where it is first read, and its link stays that of the weight.
    page.settle = (jumped, at) => {
        const place = engine.place();
        place.at = at || place.at;
        page.place = place;
        const own = page.options.filter(([name]) => !['at', 'step', 'tour', 'mistake'].includes(name));
        const options = [...own];
        if (!options.some(([name]) => name === 'model')) options.unshift(['model', given.model || 'tiny']);
        options.push(['step', place.step]);
        if (place.mistake) options.push(['mistake', place.mistake]);
        if (place.at) options.push(['at', place.at]);
        const link = writeLink(options);
        document.title = (place.at || 'tracer') + ' · tracer';
        page.link = link;
        try {
            if (link === location.hash) { /* there already */ }
            else if (jumped) history.pushState(null, '', link);
            else history.replaceState(null, '', link);
        } catch (tooOften) { /* browsers count; the next place is told again */ }
        find('status').textContent = engine.sentence();
        if (find('words').getAttribute('aria-expanded') === 'true' || !settled++) tellWords(engine);
        else { clearTimeout(page.telling); page.telling = setTimeout(() => tellWords(engine), 150); }
    };

    page.after = done => {
        complain('');
        page.hide();
        page.draw();
        if (done & WROTE) {
            const name = engine.written();
            download(name, engine.fs.readFile(name), name.endsWith('.svg') ? 'image/svg+xml' : 'text/plain');
            engine.fs.unlink(name);
        }
        kept.set('settings', engine.settings());
        page.settle(done & JUMPED);
    };

    page.key = code => { if (page.opened) page.after(engine.key(code, page.rows, page.cols)); };
    page.click = (at, kind) => {
        if (page.opened) page.after(engine.click(at.row, at.col, kind, page.rows, page.cols));
    };

    // Opens what a link says; a link that cannot be opened leaves everything as it was.
    page.open = options => {
        const words = options.map(([name, value]) =>
            [name, name === 'model' ? given.files && given.files[value] || value : value]);
        if (!words.some(([name]) => name === 'model') && given.model) words.unshift(['model', given.files[given.model]]);
        if (given.weights && (!options.some(([name]) => name === 'model') || options.some(([, value]) => value === given.model)))
            words.push(['weights', given.weights]);
        if (!engine.open(optionWords(words))) {
            complain(engine.error());
            return false;
        }
        complain('');
        page.options = options;
        page.opened = true;
        const model = options.find(([name]) => name === 'model');
        find('model').value = model ? model[1] : given.model || 'tiny';
        return true;
    };

    page.follow = fragment => {
        const link = readLink(fragment);
        if (link.error) complain(link.error);
        else if (page.open(link.options)) {
            page.draw();
            page.settle(false, (link.options.find(([name]) => name === 'at') || [])[1]);
            return true;
        }
        return false;
    };

    page.hide = () => { find('tip').hidden = true; screen.light([]); };
    return page;
}

// The step for who hears it: headings, tables with heads of rows and columns, the terms.
function tellWords(engine) {
    const told = engine.tables(), list = [];
    const add = (tag, text, to) => {
        const element = document.createElement(tag);
        if (text !== undefined) element.textContent = text;
        to.push ? to.push(element) : to.append(element);
        return element;
    };
    add('h2', told.title, list);
    add('p', told.formula, list);
    if (told.says) add('p', told.says, list);
    for (const table of told.tables) {
        const element = add('table', undefined, list);
        add('caption', table.caption, element);
        const head = add('tr', undefined, add('thead', undefined, element)), body = add('tbody', undefined, element);
        add('td', '', head);
        table.columns.forEach(label => { add('th', label, head).scope = 'col'; });
        table.cells.forEach((row, r) => {
            const line = add('tr', undefined, body);
            add('th', table.rows[r], line).scope = 'row';
            row.forEach((cell, c) => {
                const box = add('td', cell, line);
                if (r === table.row && c === table.column) box.setAttribute('aria-current', 'true');
            });
        });
    }
    if (told.terms.length) {
        add('h3', 'the terms of the selected cell', list);
        const terms = add('ol', undefined, list);
        told.terms.forEach(term => add('li', term, terms));
    }
    find('told').replaceChildren(...list);
}

// What lies there, told beside a pointer; below the screen for a finger, which hides what is beside it.
function showTip(page, at, x, y, finger) {
    const tip = find('tip'), told = page.engine.hover(at.row, at.col, page.rows, page.cols);
    page.screen.light(told.lit || []);
    tip.hidden = !told.name;
    if (!told.name) return;
    const line = (name, text) => {
        const element = document.createElement('div');
        element.className = name;
        element.textContent = text;
        return element;
    };
    const head = line('', ''), name = document.createElement('b');
    name.textContent = told.name;
    head.append(name, ' = ' + told.number);
    tip.replaceChildren(head, ...(told.text ? [line('why', told.text)] : []),
        ...told.readers.map(reader => line('readers', '→ ' + reader)));
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + 'px';
    const floor = find('stepper').getBoundingClientRect().bottom - box.height - 4;
    tip.style.top = finger ? floor + 'px' : (y + 18 + box.height < innerHeight ? y + 18 : Math.max(4, y - box.height - 14)) + 'px';
}

// The step as a picture, on the page.
function showPicture(page) {
    page.key(':'.codePointAt(0));
    for (const letter of 'write step.svg') page.engine.key(letter.codePointAt(0), page.rows, page.cols);
    const done = page.engine.key(KEY.Enter, page.rows, page.cols);
    page.draw();
    if (!(done & WROTE)) return;
    const svg = page.engine.fs.readFile('step.svg', {encoding: 'utf8'});
    page.engine.fs.unlink('step.svg');
    find('drawn').replaceChildren(document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true));
    find('save').onclick = () => download(`tracer-${page.place.at || 'step'}.svg`, svg, 'image/svg+xml');
    find('shown').showModal();
}

// Copies the link of this place, or shows it where a page may not.
async function share() {
    const button = find('share');
    try {
        await navigator.clipboard.writeText(location.href);
        button.textContent = 'copied';
        find('status').textContent = 'the link is copied';
    } catch (refused) {
        const field = find('typing');
        field.value = location.href;
        field.select();
        const copied = document.execCommand('copy');
        field.value = '';
        button.textContent = copied ? 'copied' : 'link';
        if (!copied) complain('this browser does not let a page copy; the link stands in the address');
    }
    setTimeout(() => { button.textContent = 'link'; }, 1500);
}
