/* The mean of rows: the words around a gap, the words of a sentence. Chapter 27.
 *
 *   y[c] = sum over t of x[t][c] / T           x [T x d], y [1 x d]
 *   dx[t] = dy / T in every row */
#include "rule.h"

int mean_of_rows(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &MEAN_OF_ROWS);
    int rows = tape_value(tape, x)->rows;
    int sum = column_sum(tape, HERE("sum"), x);
    int y = divide_by(tape, RESULT(name), sum, rows);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = sum of the rows / T */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    const Value *x = tape_value(tape, call->inputs[0]);
    int rows = x->rows, axis = x->row_axis;
    double *first = tape_room(tape, 1, rows);
    for (int t = 0; first && t < rows; t++)
        first[t] = 0;
    int share = divide_by(tape, HERE("share"), dy, rows);
    int every = tape_leaf(tape, KIND_INPUT, "every", (Shape){1, rows, .col_axis = axis}, first);
    to->grad[0] = gather_rows(tape, TO(to, 0, "dx"), share, every);
}

static int sample(Tape *tape, bool twice)
{
    (void)twice;
    return mean_of_rows(tape, "y", sample_weight(tape, "x", 4, 3));
}

const Rule MEAN_OF_ROWS = {
    .words = "many rows become one: their mean",
    .words_back = "every row gets an equal share of the gradient",
    .name = "mean_of_rows", .chapter = 27, .forward = "y = Σ rows of x / T", .back = "∂x = ∂y / T in every row",
    .ascii_forward = "y = sum of the rows of x / T", .ascii_back = "dx = dy / T in every row",
    .backward = backward_part, .sample = sample,
};
