/* The lines of the optimizers, as wide as a textbook writes them. Chapter 17.
 *
 *   moving_average             out = beta a + (1 - beta) b
 *   moving_average_of_squares  out = beta a + (1 - beta) b b
 *   root_plus                  out = sqrt(a) + eps
 *   decayed_step               out = keep a - rate b            keep = 1 - lr weight_decay, rate = lr */
#include "../kernel.h"
#include "families.h"

#include <math.h>

KERNEL static void average_loop(double *restrict out, const double *a, const double *b, double beta, size_t n)
{
    double rest = 1.0 - beta;
    for (size_t i = 0; i < n; i++)
        out[i] = 0.0 + beta * a[i] + rest * b[i];
}

KERNEL static void squares_loop(double *restrict out, const double *a, const double *b, double beta, size_t n)
{
    double rest = 1.0 - beta;
    for (size_t i = 0; i < n; i++)
        out[i] = 0.0 + beta * a[i] + rest * b[i] * b[i];
}

KERNEL static void root_loop(double *restrict out, const double *a, double eps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = sqrt(a[i]) + eps;
}

KERNEL static void step_loop(double *restrict out, const double *a, const double *b, double keep, double rate, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 0.0 + keep * a[i] - rate * b[i];
}

static void average_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    average_loop(out->data, step_input(tape, step, 0)->data, step_input(tape, step, 1)->data,
                 step->attributes.constants[0], cells_of(out));
}

static void squares_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    squares_loop(out->data, step_input(tape, step, 0)->data, step_input(tape, step, 1)->data,
                 step->attributes.constants[0], cells_of(out));
}

static void root_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    root_loop(out->data, step_input(tape, step, 0)->data, step->attributes.constants[0], cells_of(out));
}

static void step_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    step_loop(out->data, step_input(tape, step, 0)->data, step_input(tape, step, 1)->data,
              step->attributes.constants[0], step->attributes.constants[1], cells_of(out));
}

/* A term: factor times the cell of an input. */
static void explain_share(Explanation *out, const Tape *tape, const Step *step, double factor, int input, int row,
                          int col)
{
    explain_term(out, factor * cell_of(step_input(tape, step, input), row, col));
    explain_constant(out, factor);
    explain_cell(out, tape, step->inputs[input], row, col);
}

static void average_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_share(out, tape, step, step->attributes.constants[0], 0, row, col);
    explain_share(out, tape, step, 1.0 - step->attributes.constants[0], 1, row, col);
}

static void squares_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    double rest = 1.0 - step->attributes.constants[0], b = cell_of(step_input(tape, step, 1), row, col);
    explain_share(out, tape, step, step->attributes.constants[0], 0, row, col);
    explain_term(out, rest * b * b);
    explain_constant(out, rest);
    explain_cell(out, tape, step->inputs[1], row, col);
    explain_cell(out, tape, step->inputs[1], row, col);
}

static void root_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, sqrt(cell_of(step_input(tape, step, 0), row, col)) + step->attributes.constants[0]);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_constant(out, step->attributes.constants[0]);
}

static void step_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_share(out, tape, step, step->attributes.constants[0], 0, row, col);
    explain_share(out, tape, step, -step->attributes.constants[1], 1, row, col);
}

#define SAMPLE(name, primitive, inputs_, ...) \
    static void name(Tape *tape) \
    { \
        int a = sample_positive(tape, "a", 3, 5), b = sample_input(tape, "b", 3, 5); \
        tape_step(tape, &primitive, HERE("out"), (int[]){a, b}, inputs_, (Attributes){.constants = {__VA_ARGS__}}); \
    }

SAMPLE(average_sample, MOVING_AVERAGE, 2, 0.9)
SAMPLE(squares_sample, MOVING_AVERAGE_OF_SQUARES, 2, 0.75)
SAMPLE(root_sample, ROOT_PLUS, 1, 0.01)
SAMPLE(step_sample, DECAYED_STEP, 2, 0.95, 0.1)

const Primitive MOVING_AVERAGE = {
    .name = "moving_average", .symbol = "average", .ascii = "average",
    .meaning = "out[r,c] = beta * a[r,c] + (1 - beta) * b[r,c]", .notation = "average({a}, {b}; {k})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_CELL, REACH_CELL}, .flops = 3,
    .shape = shape_all_same, .run = average_run, .explain = average_explain, .sample = average_sample,
};
const Primitive MOVING_AVERAGE_OF_SQUARES = {
    .name = "moving_average_of_squares", .symbol = "average²", .ascii = "average^2",
    .meaning = "out[r,c] = beta * a[r,c] + (1 - beta) * b[r,c] * b[r,c]",
    .notation = "average²({a}, {b}; {k})", .ascii_notation = "average^2({a}, {b}; {k})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_CELL, REACH_CELL}, .flops = 4,
    .shape = shape_all_same, .run = squares_run, .explain = squares_explain, .sample = squares_sample,
};
const Primitive ROOT_PLUS = {
    .name = "root_plus", .symbol = "root+", .ascii = "root+", .meaning = "out[r,c] = sqrt(a[r,c]) + eps",
    .notation = "root+({a}; {k})", .arithmetic = "sqrt({a}) + {b}",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_CELL}, .flops = 2,
    .shape = shape_as_first, .run = root_run, .explain = root_explain, .sample = root_sample,
};
const Primitive DECAYED_STEP = {
    .name = "decayed_step", .symbol = "step", .ascii = "step", .meaning = "out[r,c] = keep * a[r,c] - rate * b[r,c]",
    .notation = "step({a}, {b}; {k}, {k2})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_CELL, REACH_CELL}, .flops = 3,
    .shape = shape_all_same, .run = step_run, .explain = step_explain, .sample = step_sample,
};
