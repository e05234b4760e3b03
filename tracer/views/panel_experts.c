/* A mixture of experts: which token goes where, with its gates, and how many came to each expert. Enter on a token goes
 * to its gate. */
#include "panel_page.h"
#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"

#include "tiny_model/primitive.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 8, MOST_SHOWN = 12 };

/* The router of the block that the cursor is in, or the first. */
static bool router_here(const ViewState *state, Router *router)
{
    const Tape *tape = state_tape(state);
    const char *path = tape->frames[state_step(state)->frame].path;
    for (int i = 0; router_at(tape, i, router); i++) {
        size_t length = strlen(router->path) - strlen("router");
        if (strncmp(path, router->path, length) == 0)
            return true;
    }
    return router_at(tape, 0, router);
}

/* The gate, "x" for who found no room, "." for who was not chosen. */
static void add_token(const ViewState *state, Page *page, const Router *router, int row, int shown)
{
    const Tape *tape = state_tape(state);
    const Axis *axis = row_axis(&state->session->names, router->gate);
    const char *label = axis_label(&state->session->names, axis, row);
    char line[WIDE * MOST_SHOWN + 80], visible[48] = "", number[NUMBER_SIZE];
    size_t used = (size_t)snprintf(line, sizeof line, "%2d %-7.20s", row,
                                   label ? token_visible(visible, sizeof visible, label) : "");
    for (int e = 0; e < shown; e++) {
        bool chosen = cell_of(tape_value(tape, router->chosen), row, e) != 0,
             in = cell_of(tape_value(tape, router->admitted), row, e) != 0;
        double gate = cell_of(tape_value(tape, router->gate), row, e);
        const char *text = !chosen ? "." : !in ? "x" : number_text(number, gate, 3);
        used += (size_t)snprintf(line + used, sizeof line - used, "%*s", WIDE, text);
    }
    page_line(page, 0, "%s", line);
    page_leads(page, tape_value(tape, router->gate)->producer, row, 0);
}

static void add_counts(const ViewState *state, Page *page, const Router *router, int shown)
{
    const Tape *tape = state_tape(state);
    char line[WIDE * MOST_SHOWN + 80];
    size_t used = (size_t)snprintf(line, sizeof line, "%-10s", "came");
    for (int e = 0; e < shown; e++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%*d", WIDE, column_count(tape, router->admitted, e));
    page_line(page, BOLD, "%s", line);
    if (router->room)
        page_line(page, 0, "room for %d each; x: chosen, but there was none", router->room);
}

void write_experts(const ViewState *state, Page *page)
{
    Router router;
    char where[PART_WORDS], line[WIDE * MOST_SHOWN + 80];
    if (!router_here(state, &router)) {
        page_words(page, "", "there are no experts in this model");
        return;
    }
    const Value *gate = tape_value(state_tape(state), router.gate);
    int shown = gate->cols < MOST_SHOWN ? gate->cols : MOST_SHOWN;
    snprintf(page->title, sizeof page->title, "experts of %.80s, top %d, gate %s",
             part_words(router.path, where, sizeof where), router.top_k, router.renormalised ? "renormalised" : "raw");
    size_t used = (size_t)snprintf(line, sizeof line, "%-10s", "expert");
    for (int e = 0; e < shown; e++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%*d", WIDE, e);
    page_line(page, DIM, "%s%s", line, shown < gate->cols ? " ..." : "");
    for (int row = 0; row < gate->rows; row++)
        add_token(state, page, &router, row, shown);
    add_counts(state, page, &router, shown);
}
