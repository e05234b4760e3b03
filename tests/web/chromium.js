'use strict';
// A headless Chromium by its debugging protocol, over two pipes: no port is opened and no package is needed.
const {spawn} = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');

async function openChromium(program) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'tracer-chromium-'));
    const child = spawn(program, ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', '--hide-scrollbars',
        '--allow-file-access-from-files', '--no-first-run', '--disable-background-networking', `--user-data-dir=${profile}`, 'about:blank'],
        {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    const [, , , to, from] = child.stdio, waiting = new Map(), events = [];
    let last = 0, rest = '';
    from.on('data', data => {
        const messages = (rest + data).split('\0');
        rest = messages.pop();
        for (const text of messages) {
            const message = JSON.parse(text);
            if (!message.id) { events.push(message); continue; }
            const {resolve, reject} = waiting.get(message.id);
            waiting.delete(message.id);
            message.error ? reject(new Error(message.error.message)) : resolve(message.result);
        }
    });
    const fail = why => { for (const {reject} of waiting.values()) reject(new Error(why)); waiting.clear(); };
    child.on('exit', () => fail('the browser ended'));
    child.on('error', error => fail(error.message));
    const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
        waiting.set(++last, {resolve, reject});
        to.write(JSON.stringify({id: last, method, params, sessionId}) + '\0');
    });

    // A page of its own, with the calls that a test makes.
    async function newPage(url, {width, height, phone = false, dark = false}) {
        const {targetId} = await send('Target.createTarget', {url: 'about:blank'});
        const {sessionId} = await send('Target.attachToTarget', {targetId, flatten: true});
        const call = (method, params) => send(method, params, sessionId);
        for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await call(domain + '.enable');
        await call('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: phone ? 2 : 1, mobile: phone});
        await call('Emulation.setTouchEmulationEnabled', {enabled: phone, maxTouchPoints: phone ? 5 : 1});
        await call('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]});
        const evaluate = async expression => {
            const {result, exceptionDetails} = await call('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true, userGesture: true});
            if (exceptionDetails) throw new Error(exceptionDetails.exception ? exceptionDetails.exception.description : exceptionDetails.text);
            return result.value;
        };
        // Until it is true, for at most so many seconds.
        const until = async (expression, seconds = 20) => {
            for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise(done => setTimeout(done, 20)))
                if (await evaluate(expression).catch(() => false)) return true;
            return false;
        };
        const mouse = (type, x, y, extra = {}) => call('Input.dispatchMouseEvent', {type, x, y, button: 'left', clickCount: 1, ...extra});
        const touch = (type, points) => call('Input.dispatchTouchEvent', {type, touchPoints: points});
        const page = {
            call, evaluate, until, mouse, touch, events,
            key: async key => {
                const named = key.length > 1;
                const given = named ? {key, windowsVirtualKeyCode: {Enter: 13, Tab: 9, Escape: 27, Backspace: 8}[key]} : {key, text: key};
                await call('Input.dispatchKeyEvent', {type: named ? 'rawKeyDown' : 'keyDown', ...given});
                await call('Input.dispatchKeyEvent', {type: 'keyUp', key});
            },
            type: async keys => { for (const key of keys) await page.key(key); },
            click: async (x, y, count = 1) => {
                for (let i = 1; i <= count; i++) {
                    await mouse('mousePressed', x, y, {clickCount: i});
                    await mouse('mouseReleased', x, y, {clickCount: i});
                }
            },
            tap: async (x, y, milliseconds = 0) => {
                await touch('touchStart', [{x, y}]);
                await new Promise(done => setTimeout(done, milliseconds));
                await touch('touchEnd', []);
            },
            swipe: async (x, y, by) => {
                await touch('touchStart', [{x, y}]);
                for (const part of [0.3, 0.6, 1]) await touch('touchMove', [{x: x + by * part, y}]);
                await touch('touchEnd', []);
            },
            open: async to => { await call('Page.navigate', {url: 'about:blank'}); await call('Page.navigate', {url: to}); },
            picture: async file => fs.writeFileSync(file, Buffer.from((await call('Page.captureScreenshot', {format: 'png'})).data, 'base64')),
            close: () => send('Target.closeTarget', {targetId}),
        };
        await page.open(url);
        return page;
    }

    return {
        send, newPage, events,
        close: async () => {
            const ended = new Promise(done => child.on('exit', done));
            await send('Browser.close').catch(() => {});
            await ended;
            fs.rmSync(profile, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
        },
    };
}

module.exports = {openChromium};
