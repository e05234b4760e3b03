// Begins: the machine out of the page, the place that the link names, the reader's settings.

async function start() {
    const began = performance.now(), given = JSON.parse(find('given').textContent);
    const engine = await startEngine(await unpacked(find('archive').textContent), kept.get('settings'));
    find('archive').remove();
    const page = newPage(engine, given);
    addEventListener('error', event => complain(`this is our mistake, please tell us: ${event.message}; reload the page to go on`));
    makeTools(page);
    makeButtons(page);
    listenToKeys(page);
    listenToMouse(page);
    listenToPointer(page);
    if (given.sheet) page.sheet = newSheet(page);
    page.resize();
    if (!page.follow(location.hash)) {
        const wrong = find('complaint').textContent;
        page.open([]);
        page.draw();
        complain(wrong);
    }
    // Browsers tell of one link by one event or by both.
    for (const event of ['popstate', 'hashchange'])
        addEventListener(event, () => { if (location.hash !== page.link) page.follow(location.hash); });
    new ResizeObserver(() => page.resize()).observe(find('stepper'));
    find('stepper').focus({preventScroll: true});
    page.ready = performance.now() - began;
    window.tracer = page;
}

start().catch(error => complain('this browser cannot run the page: ' + error.message));
