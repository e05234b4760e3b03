// Keyboard, mouse and fingers.

const KEY_NAMES = {ArrowUp: 'Up', ArrowDown: 'Down', ArrowLeft: 'Left', ArrowRight: 'Right', Home: 'Home', End: 'End',
    PageUp: 'PageUp', PageDown: 'PageDown', Enter: 'Enter', Tab: 'Tab', Escape: 'Esc', Backspace: 'Backspace'};
const CLICK_ONCE = 0, CLICK_TWICE = 1, WHEEL_UP = 2, WHEEL_DOWN = 3, WHEEL_TURN = 40;

// Buttons for fingers: what is on them, the key, what it does.
const BUTTONS = [['◂ N', 'N', 'the step before'], ['n ▸', 'n', 'the next step'], ['s', 's', 'into'], ['S', 'S', 'undoes into'],
    ['⏎', 'Enter', 'opens, or asks why'], ['⌫', 'Backspace', 'back'], ['⇥', 'Tab', 'the next pane'],
    ['+', '+', 'this number a little more'], ['−', '-', 'this number a little less'], ['=', '=', 'this number: type it'],
    ['d', 'd', 'drops the last change'], ['t', 't', 'what the tutorial says'], ['u', 'u', 'who reads this number'],
    ['/', '/', 'looks for a name'], [':', ':', 'a command'], ['?', '?', 'all keys'], ['Esc', 'Esc', 'closes']];

function codeOf(name) {
    return KEY[name] || ([...name].length === 1 ? name.codePointAt(0) : 0);
}

function listenToKeys(page) {
    document.addEventListener('keydown', event => {
        const inField = event.target.closest('input,select,textarea,button,dialog,a,#told');
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField) return;
        const code = codeOf(KEY_NAMES[event.key] || event.key);
        // Tab leaves the stepper where nothing has the focus: the page has other things too.
        if (!code || (event.key === 'Tab' && document.activeElement !== find('stepper'))) return;
        if (event.key === 'Tab' && event.shiftKey) return;
        event.preventDefault();
        page.key(code);
    });
    // Fingers type into a field that nobody sees, which brings their keyboard.
    const field = find('typing');
    field.addEventListener('beforeinput', event => {
        event.preventDefault();
        if (event.inputType === 'deleteContentBackward') page.key(KEY.Backspace);
        else if (event.inputType === 'insertLineBreak') page.key(KEY.Enter);
        else for (const letter of event.data || '') page.key(letter.codePointAt(0));
    });
    field.addEventListener('keydown', event => {
        const name = KEY_NAMES[event.key];
        if (!name) return;
        event.preventDefault();
        page.key(KEY[name]);
        if (!page.place.typing) field.blur();
    });
}

function listenToMouse(page) {
    const stepper = find('stepper');
    let last = '', turned = 0;
    stepper.addEventListener('mousemove', event => {
        const at = page.screen.cellAt(event.clientX, event.clientY), here = at.row + ',' + at.col;
        if (!page.opened || (here === last && !find('tip').hidden)) return;
        last = here;
        showTip(page, at, event.clientX, event.clientY);
    });
    stepper.addEventListener('mouseleave', () => page.hide());
    stepper.addEventListener('wheel', event => {
        event.preventDefault();
        // A touchpad tells of many small turns.
        turned += event.deltaMode ? WHEEL_TURN * Math.sign(event.deltaY) : event.deltaY;
        if (Math.abs(turned) < WHEEL_TURN) return;
        page.click(page.screen.cellAt(event.clientX, event.clientY), turned < 0 ? WHEEL_UP : WHEEL_DOWN);
        turned = 0;
    }, {passive: false});
}

// A mouse or a pen clicks; a finger taps, presses long, or swipes.
function listenToPointer(page) {
    const stepper = find('stepper');
    let start = null;
    const press = (at, kind) => { stepper.focus({preventScroll: true}); page.click(at, kind); };
    const cancel = () => { if (start) clearTimeout(start.timer); start = null; };
    stepper.addEventListener('pointerdown', event => {
        if (event.pointerType !== 'touch') return;
        event.preventDefault(); // no mouse is told of it too
        const at = page.screen.cellAt(event.clientX, event.clientY);
        cancel();
        start = {at, x: event.clientX, y: event.clientY};
        start.timer = setTimeout(() => {
            press(at, CLICK_ONCE);
            press(at, CLICK_TWICE);
            start = null;
        }, LONG_PRESS);
    });
    stepper.addEventListener('pointermove', event => {
        if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > SWIPE / 2) clearTimeout(start.timer);
    });
    stepper.addEventListener('pointerup', event => {
        if (!start || event.pointerType !== 'touch') return;
        const {at, x, y} = start, right = event.clientX - x, down = event.clientY - y;
        cancel();
        if (Math.abs(right) > SWIPE && Math.abs(right) > 2 * Math.abs(down)) page.key((right < 0 ? 'n' : 'N').codePointAt(0));
        else if (Math.abs(down) > SWIPE) page.click(at, down < 0 ? WHEEL_DOWN : WHEEL_UP);
        else {
            press(at, CLICK_ONCE);
            showTip(page, at, x, y, true);
            if (page.place.typing) find('typing').focus({preventScroll: true});
        }
    });
    stepper.addEventListener('mousedown', event => {
        if (!event.button) press(page.screen.cellAt(event.clientX, event.clientY), event.detail % 2 ? CLICK_ONCE : CLICK_TWICE);
    });
    stepper.addEventListener('pointercancel', cancel);
    stepper.addEventListener('contextmenu', event => event.preventDefault());
}

function makeButtons(page) {
    for (const [shown, name, does] of BUTTONS) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = shown;
        button.setAttribute('aria-label', `${name}: ${does}`);
        button.title = does;
        button.addEventListener('click', () => {
            page.key(codeOf(name));
            if (page.place && page.place.typing) find('typing').focus({preventScroll: true});
        });
        find('buttons').append(button);
    }
}

function makeTools(page) {
    const root = document.documentElement;
    const themes = matchMedia('(prefers-color-scheme: dark)');
    const setTheme = name => { root.dataset.theme = name; };
    setTheme(kept.get('theme') || (themes.matches ? 'dark' : 'light'));
    themes.addEventListener('change', () => { if (!kept.get('theme')) setTheme(themes.matches ? 'dark' : 'light'); });
    find('theme').onclick = () => {
        setTheme(root.dataset.theme === 'dark' ? 'light' : 'dark');
        kept.set('theme', root.dataset.theme);
    };
    find('smaller').onclick = () => page.zoom(-1);
    find('larger').onclick = () => page.zoom(1);
    find('share').onclick = share;
    find('picture').onclick = () => showPicture(page);
    find('close').onclick = () => find('shown').close();
    find('words').onclick = () => {
        const open = find('words').getAttribute('aria-expanded') !== 'true';
        find('words').setAttribute('aria-expanded', open);
        find('told').classList.toggle('unseen', !open);
        tellWords(page.engine);
        page.resize();
    };
    for (const [name, about] of [...Object.keys(page.given.files || {}).filter(name => !page.engine.models().some(model => model[0] === name)).map(name => [name, '']),
        ...page.engine.models()]) {
        const option = document.createElement('option');
        option.value = option.textContent = name;
        option.title = about;
        find('model').append(option);
    }
    find('model').onchange = () => {
        if (page.open([['model', find('model').value]])) { page.draw(); page.settle(true); }
        find('stepper').focus({preventScroll: true});
    };
}
