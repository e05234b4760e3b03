/* Dropout: while learning, numbers are left out by chance, and the rest made up for it. Chapter 22.
 *
 *   y = x * mask / (1 - p)         dx = dy * mask / (1 - p)      mask is 0 with probability p, else 1
 *
 * Inverted, as everybody writes it since: what is kept is divided by the share that is kept, so that the mean stays
 * and nothing has to be done where the model is used. Srivastava et al. 2014. */
#include "rule.h"

int dropout(Tape *tape, const char *name, int x, int mask, double p)
{
    int kept = multiply(tape, HERE("kept"), x, mask);
    int y = divide_by(tape, RESULT(name), kept, 1 - p);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {mask},
                                  .attributes = {.constants = {1 - p}}});
}

/* forward:  y = x * mask / (1 - p) */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int kept = multiply(tape, HERE("dkept"), dy, call->saved[0]);
    to->grad[0] = divide_by(tape, TO(to, 0, "dx"), kept, call->attributes.constants[0]);
}

static int sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 3, 4);
    double *numbers = tape_room(tape, 3, 4);
    for (int i = 0; numbers && i < 12; i++)
        numbers[i] = i % (twice ? 3 : 4) != 1;
    tape_begin(tape, "y", -1, &DROPOUT);
    return dropout(tape, "y", x, tape_leaf(tape, KIND_INPUT, "mask", (Shape){3, 4}, numbers), 0.25);
}

const Rule DROPOUT = {
    .name = "dropout", .chapter = 22,
    .forward = "y = x ⊙ mask / (1 − p)", .back = "∂x = ∂y ⊙ mask / (1 − p)",
    .ascii_forward = "y = x * mask / (1 - p)", .ascii_back = "dx = dy * mask / (1 - p)",
    .words = "by chance some numbers are left out; the rest are made larger for it",
    .words_back = "what was left out gets no gradient; the rest is made larger as on the way forward",
    .backward = backward_part, .sample = sample,
};
