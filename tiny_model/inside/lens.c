/* The logit lens: what the model would say if it stopped at a level of the stream. See inside.h.
 *
 *   logits = head(norm(stream))       the norm with the mean and the spread of that stream, not of the last one */
#include "inside_parts.h"

/* eps of a recorded norm: the one constant that it adds. */
static double eps_of(const Tape *tape, const Call *norm)
{
    const Frame *frame = &tape->frames[norm->frame];
    for (int step = frame->first; step <= frame->last; step++)
        if (tape->steps[step].primitive == &ADD_CONSTANT)
            return tape->steps[step].attributes.constants[0];
    return 0;
}

static int normalised(Tape *tape, const Call *norm, int x)
{
    bool gain = norm->input_count > 1;
    double eps = eps_of(tape, norm);
    if (norm->rule == &RMS_NORM)
        return rms_norm(tape, "norm", "norm", x, gain ? norm->inputs[1] : -1, eps);
    return layer_norm(tape, "norm", "norm", x, gain ? norm->inputs[1] : -1, gain ? norm->inputs[2] : -1, eps);
}

int through_head(Tape *tape, const Label *label, const Found *found, int x)
{
    return found->tied ? matmul_bt(tape, label, x, found->w) : matmul(tape, label, x, found->w);
}

void record_lens(Tape *tape, const Found *found)
{
    tape_begin(tape, "lens", -1, NULL);
    for (int i = 0; i < found->inside->level_count; i++) {
        Level *level = &found->inside->levels[i];
        int x = level->stream;
        tape_begin(tape, level->name, -1, NULL);
        if (found->norm.rule)
            x = level->norm = normalised(tape, &found->norm, x);
        level->logits = found->tied ? tied_linear(tape, "logits", x, found->w, found->b)
                                    : linear(tape, "logits", x, found->w, found->b);
        level->probabilities = softmax(tape, "softmax", "probabilities", level->logits);
        tape_end(tape);
    }
    tape_end(tape);
}
