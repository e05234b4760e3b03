/* Where to cut a column of numbers in two: what boosted trees are made of.
 *
 *   order         out[f,i] = the row that has the i-th smallest number of column f; of equals the first
 *                             a [N x F], out [F x N]
 *   can_part      out[0,i] = 1 where i is a member and the next member has a larger number, else 0
 *   between       out[0,i] = the middle of a[i] and the next member's number; that number itself where rounding
 *                            leaves nothing between them; a[i] where i is no member or the last
 *                             a, members [1 x N], a in ascending order, out [1 x N-1]
 *   quantiles     out[0,k] = the number that stands (k+1)/(K+1) of the way through a, between two of them in
 *                            proportion               a [1 x N], in ascending order, out [1 x K]
 *   count_up_to   out[0,i] = how many of b are <= a[i]     a [1 x N], b [1 x K], out [1 x N]
 *   largest       out[r,0] = the column of the largest cell of row r; of equals the first
 *
 * Nothing here has a slope: no gradient flows through a tree. */
#include "families.h"
#include "splitting.h"

#include <math.h>

static bool order_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->cols, a->rows, a->col_axis, AXIS_NONE, a->row_axis};
    return true;
}

static bool stands_later(const double *numbers, size_t stride, double row, double other)
{
    double x = numbers[(size_t)row * stride], y = numbers[(size_t)other * stride];
    return x > y || (x == y && row > other);
}

/* Lets the row at `place` of a heap sink below all that stand later. */
static void sink(const double *numbers, size_t stride, double *rows, int place, int count)
{
    double row = rows[place];
    for (int child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && stands_later(numbers, stride, rows[child + 1], rows[child]))
            child++;
        if (!stands_later(numbers, stride, rows[child], row))
            break;
        rows[place] = rows[child];
    }
    rows[place] = row;
}

/* Heap sort: in place, and no order of the numbers makes it slow. */
void ascending_rows(const double *numbers, size_t stride, int count, double *rows)
{
    for (int i = 0; i < count; i++)
        rows[i] = i;
    for (int i = count / 2 - 1; i >= 0; i--)
        sink(numbers, stride, rows, i, count);
    for (int end = count - 1; end > 0; end--) {
        double last = rows[end];
        rows[end] = rows[0];
        rows[0] = last;
        sink(numbers, stride, rows, 0, end);
    }
}

static void order_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    for (int f = 0; f < a->cols; f++)
        ascending_rows(a->data + f, (size_t)a->cols, a->rows, out->data + (size_t)f * (size_t)a->rows);
}

/* The row's number and its neighbours' in the order. */
static void order_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0), *rows = step_output(tape, step);
    explain_term(out, cell_of(rows, row, col));
    explain_cell(out, tape, step->inputs[0], (int)cell_of(rows, row, col), row);
    for (int i = col - 1; i <= col + 1; i += 2)
        if (i >= 0 && i < a->rows)
            explain_cell(out, tape, step->inputs[0], (int)cell_of(rows, row, i), row);
        else
            explain_constant(out, i < 0 ? -INFINITY : INFINITY);
}

static void order_sample(Tape *tape)
{
    static double tied[] = {2, 0.5, 1, 0.5, 2, -1, 1, 3, 0, -2};
    tape_step(tape, &ORDER, HERE("out"), (int[]){sample_input(tape, "a", 7, 3)}, 1, (Attributes){0});
    int ties = tape_leaf(tape, KIND_INPUT, "ties", (Shape){5, 2}, tied);
    tape_step(tape, &ORDER, HERE("tie"), (int[]){ties}, 1, (Attributes){0});
}

static bool parting_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0), *members = step_input(tape, step, 1);
    *out = (Shape){1, a->cols - 1, AXIS_NONE, AXIS_NONE};
    return a->rows == 1 && a->cols > 1 && members->rows == 1 && members->cols == a->cols;
}

/* The next member behind i, or -1; also where i itself is none. */
static int next_member(const Value *members, int i)
{
    if (members->data[i] == 0)
        return -1;
    for (int j = i + 1; j < members->cols; j++)
        if (members->data[j] != 0)
            return j;
    return -1;
}

static bool parts_here(const Value *a, const Value *members, int i)
{
    int next = next_member(members, i);
    return next >= 0 && a->data[next] > a->data[i];
}

/* The next member of each place is that of the one behind it, so both walk from the end. */
static void can_part_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *members = step_input(tape, step, 1), *out = step_output(tape, step);
    int next = members->data[a->cols - 1] != 0 ? a->cols - 1 : -1;
    for (int i = a->cols - 2; i >= 0; i--) {
        bool member = members->data[i] != 0;
        out->data[i] = member && next >= 0 && a->data[next] > a->data[i];
        next = member ? i : next;
    }
}

static void explain_neighbours(const Tape *tape, const Step *step, int col, Explanation *out)
{
    int next = next_member(step_input(tape, step, 1), col);
    explain_cell(out, tape, step->inputs[0], 0, col);
    if (next >= 0)
        explain_cell(out, tape, step->inputs[0], 0, next);
    else
        explain_cell(out, tape, step->inputs[1], 0, col);
}

static void can_part_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    explain_term(out, parts_here(step_input(tape, step, 0), step_input(tape, step, 1), col));
    explain_neighbours(tape, step, col, out);
}

double middle(double low, double high)
{
    double half = low / 2 + high / 2;
    return half > low ? half : high;
}

static void between_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *members = step_input(tape, step, 1), *out = step_output(tape, step);
    int next = members->data[a->cols - 1] != 0 ? a->cols - 1 : -1;
    for (int i = a->cols - 2; i >= 0; i--) {
        bool member = members->data[i] != 0;
        out->data[i] = member && next >= 0 ? middle(a->data[i], a->data[next]) : a->data[i];
        next = member ? i : next;
    }
}

static void between_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *a = step_input(tape, step, 0);
    int next = next_member(step_input(tape, step, 1), col);
    explain_term(out, next >= 0 ? middle(a->data[col], a->data[next]) : a->data[col]);
    explain_neighbours(tape, step, col, out);
}

/* Numbers in ascending order, two of them equal, of which the third and the last are no members. */
static void sample_sorted(Tape *tape, int *a, int *members)
{
    static double numbers[] = {-1, 0.5, 0.7, 2, 2, 3.5, 9}, in[] = {1, 1, 0, 1, 1, 1, 0};
    *a = tape_leaf(tape, KIND_INPUT, "a", (Shape){1, 7}, numbers);
    *members = tape_leaf(tape, KIND_INPUT, "members", (Shape){1, 7}, in);
}

static void can_part_sample(Tape *tape)
{
    int a, members;
    sample_sorted(tape, &a, &members);
    tape_step(tape, &CAN_PART, HERE("out"), (int[]){a, members}, 2, (Attributes){0});
}

static void between_sample(Tape *tape)
{
    int a, members;
    sample_sorted(tape, &a, &members);
    tape_step(tape, &BETWEEN, HERE("out"), (int[]){a, members}, 2, (Attributes){0});
}

static bool quantiles_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){1, step->attributes.cols, AXIS_NONE, AXIS_NONE};
    return a->rows == 1 && step->attributes.cols > 0;
}

double quantile(const double *sorted, int count, int k, int of)
{
    double place = (double)(count - 1) * (k + 1) / (of + 1);
    int low = (int)place, high = low + 1 < count ? low + 1 : low;
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

static void quantiles_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    for (int k = 0; k < out->cols; k++)
        out->data[k] = quantile(a->data, a->cols, k, out->cols);
}

static void quantiles_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *a = step_input(tape, step, 0);
    int of = step->attributes.cols, low = (int)((double)(a->cols - 1) * (col + 1) / (of + 1));
    explain_term(out, quantile(a->data, a->cols, col, of));
    explain_cell(out, tape, step->inputs[0], 0, low);
    explain_cell(out, tape, step->inputs[0], 0, low + 1 < a->cols ? low + 1 : low);
    explain_constant(out, (double)(a->cols - 1) * (col + 1) / (of + 1) - low);
}

static void quantiles_sample(Tape *tape)
{
    int a, members;
    sample_sorted(tape, &a, &members);
    tape_step(tape, &QUANTILES, HERE("out"), (int[]){a}, 1, (Attributes){.cols = 4});
}

static bool count_up_to_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    *out = (Shape){1, a->cols, AXIS_NONE, a->col_axis};
    return a->rows == 1 && b->rows == 1;
}

static void count_up_to_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1), *out = step_output(tape, step);
    for (int i = 0; i < a->cols; i++) {
        double count = 0;
        for (int k = 0; k < b->cols; k++)
            count += b->data[k] <= a->data[i];
        out->data[i] = count;
    }
}

/* The number, and its neighbours in b: the last that is not larger and the first that is. */
static void count_up_to_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    int below = -1, above = -1;
    for (int k = 0; k < b->cols; k++)
        if (b->data[k] <= a->data[col])
            below = below < 0 || b->data[k] >= b->data[below] ? k : below;
        else
            above = above < 0 || b->data[k] < b->data[above] ? k : above;
    explain_term(out, cell_of(step_output(tape, step), 0, col));
    explain_cell(out, tape, step->inputs[0], 0, col);
    if (below >= 0)
        explain_cell(out, tape, step->inputs[1], 0, below);
    else
        explain_constant(out, -INFINITY);
    if (above >= 0)
        explain_cell(out, tape, step->inputs[1], 0, above);
    else
        explain_constant(out, INFINITY);
}

static void count_up_to_sample(Tape *tape)
{
    int a, members, edges;
    sample_sorted(tape, &a, &members);
    edges = tape_step(tape, &QUANTILES, HERE("edges"), (int[]){a}, 1, (Attributes){.cols = 3});
    tape_step(tape, &COUNT_UP_TO, HERE("out"), (int[]){a, edges}, 2, (Attributes){0});
}

static bool largest_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->rows, 1, a->row_axis, AXIS_NONE, a->col_axis};
    return true;
}

/* The column of the largest cell that comes behind `behind` in the order of a row, from -1 the first; -1: none. */
static int next_largest(const double *row, int count, int behind)
{
    int best = -1;
    for (int c = 0; c < count; c++) {
        bool later = behind < 0 || row[c] < row[behind] || (row[c] == row[behind] && c > behind);
        if (later && (best < 0 || row[c] > row[best]))
            best = c;
    }
    return best;
}

static void largest_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    for (int r = 0; r < a->rows; r++) {
        int found = next_largest(a->data + (size_t)r * (size_t)a->cols, a->cols, -1);
        step_output(tape, step)->data[r] = found < 0 ? 0 : found; /* numbers that are none are not compared */
    }
}

/* The winner, and the two that would have been next. */
static void largest_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)col;
    const Value *a = step_input(tape, step, 0);
    int found = -1;
    explain_term(out, cell_of(step_output(tape, step), row, 0));
    for (int i = 0; i < TERM_CELLS && i < a->cols; i++) {
        found = next_largest(a->data + (size_t)row * (size_t)a->cols, a->cols, found);
        if (found < 0)
            break;
        explain_cell(out, tape, step->inputs[0], row, found);
    }
    for (int i = out->terms[0].cell_count; i < TERM_CELLS; i++)
        explain_constant(out, -INFINITY); /* fewer than three cells */
}

static void largest_sample(Tape *tape)
{
    static double tied[] = {1, 3, 0, 3, -1, -1, -2, -1};
    tape_step(tape, &LARGEST, HERE("out"), (int[]){sample_input(tape, "a", 3, 5)}, 1, (Attributes){0});
    int ties = tape_leaf(tape, KIND_INPUT, "ties", (Shape){2, 4}, tied);
    tape_step(tape, &LARGEST, HERE("tie"), (int[]){ties}, 1, (Attributes){0});
}

const Primitive ORDER = {
    .name = "order", .symbol = "order", .ascii = "order",
    .meaning = "out[f,i] = the row with the i-th smallest number of column f, of equals the first",
    .notation = "order({a})", .arithmetic = "order({a}, {b}, {c})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ALL}, .flops_inner = 1,
    .shape = order_shape, .run = order_run, .explain = order_explain, .sample = order_sample,
};
const Primitive CAN_PART = {
    .name = "can_part", .symbol = "can part", .ascii = "can part",
    .meaning = "out[0,i] = 1 where i is a member of b and the next member has a larger number of a, else 0",
    .notation = "can part({a}; {b})", .arithmetic = "can part({a}, {b})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW, REACH_ROW}, .flops = 1,
    .shape = parting_shape, .run = can_part_run, .explain = can_part_explain, .sample = can_part_sample,
};
const Primitive BETWEEN = {
    .name = "between", .symbol = "between", .ascii = "between",
    .meaning = "out[0,i] = the middle of a[0,i] and the number of the next member of b",
    .notation = "between({a}; {b})", .arithmetic = "between({a}, {b})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW, REACH_ROW}, .flops = 3,
    .shape = parting_shape, .run = between_run, .explain = between_explain, .sample = between_sample,
};
const Primitive QUANTILES = {
    .name = "quantiles", .symbol = "quantiles", .ascii = "quantiles",
    .meaning = "out[0,k] = the number that stands (k+1)/(K+1) of the way through the row",
    .notation = "quantiles({a}; {cols})", .arithmetic = "quantile({a}, {b}; {c})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW}, .flops = 3,
    .shape = quantiles_shape, .run = quantiles_run, .explain = quantiles_explain, .sample = quantiles_sample,
};
const Primitive COUNT_UP_TO = {
    .name = "count_up_to", .symbol = "count up to", .ascii = "count up to",
    .meaning = "out[0,i] = how many cells of b are at most a[0,i]", .notation = "count up to({a}; {b})",
    .arithmetic = "count up to({a}; {b}, {c})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_CELL, REACH_ALL}, .flops_inner = 1,
    .shape = count_up_to_shape, .run = count_up_to_run, .explain = count_up_to_explain, .sample = count_up_to_sample,
};
const Primitive LARGEST = {
    .name = "largest", .symbol = "largest", .ascii = "largest",
    .meaning = "out[r,0] = the column of the largest cell of row r, of equals the first",
    .notation = "largest({a})", .arithmetic = "largest({a}, {b}, {c})",
    .arity = 1, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW}, .flops_inner = 1,
    .shape = largest_shape, .run = largest_run, .explain = largest_explain, .sample = largest_sample,
};
