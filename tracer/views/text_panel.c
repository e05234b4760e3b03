/* The text panel: the ring of its pages, and one of them in an area, or several where there is
 * room. */
#include "map.h"
#include "panel_page.h"
#include "tracer/query/tiles.h"
#include "tracer/query/parts.h"

#include <stdio.h>

static bool goes_back(const Session *session, const char **why)
{
    *why = "there are no gradients here: only the forward phase was recorded";
    return part_has_phase(session->names.tape, PHASE_BACKWARD);
}

static bool is_updated(const Session *session, const char **why)
{
    *why = "there is no update here";
    return part_has_phase(session->names.tape, PHASE_UPDATE);
}

/* A new page is one file panel_NAME.c and one line here. The first is what the panel shows where it
 * has a place of its own and nobody asked for a page. */
static bool has_tiles(const Session *session, const char **why)
{
    TiledHead head;
    *why = "no attention is computed in tiles here";
    return tiled_head(&session->run.tape, 0, &head);
}

static bool has_experts(const Session *session, const char **why)
{
    Router router;
    *why = "there are no experts in this model";
    return router_at(&session->run.tape, 0, &router);
}

const PanelPage PANEL_PAGES[] = {
    {"text", "what the tutorial says of it", write_text, false},
    {"about", "what this step is", write_about, true},
    {"source", "the lines that recorded this step", write_source, true},
    {"stages", "the rule, step by step", write_stages, false},
    {"uses", "who reads this cell", write_uses, false},
    {"routes", "through whom the gradient came", write_routes, false, goes_back},
    {"truth", "what must hold, and does it", write_truth, false},
    {"beside", "what changed most in the other run", write_beside, false},
    {"update", "what becomes of a parameter", write_update, false, is_updated},
    {"tiles", "attention in tiles", write_tiles, false, has_tiles},
    {"experts", "who goes where", write_experts, false, has_experts},
    {"ledger", "promised and real change of the loss", write_ledger, false, is_updated},
    {"drawing", "how a token was drawn", write_drawing, false, draws_tokens},
    {"notebook", "breakpoints, watches, edits, training", write_notebook, false},
    {"commands", "what can be typed behind :", write_commands, true},
    {"map", "the training step at a glance", write_map, false},
    {"follow", "the token of this row through the model", write_follow, false, is_inside},
    {"heads", "what each head looks at", write_heads, false, is_inside},
    {"lens", "what it would say at each level", write_lens, false, is_inside},
    {"ablate", "the loss without each part", write_taken, false, is_inside},
    {"patch", "where another text matters", write_patched, false, is_inside},
};
const int PANEL_PAGE_COUNT = sizeof PANEL_PAGES / sizeof *PANEL_PAGES;

enum { LEAST_PAGE = 7, ROOM_FOR_TWO = 30 };

/* The first line in sight: the chosen one in the middle, or the page's own focus, scrolled. */
static int first_line(const ViewState *state, const Page *page, int rows, int chosen)
{
    if (chosen >= 0)
        return window_start(chosen, rows, page->count);
    int first = window_start(page->focus, rows, page->count) + state->panes.line;
    int last = page->count > rows ? page->count - rows : 0;
    return first < 0 ? 0 : first > last ? last : first;
}

static void put_line(Grid *grid, Area row, const Page *page, const PageLine *line, bool chosen)
{
    grid_put(grid, row, 0, 0, STYLE(BOLD), chosen ? "▸" : " ");
    Area text = area_inside(row, 0, 2, 1, row.cols - 2);
    grid_put_cut(grid, text, 0, 0, text.cols, STYLE(line->flags | (chosen ? BOLD : 0)), page_text(page, line));
    for (int i = 0; i < page->heat_count; i++)
        if (&page->lines[page->heats[i].line] == line)
            grid_paint(grid, area_inside(text, 0, page->heats[i].col, 1, page->heats[i].width), page->heats[i].heat);
    if (line->heading)
        grid_mark(grid, area_inside(text, 0, 0, 1, line->heading), DIM);
    if (chosen) {
        grid_mark(grid, row, UNDERLINE);
        grid_cursor(grid, row, 0, 0);
    }
}

/* At the right end of the title: how to come to the lines that are out of sight, and to other pages. */
static void title_keys(const ViewState *state, const Page *made, int from, int rows, int cols, char *out, size_t size)
{
    int behind = made->count - from - rows;
    bool focus = state->panes.focus == PANE_PANEL, narrow = cols < 72;
    const char *turns = !state->panes.page ? "t turns" : cols < 60 ? "t T turn" : "t next, T back, q closes";
    if (made->count <= rows || (behind <= 0 && !focus))
        snprintf(out, size, "%s", turns);
    else if (focus)
        snprintf(out, size, narrow ? "%d-%d of %d" : "lines %d-%d of %d  t next, T back, q closes", from + 1,
                 behind > 0 ? from + rows : made->count, made->count);
    else
        snprintf(out, size,
                 !state->panes.page ? "%d more: t Tab"
                 : narrow           ? "%d more: Tab"
                                    : "%d more: Tab, Down  t next, T back, q closes",
                 behind);
}

static void put_title(const ViewState *state, Grid *grid, Area area, const Page *made, int index, bool first, int from)
{
    char title[PAGE_TITLE + 20], keys[60] = "";
    const PanelPage *page = &PANEL_PAGES[index];
    if (first)
        title_keys(state, made, from, area.rows - 1, area.cols, keys, sizeof keys);
    int room = area.cols - text_width(keys) - 2;
    snprintf(title, sizeof title, "%s: %s", page->name, page_tells(made, index));
    if (first)
        pane_title(state, grid, area, PANE_PANEL, title);
    else
        grid_put_cut(grid, area, 0, 0, area.cols, STYLE(BOLD), title);
    if (room >= text_width(page->name) + 2) {
        bool focus = first && state->panes.focus == PANE_PANEL;
        grid_fill(grid, area_inside(area, 0, room, 1, 2), STYLE(focus ? REVERSE : 0), ' ');
        grid_put(grid, area, 0, room + 2, STYLE(focus ? DIM | REVERSE : DIM), keys);
    }
}

/* One page at the top of the area; how many rows it took. */
static int put_page(const ViewState *state, Grid *grid, Area area, int index, bool first)
{
    int rows = area.rows - 1, taken = area.rows;
    Page page = {.width = area.cols - 2, .room = rows, .ascii = grid->ascii};
    if (page_make(state, index, &page)) {
        bool focus = first && state->panes.focus == PANE_PANEL;
        int chosen = focus ? page_chosen(state, &page) : -1;
        int from = focus ? first_line(state, &page, rows, chosen) : window_start(page.focus, rows, page.count);
        put_title(state, grid, area, &page, index, first, from);
        grid_hit(grid, area, (Hit){HIT_PANE, PANE_PANEL, 1 + index, 0});
        for (int i = 0; i < rows && from + i < page.count; i++) {
            Area row = area_inside(area, 1 + i, 0, 1, area.cols);
            if (page.lines[from + i].step >= 0)
                grid_hit(grid, row, (Hit){HIT_LINE, page_leading(&page, from + i), 1 + index, 0});
            put_line(grid, row, &page, &page.lines[from + i], from + i == chosen);
        }
        if (focus && chosen < 0)
            grid_cursor(grid, area, 0, 0);
        taken = 1 + (page.count < rows ? page.count : rows);
    } else {
        grid->failed = true;
    }
    page_free(&page);
    return taken;
}

void panel_view(const ViewState *state, Grid *grid, Area area)
{
    int index = state->panes.page ? state->panes.page - 1 : 0, most_pages = map_shown(state) ? 1 : PANEL_PAGE_COUNT;
    for (int i = 0, row = 0; i < most_pages && area.rows - row >= (i ? LEAST_PAGE : 1); i++) {
        const char *why;
        int next = (index + i) % PANEL_PAGE_COUNT;
        if (i > 0 && (page_hidden(state, next) || !page_fits(state, next, &why)))
            continue;
        int most = i == 0 && most_pages > 1 && area.rows >= ROOM_FOR_TWO ? area.rows * 3 / 5 : area.rows - row;
        Area rest = area_inside(area, row, 0, most, area.cols);
        row += put_page(state, grid, rest, next, i == 0) + 1;
    }
}
