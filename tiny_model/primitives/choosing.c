/* Choosing one of many: ranks, a limit, a rod of pieces and the piece that a point hits. Chapter 19.
 *
 *   sum_larger    out[r,c] = sum of b[r,j] over the j that stand before c: a[r,j] > a[r,c], or equal and j < c;
 *                 with offset 1 only the larger ones. Added from the largest a on, as one adds them on paper
 *                 (b all 1: the rank of the cell; b = a: how much the larger ones make together)
 *   is_below      out[r,c] = 1 where a[r,c] < k, else 0
 *   at_least      out[r,c] = 1 where a[r,c] >= b[r,0], else 0            b [R x 1]
 *   choose        out[r,c] = b[r,c] where a[r,c] is not 0, else c[r,c]
 *   running_sum   out[r,c] = sum of a[r,j] over j <= c: where each piece of the rod ends
 *   first_above   out[r,0] = the first c with a[r,c] > b[r,0]             a [R x C], b [R x 1], out [R x 1]
 *   largest_cells out[i,:] = row and column of the i-th largest cell of a, of equals the upper, then the left one
 *                                                                         a [R x C], out [rows x 2] */
#include "families.h"

static bool stands_before(const double *row, int j, int c)
{
    return row[j] > row[c] || (row[j] == row[c] && j < c);
}

/* The column that stands right behind column c in the order of a row, the first one behind -1; -1 behind the
 * last. A number that is none stands nowhere. */
static int next_column(const double *row, int count, int c)
{
    int next = -1;
    for (int j = 0; j < count; j++)
        if (row[j] == row[j] && (c < 0 || stands_before(row, c, j)) && (next < 0 || stands_before(row, j, next)))
            next = j;
    return next;
}

/* Without room for a sorted row: the next of the order is looked for again and again. */
static void sum_larger_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1), *out = step_output(tape, step);
    bool only_larger = step->attributes.offset;
    for (int r = 0; r < a->rows; r++) {
        const double *row = a->data + (size_t)r * (size_t)a->cols, *add = b->data + (size_t)r * (size_t)a->cols;
        double *sums = out->data + (size_t)r * (size_t)a->cols, sum = 0, before = 0;
        for (int c = 0; c < a->cols; c++)
            sums[c] = 0;
        for (int c = next_column(row, a->cols, -1), last = c; c >= 0; last = c, c = next_column(row, a->cols, c)) {
            if (!only_larger || row[c] != row[last])
                before = sum;
            sums[c] = before;
            sum += add[c];
        }
    }
}

static void sum_larger_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0);
    const double *of = a->data + (size_t)row * (size_t)a->cols;
    bool only_larger = step->attributes.offset;
    for (int j = next_column(of, a->cols, -1); j >= 0 && stands_before(of, j, col); j = next_column(of, a->cols, j))
        if (!only_larger || of[j] > of[col])
            explain_copy(out, tape, step->inputs[1], row, j);
}

static void sum_larger_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 5), b = sample_input(tape, "b", 3, 5), ids = sample_ids(tape, "ties", 5, 3);
    tape_step(tape, &SUM_LARGER, HERE("out"), (int[]){a, b}, 2, (Attributes){0});
    tape_step(tape, &SUM_LARGER, HERE("own"), (int[]){ids, ids}, 2, (Attributes){0});
    tape_step(tape, &SUM_LARGER, HERE("larger"), (int[]){ids, ids}, 2, (Attributes){.offset = 1});
}

static void is_below_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    for (size_t i = 0; i < cells_of(out); i++)
        out->data[i] = a->data[i] < step->attributes.constants[0];
}

static void is_below_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, cell_of(step_input(tape, step, 0), row, col) < step->attributes.constants[0]);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_constant(out, step->attributes.constants[0]);
}

static void is_below_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 5);
    tape_step(tape, &IS_BELOW, HERE("out"), (int[]){a}, 1, (Attributes){.constants = {0.1}});
}

static bool at_least_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *limit = step_input(tape, step, 1);
    return shape_as_first(tape, step, out) && limit->rows == out->rows && limit->cols == 1;
}

static void at_least_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    double *out = step_output(tape, step)->data;
    for (int r = 0; r < a->rows; r++)
        for (int c = 0; c < a->cols; c++)
            *out++ = cell_of(a, r, c) >= b->data[r];
}

static void at_least_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, cell_of(step_input(tape, step, 0), row, col) >= step_input(tape, step, 1)->data[row]);
    explain_cell(out, tape, step->inputs[0], row, col);
    explain_cell(out, tape, step->inputs[1], row, 0);
}

static void at_least_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 5), b = sample_input(tape, "b", 3, 1);
    tape_step(tape, &AT_LEAST, HERE("out"), (int[]){a, b}, 2, (Attributes){0});
}

static void choose_run(const Tape *tape, const Step *step)
{
    const Value *mask = step_input(tape, step, 0), *out = step_output(tape, step);
    for (size_t i = 0; i < cells_of(out); i++)
        out->data[i] = step_input(tape, step, mask->data[i] != 0 ? 1 : 2)->data[i];
}

static void choose_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    bool first = cell_of(step_input(tape, step, 0), row, col) != 0;
    explain_copy(out, tape, step->inputs[first ? 1 : 2], row, col);
}

static void choose_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 5), b = sample_input(tape, "b", 3, 5);
    int mask = tape_step(tape, &POSITIVE, HERE("mask"), &a, 1, (Attributes){0});
    tape_step(tape, &CHOOSE, HERE("out"), (int[]){mask, a, b}, 3, (Attributes){0});
}

static void running_sum_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    size_t at = 0;
    for (int r = 0; r < a->rows; r++) {
        double sum = 0;
        for (int c = 0; c < a->cols; c++, at++)
            out->data[at] = sum += a->data[at];
    }
}

static void running_sum_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    for (int c = 0; c <= col; c++)
        explain_copy(out, tape, step->inputs[0], row, c);
}

static void running_sum_sample(Tape *tape)
{
    tape_step(tape, &RUNNING_SUM, HERE("out"), (int[]){sample_input(tape, "a", 3, 5)}, 1, (Attributes){0});
}

static bool first_above_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    *out = (Shape){a->rows, 1, a->row_axis, AXIS_NONE, a->col_axis};
    return b->rows == a->rows && b->cols == 1;
}

static int first_above_column(const Value *a, int row, double limit)
{
    for (int c = 0; c < a->cols; c++)
        if (cell_of(a, row, c) > limit)
            return c;
    check_failed(__FILE__, __LINE__, "nothing in row %d is above %g", row, limit);
}

static void first_above_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    for (int r = 0; r < a->rows; r++)
        step_output(tape, step)->data[r] = first_above_column(a, r, b->data[r]);
}

static void first_above_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    int found = first_above_column(step_input(tape, step, 0), row, step_input(tape, step, 1)->data[row]);
    explain_term(out, found);
    explain_cell(out, tape, step->inputs[0], row, found);
    explain_cell(out, tape, step->inputs[1], row, 0);
}

static void first_above_sample(Tape *tape)
{
    int pieces = sample_positive(tape, "pieces", 3, 5);
    int ends = tape_step(tape, &RUNNING_SUM, HERE("ends"), &pieces, 1, (Attributes){0});
    int length = tape_step(tape, &ROW_SUM, HERE("length"), &pieces, 1, (Attributes){0});
    int point = tape_step(tape, &SCALE, HERE("point"), &length, 1, (Attributes){.constants = {0.6}});
    tape_step(tape, &FIRST_ABOVE, HERE("out"), (int[]){ends, point}, 2, (Attributes){0});
}

static bool largest_cells_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){step->attributes.rows, 2};
    return out->rows > 0 && (size_t)out->rows <= cells_of(a);
}

/* A matrix is one long row here. */
static int next_cell(const Value *a, int cell)
{
    return next_column(a->data, (int)cells_of(a), cell);
}

static void largest_cells_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    for (int i = 0, cell = -1; i < out->rows; i++) {
        cell = next_cell(a, cell);
        CHECK(cell >= 0, "only %d numbers to choose %d from", i, out->rows);
        out->data[2 * i] = cell / a->cols;
        out->data[2 * i + 1] = cell % a->cols;
    }
}

enum { LEFT_BEHIND = 2 };

/* The cell, and the first that are left behind. */
static void largest_cells_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0);
    for (int i = 0, cell = -1; i < step_output(tape, step)->rows + LEFT_BEHIND; i++) {
        cell = i == 0 || cell >= 0 ? next_cell(a, cell) : -1;
        if (i == row)
            explain_term(out, col ? cell % a->cols : cell / a->cols);
        if (i != row && i < step_output(tape, step)->rows)
            continue;
        if (cell >= 0)
            explain_cell(out, tape, step->inputs[0], cell / a->cols, cell % a->cols);
        else
            explain_constant(out, 0); /* nothing was left behind */
    }
}

static void largest_cells_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 5), ties = sample_ids(tape, "ties", 5, 3);
    tape_step(tape, &LARGEST_CELLS, HERE("out"), &a, 1, (Attributes){.rows = 4});
    tape_step(tape, &LARGEST_CELLS, HERE("all"), &ties, 1, (Attributes){.rows = 5});
}

static bool smallest_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->rows, 1, a->row_axis, AXIS_NONE, a->col_axis};
    return true;
}

/* The column of the smallest cell of a row, or of the smallest but one. */
static int smallest_column(const Value *a, int row, int but)
{
    int found = -1;
    for (int c = 0; c < a->cols; c++)
        if (c != but && (found < 0 || cell_of(a, row, c) < cell_of(a, row, found)))
            found = c;
    return found;
}

static void smallest_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    for (int r = 0; r < a->rows; r++)
        step_output(tape, step)->data[r] = smallest_column(a, r, -1);
}

/* Who won, and by how much over the next: without that a choice explains nothing. */
static void smallest_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    const Value *a = step_input(tape, step, 0);
    int first = smallest_column(a, row, -1), second = smallest_column(a, row, first);
    explain_term(out, first);
    explain_cell(out, tape, step->inputs[0], row, first);
    if (second >= 0)
        explain_cell(out, tape, step->inputs[0], row, second);
}

static void smallest_sample(Tape *tape)
{
    tape_step(tape, &SMALLEST, HERE("out"), (int[]){sample_input(tape, "a", 4, 5)}, 1, (Attributes){0});
    tape_step(tape, &SMALLEST, HERE("ties"), (int[]){sample_ids(tape, "ids", 5, 3)}, 1, (Attributes){0});
}

const Primitive SUM_LARGER = {
    .name = "sum_larger", .symbol = "Σ larger", .ascii = "sum larger",
    .meaning = "out[r,c] = sum of b[r,j] over the j with a[r,j] larger than a[r,c], or equal and further left "
               "(offset 1: only larger), the largest first",
    .notation = "Σ larger({a}, {b})", .ascii_notation = "sum larger({a}, {b})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_ROW, REACH_ROW}, .flops_inner = 1,
    .shape = shape_all_same, .run = sum_larger_run, .explain = sum_larger_explain, .sample = sum_larger_sample,
};
const Primitive IS_BELOW = {
    .name = "is_below", .symbol = "below", .ascii = "below", .meaning = "out[r,c] = 1 where a[r,c] < k, else 0",
    .notation = "below({a}; {k})", .arithmetic = "below({a}, {b})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_CELL}, .flops = 1,
    .shape = shape_as_first, .run = is_below_run, .explain = is_below_explain, .sample = is_below_sample,
};
const Primitive AT_LEAST = {
    .name = "at_least", .symbol = "≥", .ascii = ">=", .meaning = "out[r,c] = 1 where a[r,c] >= b[r,0], else 0",
    .notation = "{a} ≥ {b}", .ascii_notation = "{a} >= {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_CELL, REACH_ROW}, .flops = 1,
    .shape = at_least_shape, .run = at_least_run, .explain = at_least_explain, .sample = at_least_sample,
};
const Primitive CHOOSE = {
    .name = "choose", .symbol = "choose", .ascii = "choose",
    .meaning = "out[r,c] = b[r,c] where a[r,c] is not 0, else c[r,c]", .notation = "choose({a}; {b}, {c})",
    .arity = 3, .combine = COMBINE_COPY, .reach = {REACH_CELL, REACH_CELL},
    .shape = shape_all_same, .run = choose_run, .explain = choose_explain, .sample = choose_sample,
};
const Primitive RUNNING_SUM = {
    .name = "running_sum", .symbol = "Σ so far", .ascii = "sum so far",
    .meaning = "out[r,c] = sum over j <= c of a[r,j]",
    .notation = "Σ so far({a})", .ascii_notation = "sum so far({a})",
    .arity = 1, .combine = COMBINE_SUM, .reach = {REACH_ROW}, .flops = 1,
    .shape = shape_as_first, .run = running_sum_run, .explain = running_sum_explain, .sample = running_sum_sample,
};
const Primitive FIRST_ABOVE = {
    .name = "first_above", .symbol = "first above", .ascii = "first above",
    .meaning = "out[r,0] = the first c with a[r,c] > b[r,0]", .notation = "first above({a}, {b})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW, REACH_ROW}, .flops_inner = 1,
    .shape = first_above_shape, .run = first_above_run, .explain = first_above_explain, .sample = first_above_sample,
};
const Primitive LARGEST_CELLS = {
    .name = "largest_cells", .symbol = "largest", .ascii = "largest",
    .meaning = "out[i,:] = row and column of the i-th largest cell of a; of equals the upper, then the left one",
    .notation = "largest {rows} of {a}", .arithmetic = "kept({a}; not {b}, {c})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ALL}, .flops_inner = 1,
    .shape = largest_cells_shape, .run = largest_cells_run, .explain = largest_cells_explain,
    .sample = largest_cells_sample,
};
const Primitive SMALLEST = {
    .name = "smallest", .symbol = "smallest", .ascii = "smallest",
    .meaning = "out[r,0] = the first c whose a[r,c] is the smallest of its row", .notation = "smallest({a})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW}, .flops_inner = 1,
    .shape = smallest_shape, .run = smallest_run, .explain = smallest_explain, .sample = smallest_sample,
};
