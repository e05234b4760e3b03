/* The stepper's state and what can be read from it; see state.h. */
#include "state.h"

#include "places.h"

#include <stdarg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void state_init(State *state, Lab *lab)
{
    *state = (State){.session = lab_session(lab, TRUTH), .outline = lab_outline(lab, TRUTH), .lab = lab, .node = -1,
                     .pane = PANE_OPERATION, .digits = DEFAULT_DIGITS, .delta = 0.1, .revealed = -1};
}

static void set_message(State *state, bool complains, const char *format, va_list arguments)
{
    vsnprintf(state->message, sizeof state->message, format, arguments);
    state->complains = complains;
}

void state_say(State *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_message(state, false, format, arguments);
    va_end(arguments);
}

void state_complain(State *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_message(state, true, format, arguments);
    va_end(arguments);
}

void state_jump(State *state, int step)
{
    for (; state->trail_count > 0; state->trail_count--)
        state->trail[state->trail_count - 1] = (Mark){0};
    state->step = step;
    state->node = -1;
}

static int within(int wanted, int count)
{
    return wanted < count ? wanted : count - 1;
}

Reference state_cell(const State *state)
{
    const Value *output = state_output(state);
    return (Reference){state_step(state)->output, within(state->row, output->rows), within(state->col, output->cols)};
}

/* The largest first; of two as large, the one that reads the earlier cell. */
static int by_size(const void *a, const void *b)
{
    const Term *first = a, *second = b;
    double x = fabs(first->contribution), y = fabs(second->contribution);
    if (x != y)
        return x > y ? -1 : 1;
    int row = first->cells[0].row - second->cells[0].row;
    return row ? row : first->cells[0].col - second->cells[0].col;
}

bool state_explain(const State *state, Explanation *out)
{
    Reference cell = state_cell(state);
    bool whole = explain(state_tape(state), cell.value, cell.row, cell.col, out);
    if (whole && state->by_size && out->combine == COMBINE_SUM && out->count > 1)
        qsort(out->terms, (size_t)out->count, sizeof *out->terms, by_size);
    return whole;
}

const Term *state_term(const State *state, const Explanation *explanation)
{
    return explanation->count ? &explanation->terms[within(state->term, explanation->count)] : NULL;
}

int state_factor(const State *state, const Term *term)
{
    return within(state->factor, term->cell_count);
}

static Reference marked_cell(const State *state, const Explanation *explanation)
{
    const Term *term = state_term(state, explanation);
    if (!term || term->cell_count == 0)
        return state_cell(state);
    const Cell *cell = &term->cells[state_factor(state, term)];
    return (Reference){cell->value, cell->row, cell->col};
}

/* True if `u`, `v` or `:panel` asked about the chosen term. */
static bool term_asked(const State *state)
{
    Place here = present_place(state);
    return state->asks_term && memcmp(&here, &state->asked_at, sizeof here) == 0;
}

Reference state_pointed(const State *state, const Explanation *explanation)
{
    bool marked = state->pane == PANE_CELL || (state->pane == PANE_PANEL && term_asked(state));
    return marked ? marked_cell(state, explanation) : state_cell(state);
}

Reference state_asked(const State *state)
{
    Reference cell = state_cell(state);
    if (!term_asked(state))
        return cell;
    Explanation explanation = {0};
    if (state_explain(state, &explanation)) {
        Reference marked = marked_cell(state, &explanation);
        cell = marked.value >= 0 ? marked : cell;
    }
    explanation_free(&explanation);
    return cell;
}

const Fold *frame_fold(const State *state, int frame)
{
    for (int i = 0; i < state->fold_count; i++)
        if (state->folds[i].frame == frame)
            return &state->folds[i];
    return NULL;
}

static bool holds_position(const State *state, int frame)
{
    const Frame *of = &state_tape(state)->frames[frame];
    return state->step >= of->first && state->step <= of->last;
}

bool frame_open(const State *state, int frame)
{
    const Fold *fold = frame_fold(state, frame);
    return fold ? fold->open : holds_position(state, frame);
}

void frame_toggle(State *state, int frame)
{
    bool open = !frame_open(state, frame);
    for (int i = 0; i < state->fold_count; i++)
        if (state->folds[i].frame == frame)
            state->folds[i] = state->folds[--state->fold_count];
    if (open == holds_position(state, frame)) /* as it is without a hand */
        return;
    if (state->fold_count == MOST_FOLDS)
        state_complain(state, "%d frames are folded by hand; take one back first", MOST_FOLDS);
    else
        state->folds[state->fold_count++] = (Fold){frame, open};
}

int visible_node(const State *state, int node)
{
    const Node *nodes = state->outline->nodes;
    int visible = node;
    for (int parent = nodes[node].parent; parent >= 0; parent = nodes[parent].parent)
        if (!frame_open(state, nodes[parent].frame))
            visible = parent;
    return visible;
}

int next_visible(const State *state, int node)
{
    const Node *at = &state->outline->nodes[node];
    bool folded = at->frame >= 0 && !frame_open(state, at->frame);
    int next = folded ? at->end : node + 1;
    return next < state->outline->count ? next : -1;
}

int previous_visible(const State *state, int node)
{
    return node > 0 ? visible_node(state, node - 1) : -1;
}

int tree_cursor(const State *state)
{
    return visible_node(state, state->node >= 0 ? state->node : state->outline->of_step[state->step]);
}
