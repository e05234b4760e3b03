/* Does it hold, and for which cell? See condition.h. */
#include "condition.h"

#include "formula.h"
#include "invariants.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool compares(const Condition *condition, double x)
{
    return condition->comparison == COMPARE_ABOVE ? x > condition->number : x < condition->number;
}

/* Masked cells are -inf by intent and would stop |x| > 5 at every mask. */
static bool number_compares(const Condition *condition, double x)
{
    return isfinite(x) && compares(condition, condition->measure == MEASURE_ANY ? x : fabs(x));
}

static bool is_nan(double x)
{
    return isnan(x);
}

static bool is_infinite(double x)
{
    return isinf(x);
}

/* The first cell that is so, in row-major order; -1 if none is. */
static int first_cell(const Value *value, bool (*is)(double))
{
    for (size_t i = 0; i < cells_of(value); i++)
        if (is(value->data[i]))
            return (int)i;
    return -1;
}

/* The cell of a measure that one cell settles; -1: none does. */
static int measured_cell(const Condition *condition, const Value *value)
{
    int found = -1;
    bool any = condition->measure == MEASURE_ANY || condition->measure == MEASURE_ANY_SIZE;
    if (condition->measure == MEASURE_SUM || condition->measure == MEASURE_NORM)
        return -1;
    for (size_t i = 0; i < cells_of(value); i++) {
        double x = value->data[i];
        if (any && number_compares(condition, x))
            return (int)i;
        double best = found < 0 ? NAN : value->data[found];
        bool better = found < 0 || (condition->measure == MEASURE_MAX ? x > best : x < best);
        if (!any && !isnan(x) && better)
            found = (int)i;
    }
    return found >= 0 && compares(condition, value->data[found]) ? found : -1;
}

static bool number_holds(const Condition *condition, const Value *value)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < cells_of(value); i++) {
        sum += value->data[i];
        squares += value->data[i] * value->data[i];
    }
    switch (condition->measure) {
    case MEASURE_ANY_SIZE: case MEASURE_ANY: case MEASURE_MAX:
    case MEASURE_MIN: return measured_cell(condition, value) >= 0;
    case MEASURE_SUM: return compares(condition, sum);
    case MEASURE_NORM: return compares(condition, sqrt(squares));
    }
    return false;
}

/* Ids of tokens and code points of letters are names and no numbers, unless that value is asked for. */
static bool is_measured(const Condition *condition, const Names *names, int value)
{
    return *condition->name ? name_ends(name_of(names, value), condition->name) : !value_counts(names, value);
}

/* Infinity is told where it begins: behind the mask of attention everything would be infinite. */
static bool newly_infinite(const Tape *tape, const Step *step)
{
    for (int i = 0; i < step->input_count; i++)
        if (first_cell(step_input(tape, step, i), is_infinite) >= 0)
            return false;
    return first_cell(step_output(tape, step), is_infinite) >= 0;
}

static bool some_invariant_fails(const Tape *tape, int step)
{
    Invariant found[MOST_INVARIANTS];
    int frame = tape->steps[step].frame;
    /* A rule's invariants are about all of it, so they hold or fail at its last step. */
    if (tape->frames[frame].last != step)
        return false;
    int count = invariants_of_frame(tape, frame, found);
    for (int i = 0; i < count; i++)
        if (!found[i].holds)
            return true;
    return false;
}

/* The step is the first of a frame, or of one around it, that is called so. */
static bool enters_frame(const Tape *tape, int step, const char *name, bool by_rule)
{
    for (int frame = tape->steps[step].frame; frame >= 0 && tape->frames[frame].first == step;
         frame = tape->frames[frame].parent) {
        const Frame *f = &tape->frames[frame];
        if (by_rule ? f->rule && strcmp(f->rule->name, name) == 0
                    : strcmp(f->name, name) == 0 || name_ends(f->path, name))
            return true;
    }
    return false;
}

bool condition_holds(const Condition *condition, const Names *names, int step)
{
    const Tape *tape = names->tape;
    const Step *of = &tape->steps[step];
    switch (condition->kind) {
    case CONDITION_FRAME: return enters_frame(tape, step, condition->name, false);
    case CONDITION_RULE: return enters_frame(tape, step, condition->name, true);
    case CONDITION_VALUE: return name_ends(name_of(names, of->output), condition->name);
    case CONDITION_NUMBER:
        return is_measured(condition, names, of->output) && number_holds(condition, step_output(tape, of));
    case CONDITION_NAN: return first_cell(step_output(tape, of), is_nan) >= 0;
    case CONDITION_INFINITE: return newly_infinite(tape, of);
    case CONDITION_INVARIANT: return some_invariant_fails(tape, step);
    }
    return false;
}

/* From the step next to the position: a breakpoint at the position itself would never be left. */
int condition_find(const Condition *conditions, int count, const Names *names, int step, int direction, int *which)
{
    for (step += direction; step >= 0 && step < names->tape->step_count; step += direction)
        for (int i = 0; i < count; i++)
            if (condition_holds(&conditions[i], names, step)) {
                *which = i;
                return step;
            }
    return -1;
}

Reference condition_cell(const Condition *condition, const Names *names, int step)
{
    const Value *value = step_output(names->tape, &names->tape->steps[step]);
    int cell = condition->kind == CONDITION_NUMBER     ? measured_cell(condition, value)
               : condition->kind == CONDITION_NAN      ? first_cell(value, is_nan)
               : condition->kind == CONDITION_INFINITE ? first_cell(value, is_infinite)
                                                       : -1;
    Reference found = {.value = cell < 0 ? -1 : names->tape->steps[step].output, .row = ALL, .col = ALL};
    if (cell >= 0) {
        found.row = cell / value->cols;
        found.col = cell % value->cols;
    }
    return found;
}

/* The token of a row or column, or its number. */
static void add_index(const Names *names, const Axis *axis, int i, Text *out)
{
    char visible[64];
    const char *label = axis_label(names, axis, i);
    if (label)
        text_add(out, "%s", token_visible(visible, sizeof visible, label));
    else
        text_add(out, "%d", i);
}

const char *condition_told(const Condition *condition, const Names *names, Reference cell, int digits, char *out,
                           size_t size)
{
    char number[NUMBER_SIZE], limit[NUMBER_SIZE];
    Text text = {0};
    const Value *value = tape_value(names->tape, cell.value);
    bool sized = condition->kind == CONDITION_NUMBER && condition->measure == MEASURE_ANY_SIZE;
    text_add(&text, sized ? "|%s|" : "%s", number_text(number, cell_of(value, cell.row, cell.col), digits));
    if (condition->kind == CONDITION_NUMBER)
        text_add(&text, " %s %s", condition->comparison == COMPARE_ABOVE ? ">" : "<",
                 number_exact(limit, condition->number));
    const char *path = names->tape->frames[names->tape->steps[value->producer].frame].path;
    text_add(&text, " at %s[", name_within(names, cell.value, path));
    add_index(names, row_axis(names, cell.value), cell.row, &text);
    text_add(&text, ",");
    add_index(names, col_axis(names, cell.value), cell.col, &text);
    text_add(&text, "]");
    snprintf(out, size, "%s", text.failed || !text.data ? "" : text.data);
    text_free(&text);
    return out;
}
