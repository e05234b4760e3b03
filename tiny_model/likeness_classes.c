/* Classes of vectors, from rows whose class is known; see likeness.h. Chapter 33.
 *
 *   neighbours   the k rows with the smallest |x_i - q|, of equals the first; how many of them each class has
 *   logistic     p = sigmoid(x w + b), loss = mean of -(y ln p + (1 - y) ln(1 - p))
 *                dz = (p - y) / N,  dw = x^T dz,  db = the sum of dz,  w <- w - rate dw,  b <- b - rate db */
#include "likeness.h"

#include "record.h"

Neighbours likeness_neighbours(Tape *tape, int rows, int query, int classes, int k)
{
    tape_begin(tape, "neighbours", -1, NULL);
    short axis = tape_value(tape, classes)->counts;
    int difference = sub_row(tape, HERE("difference"), rows, query);
    int distance = square_root(tape, HERE("distance"), row_sum_of_squares(tape, HERE("squares"), difference));
    int nearest = slice_columns(tape, HERE("nearest"), order(tape, HERE("order"), distance), 0, k);
    int found = gather_rows(tape, HERE("found"), classes, nearest);
    int votes = one_hot(tape, HERE("votes"), transpose(tape, HERE("classes"), found), tape->axes[axis].size);
    int sum = column_sum(tape, HERE("sum"), votes);
    int shares = divide_by(tape, HERE("shares"), sum, k);
    tape_end(tape);
    return (Neighbours){distance, nearest, shares};
}

/* The loss of each column, from z = x w + b: ln p and ln(1 - p) are ln sigmoid of z and of -z. */
static int record_loss(Tape *tape, int logit, int y)
{
    int count = tape_value(tape, y)->rows;
    int side = add_constant(tape, HERE("side"), scale(tape, HERE("twice"), y, 2), -1);
    int log = logarithm_of_logistic(tape, HERE("log"), multiply(tape, HERE("towards"), logit, side));
    return divide_by(tape, HERE("loss"), column_sum(tape, HERE("sum"), log), -count);
}

Logistic likeness_logistic(Tape *tape, int x, int y, double rate, int steps)
{
    const Value *of = tape_value(tape, y), *points = tape_value(tape, x);
    int count = of->rows;
    short feature = points->col_axis, class = of->col_axis;
    tape_begin(tape, "logistic", -1, NULL);
    Label w_0 = label_with_axes(HERE("w_0"), feature, class, AXIS_NONE);
    Label b_0 = label_with_axes(HERE("b_0"), AXIS_NONE, class, AXIS_NONE);
    Logistic now = {fill(tape, &w_0, 0, points->cols, of->cols), fill(tape, &b_0, 0, 1, of->cols), -1};
    for (int step = 0; step < steps; step++) {
        tape_begin(tape, "step", step, NULL);
        int logit = add_row(tape, HERE("logit"), matmul(tape, HERE("product"), x, now.w), now.b);
        int p = logistic(tape, HERE("probability"), logit);
        now.loss = record_loss(tape, logit, y);
        int error = divide_by(tape, HERE("logit_grad"), subtract(tape, HERE("error"), p, y), count);
        int w_grad = matmul_at(tape, HERE("w_grad"), x, error), b_grad = column_sum(tape, HERE("b_grad"), error);
        now.w = decayed_step(tape, HERE("w"), now.w, w_grad, 1, rate);
        now.b = decayed_step(tape, HERE("b"), now.b, b_grad, 1, rate);
        tape_end(tape);
    }
    tape_end(tape);
    return now;
}

int likeness_probability(Tape *tape, Logistic of, int query)
{
    tape_begin(tape, "answer", -1, NULL);
    int logit = add_row(tape, HERE("logit"), matmul(tape, HERE("product"), query, of.w), of.b);
    int p = logistic(tape, RESULT("answer"), logit);
    tape_end(tape);
    return p;
}
