/* Softmax: every row of scores becomes positive weights that sum to 1. Chapter 7; backward chapter 14.
 *
 *   P[r][c] = exp(x[r][c] - m[r]) / sum over j of exp(x[r][j] - m[r]),   m[r] the largest of row r
 *
 * Taking the largest away changes nothing but keeps exp from overflowing; exp(-inf) is exactly 0.
 *
 * Every weight of a row depends on every score of it, since the row has to sum to 1:
 *   dP[c]/dx[k] = P[c] (1 if c = k else 0) - P[c] P[k]
 *   dx = P * (dP - rowsum(dP * P))                    so the gradients of a row sum to 0 */
#include "rule.h"

int softmax(Tape *tape, const char *frame, const char *result, int x)
{
    tape_begin(tape, frame, -1, &SOFTMAX);
    int max = row_max(tape, HERE("max"), x);
    int shifted = sub_col(tape, HERE("shifted"), x, max);
    int exps = exponential(tape, HERE("exp"), shifted);
    int sum = row_sum(tape, HERE("sum"), exps);
    int p = div_col(tape, RESULT(result), exps, sum);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = p});
}

/* forward:  P = exp(x - max) / rowsum(exp(x - max)) */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int p = call->output;
    int product = multiply(tape, HERE("product"), dy, p);
    int sum = row_sum(tape, HERE("sum"), product);
    int centered = sub_col(tape, HERE("centered"), dy, sum);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), p, centered);
}

static int sample(Tape *tape, bool twice)
{
    (void)twice;
    return softmax(tape, "softmax", "y", sample_weight(tape, "x", 4, 5));
}

const Rule SOFTMAX = {
    .words = "every row of scores becomes shares that are positive and sum to 1",
    .words_back = "a share grows only at the cost of the others: each row of the gradient sums to 0",
    .name = "softmax", .chapter = 7,
    .forward = "P = exp(x − max) / Σ exp(x − max), row by row",
    .back = "∂x = P ⊙ (∂P − Σ row of ∂P ⊙ P)",
    .ascii_forward = "P = exp(x - max) / sum(exp(x - max)), row by row", .ascii_back = "dx = P * (dP - rowsum(dP * P))",
    .backward = backward_part, .sample = sample,
};
