/* The layout: which pane stands where at which size; see draw.h. */
#include "draw.h"

#include "tracer/views/view.h"

#include <stdio.h>

enum { LEAST_ROWS = 12, LEAST_COLS = 40, TWO_PANES = 80, ALL_PANES = 120, BOTTOM = 2 };

static void too_small(Grid *grid)
{
    char text[80];
    snprintf(text, sizeof text, "needs %dx%d, is %dx%d; q quits", LEAST_COLS, LEAST_ROWS, grid->cols, grid->rows);
    grid_put_cut(grid, grid_area(grid), 0, 0, grid->cols, PLAIN, text);
}

static void one_pane(const State *state, Grid *grid, Area area)
{
    switch (state->pane) {
    case PANE_TREE: tree_view(state, grid, area); break;
    case PANE_OPERATION: case PANE_ANY: operation_view(state, grid, area); break;
    case PANE_CELL: cell_view(state, grid, area); break;
    }
}

static void rule_across(Grid *grid, Area area, int row)
{
    grid_fill(grid, area_inside(area, row, 0, 1, area.cols), STYLE(DIM), 0x2500);
}

static void rule_down(Grid *grid, Area area, int col)
{
    grid_fill(grid, area_inside(area, 0, col, area.rows, 1), STYLE(DIM), 0x2502);
}

/* Tree and operation above, the cell below in a strip whose title stands in the line between
 * them; where there is room, what the step is beside it. */
static void all_panes(const State *state, Grid *grid, Area area)
{
    bool wide = area.cols >= ALL_PANES;
    int tree = wide ? 34 + (area.cols - ALL_PANES) / 12 : 26, about = wide ? area.cols / 3 : 0;
    int strip = 8 + (area.rows > 22 ? (area.rows - 22) / 3 : 0), above = area.rows - strip;
    int cell = area.cols - about - (wide ? 2 : 0);
    Area top = area_inside(area, 0, 0, above, area.cols);
    tree_view(state, grid, area_inside(top, 0, 0, above, tree));
    rule_down(grid, top, tree);
    operation_view(state, grid, area_inside(top, 0, tree + 1, above, area.cols - tree - 1));
    rule_across(grid, area, above);
    cell_view(state, grid, area_inside(area, above, 0, strip, cell));
    if (wide) {
        rule_down(grid, area_inside(area, above + 1, 0, strip - 1, area.cols), cell);
        about_view(state, grid, area_inside(area, above + 1, cell + 2, strip - 1, about));
    }
}

void stepper_draw(const State *state, Grid *grid)
{
    if (grid->rows < LEAST_ROWS || grid->cols < LEAST_COLS) {
        too_small(grid);
        return;
    }
    Area all = grid_area(grid), panes = area_inside(all, 0, 0, all.rows - BOTTOM, all.cols);
    if (all.cols < TWO_PANES)
        one_pane(state, grid, panes);
    else
        all_panes(state, grid, panes);
    if (state->mode == MODE_MENU)
        menu_view(state, grid, panes);
    status_view(state, grid, area_inside(all, all.rows - 2, 0, 1, all.cols));
    hint_view(state, grid, area_inside(all, all.rows - 1, 0, 1, all.cols));
}

bool stepper_grid(const State *state, Grid *grid, int rows, int cols)
{
    if (!grid_init(grid, rows, cols, state->ascii))
        return false;
    stepper_draw(state, grid);
    return true;
}
