/* A matrix and one row (or column) that meets every row (or column) of it. The names say
 * which, so that no shape is stretched by guess. Chapters 7 and 10.
 *
 *   add_row   out[r,c] = a[r,c] + row[0,c]       a [R x C], row [1 x C]
 *   sub_col   out[r,c] = a[r,c] - col[r,0]       a [R x C], col [R x 1] */
#include "../kernel.h"
#include "families.h"

/* x is the cell of the matrix, y that of the row or column; a sum begins with 0.0, see pointwise.c. */
#define WITH_ROW(name, formula) \
    KERNEL static void name##_loop(double *restrict out, const double *a, const double *b, int rows, size_t cols) \
    { \
        for (int r = 0; r < rows; r++, out += cols, a += cols) \
            for (size_t c = 0; c < cols; c++) { \
                double x = a[c], y = b[c]; \
                out[c] = formula; \
            } \
    } \
    RUN(name)

#define WITH_COLUMN(name, formula) \
    KERNEL static void name##_loop(double *restrict out, const double *a, const double *b, int rows, size_t cols) \
    { \
        for (int r = 0; r < rows; r++, out += cols, a += cols) { \
            double y = b[r]; \
            for (size_t c = 0; c < cols; c++) { \
                double x = a[c]; \
                out[c] = formula; \
            } \
        } \
    } \
    RUN(name)

#define RUN(name) \
    static void name##_run(const Tape *tape, const Step *step) \
    { \
        const Value *a = step_input(tape, step, 0); \
        name##_loop(step_output(tape, step)->data, a->data, step_input(tape, step, 1)->data, a->rows, \
                    (size_t)a->cols); \
    }

WITH_ROW(add_row, 0.0 + x + y)
WITH_ROW(sub_row, x - y)
WITH_ROW(mul_row, x * y)
WITH_ROW(div_row, x / y)
WITH_COLUMN(sub_col, x - y)
WITH_COLUMN(mul_col, x * y)
WITH_COLUMN(div_col, x / y)

static bool row_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *row = step_input(tape, step, 1);
    return shape_as_first(tape, step, out) && row->rows == 1 && row->cols == out->cols;
}

static bool column_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *column = step_input(tape, step, 1);
    return shape_as_first(tape, step, out) && column->cols == 1 && column->rows == out->rows;
}

static void explain_pair(const Tape *tape, const Step *step, int row, int col, int other_row, int other_col,
                         Explanation *out)
{
    double a = cell_of(step_input(tape, step, 0), row, col);
    double b = cell_of(step_input(tape, step, 1), other_row, other_col);
    if (step->primitive->combine == COMBINE_SUM) {
        explain_copy(out, tape, step->inputs[0], row, col);
        explain_copy(out, tape, step->inputs[1], other_row, other_col);
        return;
    }
    Combine combine = step->primitive->combine;
    explain_term(out, combine == COMBINE_DIFFERENCE ? a - b : combine == COMBINE_PRODUCT ? a * b : a / b);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_cell(out, tape, step->inputs[1], other_row, other_col);
}

static void row_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_pair(tape, step, row, col, 0, col, out);
}

static void column_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_pair(tape, step, row, col, row, 0, out);
}

/* Cell (0, c) of a row is read in column c, cell (r, 0) of a column in row r. */
#define row_reach REACH_COLUMN
#define column_reach REACH_ROW

#define ENTRY(constant, text, sign, plain, says, how, side, rows, cols) \
    static void text##_sample(Tape *tape) \
    { \
        int a = sample_input(tape, "a", 3, 5), b = sample_input(tape, "b", rows, cols); \
        tape_step(tape, &constant, HERE("out"), (int[]){a, b}, 2, (Attributes){0}); \
    } \
    const Primitive constant = { \
        .name = #text, .symbol = sign, .ascii = plain, .meaning = says, .notation = "{a} " sign " {b}", \
        .ascii_notation = "{a} " plain " {b}", .symbol_place = SYMBOL_BETWEEN, .arity = 2, .combine = how, \
        .reach = {REACH_CELL, side##_reach}, .flops = 1, \
        .shape = side##_shape, .run = text##_run, .explain = side##_explain, .sample = text##_sample, \
    };

ENTRY(ADD_ROW, add_row, "+", "+", "out[r,c] = a[r,c] + b[0,c]", COMBINE_SUM, row, 1, 5)
ENTRY(SUB_ROW, sub_row, "−", "-", "out[r,c] = a[r,c] - b[0,c]", COMBINE_DIFFERENCE, row, 1, 5)
ENTRY(MUL_ROW, mul_row, "⊙", "*", "out[r,c] = a[r,c] * b[0,c]", COMBINE_PRODUCT, row, 1, 5)
ENTRY(DIV_ROW, div_row, "÷", "/", "out[r,c] = a[r,c] / b[0,c]", COMBINE_QUOTIENT, row, 1, 5)
ENTRY(SUB_COL, sub_col, "−", "-", "out[r,c] = a[r,c] - b[r,0]", COMBINE_DIFFERENCE, column, 3, 1)
ENTRY(MUL_COL, mul_col, "⊙", "*", "out[r,c] = a[r,c] * b[r,0]", COMBINE_PRODUCT, column, 3, 1)
ENTRY(DIV_COL, div_col, "÷", "/", "out[r,c] = a[r,c] / b[r,0]", COMBINE_QUOTIENT, column, 3, 1)
