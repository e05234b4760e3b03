/* Totals: all cells of one value, or of several, into the one number that is trained. Chapter 11.
 *
 *   total  y = sum of x            dx = dy in every cell
 *   mean   y = sum of x / n        dx = dy / n in every cell, n the cells of all of them together
 *
 * A batch has one value a sequence: their sums stand side by side and are added up. So a short sequence
 * weighs as much as it has targets, which the mean of means would not do. */
#include "rule.h"

/* The i-th label of several alike: "sum", "sum.2", "sum.3". */
#define ITH(local_, i) \
    (&(const Label){.kind = LABEL_HERE, .local = (local_), .base = -1, .from = -1, .repeat = (i) ? (i) + 1 : 0, \
                    .tag = (local_), .file = __FILE__, .line = __LINE__})

static double cells_in(const Tape *tape, const int *parts, int count)
{
    double cells = 0;
    for (int i = 0; i < count; i++)
        cells += (double)cells_of(tape_value(tape, parts[i]));
    return cells;
}

/* The sums of several values, added up. */
static int sum_of_sums(Tape *tape, const Label *label, const int *parts, int count)
{
    int *sums = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        bool column = tape_value(tape, parts[i])->cols == 1;
        sums[i] = column_sum(tape, column ? ITH("sum", i) : ITH("columns", i), parts[i]);
        if (!column)
            sums[i] = row_sum(tape, ITH("sum", i), sums[i]);
    }
    return row_sum(tape, label, concat(tape, HERE("sums"), sums, count));
}

/* A number in every cell of a value's form. */
static int spread(Tape *tape, const Label *name, int number, int form)
{
    const Value *of = tape_value(tape, form);
    Label label = label_with_axes(name, of->row_axis, of->col_axis, AXIS_NONE);
    return broadcast(tape, &label, number, of->rows, of->cols);
}

int total(Tape *tape, const char *name, const int *parts, int count)
{
    tape_begin(tape, name, -1, &TOTAL);
    int y;
    if (count > 1) {
        y = sum_of_sums(tape, RESULT(name), parts, count);
    } else {
        bool column = tape_value(tape, parts[0])->cols == 1;
        y = column_sum(tape, column ? RESULT(name) : HERE("columns"), parts[0]);
        y = column ? y : row_sum(tape, RESULT(name), y);
    }
    return tape_call(tape, (Call){.inputs = parts, .input_count = count, .output = y});
}

/* forward:  y = sum of x */
static void total_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    for (int i = 0; i < call->input_count; i++)
        if (wants_gradient(to, i))
            to->grad[i] = spread(tape, TO(to, i, "dx"), dy, call->inputs[i]);
}

static int total_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, twice ? 1 : 3);
    return total(tape, "y", &x, 1);
}

static int total_of_several(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 1);
    return total(tape, "y", (int[]){x, twice ? x : sample_weight(tape, "z", 2, 3)}, 2);
}

const Rule TOTAL = {
    .words = "one number in the end: the sum of all",
    .words_back = "a sum hands its gradient to everyone",
    .name = "total",
    .chapter = 11,
    .forward = "y = Σ x",
    .back = "∂x = ∂y in every cell",
    .ascii_forward = "y = sum of x",
    .ascii_back = "dx = dy in every cell",
    .backward = total_backward,
    .sample = total_sample,
    .other_sample = total_of_several,
};

int mean(Tape *tape, const char *name, const int *parts, int count)
{
    tape_begin(tape, name, -1, &MEAN);
    double share = 1.0 / cells_in(tape, parts, count);
    int sum;
    if (count > 1) {
        sum = sum_of_sums(tape, HERE("all"), parts, count);
    } else {
        sum = column_sum(tape, HERE("sum"), parts[0]);
        sum = tape_value(tape, parts[0])->cols == 1 ? sum : row_sum(tape, HERE("row_sum"), sum);
    }
    int y = scale(tape, RESULT(name), sum, share);
    return tape_call(tape, (Call){.inputs = parts, .input_count = count, .output = y,
                                  .attributes = {.constants = {share}}});
}

/* forward:  y = sum of x / n */
static void mean_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int share = scale(tape, HERE("share"), dy, call->attributes.constants[0]);
    for (int i = 0; i < call->input_count; i++)
        if (wants_gradient(to, i))
            to->grad[i] = spread(tape, TO(to, i, "dx"), share, call->inputs[i]);
}

static int mean_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, twice ? 1 : 3);
    return mean(tape, "y", &x, 1);
}

static int mean_of_several(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 1);
    return mean(tape, "y", (int[]){x, twice ? x : sample_weight(tape, "z", 2, 3)}, 2);
}

const Rule MEAN = {
    .words = "one number in the end: the mean of all",
    .words_back = "everyone gets an equal share of the gradient",
    .name = "mean", .chapter = 11, .forward = "y = Σ x / n", .back = "∂x = ∂y / n in every cell",
    .ascii_forward = "y = sum of x / n", .ascii_back = "dx = dy / n in every cell",
    .backward = mean_backward, .sample = mean_sample, .other_sample = mean_of_several,
};
