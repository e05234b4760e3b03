/* The text panel: the ring of its pages, and one of them in an area, or several where there is
 * room. */
#include "page.h"

#include <stdio.h>

/* A new page is one file panel_NAME.c and one line here. The last is what the panel shows where it
 * has a place of its own and nobody asked for a page. */
const PanelPage PANEL_PAGES[] = {
    {"source", "the lines that recorded this step", write_source},
    {"stages", "the rule, step by step", write_stages},
    {"uses", "who reads this cell", write_uses},
    {"routes", "through whom the gradient came", write_routes},
    {"truth", "what must hold, and does it", write_truth},
    {"update", "what becomes of a parameter", write_update},
    {"ledger", "promised and real change of the loss", write_ledger},
    {"notebook", "breakpoints, watches, edits, training", write_notebook},
    {"commands", "what can be typed behind :", write_commands},
    {"about", "what this step is", write_about},
};
const int PANEL_PAGE_COUNT = sizeof PANEL_PAGES / sizeof *PANEL_PAGES;

enum { LEAST_PAGE = 7, ROOM_FOR_TWO = 30 };

/* The first line in sight: the chosen one in the middle, or the page's own focus, scrolled. */
static int first_line(const State *state, const Page *page, int rows, int chosen)
{
    if (chosen >= 0)
        return window_start(chosen, rows, page->count);
    int first = window_start(page->focus, rows, page->count) + state->line;
    int last = page->count > rows ? page->count - rows : 0;
    return first < 0 ? 0 : first > last ? last : first;
}

static void put_line(Grid *grid, Area row, const Page *page, const PageLine *line, bool chosen)
{
    grid_put(grid, row, 0, 0, STYLE(BOLD), chosen ? "▸" : " ");
    Area text = area_inside(row, 0, 2, 1, row.cols - 2);
    grid_put_cut(grid, text, 0, 0, text.cols, STYLE(line->flags | (chosen ? BOLD : 0)), page_text(page, line));
    if (line->heading)
        grid_mark(grid, area_inside(text, 0, 0, 1, line->heading), DIM);
    if (chosen) {
        grid_mark(grid, row, UNDERLINE);
        grid_cursor(grid, row, 0, 0);
    }
}

static void put_title(const State *state, Grid *grid, Area area, int index, bool first)
{
    char title[120];
    const PanelPage *page = &PANEL_PAGES[index];
    const char *keys = !first ? "" : !state->page ? "t turns" : area.cols < 60 ? "t T turn" : "t next, T back, q closes";
    int room = area.cols - text_width(keys) - 2;
    snprintf(title, sizeof title, "%s: %s", page->name, page->tells);
    if (first)
        pane_title(state, grid, area, PANE_PANEL, title);
    else
        grid_put_cut(grid, area, 0, 0, area.cols, STYLE(BOLD), title);
    if (room >= text_width(page->name) + 2) {
        bool focus = first && state->pane == PANE_PANEL;
        grid_fill(grid, area_inside(area, 0, room, 1, 2), STYLE(focus ? REVERSE : 0), ' ');
        grid_put(grid, area, 0, room + 2, STYLE(focus ? DIM | REVERSE : DIM), keys);
    }
}

/* One page at the top of the area; how many rows it took. */
static int put_page(const State *state, Grid *grid, Area area, int index, bool first)
{
    int rows = area.rows - 1, taken = area.rows;
    Page page = {.width = area.cols - 2, .room = rows, .ascii = grid->ascii};
    if (page_make(state, index, &page)) {
        bool focus = first && state->pane == PANE_PANEL;
        int chosen = focus ? page_chosen(state, &page) : -1;
        int from = focus ? first_line(state, &page, rows, chosen) : window_start(page.focus, rows, page.count);
        put_title(state, grid, area, index, first);
        for (int i = 0; i < rows && from + i < page.count; i++)
            put_line(grid, area_inside(area, 1 + i, 0, 1, area.cols), &page, &page.lines[from + i], from + i == chosen);
        if (focus && chosen < 0)
            grid_cursor(grid, area, 0, 0);
        taken = 1 + (page.count < rows ? page.count : rows);
    } else {
        grid->failed = true;
    }
    page_free(&page);
    return taken;
}

void panel_view(const State *state, Grid *grid, Area area)
{
    int index = state->page ? state->page - 1 : PANEL_PAGE_COUNT - 1;
    for (int i = 0, row = 0; i < PANEL_PAGE_COUNT && area.rows - row >= (i ? LEAST_PAGE : 1); i++) {
        int most = i == 0 && area.rows >= ROOM_FOR_TWO ? area.rows * 3 / 5 : area.rows - row;
        Area rest = area_inside(area, row, 0, most, area.cols);
        row += put_page(state, grid, rest, (index + i) % PANEL_PAGE_COUNT, i == 0) + 1;
    }
}
