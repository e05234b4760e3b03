/* Linear: y = x W + b. Chapters 4 and 9.
 *
 *   y[t][c] = sum over k of x[t][k] * W[k][c] + b[c]        x [T x n], W [n x m], b [1 x m]
 *   x[t][k] reaches every y[t][c] through W[k][c]:          dx = dy W^T
 *   W[k][c] reaches y[t][c] through x[t][k], for every t:   dW = x^T dy
 *   b[c] reaches y[t][c] as it is, for every t:             db = column sums of dy
 *
 * The tied form reads W [m x n] transposed: the token table used again as the head. */
#include "rule.h"

static int record(Tape *tape, const Rule *rule, const char *name, int x, int w, int b)
{
    tape_begin(tape, name, -1, rule);
    const Label *product_label = b < 0 ? RESULT(name) : HERE("product");
    int y = rule == &TIED_LINEAR ? matmul_bt(tape, product_label, x, w) : matmul(tape, product_label, x, w);
    if (b >= 0)
        y = add_row(tape, RESULT(name), y, b);
    return tape_call(tape, (Call){.inputs = (int[]){x, w, b}, .input_count = b < 0 ? 2 : 3, .output = y});
}

int linear(Tape *tape, const char *name, int x, int w, int b)
{
    return record(tape, &LINEAR, name, x, w, b);
}

/* forward:  y = x W + b */
static void linear_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int x = call->inputs[0], w = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = matmul_bt(tape, TO(to, 0, "dx"), dy, w);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dW"), x, dy);
    if (call->input_count == 3 && wants_gradient(to, 2))
        to->grad[2] = column_sum(tape, TO(to, 2, "db"), dy);
}

static int linear_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 4);
    return linear(tape, "y", x, twice ? x : sample_weight(tape, "W", 4, 5),
                  twice ? -1 : sample_weight(tape, "b", 1, 5));
}

const Rule LINEAR = {
    .words = "every row is mixed anew: each result is a weighted sum of the row's numbers",
    .words_back = "the gradient goes back through the weights, and tells every weight its own",
    .name = "linear", .chapter = 4,
    .forward = "y = x W + b", .back = "∂x = ∂y Wᵀ,  ∂W = xᵀ ∂y,  ∂b = Σ rows of ∂y",
    .ascii_forward = "y = x W + b", .ascii_back = "dx = dy W^T,  dW = x^T dy,  db = sum of the rows of dy",
    .backward = linear_backward, .sample = linear_sample,
};

int tied_linear(Tape *tape, const char *name, int x, int w, int b)
{
    return record(tape, &TIED_LINEAR, name, x, w, b);
}

/* forward:  y = x W^T + b */
static void tied_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int x = call->inputs[0], w = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = matmul(tape, TO(to, 0, "dx"), dy, w);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dW"), dy, x);
    if (call->input_count == 3 && wants_gradient(to, 2))
        to->grad[2] = column_sum(tape, TO(to, 2, "db"), dy);
}

static int tied_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 3);
    return tied_linear(tape, "y", x, twice ? x : sample_weight(tape, "W", 5, 3),
                       twice ? -1 : sample_weight(tape, "b", 1, 5));
}

const Rule TIED_LINEAR = {
    .words = "every row is compared with every row of the embedding table",
    .words_back = "the gradient goes back through the table, and tells the table its own",
    .name = "tied_linear", .chapter = 11,
    .forward = "y = x Wᵀ + b", .back = "∂x = ∂y W,  ∂W = ∂yᵀ x,  ∂b = Σ rows of ∂y",
    .ascii_forward = "y = x W^T + b", .ascii_back = "dx = dy W,  dW = dy^T x,  db = sum of the rows of dy",
    .backward = tied_backward, .sample = tied_sample,
};
