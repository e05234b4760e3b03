/* Only what counts: a loss whose mask is 0 is looked at, and not learned from. Chapter 32.
 *
 *   y = mask * x        dx = mask * dy */
#include "rule.h"

enum { SAVED_MASK };

int counted(Tape *tape, const char *name, int x, int mask)
{
    tape_begin(tape, name, -1, &COUNTED);
    int y = multiply(tape, RESULT(name), x, mask);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {[SAVED_MASK] = mask}});
}

/* forward:  y = mask * x */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, call->saved[SAVED_MASK]);
}

static int sample(Tape *tape, bool twice)
{
    double *mask = tape_room(tape, 4, 1);
    for (int i = 0; mask && i < 4; i++)
        mask[i] = twice ? i != 1 : i >= 1;
    return counted(tape, "y", sample_weight(tape, "x", 4, 1), tape_leaf(tape, KIND_INPUT, "mask", (Shape){4, 1}, mask));
}

const Rule COUNTED = {
    .words = "what the mask leaves out is looked at, and not learned from",
    .words_back = "only what counts sends a gradient",
    .name = "counted", .chapter = 32, .forward = "y = mask ⊙ x", .back = "∂x = mask ⊙ ∂y",
    .ascii_forward = "y = mask * x", .ascii_back = "dx = mask * dy", .backward = backward_part, .sample = sample,
};
