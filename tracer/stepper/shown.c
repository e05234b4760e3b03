/* How much of a grid goes to the terminal at once; see shown.h. */
#include "shown.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <string.h>

/* Bytes, at the most: to move the cursor, also at the end of a frame, where it is shown or hidden as
 * well; to change a style to flags; to colours, which some terminals are told as red, green, blue. */
enum { MOVE_BYTES = 12, END_BYTES = 24, FLAGS_BYTES = 20, COLORS_BYTES = 44 };

bool shown_init(Shown *shown, int rows, int cols)
{
    shown_free(shown);
    return grid_init(&shown->grid, rows, cols, false);
}

void shown_free(Shown *shown)
{
    grid_free(&shown->grid);
    shown->row = 0;
}

static const GridCell *row_of(const Grid *grid, int row)
{
    return &grid->cells[(size_t)row * (size_t)grid->cols];
}

static bool same_cell(const GridCell *a, const GridCell *b)
{
    return a->point == b->point && a->style.heat == b->style.heat && a->style.flags == b->style.flags;
}

/* What a row costs: all from its first changed cell to its last. */
static int row_bytes(const Grid *wanted, const Shown *shown, int row)
{
    const GridCell *now = row_of(wanted, row), *before = row_of(&shown->grid, row);
    int first = 0, last = wanted->cols - 1, bytes = 0;
    while (first <= last && same_cell(&now[first], &before[first]))
        first++;
    while (last > first && same_cell(&now[last], &before[last]))
        last--;
    for (int col = first; col <= last; col++) {
        char text[4];
        bool other = col == first || now[col].style.heat != now[col - 1].style.heat ||
                     now[col].style.flags != now[col - 1].style.flags;
        bytes += now[col].point ? utf8_encode(now[col].point, text) : 0;
        bytes += !other ? 0 : now[col].style.heat ? FLAGS_BYTES + COLORS_BYTES : FLAGS_BYTES;
    }
    return bytes ? MOVE_BYTES + bytes : 0;
}

int frame_rows(const Grid *wanted, const Shown *shown)
{
    int bytes = END_BYTES, count = 0;
    for (; count < wanted->rows; count++) {
        bytes += row_bytes(wanted, shown, (shown->row + count) % wanted->rows);
        if (bytes > FRAME_BYTES && count > 0)
            break;
    }
    return count;
}

bool frame_differs(const Grid *wanted, const Shown *shown, int row)
{
    return row_bytes(wanted, shown, row) > 0;
}

void frame_sent(const Grid *wanted, Shown *shown)
{
    size_t at = (size_t)shown->row * (size_t)wanted->cols;
    memcpy(&shown->grid.cells[at], &wanted->cells[at], (size_t)wanted->cols * sizeof *wanted->cells);
    shown->row = (shown->row + 1) % wanted->rows;
}
