/* Explanations: the terms of one cell, and the number they make; see primitive.h. */
#include "primitive.h"

#include <stdlib.h>

void explain_term(Explanation *out, double contribution)
{
    if (out->count == out->capacity) {
        int more = out->capacity ? 2 * out->capacity : 64;
        Term *moved = realloc(out->terms, (size_t)more * sizeof *moved);
        if (!moved) {
            out->out_of_memory = true;
            out->count = 0;
            if (!out->capacity)
                return;
        } else {
            out->terms = moved;
            out->capacity = more;
        }
    }
    out->terms[out->count++] = (Term){.contribution = contribution};
}

static void add_cell(Explanation *out, Cell cell)
{
    if (out->count == 0)
        return;
    Term *term = &out->terms[out->count - 1];
    CHECK(term->cell_count < TERM_CELLS, "a term of more than %d cells", TERM_CELLS);
    term->cells[term->cell_count++] = cell;
}

void explain_cell(Explanation *out, const Tape *tape, int value, int row, int col)
{
    add_cell(out, (Cell){value, row, col, cell_of(tape_value(tape, value), row, col)});
}

void explain_constant(Explanation *out, double number)
{
    add_cell(out, (Cell){-1, 0, 0, number});
}

void explain_copy(Explanation *out, const Tape *tape, int value, int row, int col)
{
    explain_term(out, cell_of(tape_value(tape, value), row, col));
    explain_cell(out, tape, value, row, col);
}

/* The number that the terms make, in the order in which the primitive made it. */
static double total_of(const Explanation *out)
{
    if (out->combine == COMBINE_SUM) {
        double sum = 0;
        for (int i = 0; i < out->count; i++)
            sum += out->terms[i].contribution;
        return sum;
    }
    double total = out->count ? out->terms[0].contribution : 0;
    for (int i = 1; i < out->count; i++)
        if (out->terms[i].contribution > total || out->terms[i].contribution != out->terms[i].contribution)
            total = out->terms[i].contribution;
    return total;
}

bool explain(const Tape *tape, int value, int row, int col, Explanation *out)
{
    const Step *step = &tape->steps[tape_value(tape, value)->producer];
    out->count = 0;
    out->out_of_memory = false;
    out->combine = step->primitive->combine;
    step->primitive->explain(tape, step, row, col, out);
    out->total = total_of(out);
    return !out->out_of_memory;
}

void explanation_free(Explanation *explanation)
{
    free(explanation->terms);
    *explanation = (Explanation){0};
}

double step_products(const Tape *tape, const Step *step)
{
    const Primitive *primitive = step->primitive;
    if (primitive->arity != 2 || primitive->flops_inner != 2)
        return 0;
    /* every output cell reads a row of the first */
    const Value *first = step_input(tape, step, 0);
    return (double)cells_of(step_output(tape, step)) * (step->attributes.transposed[0] ? first->rows : first->cols);
}

double tape_products(const Tape *tape)
{
    double products = 0;
    for (int step = 0; step < tape->step_count; step++)
        products += step_products(tape, &tape->steps[step]);
    return products;
}

double step_flops(const Tape *tape, const Step *step)
{
    const Primitive *primitive = step->primitive;
    double products = step_products(tape, step);
    if (products > 0)
        return 2 * products;
    double inner = step->input_count ? (double)cells_of(step_input(tape, step, 0)) : 0;
    return (double)cells_of(step_output(tape, step)) * primitive->flops + inner * primitive->flops_inner;
}

double step_bytes_read(const Tape *tape, const Step *step)
{
    double cells = 0;
    for (int i = 0; i < step->input_count; i++)
        cells += (double)cells_of(i == 0 && step->primitive->reads_part ? step_output(tape, step)
                                                                        : step_input(tape, step, i));
    return cells * sizeof(double);
}

double step_bytes_written(const Tape *tape, const Step *step)
{
    return (double)cells_of(step_output(tape, step)) * sizeof(double);
}

double step_bytes(const Tape *tape, const Step *step)
{
    return step_bytes_read(tape, step) + step_bytes_written(tape, step);
}

const char *combine_name(Combine combine)
{
    static const char *const names[] = {"sum", "product", "quotient", "difference", "maximum", "copy", "function"};
    return names[combine];
}
