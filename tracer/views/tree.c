/* The outline on the left. Rows are found from the cursor outwards, so that a long tape costs no
 * more than a short one. */
#include "folding.h"
#include "hiding.h"
#include "notebook.h"
#include "view.h"
#include "tracer/query/invariants.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 512, WITH_SIZES = 40 };

/* The visible nodes around the cursor, `rows` of them, as far as there are so many. */
static int visible_rows(const ViewState *state, int rows, int nodes[MOST_ROWS])
{
    int before[MOST_ROWS], above = 0, count = 0;
    int cursor = tree_cursor(state);
    for (int node = previous_visible(state, cursor); node >= 0 && above < rows - 1;
         node = previous_visible(state, node))
        before[above++] = node;
    int after[MOST_ROWS], below = 0;
    for (int node = next_visible(state, cursor); node >= 0 && below < rows - 1; node = next_visible(state, node))
        after[below++] = node;
    int start = window_start(above, rows, above + 1 + below);
    for (int i = start; i < above + 1 + below && count < rows; i++)
        nodes[count++] = i < above ? before[above - 1 - i] : i == above ? cursor : after[i - above - 1];
    return count;
}

static const Value *result_of(const ViewState *state, int step)
{
    const Tape *tape = state_tape(state);
    return tape_value(tape, tape->steps[step].output);
}

void value_size(const Value *value, double *largest, double *norm)
{
    double squares = 0;
    *largest = 0;
    for (size_t i = 0; i < cells_of(value); i++) {
        double x = fabs(value->data[i]);
        if (isinf(x)) /* masked */
            continue;
        *largest = x > *largest || isnan(x) ? x : *largest;
        squares += x * x;
    }
    *norm = sqrt(squares);
}

/* " max 2.1 norm 3.4" of a result, as far as there is room. */
static void add_size(const Value *result, int room, char *out, size_t size)
{
    double largest, norm;
    char text[NUMBER_SIZE], more[NUMBER_SIZE + 8];
    if (room < (int)sizeof " max 0.0")
        return;
    value_size(result, &largest, &norm);
    int used = snprintf(more, sizeof more, " max %s", number_text(text, largest, 1));
    if (used > room)
        return;
    strncat(out, more, size - strlen(out) - 1);
    if (used + snprintf(more, sizeof more, " norm %s", number_text(text, norm, 1)) <= room)
        strncat(out, more, size - strlen(out) - 1);
}

/* True if an invariant of a rule fails that was applied in the node's frame. */
static bool fails(const ViewState *state, const Node *node)
{
    const Tape *tape = state_tape(state);
    Invariant found[MOST_INVARIANTS];
    bool open = node->frame < 0 || frame_open(state, node->frame);
    if (frame_checks_hidden(state, node->frame))
        return false;
    for (int frame = node->frame;
         frame >= 0 && frame < tape->frame_count && tape_frame_within(tape, frame, node->frame); frame++) {
        int count = tape->frames[frame].rule ? invariants_of_frame(tape, frame, found) : 0;
        for (int i = 0; i < count; i++)
            if (!found[i].holds)
                return true;
        if (open)
            break; /* what it holds tells for itself */
    }
    return false;
}

/* The column of costs that was asked for. */
static void add_cost(const ViewState *state, const Node *node, char *out, size_t size)
{
    Cost cost = node->step >= 0 ? step_cost(state_tape(state), node->step) : state->outline->costs.frames[node->frame];
    char text[COST_TEXT];
    snprintf(out, size, "%s", cost_text(text, COST_COLUMNS[state->settings.cost - 1].of(&cost)));
}

/* What stands at the right end: a step's number; a folded frame's operations and its result. */
static void summary(const ViewState *state, const Node *node, int room, bool sizes, char *out, size_t size)
{
    out[0] = '\0';
    if (state->settings.cost > 0 && !state->hunt.going) {
        add_cost(state, node, out, size);
        return;
    }
    if (node->step >= 0) {
        snprintf(out, size, "%d", node->step);
        return;
    }
    const Frame *frame = &state_tape(state)->frames[node->frame];
    int steps = frame->last - frame->first + 1;
    if (frame_open(state, node->frame) && steps > 0)
        return;
    const Value *result = steps > 0 ? result_of(state, frame->last) : NULL;
    /* one more would tell the place */
    int length = state->hunt.going ? 0 : snprintf(out, size, "%d op%s", steps, steps == 1 ? "" : "s");
    if (!result || room < length + 12)
        return;
    length += snprintf(out + length, size - (size_t)length, " %dx%d", result->rows, result->cols);
    if (sizes)
        add_size(result, room - length - (int)strlen(frame->name) - 3, out, size);
}

/* The steps of a node: its own, or those of its frame. */
static void steps_of(const ViewState *state, const Node *node, int *first, int *last)
{
    const Frame *frame = node->frame >= 0 ? &state_tape(state)->frames[node->frame] : NULL;
    *first = frame ? frame->first : node->step;
    *last = frame ? frame->last : node->step;
}

/* What a node is marked with: the position, a breakpoint, both, a watched value. An open frame
 * leaves it to what it holds, its first step before all. */
static const char *mark_of(const ViewState *state, const Node *node, bool here)
{
    int first, last;
    steps_of(state, node, &first, &last);
    bool open = node->frame >= 0 && frame_open(state, node->frame);
    if (!open && state->breaks.count && break_within(state, first, last))
        return here ? "◉" : "●";
    if (here)
        return "▶";
    return node->step >= 0 && watch_touched(state, node->step) ? "◆" : " ";
}

/* True if something in it differs from the run beside; between training steps everything does. */
static bool is_apart(const ViewState *state, const Node *node)
{
    int first, last;
    steps_of(state, node, &first, &last);
    return beside_shown(state) && !state->fork.compared && lab_steps_apart(state->lab, state->side, first, last) > 0;
}

/* A step is called what its rule calls it; where a frame has one step for each parameter, that
 * says too little, and the name of its value stands there. */
static const char *node_name(const ViewState *state, const Node *node)
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
static bool is_position(const ViewState *state, int node)
{
    return node == visible_node(state, state->outline->of_step[state->cursor.step]);
}

static bool on_path(const ViewState *state, const Node *node)
{
    return node->frame >= 0 && tape_frame_within(state_tape(state), state_step(state)->frame, node->frame);
}

/* The longest end of a dotted name that fits, NULL if not even its last word does. */
static const char *end_within(const char *name, int width)
{
    const char *end = name;
    while (end && text_width(end) > width)
        end = strchr(end, '.') ? strchr(end, '.') + 1 : NULL;
    return end;
}

/* As much of a dotted name as fits: its beginning, which tells of two blocks which one, and its end,
 * "block0…head0.W_Q"; where there is no room for both its end. */
static void put_name(Grid *grid, Area row, int col, int width, Style style, const char *name)
{
    int first = (int)strcspn(name, ".");
    const char *end = end_within(name, width - first - 1);
    first = end ? first : 0;
    end = end ? end : end_within(name, width - 1);
    if (text_width(name) <= width || !end) {
        grid_put_cut(grid, row, 0, col, width, style, name);
        return;
    }
    col = grid_put_cut(grid, row, 0, col, first + 1, style, name); /* with an ellipsis */
    grid_put_cut(grid, row, 0, col, width - first - 1, style, end);
}

static void draw_row(const ViewState *state, Grid *grid, Area row, int id)
{
    const Node *node = &state->outline->nodes[id];
    bool here = is_position(state, id), cursor = state->panes.focus == PANE_TREE && id == tree_cursor(state);
    Style style = STYLE(here || on_path(state, node) ? BOLD : DIM);
    char right[96] = "* ";
    int starred = is_apart(state, node) ? 2 : 0;
    if (fails(state, node))
        starred += snprintf(right + starred, sizeof right - 8, grid->ascii ? "FAILS " : "✗ ");
    summary(state, node, row.cols - 2 - 2 * node->depth, row.cols >= WITH_SIZES, right + starred, sizeof right - 8);
    int width = text_width(right), col = 1 + (row.cols >= 34 ? 2 : 1) * node->depth;
    /* what it holds gives way to what it is called */
    int wanted = col + 2 + text_width(node_name(state, node)) + 1 + width;
    if (node->frame >= 0 && !state->settings.cost && wanted > row.cols) {
        right[starred] = '\0';
        width = text_width(right);
    }
    grid_put(grid, row, 0, 0, style, mark_of(state, node, here));
    if (node->frame >= 0)
        col = grid_put(grid, row, 0, col, style, frame_open(state, node->frame) ? "▾ " : "▸ ");
    grid_hit(grid, row, (Hit){HIT_NODE, id, 0, 0});
    put_name(grid, row, col, row.cols - col - width - (width > 0), style, node_name(state, node));
    grid_put(grid, row, 0, row.cols - width, style, right);
    if (cursor) {
        grid_mark(grid, row, REVERSE);
        grid_cursor(grid, row, 0, 0);
    } else if (here) {
        grid_mark(grid, row, UNDERLINE);
    }
}

void tree_view(const ViewState *state, Grid *grid, Area area)
{
    int cost = state->hunt.going ? 0 : state->settings.cost;
    char title[40];
    snprintf(title, sizeof title, "steps%s%s", cost ? ": " : "", cost ? COST_COLUMNS[cost - 1].heading : "");
    pane_title(state, grid, area, PANE_TREE, title);
    int nodes[MOST_ROWS], rows = area.rows - 1 < MOST_ROWS ? area.rows - 1 : MOST_ROWS;
    int count = rows > 0 ? visible_rows(state, rows, nodes) : 0;
    for (int i = 0; i < count; i++)
        draw_row(state, grid, area_inside(area, 1 + i, 0, 1, area.cols), nodes[i]);
}
