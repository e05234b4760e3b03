/* Every cell meets one number: scores are divided by sqrt(d_k) (Vaswani et al. 2017, section 3.2.1),
 * rows of an embedding are multiplied. Chapters 3 and 5.
 *
 *   scaled      y = x / divisor        dx = dy / divisor
 *   scaled_by   y = k x                dx = k dy */
#include "rule.h"

int scaled(Tape *tape, const char *name, int x, double divisor)
{
    tape_begin(tape, name, -1, &SCALED);
    int y = divide_by(tape, RESULT(name), x, divisor);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.constants = {divisor}}});
}

/* forward:  y = x / divisor */
static void scaled_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = divide_by(tape, TO(to, 0, "dx"), dy, call->attributes.constants[0]);
}

static int scaled_sample(Tape *tape, bool twice)
{
    (void)twice;
    return scaled(tape, "y", sample_weight(tape, "x", 4, 4), 1.7);
}

const Rule SCALED = {
    .words = "divided by a fixed number, so that wide heads are no more decided than narrow ones",
    .words_back = "the gradient is divided by the same number",
    .name = "scaled", .chapter = 5, .forward = "y = x / √d_k", .back = "∂x = ∂y / √d_k",
    .ascii_forward = "y = x / sqrt(d_k)", .ascii_back = "dx = dy / sqrt(d_k)",
    .backward = scaled_backward, .sample = scaled_sample,
};

int scaled_by(Tape *tape, const char *name, int x, double factor)
{
    tape_begin(tape, name, -1, &SCALED_BY);
    int y = scale(tape, RESULT(name), x, factor);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.constants = {factor}}});
}

/* forward:  y = factor x */
static void scaled_by_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = scale(tape, TO(to, 0, "dx"), dy, call->attributes.constants[0]);
}

static int scaled_by_sample(Tape *tape, bool twice)
{
    (void)twice;
    return scaled_by(tape, "y", sample_weight(tape, "x", 4, 4), 1.7);
}

const Rule SCALED_BY = {
    .words = "multiplied by a fixed number",
    .words_back = "the gradient is multiplied by the same number",
    .name = "scaled_by", .chapter = 3, .forward = "y = k x", .back = "∂x = k ∂y",
    .ascii_forward = "y = k x", .ascii_back = "dx = k dy",
    .backward = scaled_by_backward, .sample = scaled_by_sample,
};
