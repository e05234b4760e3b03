/* Two matrices of one shape, or a matrix and a constant, cell by cell. Chapter 9. */
#include "../kernel.h"
#include "families.h"

/* The loops: x stands for the cell of the first input, y for that of the second or the constant.
 * Sums begin with 0.0, as their explanation does, so that none of them is -0. */
#define POINTWISE(name, formula) \
    KERNEL static void name##_loop(double *restrict out, const double *a, const double *b, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) { \
            double x = a[i], y = b[i]; \
            out[i] = formula; \
        } \
    } \
    static void name##_run(const Tape *tape, const Step *step) \
    { \
        const Value *out = step_output(tape, step); \
        name##_loop(out->data, step_input(tape, step, 0)->data, step_input(tape, step, 1)->data, cells_of(out)); \
    }

#define WITH_CONSTANT(name, formula) \
    KERNEL static void name##_loop(double *restrict out, const double *a, double y, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) { \
            double x = a[i]; \
            out[i] = formula; \
        } \
    } \
    static void name##_run(const Tape *tape, const Step *step) \
    { \
        const Value *out = step_output(tape, step); \
        name##_loop(out->data, step_input(tape, step, 0)->data, step->attributes.constants[0], cells_of(out)); \
    }

POINTWISE(add, 0.0 + x + y)
POINTWISE(subtract, x - y)
POINTWISE(multiply, x * y)
POINTWISE(divide, x / y)
WITH_CONSTANT(scale, x * y)
WITH_CONSTANT(add_constant, 0.0 + x + y)
WITH_CONSTANT(divide_by, x / y)

static void scale_by_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    scale_loop(out->data, step_input(tape, step, 0)->data, step_input(tape, step, 1)->data[0], cells_of(out));
}

static bool scale_by_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *factor = step_input(tape, step, 1);
    return shape_as_first(tape, step, out) && factor->rows == 1 && factor->cols == 1;
}

/* a + b: a term each. */
static void add_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    for (int i = 0; i < 2; i++) {
        explain_term(out, cell_of(step_input(tape, step, i), row, col));
        explain_cell(out, tape, step->inputs[i], row, col);
    }
}

static void add_constant_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, cell_of(step_input(tape, step, 0), row, col));
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_term(out, step->attributes.constants[0]);
    explain_constant(out, step->attributes.constants[0]);
}

/* a - b, a * b, a / b: one term of two cells, whose number is the output's own. */
static void pair_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    double a = cell_of(step_input(tape, step, 0), row, col), b = cell_of(step_input(tape, step, 1), row, col);
    Combine combine = step->primitive->combine;
    explain_term(out, combine == COMBINE_DIFFERENCE ? a - b : combine == COMBINE_PRODUCT ? a * b : a / b);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_cell(out, tape, step->inputs[1], row, col);
}

static void scale_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    double a = cell_of(step_input(tape, step, 0), row, col);
    explain_term(out, a * step->attributes.constants[0]);
    explain_constant(out, step->attributes.constants[0]);
    explain_cell(out, tape, step->inputs[0], row, col);
}

static void divide_by_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    double a = cell_of(step_input(tape, step, 0), row, col);
    explain_term(out, a / step->attributes.constants[0]);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_constant(out, step->attributes.constants[0]);
}

static void scale_by_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, cell_of(step_input(tape, step, 0), row, col) * step_input(tape, step, 1)->data[0]);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_cell(out, tape, step->inputs[1], 0, 0);
}

#define SAMPLE(name, primitive, second_rows, second_cols, constant) \
    static void name(Tape *tape) \
    { \
        int a = sample_input(tape, "a", 3, 5); \
        int b = (second_rows) ? sample_input(tape, "b", second_rows, second_cols) : -1; \
        tape_step(tape, &primitive, HERE("out"), (int[]){a, b}, (second_rows) ? 2 : 1, \
                  (Attributes){.constants = {constant}}); \
    }

SAMPLE(add_sample, ADD, 3, 5, 0)
SAMPLE(subtract_sample, SUBTRACT, 3, 5, 0)
SAMPLE(multiply_sample, MULTIPLY, 3, 5, 0)
SAMPLE(divide_sample, DIVIDE, 3, 5, 0)
SAMPLE(scale_sample, SCALE, 0, 0, -0.7)
SAMPLE(add_constant_sample, ADD_CONSTANT, 0, 0, 0.3)
SAMPLE(divide_by_sample, DIVIDE_BY, 0, 0, 1.7)
SAMPLE(scale_by_sample, SCALE_BY, 1, 1, 0)

const Primitive ADD = {
    .name = "add", .symbol = "+", .ascii = "+", .meaning = "out[r,c] = a[r,c] + b[r,c]",
    .notation = "{a} + {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_CELL, REACH_CELL}, .flops = 1,
    .shape = shape_all_same, .run = add_run, .explain = add_explain, .sample = add_sample,
};
const Primitive SUBTRACT = {
    .name = "subtract", .symbol = "−", .ascii = "-", .meaning = "out[r,c] = a[r,c] - b[r,c]",
    .notation = "{a} − {b}", .ascii_notation = "{a} - {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_DIFFERENCE, .reach = {REACH_CELL, REACH_CELL}, .flops = 1,
    .shape = shape_all_same, .run = subtract_run, .explain = pair_explain, .sample = subtract_sample,
};
const Primitive MULTIPLY = {
    .name = "multiply", .symbol = "⊙", .ascii = "*", .meaning = "out[r,c] = a[r,c] * b[r,c]",
    .notation = "{a} ⊙ {b}", .ascii_notation = "{a} * {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_PRODUCT, .reach = {REACH_CELL, REACH_CELL}, .flops = 1,
    .shape = shape_all_same, .run = multiply_run, .explain = pair_explain, .sample = multiply_sample,
};
const Primitive DIVIDE = {
    .name = "divide", .symbol = "÷", .ascii = "/", .meaning = "out[r,c] = a[r,c] / b[r,c]",
    .notation = "{a} ÷ {b}", .ascii_notation = "{a} / {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_QUOTIENT, .reach = {REACH_CELL, REACH_CELL}, .flops = 1,
    .shape = shape_all_same, .run = divide_run, .explain = pair_explain, .sample = divide_sample,
};
const Primitive SCALE = {
    .name = "scale", .symbol = "·", .ascii = "*", .meaning = "out[r,c] = constant * a[r,c]",
    .notation = "{a} · {k}", .ascii_notation = "{a} * {k}", .symbol_place = SYMBOL_BEHIND,
    .arity = 1, .combine = COMBINE_PRODUCT, .reach = {REACH_CELL}, .flops = 1,
    .shape = shape_as_first, .run = scale_run, .explain = scale_explain, .sample = scale_sample,
};
const Primitive ADD_CONSTANT = {
    .name = "add_constant", .symbol = "+", .ascii = "+", .meaning = "out[r,c] = a[r,c] + constant",
    .notation = "{a} + {k}", .symbol_place = SYMBOL_BEHIND,
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_CELL}, .flops = 1,
    .shape = shape_as_first, .run = add_constant_run, .explain = add_constant_explain, .sample = add_constant_sample,
};
const Primitive DIVIDE_BY = {
    .name = "divide_by", .symbol = "÷", .ascii = "/", .meaning = "out[r,c] = a[r,c] / constant",
    .notation = "{a} ÷ {k}", .ascii_notation = "{a} / {k}", .symbol_place = SYMBOL_BEHIND,
    .arity = 1, .combine = COMBINE_QUOTIENT, .reach = {REACH_CELL}, .flops = 1,
    .shape = shape_as_first, .run = divide_by_run, .explain = divide_by_explain, .sample = divide_by_sample,
};
const Primitive SCALE_BY = {
    .name = "scale_by", .symbol = "·", .ascii = "*", .meaning = "out[r,c] = a[r,c] * b[0,0]",
    .notation = "{a} · {b}", .ascii_notation = "{a} * {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_PRODUCT, .reach = {REACH_CELL, REACH_ALL}, .flops = 1,
    .shape = scale_by_shape, .run = scale_by_run, .explain = scale_by_explain, .sample = scale_by_sample,
};
