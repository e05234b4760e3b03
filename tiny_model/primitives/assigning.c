/* Who goes where: experts for tokens, and places with an expert that has not room for all. Chapter 26.
 *
 *   rank          out[r,c] = how many cells of row r stand before cell c: larger, or equal and further left
 *   place         out[r,c] = how many cells of column c stand before row r: smaller, or equal and further up
 *   nonzero_rows  out[0,i] = the i-th row of a column that is not 0; where there are fewer, a row that is
 *                 a [R x 1], out [1 x cols] */
#include "families.h"

static bool before_in_row(const Value *a, int row, int other, int col)
{
    double mine = cell_of(a, row, col), theirs = cell_of(a, row, other);
    return theirs > mine || (theirs == mine && other < col);
}

static bool before_in_column(const Value *a, int col, int other, int row)
{
    double mine = cell_of(a, row, col), theirs = cell_of(a, other, col);
    return theirs < mine || (theirs == mine && other < row);
}

static int rank_of(const Value *a, int row, int col)
{
    int rank = 0;
    for (int other = 0; other < a->cols; other++)
        rank += before_in_row(a, row, other, col);
    return rank;
}

static int place_of(const Value *a, int row, int col)
{
    int place = 0;
    for (int other = 0; other < a->rows; other++)
        place += before_in_column(a, col, other, row);
    return place;
}

static void rank_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    for (int r = 0; r < a->rows; r++)
        for (int c = 0; c < a->cols; c++)
            *out++ = rank_of(a, r, c);
}

/* The cell, then all that it is compared with, the first of them first. */
static void rank_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0);
    explain_term(out, rank_of(a, row, col));
    explain_cell(out, tape, step->inputs[0], row, col);
    for (int rank = 0, told = 1; rank < a->cols && told < TERM_CELLS; rank++)
        for (int c = 0; c < a->cols && told < TERM_CELLS; c++)
            if (c != col && rank_of(a, row, c) == rank) {
                explain_cell(out, tape, step->inputs[0], row, c);
                told++;
            }
}

static void rank_sample(Tape *tape)
{
    static double tied[] = {2, 3, 3, 1, 0, 0, 0, 0};
    tape_step(tape, &RANK_IN_ROW, HERE("out"), (int[]){sample_input(tape, "a", 3, 5)}, 1, (Attributes){0});
    int ties = tape_leaf(tape, KIND_INPUT, "tied", (Shape){2, 4}, tied);
    tape_step(tape, &RANK_IN_ROW, HERE("ties"), &ties, 1, (Attributes){0});
}

static void place_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    for (int r = 0; r < a->rows; r++)
        for (int c = 0; c < a->cols; c++)
            *out++ = place_of(a, r, c);
}

/* The cell, then those that stand before it, the nearest first. */
static void place_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0);
    int place = place_of(a, row, col);
    explain_term(out, place);
    explain_cell(out, tape, step->inputs[0], row, col);
    for (int before = place - 1, told = 1; before >= 0 && told < TERM_CELLS; before--)
        for (int r = 0; r < a->rows; r++)
            if (place_of(a, r, col) == before) {
                explain_cell(out, tape, step->inputs[0], r, col);
                told++;
            }
}

static void place_sample(Tape *tape)
{
    int ids = sample_ids(tape, "row", 6, 3);
    int column = tape_step(tape, &TRANSPOSE, HERE("a"), &ids, 1, (Attributes){0});
    tape_step(tape, &PLACE_IN_COLUMN, HERE("out"), &column, 1, (Attributes){0});
}

static bool nonzero_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){1, step->attributes.cols, .counts = a->row_axis};
    return a->cols == 1 && out->cols > 0 && out->cols <= a->rows;
}

/* The i-th row that is not 0, or the first that is. */
static int nonzero_row(const Value *a, int i)
{
    int zero = 0;
    for (int r = a->rows - 1; r >= 0; r--)
        zero = a->data[r] == 0 ? r : zero;
    for (int r = 0; r < a->rows; r++)
        if (a->data[r] != 0 && i-- == 0)
            return r;
    return zero;
}

static void nonzero_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    for (int i = 0; i < out->cols; i++)
        out->data[i] = nonzero_row(step_input(tape, step, 0), i);
}

static void nonzero_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    int found = nonzero_row(step_input(tape, step, 0), col);
    explain_term(out, found);
    explain_cell(out, tape, step->inputs[0], found, 0);
}

static void nonzero_sample(Tape *tape)
{
    static double column[] = {0, 1, 1, 0, 1};
    int a = tape_leaf(tape, KIND_INPUT, "a", (Shape){5, 1}, column);
    tape_step(tape, &NONZERO_ROWS, HERE("out"), &a, 1, (Attributes){.cols = 3});
    tape_step(tape, &NONZERO_ROWS, HERE("fewer"), &a, 1, (Attributes){.cols = 4});
}

const Primitive RANK_IN_ROW = {
    .name = "rank", .symbol = "rank", .ascii = "rank",
    .meaning = "out[r,c] = how many cells of row r are larger than a[r,c], or equal and further left",
    .notation = "rank({a})", .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW}, .flops_inner = 1,
    .shape = shape_as_first, .run = rank_run, .explain = rank_explain, .sample = rank_sample,
};
const Primitive PLACE_IN_COLUMN = {
    .name = "place", .symbol = "place", .ascii = "place",
    .meaning = "out[r,c] = how many cells of column c are smaller than a[r,c], or equal and further up",
    .notation = "place({a})", .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_COLUMN}, .flops_inner = 1,
    .shape = shape_as_first, .run = place_run, .explain = place_explain, .sample = place_sample,
};
const Primitive NONZERO_ROWS = {
    .name = "nonzero_rows", .symbol = "who", .ascii = "who",
    .meaning = "out[0,i] = the i-th row of a that is not 0", .notation = "who({a})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ALL}, .flops_inner = 1,
    .shape = nonzero_shape, .run = nonzero_run, .explain = nonzero_explain, .sample = nonzero_sample,
};
