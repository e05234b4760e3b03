/* Attention in tiles: the grid of tiles, and what every query keeps from tile to tile. Enter on a row goes to the tile
 * that made it. */
#include "panel_page.h"
#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ACROSS = 24 };

/* "tile2_1" around a step: 2 and 1, or -1 and -1. */
static void tile_here(const ViewState *state, int *i, int *j)
{
    const Tape *tape = state_tape(state);
    *i = *j = -1;
    for (int frame = state_step(state)->frame; frame >= 0; frame = tape->frames[frame].parent)
        if (sscanf(tape->frames[frame].name, "tile%d_%d", i, j) == 2)
            return;
    *i = *j = -1;
}

static void add_grid(const ViewState *state, Page *page, const TiledHead *head)
{
    char line[4 * MOST_ACROSS + 40];
    int here_i, here_j;
    tile_here(state, &here_i, &here_j);
    page_line(page, DIM, "%s", page->ascii ? "# made  . skipped  @ you are here" : "■ made  · skipped  ◆ you are here");
    for (int i = 0; i < head->down; i++) {
        size_t used = (size_t)snprintf(line, sizeof line, "  ");
        for (int j = 0; j < head->across && j < MOST_ACROSS; j++) {
            bool made = tile_at(state_tape(state), head, i, j).scores >= 0, here = i == here_i && j == here_j;
            const char *mark = here ? page->ascii ? "@ " : "◆ "
                               : made ? page->ascii ? "# " : "■ "
                                      : page->ascii ? ". " : "· ";
            used += (size_t)snprintf(line + used, sizeof line - used, "%s", mark);
        }
        page_line(page, i == here_i ? BOLD : 0, "%s", line);
    }
}

/* "cat  after tile 0: m -0.76, l 1.0000": of every row of a tile. */
static void add_rows(const ViewState *state, Page *page, const TiledHead *head, int i, int j)
{
    const Tape *tape = state_tape(state);
    Tile tile = tile_at(tape, head, i, j);
    if (tile.max < 0)
        return;
    const Value *max = tape_value(tape, tile.max), *sum = tape_value(tape, tile.sum),
                *rescale = tape_value(tape, tile.rescale);
    char m[NUMBER_SIZE], l[NUMBER_SIZE], a[NUMBER_SIZE];
    page_line(page, DIM, "tile%d_%d", i, j);
    for (int r = 0; r < max->rows; r++) {
        int query = i * head->rows + r;
        const char *label = axis_label(&state->session->names,
                                       row_axis(&state->session->names, tape->calls[head->call].inputs[0]), query);
        char visible[48] = "";
        page_line(page, 0, "  %d %s  m %s, l %s, a %s", query,
                  label ? token_visible(visible, sizeof visible, label) : "",
                  number_signed(m, cell_of(max, r, 0), state->settings.digits),
                  number_text(l, cell_of(sum, r, 0), state->settings.digits),
                  number_text(a, cell_of(rescale, r, 0), state->settings.digits));
        page_leads(page, tape_value(tape, tile.sum)->producer, r, 0);
    }
}

void write_tiles(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    TiledHead head;
    char where[PART_WORDS];
    if (!tiled_head_around(tape, state_step(state)->frame, &head) && !tiled_head(tape, 0, &head)) {
        page_words(page, "", "no attention is computed in tiles here");
        return;
    }
    snprintf(page->title, sizeof page->title, "tiles of %.100s, %d x %d", part_words(head.path, where, sizeof where),
             head.rows, head.cols);
    add_grid(state, page, &head);
    page_words(page, "", "a query keeps its largest score m and the sum l of e^(score - m); a is what the last tile "
                         "made of both: e^(m before - m)");
    for (int i = 0; i < head.down; i++)
        for (int j = 0; j < head.across; j++)
            add_rows(state, page, &head, i, j);
}
