/* Who reads a cell, and with which factor; see why.h. */
#include "why.h"

#include <string.h>

static bool reads(const Step *step, int value)
{
    for (int i = 0; i < step->input_count; i++)
        if (step->inputs[i] == value)
            return true;
    return false;
}

static bool is_cell(const Cell *cell, Reference wanted)
{
    return cell->value == wanted.value && cell->row == wanted.row && cell->col == wanted.col;
}

/* What the cell at index `at` of the term is multiplied by. */
static void add_factor(const Step *step, const Term *term, int at, FormulaStyle style, Text *out)
{
    char number[NUMBER_SIZE];
    Combine combine = step->primitive->combine;
    double factor = combine == COMBINE_DIFFERENCE && at == 1 ? -1 : 1;
    if (combine == COMBINE_FUNCTION) {
        text_add(out, "through %s", style.ascii ? step->primitive->ascii : step->primitive->symbol);
        return;
    }
    if (combine == COMBINE_MAXIMUM) {
        text_add(out, "as a candidate for the largest");
        return;
    }
    if (combine == COMBINE_QUOTIENT) {
        text_add(out, at == 0 ? "divided by %s" : "as the divisor of %s",
                 number_text(number, term->cells[1 - at].number, style.digits));
        return;
    }
    for (int i = 0; i < term->cell_count; i++)
        if (i != at && combine != COMBINE_DIFFERENCE)
            factor *= term->cells[i].number;
    text_add(out, "times %s", number_text(number, factor, style.digits));
}

static void tell_uses_in(const Names *names, const Step *step, const Explanation *e, Reference wanted, int row, int col,
                         FormulaStyle style, Text *out)
{
    char name[400], number[NUMBER_SIZE];
    for (int i = 0; i < e->count; i++)
        for (int j = 0; j < e->terms[i].cell_count; j++) {
            if (!is_cell(&e->terms[i].cells[j], wanted))
                continue;
            text_add(out, "  %s  ", cell_text(names, step->output, row, col, name, sizeof name));
            add_factor(step, &e->terms[i], j, style, out);
            text_add(out, " gives %s of %s\n", number_text(number, e->terms[i].contribution, style.digits),
                     number_text(name, cell_of(tape_value(names->tape, step->output), row, col), style.digits));
        }
}

bool uses_text(const Names *names, Reference cell, FormulaStyle style, Text *out, Error *error)
{
    const Tape *tape = names->tape;
    Explanation e = {0};
    bool whole = true;
    for (int id = 0; whole && id < tape->step_count; id++) {
        const Step *step = &tape->steps[id];
        if (!reads(step, cell.value))
            continue;
        Text used = {0};
        const Value *output = step_output(tape, step);
        for (int row = 0; whole && row < output->rows; row++)
            for (int col = 0; whole && col < output->cols; col++) {
                whole = explain(tape, step->output, row, col, &e) || error_memory(error);
                tell_uses_in(names, step, &e, cell, row, col, style, &used);
            }
        if (used.length) {
            text_add(out, "step %d, ", id);
            step_place(tape, id, out);
            text_add(out, ": ");
            step_formula(names, id, false, style.ascii, out);
            text_add(out, "\n");
            text_put(out, used.data, used.length);
        }
        text_free(&used);
    }
    explanation_free(&e);
    return whole && (!out->failed || error_memory(error));
}
