/* Rotary positions: queries and keys turned by an angle that grows with the position, so that
 * their product depends on the distance between them. Su et al. 2021.
 *
 *   y[a] = x[a] cos - x[b] sin
 *   y[b] = x[a] sin + x[b] cos         a turn back undoes it:  dx = dy turned by -angle
 *
 * Pair i is a = 2i, b = 2i + 1, or by halves a = i, b = i + d_k/2: the same model with its columns in another order. */
#include "rule.h"

int rotary(Tape *tape, const char *name, int x, int cosine, int sine, bool half)
{
    tape_begin(tape, name, -1, &ROTARY);
    int y = rotate(tape, RESULT(name), x, cosine, sine, half);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {cosine, sine},
                                  .attributes = {.offset = half}});
}

/* forward:  y = x turned by angle */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int minus_sine = scale(tape, HERE("minus_sin"), call->saved[1], -1);
    to->grad[0] = rotate(tape, TO(to, 0, "dx"), dy, call->saved[0], minus_sine, call->attributes.offset);
}

static int sample(Tape *tape, bool twice)
{
    return rotary(tape, "y", sample_weight(tape, "x", 3, 4), sample_input(tape, "cos", 3, 2),
                  sample_input(tape, "sin", 3, 2), twice); /* the second time by halves */
}

const Rule ROTARY = {
    .words = "pairs of numbers are turned by an angle that grows with the position",
    .words_back = "the gradient is turned back by the same angle",
    .name = "rotary",
    .chapter = 5,
    .forward = "y = x turned by position · θ, pair by pair",
    .back = "∂x = ∂y turned back",
    .ascii_forward = "y = x turned by position * theta, pair by pair",
    .ascii_back = "dx = dy turned back",
    .backward = backward_part,
    .sample = sample,
};
