'use strict';
// The loss of what a page opens on, as JSON without blanks: node tests/web/given.js PAGE.
const {readPage} = require('./page.js');
const page = readPage(process.argv[2]);

(async () => {
    const web = await page.startEngine(await page.unpacked(page.archive), '');
    const {model, files, weights} = page.given;
    const {text, error} = web.command(['show', 'loss', '--model', files[model], ...(weights ? ['--weights', weights] : []), '--format', 'json']);
    process.stdout.write(error || text.replace(/\s/g, ''));
})();
