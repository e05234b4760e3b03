/* What panes have in common; see view.h. */
#include "view.h"

void pane_title(const ViewState *state, Grid *grid, Area area, Pane pane, const char *title)
{
    bool focus = state->panes.focus == pane;
    grid_hit(grid, area, (Hit){HIT_PANE, (int)pane, 0, 0});
    Style style = STYLE(focus ? BOLD | REVERSE : BOLD);
    int col = focus ? grid_put(grid, area, 0, 0, style, "▶ ") : 0;
    col = grid_put_cut(grid, area, 0, col, area.cols - col, style, title);
    grid_put(grid, area, 0, col, PLAIN, " ");
    if (focus)
        grid_fill(grid, area_inside(area, 0, col, 1, area.cols - col), style, ' ');
}

int window_start(int wanted, int room, int count)
{
    int start = wanted - room / 2;
    if (start > count - room)
        start = count - room;
    return start > 0 ? start : 0;
}
