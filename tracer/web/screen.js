// The grid on the page. Every cell is as wide as every other, whatever font a letter comes from: each run of letters
// stands at its own column, and what is not ASCII in a box of its own.

const PLAIN_LETTERS = /^[ -~]*$/;

function newScreen(grid, palette) {
    let cellWidth = 8, cellHeight = 16, size = 15, each = false, before = [], rowElements = [];
    const cursor = document.createElement('div'), lit = document.createElement('div');
    cursor.className = 'cursor';

    function measure() {
        grid.style.fontSize = size + 'px';
        const ruler = document.createElement('span');
        ruler.style.position = 'absolute';
        grid.append(ruler);
        grid.classList.remove('thin');
        const widthOf = letter => {
            ruler.textContent = letter.repeat(100);
            return ruler.getBoundingClientRect().width / 100;
        };
        cellWidth = widthOf('0');
        // Where there is no font of equal widths every letter gets a box of its own, as wide as the widest.
        each = Math.abs(widthOf('i') - widthOf('W')) > 0.01;
        if (each) cellWidth = Math.max(...['W', 'M', '@', '0'].map(widthOf));
        ruler.className = 'bold';
        // A font whose bold letters are wider would not stand in columns.
        grid.classList.toggle('thin', Math.abs(widthOf(each ? '@' : '0') - cellWidth) > 0.01);
        ruler.remove();
        cellHeight = Math.round(size * 1.25);
        grid.style.lineHeight = cellHeight + 'px';
        before = [];
    }

    function spanOf(text, run, col, width) {
        const span = document.createElement('span');
        span.textContent = text;
        span.style.left = col * cellWidth + 'px';
        span.style.width = width * cellWidth + 'px';
        span.className = [run.flags & 1 && 'bold', run.flags & 2 && 'dim', run.flags & 4 && !run.heat && 'reverse',
            run.flags & 8 && 'under', (each || !PLAIN_LETTERS.test(text)) && 'one'].filter(Boolean).join(' ');
        if (run.heat) {
            const [fore, back] = palette[run.heat - 1], turned = run.flags & 4;
            span.style.color = turned ? back : fore;
            span.style.background = turned ? fore : back;
        }
        return span;
    }

    function drawRow(element, line) {
        element.replaceChildren();
        for (const run of readRow(line)) {
            if (run.flags & 16) {
                element.append(spanOf(run.text, run, run.col, 2));
                continue;
            }
            let col = run.col;
            for (const piece of run.text.match(each ? /./gu : /[ -~]+|[^ -~]/gu) || []) {
                const width = [...piece].length;
                element.append(spanOf(piece, run, col, width));
                col += width;
            }
        }
    }

    return {
        // How many rows and columns have room.
        fit(width, height) {
            return {rows: Math.max(1, Math.min(200, Math.floor((height - 4) / cellHeight))),
                cols: Math.max(1, Math.min(500, Math.floor((width - 8) / cellWidth)))};
        },
        setSize(pixels) { size = Math.max(7, Math.min(40, pixels)); measure(); return size; },
        // The largest letters, up to `wanted`, with which so many columns have room.
        sizeFor(wanted, cols, width) {
            this.setSize(wanted);
            return (width - 8) / cellWidth < cols ? this.setSize(Math.floor((width - 8) / cols / (cellWidth / size) * 10) / 10) : size;
        },
        draw(told) {
            const {cursorRow, cursorCol, rows} = readGrid(told);
            if (rowElements.length !== rows.length) {
                rowElements = rows.map(() => document.createElement('div'));
                rowElements.forEach(row => { row.className = 'row'; });
                grid.replaceChildren(...rowElements, cursor, lit);
                before = [];
            }
            rows.forEach((line, i) => {
                if (before[i] === line) return;
                rowElements[i].style.height = cellHeight + 'px';
                drawRow(rowElements[i], line);
                rowElements[i].style.width = readRow(line).reduce((sum, run) => sum + run.width, 0) * cellWidth + 'px';
            });
            before = rows;
            cursor.hidden = cursorRow < 0;
            Object.assign(cursor.style, {left: cursorCol * cellWidth + 'px', top: cursorRow * cellHeight + 'px',
                width: cellWidth + 'px', height: cellHeight + 'px'});
            this.light([]);
        },
        light(list) {
            lit.replaceChildren(...list.map(([row, col, width, as]) => {
                const box = document.createElement('div');
                box.className = 'lit ' + as;
                Object.assign(box.style, {left: col * cellWidth + 'px', top: row * cellHeight + 'px',
                    width: width * cellWidth + 'px', height: cellHeight + 'px'});
                return box;
            }));
        },
        // Row and column of a place on the page.
        cellAt(x, y) {
            const box = grid.getBoundingClientRect();
            return {row: Math.floor((y - box.top) / cellHeight), col: Math.floor((x - box.left) / cellWidth)};
        },
        text: () => rowElements.map(row => row.textContent.trimEnd()).join('\n'),
        cell: () => ({width: cellWidth, height: cellHeight}),
    };
}
