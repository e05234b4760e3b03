/* What the step is: the formula of its rule, the meaning of its primitive, its source line and
 * its cost. */
#include "view.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"

#include <stdio.h>

/* A dim heading in a row of its own and what it says below; returns the next row. */
static int put_entry(Grid *grid, Area area, int row, const char *heading, const char *text)
{
    if (!text || !*text)
        return row;
    int col = grid_put(grid, area, row, 0, STYLE(DIM), heading);
    Area rest = area_inside(area, 0, col + 1, area.rows, area.cols - col - 1);
    return grid_put_wrapped(grid, rest, row, PLAIN, text);
}

static const Rule *rule_of(const Tape *tape, const Step *step)
{
    for (int frame = step->frame; frame >= 0; frame = tape->frames[frame].parent)
        if (tape->frames[frame].rule)
            return tape->frames[frame].rule;
    return NULL;
}

static int put_rule(const State *state, Grid *grid, Area area, int row)
{
    const Step *step = state_step(state);
    const Rule *rule = rule_of(state_tape(state), step);
    char text[200];
    if (!rule)
        return row;
    snprintf(text, sizeof text, "%s, chapter %d", rule->name, rule->chapter);
    row = put_entry(grid, area, row, "rule     ", text);
    row = put_entry(grid, area, row, "forward  ", grid->ascii ? rule->ascii_forward : rule->forward);
    return put_entry(grid, area, row, "backward ", grid->ascii ? rule->ascii_back : rule->back);
}

void about_view(const State *state, Grid *grid, Area area)
{
    const Step *step = state_step(state);
    const Tape *tape = state_tape(state);
    char text[300];
    int row = put_rule(state, grid, area, 0);
    snprintf(text, sizeof text, "%s: %s", step->primitive->name, step->primitive->meaning);
    row = put_entry(grid, area, row, "primitive", text);
    snprintf(text, sizeof text, "%s:%d", step->file, step->line);
    row = put_entry(grid, area, row, "source   ", text);
    double bytes = step_bytes(tape, step);
    snprintf(text, sizeof text, "%.0f operations on numbers, %.0f bytes", step_flops(tape, step), bytes);
    row = put_entry(grid, area, row, "cost     ", text);
    Text formula = {0};
    step_formula(&state->session->names, state->step, true, grid->ascii, &formula);
    if (!formula.failed)
        put_entry(grid, area, row, "in full  ", formula.data);
    text_free(&formula);
}
