/* The pieces of an attention head beside softmax. Vaswani et al. 2017, section 3.2. Chapters 5, 6, 8.
 *
 *   scores = Q K^T             dQ = dS K,  dK = dS^T Q
 *   scaled = scores / sqrt(d_k)
 *   biased = scaled - slope * distance         ALiBi, Press et al. 2021
 *   masked = scaled where column <= row, else -inf: a masked score moves nothing, its gradient is 0
 *            with a window w also -inf where column <= row - w
 *   output = A V               dA = dO V^T, dV = A^T dO
 *   concat = heads side by side: every head takes its columns of the gradient back */
#include "rule.h"

#include <math.h>

int scores(Tape *tape, const char *frame, const char *result, int q, int k)
{
    tape_begin(tape, frame, -1, &SCORES);
    int y = matmul_bt(tape, RESULT(result), q, k);
    return tape_call(tape, (Call){.inputs = (int[]){q, k}, .input_count = 2, .output = y});
}

/* forward:  S = Q K^T */
static void scores_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int q = call->inputs[0], k = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = matmul(tape, TO(to, 0, "dQ"), dy, k);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dK"), dy, q);
}

int scaled(Tape *tape, const char *frame, const char *result, int x, double divisor)
{
    tape_begin(tape, frame, -1, &SCALED);
    int y = divide_by(tape, RESULT(result), x, divisor);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.constants = {divisor}}});
}

/* forward:  y = x / divisor */
static void scaled_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = divide_by(tape, TO(to, 0, "dx"), dy, call->attributes.constants[0]);
}

int scaled_by(Tape *tape, const char *frame, const char *result, int x, double factor)
{
    tape_begin(tape, frame, -1, &SCALED_BY);
    int y = scale(tape, RESULT(result), x, factor);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.constants = {factor}}});
}

/* forward:  y = factor x */
static void scaled_by_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = scale(tape, TO(to, 0, "dx"), dy, call->attributes.constants[0]);
}

int distance_bias(Tape *tape, const char *frame, const char *result, int x, int distance, double slope)
{
    tape_begin(tape, frame, -1, &DISTANCE_BIAS);
    int bias = scale(tape, HERE("bias"), distance, -slope);
    int y = add(tape, RESULT(result), x, bias);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

int masked(Tape *tape, const char *frame, const char *result, int x, int window)
{
    tape_begin(tape, frame, -1, &MASKED);
    int y = causal_mask(tape, RESULT(result), x, -INFINITY, window);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .attributes = {.cols = window}});
}

/* forward:  y = x where column <= row, else -inf */
static void masked_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = causal_mask(tape, TO(to, 0, "dx"), dy, 0, call->attributes.cols);
}

int weighted_sum(Tape *tape, const char *frame, const char *result, int weights, int v)
{
    tape_begin(tape, frame, -1, &WEIGHTED_SUM);
    int y = matmul(tape, RESULT(result), weights, v);
    return tape_call(tape, (Call){.inputs = (int[]){weights, v}, .input_count = 2, .output = y});
}

/* forward:  O = A V */
static void weighted_sum_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int a = call->inputs[0], v = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = matmul_bt(tape, TO(to, 0, "dA"), dy, v);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dV"), a, dy);
}

int concat_heads(Tape *tape, const char *frame, const char *result, const int *heads, int count)
{
    tape_begin(tape, frame, -1, &CONCAT_HEADS);
    int y = concat(tape, RESULT(result), heads, count);
    return tape_call(tape, (Call){.inputs = heads, .input_count = count, .output = y});
}

/* forward:  y = head0 | head1 | ... */
static void concat_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int offset = 0;
    for (int i = 0; i < call->input_count; i++) {
        int cols = tape_value(tape, call->inputs[i])->cols;
        if (wants_gradient(to, i))
            to->grad[i] = slice_columns(tape, TO(to, i, "dx"), dy, offset, cols);
        offset += cols;
    }
}

/* forward:  y = x + bias */
static void pass_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    (void)call;
    to->grad[0] = copy(tape, TO(to, 0, "dx"), dy);
}

static int scores_sample(Tape *tape, bool twice)
{
    int q = sample_weight(tape, "Q", 5, 3);
    return scores(tape, "scores", "y", q, twice ? q : sample_weight(tape, "K", 5, 3));
}

static int scaled_sample(Tape *tape, bool twice)
{
    (void)twice;
    return scaled(tape, "scaled", "y", sample_weight(tape, "x", 4, 4), 1.7);
}

static int scaled_by_sample(Tape *tape, bool twice)
{
    (void)twice;
    return scaled_by(tape, "scaled", "y", sample_weight(tape, "x", 4, 4), 1.7);
}

static int bias_sample(Tape *tape, bool twice)
{
    (void)twice;
    return distance_bias(tape, "biased", "y", sample_weight(tape, "x", 4, 4), sample_input(tape, "distance", 4, 4), 0.25);
}

/* The mask as attention uses it: with the softmax behind it, since -inf has no slope of its own. */
static int masked_sample(Tape *tape, bool twice)
{
    int window = twice ? 2 : 0;
    return softmax(tape, "softmax", "y", masked(tape, "masked", "x.masked", sample_weight(tape, "x", 4, 4), window));
}

static int weighted_sum_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "A", 4, 4);
    return weighted_sum(tape, "output", "y", a, twice ? a : sample_weight(tape, "V", 4, 3));
}

static int concat_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "a", 4, 2);
    return concat_heads(tape, "concat", "y", (int[]){a, twice ? a : sample_weight(tape, "b", 4, 3)}, 2);
}

const Rule SCORES = {
    .name = "scores", .chapter = 5, .forward = "S = Q Kᵀ", .back = "∂Q = ∂S K,  ∂K = ∂Sᵀ Q",
    .ascii_forward = "S = Q K^T", .ascii_back = "dQ = dS K,  dK = dS^T Q",
    .backward = scores_backward, .sample = scores_sample,
};
const Rule SCALED = {
    .name = "scaled", .chapter = 5, .forward = "y = x / √d_k", .back = "∂x = ∂y / √d_k",
    .ascii_forward = "y = x / sqrt(d_k)", .ascii_back = "dx = dy / sqrt(d_k)",
    .backward = scaled_backward, .sample = scaled_sample,
};
const Rule SCALED_BY = {
    .name = "scaled_by", .chapter = 3, .forward = "y = k x", .back = "∂x = k ∂y",
    .ascii_forward = "y = k x", .ascii_back = "dx = k dy",
    .backward = scaled_by_backward, .sample = scaled_by_sample,
};
const Rule DISTANCE_BIAS = {
    .name = "distance_bias", .chapter = 5, .forward = "y = x − slope · distance", .back = "∂x = ∂y",
    .ascii_forward = "y = x - slope * distance", .ascii_back = "dx = dy",
    .backward = pass_backward, .sample = bias_sample,
};
const Rule MASKED = {
    .name = "masked", .chapter = 6, .forward = "y = x where column ≤ row, else −∞",
    .back = "∂x = ∂y where column ≤ row, else 0",
    .ascii_forward = "y = x where column <= row, else -inf", .ascii_back = "dx = dy where column <= row, else 0",
    .backward = masked_backward, .sample = masked_sample,
};
const Rule WEIGHTED_SUM = {
    .name = "weighted_sum", .chapter = 8, .forward = "O = A V", .back = "∂A = ∂O Vᵀ,  ∂V = Aᵀ ∂O",
    .ascii_forward = "O = A V", .ascii_back = "dA = dO V^T,  dV = A^T dO",
    .backward = weighted_sum_backward, .sample = weighted_sum_sample,
};
const Rule CONCAT_HEADS = {
    .name = "concat_heads", .chapter = 8, .forward = "y = head0 | head1 | …", .back = "∂head h = its columns of ∂y",
    .ascii_forward = "y = head0 | head1 | ...", .ascii_back = "d head h = its columns of dy",
    .backward = concat_backward, .sample = concat_sample,
};
