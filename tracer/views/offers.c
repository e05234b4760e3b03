/* What a typed line can go on as, in columns above the row in which it is typed. */
#include "complete.h"
#include "view.h"

#include <stdio.h>

enum { GAP = 2, LEAST_PANES = 4 };

void offers_view(const ViewState *state, Grid *grid, Area area)
{
    Offers offers;
    complete(state, state->prompt.input, &offers);
    int width = 1, most = area.rows - LEAST_PANES;
    if (offers.count == 0 || most < 2)
        return;
    for (int i = 0; i < offers.count; i++)
        width = text_width(offers.words[i]) + GAP > width ? text_width(offers.words[i]) + GAP : width;
    int columns = width < area.cols ? (area.cols - 1) / width : 1, rows = (offers.count + columns - 1) / columns;
    /* One row less where something is left out: it says so. */
    rows = rows < most ? rows : most - 1;
    int shown = rows * columns < offers.count ? rows * columns : offers.count,
        left = offers.count + offers.left_out - shown;
    Area box = area_inside(area, area.rows - rows - 1 - (left > 0), 0, rows + 1 + (left > 0), area.cols);
    char text[60];
    grid_fill(grid, box, PLAIN, ' ');
    grid_hit(grid, box, (Hit){.kind = HIT_NOTHING});
    grid_fill(grid, area_inside(box, 0, 0, 1, box.cols), STYLE(DIM), 0x2500);
    for (int i = 0; i < shown; i++)
        grid_put_cut(grid, box, 1 + i % rows, 1 + i / rows * width, width - 1, PLAIN, offers.words[i]);
    snprintf(text, sizeof text, "and %d more; type on", left);
    if (left > 0)
        grid_put_cut(grid, box, rows + 1, 1, box.cols - 1, STYLE(DIM), text);
}
