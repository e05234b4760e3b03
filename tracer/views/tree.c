/* The outline on the left. Rows are found from the cursor outwards, so that a long tape costs no
 * more than a short one. */
#include "view.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 512 };

/* The visible nodes around the cursor, `rows` of them, as far as there are so many. */
static int visible_rows(const State *state, int rows, int nodes[MOST_ROWS])
{
    int before[MOST_ROWS], above = 0, count = 0;
    int cursor = tree_cursor(state);
    for (int node = previous_visible(state, cursor); node >= 0 && above < rows - 1; node = previous_visible(state, node))
        before[above++] = node;
    int after[MOST_ROWS], below = 0;
    for (int node = next_visible(state, cursor); node >= 0 && below < rows - 1; node = next_visible(state, node))
        after[below++] = node;
    int start = window_start(above, rows, above + 1 + below);
    for (int i = start; i < above + 1 + below && count < rows; i++)
        nodes[count++] = i < above ? before[above - 1 - i] : i == above ? cursor : after[i - above - 1];
    return count;
}

static const Value *result_of(const State *state, int step)
{
    const Tape *tape = state_tape(state);
    return tape_value(tape, tape->steps[step].output);
}

/* What stands at the right end: a step's number; a folded frame's operations and its result. */
static void summary(const State *state, const Node *node, int room, char *out, size_t size)
{
    out[0] = '\0';
    if (node->step >= 0) {
        snprintf(out, size, "%d", node->step);
        return;
    }
    const Frame *frame = &state_tape(state)->frames[node->frame];
    int steps = frame->last - frame->first + 1;
    if (frame_open(state, node->frame) && steps > 0)
        return;
    const Value *result = steps > 0 ? result_of(state, frame->last) : NULL;
    int length = snprintf(out, size, "%d op%s", steps, steps == 1 ? "" : "s");
    if (result && room >= length + 12)
        snprintf(out + length, size - (size_t)length, " %dx%d", result->rows, result->cols);
}

/* A step is called what its rule calls it; where a frame has one step for each parameter, that
 * says too little, and the name of its value stands there. */
static const char *node_name(const State *state, const Node *node)
{
    const Tape *tape = state_tape(state);
    if (node->step < 0)
        return tape->frames[node->frame].name;
    const Step *step = &tape->steps[node->step];
    const Frame *frame = &tape->frames[step->frame];
    const char *name = name_of(&state->session->names, step->output);
    bool foreign = tape->values[step->output].name.base >= 0 && strncmp(name, frame->path, strlen(frame->path)) != 0;
    return foreign && !frame->rule ? name : step->label;
}

/* True if the node is the position, or the folded frame that hides it. */
static bool is_position(const State *state, int node)
{
    return node == visible_node(state, state->outline->of_step[state->step]);
}

static bool on_path(const State *state, const Node *node)
{
    return node->frame >= 0 && tape_frame_within(state_tape(state), state_step(state)->frame, node->frame);
}

/* As much of a dotted name as fits, its end first: "…head0.W_Q". */
static void put_name(Grid *grid, Area row, int col, int width, Style style, const char *name)
{
    const char *dot = name;
    while (dot && text_width(dot) + (dot > name) > width)
        dot = strchr(dot + 1, '.') ? strchr(dot + 1, '.') + 1 : NULL;
    if (dot && dot > name) {
        col = grid_put_cut(grid, row, 0, col, width, style, "…");
        grid_put_cut(grid, row, 0, col, width - 1, style, dot);
    } else {
        grid_put_cut(grid, row, 0, col, width, style, name);
    }
}

static void draw_row(const State *state, Grid *grid, Area row, int id)
{
    const Node *node = &state->outline->nodes[id];
    bool here = is_position(state, id), cursor = state->pane == PANE_TREE && id == tree_cursor(state);
    Style style = STYLE(here || on_path(state, node) ? BOLD : DIM);
    char right[48];
    summary(state, node, row.cols - 2 - 2 * node->depth, right, sizeof right);
    int width = text_width(right), col = 1 + (row.cols >= 34 ? 2 : 1) * node->depth;
    grid_put(grid, row, 0, 0, style, here ? "▶" : " ");
    if (node->frame >= 0)
        col = grid_put(grid, row, 0, col, style, frame_open(state, node->frame) ? "▾ " : "▸ ");
    put_name(grid, row, col, row.cols - col - width - (width > 0), style, node_name(state, node));
    grid_put(grid, row, 0, row.cols - width, style, right);
    if (cursor) {
        grid_mark(grid, row, REVERSE);
        grid_cursor(grid, row, 0, 0);
    } else if (here) {
        grid_mark(grid, row, UNDERLINE);
    }
}

void tree_view(const State *state, Grid *grid, Area area)
{
    pane_title(state, grid, area, PANE_TREE, "steps");
    int nodes[MOST_ROWS], rows = area.rows - 1 < MOST_ROWS ? area.rows - 1 : MOST_ROWS;
    int count = rows > 0 ? visible_rows(state, rows, nodes) : 0;
    for (int i = 0; i < count; i++)
        draw_row(state, grid, area_inside(area, 1 + i, 0, 1, area.cols), nodes[i]);
}
