// A worksheet on the page: a field for every "?", judged by recomputing what is printed on it.

const SHEET_FILE = '/sheet.txt', HINTS = 5;

function newSheet(page) {
    const form = find('sheet'), fields = [], {sheet, exercise} = page.given;
    const whose = name => (sheet.match(new RegExp(`^# ${name} (.*)$`, 'm')) || [])[1] || '';
    const paper = document.createElement('pre');
    for (const line of sheet.replace(/\n$/, '').split('\n')) {
        const written = document.createElement('div');
        // Matrices stand in columns; the rest is as wide as the page.
        if (!/^# {3}/.test(line)) written.className = 'prose';
        const pieces = line.startsWith('#') ? [line.replace(/^# ?/, '')] : asked(line.replace(/^answer /, ''));
        pieces.forEach((piece, i) => {
            if (i) {
                const field = document.createElement('input');
                field.autocomplete = 'off';
                field.setAttribute('aria-label', `${pieces[0].trim()} number ${i}`);
                fields.push(field);
                written.append(field);
            }
            const label = document.createElement('span');
            label.textContent = piece;
            if (!i && pieces.length > 1) label.className = 'label';
            written.append(label);
        });
        written.append('\n');
        paper.append(written);
    }
    const verdict = document.createElement('div'), where = button('where it went wrong', () => open());
    verdict.setAttribute('role', 'status');
    verdict.className = 'verdict';
    verdict.hidden = where.hidden = true;
    let rung = 0;

    // What stands between the "?" of a line.
    function asked(line) {
        const pieces = [''];
        for (const word of line.split(/(\s+)/)) word === '?' ? pieces.push('') : pieces.push(pieces.pop() + word);
        return pieces;
    }

    function button(text, run) {
        const element = document.createElement('button');
        element.type = 'button';
        element.textContent = text;
        element.onclick = run;
        return element;
    }

    // As it would be handed in: what is not filled in is a ? again.
    function filled() {
        let i = 0;
        return sheet.split('\n').map(line => line.startsWith('#') ? line
            : asked(line).reduce((before, behind) => before + (fields[i++].value.replace(/\s+/g, '') || '?') + behind)).join('\n');
    }

    function say(text) {
        verdict.textContent = text;
        verdict.hidden = false;
        verdict.scrollIntoView({block: 'nearest'});
        page.resize();
    }

    function check() {
        page.engine.fs.writeFile(SHEET_FILE, filled());
        const {code, text, error} = page.engine.command(['exercise', 'check', exercise, SHEET_FILE]);
        say(error || text.split('\n').filter(line => !/^(see |a hint: )/.test(line)).join('\n').trim());
        where.hidden = code !== 1 || !/^see where/m.test(text);
    }

    function open() {
        if (!page.engine.open(['--mine', SHEET_FILE])) { say(page.engine.error()); return; }
        page.opened = true;
        page.draw();
        page.settle(true);
    }

    function hint() {
        rung = Math.min(HINTS, rung + 1);
        const {text, error} = page.engine.command(['exercise', 'hint', exercise, '--rung', String(rung), '--student',
            whose('student'), '--course', whose('course') || 'demo']);
        say(error || text.split('\n').filter(line => !/^the next one: /.test(line)).join('\n').trim());
    }

    form.onsubmit = event => { event.preventDefault(); check(); };
    // The hints of a course with a secret would be about other numbers.
    const helps = /s$/.test(whose('code')) ? [] : [button('hint', hint), ' '];
    form.append(paper, verdict, button('check', check), ' ', where, ' ', ...helps,
        button('save the sheet', () => download(`${exercise}.txt`, filled(), 'text/plain')));
    form.hidden = false;
    form.parentElement.classList.add('paper');
    return {fields, check, filled};
}
