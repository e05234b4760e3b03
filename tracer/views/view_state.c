/* What can be read from a view state; see view_state.h. */
#include "view_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Without the line of the page: the same place with another line is no jump. */
Place present_place(const ViewState *state)
{
    return (Place){.step = state->cursor.step, .row = state->cursor.row, .col = state->cursor.col,
                   .term = state->cursor.term, .factor = state->cursor.factor};
}

static int within(int wanted, int count)
{
    return wanted < count ? wanted : count - 1;
}

Reference state_cell(const ViewState *state)
{
    const Value *output = state_output(state);
    return (Reference){state_step(state)->output, within(state->cursor.row, output->rows),
                       within(state->cursor.col, output->cols)};
}

/* The largest first; of two as large, the one that reads the earlier cell. */
static int by_size(const void *a, const void *b)
{
    const Term *first = a, *second = b;
    double x = fabs(first->contribution), y = fabs(second->contribution);
    if (x != y)
        return x > y ? -1 : 1;
    /* A sort that keeps no order would show terms of equal size now so, now otherwise. */
    int row = first->cells[0].row - second->cells[0].row;
    return row ? row : first->cells[0].col - second->cells[0].col;
}

bool state_explain(const ViewState *state, Explanation *out)
{
    Reference cell = state_cell(state);
    bool whole = explain(state_tape(state), cell.value, cell.row, cell.col, out);
    if (whole && state->panes.by_size && out->combine == COMBINE_SUM && out->count > 1)
        qsort(out->terms, (size_t)out->count, sizeof *out->terms, by_size);
    return whole;
}

const Term *state_term(const ViewState *state, const Explanation *explanation)
{
    return explanation->count ? &explanation->terms[within(state->cursor.term, explanation->count)] : NULL;
}

int state_factor(const ViewState *state, const Term *term)
{
    return within(state->cursor.factor, term->cell_count);
}

static Reference marked_cell(const ViewState *state, const Explanation *explanation)
{
    const Term *term = state_term(state, explanation);
    if (!term || term->cell_count == 0)
        return state_cell(state);
    const Cell *cell = &term->cells[state_factor(state, term)];
    return (Reference){cell->value, cell->row, cell->col};
}

/* True if `u`, `v` or `:panel` asked about the chosen term. */
static bool term_asked(const ViewState *state)
{
    Place here = present_place(state);
    /* A question on a term is over as soon as the cursor is elsewhere; nobody has to take it back. */
    return state->questions.asks_term && memcmp(&here, &state->questions.asked_at, sizeof here) == 0;
}

Reference state_pointed(const ViewState *state, const Explanation *explanation)
{
    bool marked = state->panes.focus == PANE_CELL || (state->panes.focus == PANE_PANEL && term_asked(state));
    return marked ? marked_cell(state, explanation) : state_cell(state);
}

Reference state_asked(const ViewState *state)
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
