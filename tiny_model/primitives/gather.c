/* Rows and cells by index. Indices are doubles that hold whole numbers, in one row. Chapter 3.
 *
 *   gather_rows   out[t,c] = a[ids[t], c]                                a [V x d], ids [1 x T], out [T x d]
 *   scatter_rows  out[v,c] = sum of dy[t,c] over the t with ids[t] = v   the way back, out [V x d]
 *                 (offset 1: only the first such t counts, -1: only the last)
 *   pick          out[t,0] = a[t, ids[t]]                                a [T x V], out [T' x 1]
 *   one_hot       out[t,c] = 1 where c = ids[t], else 0                  out [T' x V]
 *   find_rows     out[0,t] = the first row of b that equals row t of a   a [T x L], b [V x L], out [1 x T] */
#include "families.h"

#include <string.h>

static int index_at(const Value *ids, int t, int below)
{
    double id = ids->data[t];
    CHECK(id >= 0 && id < below, "index %g of %d", id, below);
    return (int)id;
}

static bool gather_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *table = step_input(tape, step, 0), *ids = step_input(tape, step, 1);
    *out = (Shape){ids->cols, table->cols, ids->col_axis, table->col_axis, table->counts};
    return ids->rows == 1;
}

static void gather_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *ids = step_input(tape, step, 1), *out = step_output(tape, step);
    size_t cols = (size_t)a->cols;
    for (int t = 0; t < out->rows; t++)
        memcpy(out->data + (size_t)t * cols, a->data + (size_t)index_at(ids, t, a->rows) * cols, cols * sizeof(double));
}

static void gather_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    int from = index_at(step_input(tape, step, 1), row, step_input(tape, step, 0)->rows);
    explain_copy(out, tape, step->inputs[0], from, col);
}

static void gather_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 7, 3), ids = sample_ids(tape, "ids", 5, 7);
    tape_step(tape, &GATHER_ROWS, HERE("out"), (int[]){a, ids}, 2, (Attributes){0});
}

static bool scatter_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *dy = step_input(tape, step, 0), *ids = step_input(tape, step, 1);
    *out = (Shape){step->attributes.rows, dy->cols, ids->counts, dy->col_axis};
    return out->rows > 0 && ids->rows == 1 && ids->cols == dy->rows;
}

/* Does row t count? All do, unless the offset picks one of those with the same id. */
static bool counts(const Step *step, const Value *ids, int t)
{
    int toward = step->attributes.offset, end = toward > 0 ? -1 : ids->cols;
    if (toward == 0)
        return true;
    for (int other = t - toward; other != end; other -= toward)
        if (ids->data[other] == ids->data[t])
            return false;
    return true;
}

static void scatter_run(const Tape *tape, const Step *step)
{
    const Value *dy = step_input(tape, step, 0), *ids = step_input(tape, step, 1), *out = step_output(tape, step);
    size_t cols = (size_t)dy->cols;
    memset(out->data, 0, cells_of(out) * sizeof(double));
    for (int t = 0; t < dy->rows; t++) {
        double *row = out->data + (size_t)index_at(ids, t, out->rows) * cols;
        if (!counts(step, ids, t))
            continue;
        for (size_t c = 0; c < cols; c++)
            row[c] += dy->data[(size_t)t * cols + c];
    }
}

static void scatter_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *ids = step_input(tape, step, 1);
    for (int t = 0; t < ids->cols; t++)
        if (ids->data[t] == row && counts(step, ids, t))
            explain_copy(out, tape, step->inputs[0], t, col);
}

static void scatter_sample(Tape *tape)
{
    int dy = sample_input(tape, "dy", 5, 3), ids = sample_ids(tape, "ids", 5, 7);
    tape_step(tape, &SCATTER_ROWS, HERE("out"), (int[]){dy, ids}, 2, (Attributes){.rows = 7});
}

static bool pick_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *ids = step_input(tape, step, 1);
    *out = (Shape){ids->cols, 1, ids->col_axis};
    return ids->rows == 1 && ids->cols <= step_input(tape, step, 0)->rows;
}

static void pick_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *ids = step_input(tape, step, 1), *out = step_output(tape, step);
    for (int t = 0; t < out->rows; t++)
        out->data[t] = cell_of(a, t, index_at(ids, t, a->cols));
}

static void pick_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    explain_copy(out, tape, step->inputs[0], row,
                 index_at(step_input(tape, step, 1), row, step_input(tape, step, 0)->cols));
}

static void pick_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 5, 7), ids = sample_ids(tape, "ids", 4, 7);
    tape_step(tape, &PICK, HERE("out"), (int[]){a, ids}, 2, (Attributes){0});
}

static bool one_hot_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *ids = step_input(tape, step, 0);
    *out = (Shape){ids->cols, step->attributes.cols, ids->col_axis, ids->counts};
    return ids->rows == 1 && out->cols > 0;
}

static void one_hot_run(const Tape *tape, const Step *step)
{
    const Value *ids = step_input(tape, step, 0), *out = step_output(tape, step);
    memset(out->data, 0, cells_of(out) * sizeof(double));
    for (int t = 0; t < out->rows; t++)
        out->data[(size_t)t * (size_t)out->cols + (size_t)index_at(ids, t, out->cols)] = 1;
}

static void one_hot_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_term(out, step_input(tape, step, 0)->data[row] == col ? 1 : 0);
    explain_cell(out, tape, step->inputs[0], 0, row);
}

static void one_hot_sample(Tape *tape)
{
    tape_step(tape, &ONE_HOT, HERE("out"), (int[]){sample_ids(tape, "ids", 4, 7)}, 1, (Attributes){.cols = 7});
}

static bool find_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *rows = step_input(tape, step, 0), *table = step_input(tape, step, 1);
    *out = (Shape){1, rows->rows, AXIS_NONE, rows->row_axis, table->row_axis};
    return rows->cols == table->cols;
}

static int found_row(const Value *a, int row, const Value *b)
{
    size_t cols = (size_t)a->cols;
    for (int r = 0; r < b->rows; r++)
        if (memcmp(a->data + (size_t)row * cols, b->data + (size_t)r * cols, cols * sizeof(double)) == 0)
            return r;
    check_failed(__FILE__, __LINE__, "row %d stands nowhere in the table", row);
}

static void find_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    for (int t = 0; t < a->rows; t++)
        step_output(tape, step)->data[t] = found_row(a, t, step_input(tape, step, 1));
}

static void find_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    int found = found_row(step_input(tape, step, 0), col, step_input(tape, step, 1));
    explain_term(out, found);
    explain_cell(out, tape, step->inputs[0], col, 0);
    explain_cell(out, tape, step->inputs[1], found, 0);
}

static void find_sample(Tape *tape)
{
    int table = sample_input(tape, "table", 7, 3), ids = sample_ids(tape, "ids", 5, 7);
    int rows = tape_step(tape, &GATHER_ROWS, HERE("rows"), (int[]){table, ids}, 2, (Attributes){0});
    tape_step(tape, &FIND_ROWS, HERE("out"), (int[]){rows, table}, 2, (Attributes){0});
}

const Primitive GATHER_ROWS = {
    .name = "gather_rows", .symbol = "rows", .ascii = "rows", .meaning = "out[t,c] = a[b[0,t], c]",
    .notation = "rows({a}, {b})", .arity = 2, .combine = COMBINE_COPY, .reach = {REACH_COLUMN, REACH_ALL},
    .reads_part = true,
    .shape = gather_shape, .run = gather_run, .explain = gather_explain, .sample = gather_sample,
};
const Primitive SCATTER_ROWS = {
    .name = "scatter_rows", .symbol = "scatter", .ascii = "scatter",
    .meaning = "out[v,c] = sum of a[t,c] over the t with b[0,t] = v", .notation = "scatter({a}, {b})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_COLUMN, REACH_ALL}, .flops_inner = 1,
    .shape = scatter_shape, .run = scatter_run, .explain = scatter_explain, .sample = scatter_sample,
};
const Primitive PICK = {
    .name = "pick", .symbol = "pick", .ascii = "pick", .meaning = "out[t,0] = a[t, b[0,t]]",
    .notation = "pick({a}, {b})", .arity = 2, .combine = COMBINE_COPY, .reach = {REACH_ROW, REACH_ALL},
    .reads_part = true,
    .shape = pick_shape, .run = pick_run, .explain = pick_explain, .sample = pick_sample,
};
const Primitive ONE_HOT = {
    .name = "one_hot", .symbol = "one-hot", .ascii = "one-hot", .meaning = "out[t,c] = 1 where c = a[0,t], else 0",
    .notation = "one-hot({a})", .arity = 1, .combine = COMBINE_FUNCTION,
    .shape = one_hot_shape, .run = one_hot_run, .explain = one_hot_explain, .sample = one_hot_sample,
};
const Primitive FIND_ROWS = {
    .name = "find_rows",
    .symbol = "find",
    .ascii = "find",
    .meaning = "out[0,t] = the first row of b equal to row t of a",
    .notation = "find({a}, {b})",
    .arity = 2,
    .combine = COMBINE_FUNCTION,
    .shape = find_shape,
    .run = find_run,
    .explain = find_explain,
    .sample = find_sample,
};
