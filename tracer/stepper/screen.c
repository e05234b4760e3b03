/* The layout: which pane stands where at which size; see screen.h. */
#include "screen.h"

#include "tracer/views/facing.h"
#include "tracer/views/map.h"
#include "tracer/views/notes.h"
#include "tracer/views/saying.h"

#include <stdio.h>

enum { LEAST_ROWS = 12, LEAST_COLS = 40, TWO_PANES = 80, ALL_PANES = 120, TALL_PANEL = 160, BOTTOM = 2,
       LEAST_STRIP = 6 };

static void too_small(Grid *grid)
{
    char text[80];
    snprintf(text, sizeof text, "needs %dx%d, is %dx%d; q quits", LEAST_COLS, LEAST_ROWS, grid->cols, grid->rows);
    grid_put_cut(grid, grid_area(grid), 0, 0, grid->cols, PLAIN, text);
}

/* The pane with the focus; with a page that was asked for below it. */
static void one_pane(const State *state, Grid *grid, Area area)
{
    bool both = state->view.panes.page &&
                (state->view.panes.focus == PANE_OPERATION || state->view.panes.focus == PANE_TREE);
    if (both) {
        int above = area.rows - area.rows / 2;
        panel_view(&state->view, grid, area_inside(area, above, 0, area.rows - above, area.cols));
        area.rows = above;
    }
    switch (state->view.panes.focus) {
    case PANE_TREE: tree_view(&state->view, grid, area); break;
    case PANE_OPERATION: case PANE_ANY: operation_view(&state->view, grid, area); break;
    case PANE_CELL: cell_view(&state->view, grid, area); break;
    case PANE_PANEL: panel_view(&state->view, grid, area); break;
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

/* The cell, or in its place the page that was asked for, where only one of them has room; the pane
 * with the focus is always seen. */
static void cell_or_page(const State *state, Grid *grid, Area area)
{
    if (state->view.panes.page && state->view.panes.focus != PANE_CELL)
        panel_view(&state->view, grid, area);
    else
        cell_view(&state->view, grid, area);
}

/* Tree and operation above, the cell below in a strip whose title stands in the line between
 * them. Two runs side by side take the place of the tree unless it has the focus. From 120 columns
 * the text panel stands beside the cell, from 160 beside the operation too. What is said below (in so many rows)
 * is about the cell and the step, and takes its room from the strip. */
static void all_panes(const State *state, Grid *grid, Area area, int saying)
{
    bool wide = area.cols >= ALL_PANES, tall = area.cols >= TALL_PANEL;
    int tree = tall ? 46 : wide ? 34 + (area.cols - ALL_PANES) / 12 : 26, page = wide ? area.cols / 3 : 0;
    int rows = area.rows + saying, strip = 8 + (rows > 22 ? (rows - 22) / 3 : 0) - saying;
    strip = strip < LEAST_STRIP ? LEAST_STRIP : strip;
    int above = area.rows - strip;
    int left = area.cols - page - (wide ? 2 : 0);
    Area top = area_inside(area, 0, 0, above, tall ? left : area.cols);
    if (facing_shown(&state->view) && state->view.panes.focus != PANE_TREE) {
        operation_view(&state->view, grid, top);
    } else {
        tree_view(&state->view, grid, area_inside(top, 0, 0, above, tree));
        rule_down(grid, top, tree);
        operation_view(&state->view, grid, area_inside(top, 0, tree + 1, above, top.cols - tree - 1));
    }
    rule_across(grid, area_inside(area, 0, 0, area.rows, top.cols), above);
    if (!wide) {
        cell_or_page(state, grid, area_inside(area, above, 0, strip, left));
        return;
    }
    cell_view(&state->view, grid, area_inside(area, above, 0, strip, left));
    int start = tall ? 0 : above;
    grid_fill(grid, area_inside(area, start, left + 1, 1, 1), PLAIN, ' ');
    rule_down(grid, area_inside(area, tall ? 0 : above + 1, 0, area.rows, area.cols), left);
    panel_view(&state->view, grid, area_inside(area, start, left + 2, area.rows - start, page));
}

void stepper_draw(const State *state, Grid *grid)
{
    if (grid->rows < LEAST_ROWS || grid->cols < LEAST_COLS) {
        too_small(grid);
        return;
    }
    Area all = grid_area(grid);
    int notes = notes_rows(&state->view, all.rows), saying = saying_rows(&state->view, all.rows, all.cols);
    Area panes = area_inside(all, 0, 0, all.rows - BOTTOM - notes - saying, all.cols);
    if (map_shown(&state->view))
        panel_view(&state->view, grid, panes);
    else if (all.cols < TWO_PANES)
        one_pane(state, grid, panes);
    else
        all_panes(state, grid, panes, saying);
    saying_view(&state->view, grid, area_inside(all, panes.rows, 0, saying, all.cols));
    if (state->view.prompt.mode == MODE_MENU)
        menu_view(&state->view, grid, panes);
    if (state->view.prompt.offering)
        offers_view(&state->view, grid, panes);
    notes_view(&state->view, grid, area_inside(all, panes.rows + saying, 0, notes, all.cols));
    int hints = hint_rows(&state->view, all.cols); /* a long message lies over the end of the panes for a key */
    grid_hit(grid, area_inside(all, all.rows - 1 - hints, 0, 1 + hints, all.cols), (Hit){.kind = HIT_NOTHING});
    status_view(&state->view, grid, area_inside(all, all.rows - 1 - hints, 0, 1, all.cols));
    hint_view(&state->view, grid, area_inside(all, all.rows - hints, 0, hints, all.cols));
}

bool stepper_grid(const State *state, Grid *grid, int rows, int cols)
{
    if (!grid_init(grid, rows, cols, state->view.settings.ascii))
        return false;
    stepper_draw(state, grid);
    return true;
}
