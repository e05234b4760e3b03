/* How much every query asks of every key, before softmax. Vaswani et al. 2017, section 3.2.
 * Chapters 5 and 6; backward chapter 14.
 *
 *   scores = Q K^T                             dQ = dS K,  dK = dS^T Q
 *   biased = scores - slope * distance         ALiBi, Press et al. 2021
 *   masked = scores where column <= row, else -inf: a masked score moves nothing, its gradient is 0
 *            with a window w also -inf where column <= row - w */
#include "rule.h"

#include <math.h>

int scores(Tape *tape, const char *name, int q, int k)
{
    tape_begin(tape, name, -1, &SCORES);
    int y = matmul_bt(tape, RESULT(name), q, k);
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

static int scores_sample(Tape *tape, bool twice)
{
    int q = sample_weight(tape, "Q", 5, 3);
    return scores(tape, "y", q, twice ? q : sample_weight(tape, "K", 5, 3));
}

const Rule SCORES = {
    .words = "every query meets every key: how well does one token fit the other?",
    .words_back = "queries learn from the keys that they met, keys from the queries",
    .name = "scores", .chapter = 5, .forward = "S = Q Kᵀ", .back = "∂Q = ∂S K,  ∂K = ∂Sᵀ Q",
    .ascii_forward = "S = Q K^T", .ascii_back = "dQ = dS K,  dK = dS^T Q",
    .backward = scores_backward, .sample = scores_sample,
};

int distance_bias(Tape *tape, const char *name, int x, int distance, double slope)
{
    tape_begin(tape, name, -1, &DISTANCE_BIAS);
    int bias = scale(tape, HERE("bias"), distance, -slope);
    int y = add(tape, RESULT(name), x, bias);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = x + bias */
static void bias_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    (void)call;
    to->grad[0] = copy(tape, TO(to, 0, "dx"), dy);
}

static int bias_sample(Tape *tape, bool twice)
{
    (void)twice;
    return distance_bias(tape, "y", sample_weight(tape, "x", 4, 4), sample_input(tape, "distance", 4, 4), 0.25);
}

const Rule DISTANCE_BIAS = {
    .words = "what lies further back loses points",
    .words_back = "a fixed number was subtracted, so the gradient goes through unchanged",
    .name = "distance_bias", .chapter = 5, .forward = "y = x − slope · distance", .back = "∂x = ∂y",
    .ascii_forward = "y = x - slope * distance", .ascii_back = "dx = dy",
    .backward = bias_backward, .sample = bias_sample,
};

int masked(Tape *tape, const char *name, int x, int window, int before)
{
    tape_begin(tape, name, -1, &MASKED);
    int y = causal_mask(tape, RESULT(name), x, -INFINITY, window, before);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.cols = window, .offset = before}});
}

/* forward:  y = x where column <= row, else -inf */
static void masked_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = causal_mask(tape, TO(to, 0, "dx"), dy, 0, call->attributes.cols, call->attributes.offset);
}

/* The mask as attention uses it: with the softmax behind it, since -inf has no slope of its own. */
static int masked_sample(Tape *tape, bool twice)
{
    int window = twice ? 2 : 0;
    return softmax(tape, "softmax", "y", masked(tape, "masked", sample_weight(tape, "x", 4, 4), window, 0));
}

const Rule MASKED = {
    .words = "nobody looks ahead: what comes later scores minus infinity",
    .words_back = "nothing comes back from the cells that nobody was allowed to see",
    .name = "masked", .chapter = 6, .forward = "y = x where column ≤ row, else −∞",
    .back = "∂x = ∂y where column ≤ row, else 0",
    .ascii_forward = "y = x where column <= row, else -inf", .ascii_back = "dx = dy where column <= row, else 0",
    .backward = masked_backward, .sample = masked_sample,
};
