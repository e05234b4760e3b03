/* A row or a column becomes one number. Chapters 7 and 10.
 *
 *   row_sum     out[r,0] = sum over c of a[r,c]          a [R x C], out [R x 1]
 *   row_sum_of_squares, column_sum_of_squares: the same of a[r,c]^2
 *   column_sum  out[0,c] = sum over r of a[r,c]          a [R x C], out [1 x C] */
#include "../kernel.h"
#include "families.h"

enum { LANES = 4 };

/* Rows are taken LANES at a time, each in its own order, since an addition waits for the last one. */
static void row_sum_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    size_t cols = (size_t)a->cols;
    int r = 0;
    for (; r + LANES <= a->rows; r += LANES) {
        const double *row = a->data + (size_t)r * cols;
        double sum[LANES] = {0};
        for (size_t c = 0; c < cols; c++)
            for (int lane = 0; lane < LANES; lane++)
                sum[lane] += row[(size_t)lane * cols + c];
        for (int lane = 0; lane < LANES; lane++)
            out[r + lane] = sum[lane];
    }
    for (; r < a->rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < cols; c++)
            sum += a->data[(size_t)r * cols + c];
        out[r] = sum;
    }
}

/* The larger of two; nan wins, so that it is seen. */
static inline double larger(double most, double x)
{
    return x > most || x != x ? x : most;
}

static void row_max_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    size_t cols = (size_t)a->cols;
    int r = 0;
    for (; r + LANES <= a->rows; r += LANES) {
        const double *row = a->data + (size_t)r * cols;
        double most[LANES];
        for (int lane = 0; lane < LANES; lane++)
            most[lane] = row[(size_t)lane * cols];
        for (size_t c = 1; c < cols; c++)
            for (int lane = 0; lane < LANES; lane++)
                most[lane] = larger(most[lane], row[(size_t)lane * cols + c]);
        for (int lane = 0; lane < LANES; lane++)
            out[r + lane] = most[lane];
    }
    for (; r < a->rows; r++) {
        double most = cell_of(a, r, 0);
        for (int c = 1; c < a->cols; c++)
            most = larger(most, cell_of(a, r, c));
        out[r] = most;
    }
}

KERNEL static void column_sum_loop(double *restrict out, const double *a, int rows, size_t cols)
{
    for (size_t c = 0; c < cols; c++)
        out[c] = 0;
    for (int r = 0; r < rows; r++, a += cols)
        for (size_t c = 0; c < cols; c++)
            out[c] += a[c];
}

static void column_sum_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    column_sum_loop(step_output(tape, step)->data, a->data, a->rows, (size_t)a->cols);
}

static void column_max_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    for (int c = 0; c < a->cols; c++) {
        double most = cell_of(a, 0, c);
        for (int r = 1; r < a->rows; r++)
            most = larger(most, cell_of(a, r, c));
        out[c] = most;
    }
}

KERNEL static void column_squares_loop(double *restrict out, const double *a, int rows, size_t cols)
{
    for (size_t c = 0; c < cols; c++)
        out[c] = 0;
    for (int r = 0; r < rows; r++, a += cols)
        for (size_t c = 0; c < cols; c++)
            out[c] += a[c] * a[c];
}

static void column_squares_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    column_squares_loop(step_output(tape, step)->data, a->data, a->rows, (size_t)a->cols);
}

static void row_squares_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    const double *row = a->data;
    for (int r = 0; r < a->rows; r++, row += a->cols) {
        double sum = 0;
        for (int c = 0; c < a->cols; c++)
            sum += row[c] * row[c];
        step_output(tape, step)->data[r] = sum;
    }
}

static bool row_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->rows, 1, a->row_axis};
    return true;
}

static bool column_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){1, a->cols, AXIS_NONE, a->col_axis};
    return true;
}

static void row_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    const Value *a = step_input(tape, step, 0);
    for (int c = 0; c < a->cols; c++)
        explain_copy(out, tape, step->inputs[0], row, c);
}

static void column_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *a = step_input(tape, step, 0);
    for (int r = 0; r < a->rows; r++)
        explain_copy(out, tape, step->inputs[0], r, col);
}

static void column_squares_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *a = step_input(tape, step, 0);
    for (int r = 0; r < a->rows; r++) {
        explain_term(out, cell_of(a, r, col) * cell_of(a, r, col));
        explain_cell(out, tape, step->inputs[0], r, col);
        explain_cell(out, tape, step->inputs[0], r, col);
    }
}

static void row_squares_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    const Value *a = step_input(tape, step, 0);
    for (int c = 0; c < a->cols; c++) {
        explain_term(out, cell_of(a, row, c) * cell_of(a, row, c));
        explain_cell(out, tape, step->inputs[0], row, c);
        explain_cell(out, tape, step->inputs[0], row, c);
    }
}

#define SAMPLE(name, primitive) \
    static void name(Tape *tape) \
    { \
        tape_step(tape, &primitive, HERE("out"), (int[]){sample_input(tape, "a", 6, 5)}, 1, (Attributes){0}); \
        tape_step(tape, &primitive, HERE("one"), (int[]){sample_input(tape, "b", 1, 1)}, 1, (Attributes){0}); \
    }

SAMPLE(row_sum_sample, ROW_SUM)
SAMPLE(row_max_sample, ROW_MAX)
SAMPLE(column_sum_sample, COLUMN_SUM)
SAMPLE(column_max_sample, COLUMN_MAX)
SAMPLE(row_squares_sample, ROW_SUM_OF_SQUARES)
SAMPLE(column_squares_sample, COLUMN_SUM_OF_SQUARES)

const Primitive ROW_SUM = {
    .name = "row_sum", .symbol = "Σ row", .ascii = "sum row", .meaning = "out[r,0] = sum over c of a[r,c]",
    .notation = "Σ row({a})", .ascii_notation = "sum row({a})",
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_ROW}, .flops_inner = 1,
    .shape = row_shape, .run = row_sum_run, .explain = row_explain, .sample = row_sum_sample,
};
const Primitive ROW_MAX = {
    .name = "row_max", .symbol = "max row", .ascii = "max row", .meaning = "out[r,0] = largest a[r,c] of the row",
    .notation = "max row({a})", .arity = 1, .combine = COMBINE_MAXIMUM, .reach = {REACH_ROW}, .flops_inner = 1,
    .shape = row_shape, .run = row_max_run, .explain = row_explain, .sample = row_max_sample,
};
const Primitive COLUMN_SUM = {
    .name = "column_sum", .symbol = "Σ column", .ascii = "sum column", .meaning = "out[0,c] = sum over r of a[r,c]",
    .notation = "Σ column({a})", .ascii_notation = "sum column({a})",
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_COLUMN}, .flops_inner = 1,
    .shape = column_shape, .run = column_sum_run, .explain = column_explain, .sample = column_sum_sample,
};
const Primitive COLUMN_MAX = {
    .name = "column_max", .symbol = "max column", .ascii = "max column",
    .meaning = "out[0,c] = largest a[r,c] of the column",
    .notation = "max column({a})", .arity = 1, .combine = COMBINE_MAXIMUM, .reach = {REACH_COLUMN}, .flops_inner = 1,
    .shape = column_shape, .run = column_max_run, .explain = column_explain, .sample = column_max_sample,
};
const Primitive ROW_SUM_OF_SQUARES = {
    .name = "row_sum_of_squares", .symbol = "Σ row²", .ascii = "sum row^2",
    .meaning = "out[r,0] = sum over c of a[r,c] * a[r,c]",
    .notation = "Σ row²({a})", .ascii_notation = "sum row^2({a})",
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_ROW}, .flops_inner = 2,
    .shape = row_shape, .run = row_squares_run, .explain = row_squares_explain, .sample = row_squares_sample,
};
const Primitive COLUMN_SUM_OF_SQUARES = {
    .name = "column_sum_of_squares", .symbol = "Σ column²", .ascii = "sum column^2",
    .meaning = "out[0,c] = sum over r of a[r,c] * a[r,c]",
    .notation = "Σ column²({a})", .ascii_notation = "sum column^2({a})",
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_COLUMN}, .flops_inner = 2,
    .shape = column_shape, .run = column_squares_run, .explain = column_squares_explain,
    .sample = column_squares_sample,
};
