/* How surprised one is by yes or no, said as a logit. Chapter 34.
 *
 *   L = max(z, 0) - z y + ln(1 + exp(-|z|))        = -ln of the probability of the class y
 *   dz = dL (sigmoid(z) - y)
 *
 * Written so that no logit makes it infinite: at z = 800, y = 0 it is 800. */
#include "rule.h"

enum { SAVED_CLASSES };

int binary_cross_entropy(Tape *tape, const char *frame, const char *result, int logits, int classes)
{
    tape_begin(tape, frame, -1, &BINARY_CROSS_ENTROPY);
    int over = rectified(tape, HERE("above"), logits);
    int under = rectified(tape, HERE("below"), scale(tape, HERE("turned"), logits, -1));
    int size = scale(tape, HERE("size"), add(tape, HERE("absolute"), over, under), -1);
    int more = add_constant(tape, HERE("one_more"), exponential(tape, HERE("exp"), size), 1);
    int rest = logarithm(tape, HERE("log"), more);
    int linear_part = subtract(tape, HERE("linear"), over, multiply(tape, HERE("of_class"), logits, classes));
    int y = add(tape, RESULT(result), linear_part, rest);
    return tape_call(tape, (Call){.inputs = (int[]){logits}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_CLASSES] = classes}});
}

/* forward:  L = max(z, 0) - z y + ln(1 + exp(-|z|)) */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int probability = logistic(tape, HERE("probability"), call->inputs[0]);
    int error = subtract(tape, HERE("error"), probability, call->saved[SAVED_CLASSES]);
    to->grad[0] = multiply(tape, TO(to, 0, "dz"), error, dy);
}

static int sample(Tape *tape, bool twice)
{
    (void)twice;
    double *classes = tape_room(tape, 4, 1);
    for (int i = 0; classes && i < 4; i++)
        classes[i] = i % 2;
    int logits = sample_weight(tape, "logits", 4, 1);
    int leaf = tape_leaf(tape, KIND_INPUT, "classes", (Shape){4, 1}, classes);
    return binary_cross_entropy(tape, "loss", "y", logits, leaf);
}

const Rule BINARY_CROSS_ENTROPY = {
    .words = "the surprise at yes or no: near 0 where it was certain and right, large where it was certain and wrong",
    .words_back = "the whole error in one line: what was said minus what is so",
    .name = "binary_cross_entropy", .chapter = 34,
    .forward = "L = max(z, 0) − z y + ln(1 + e^−|z|)", .back = "∂z = ∂L (σ(z) − y)",
    .ascii_forward = "L = max(z, 0) - z y + ln(1 + exp(-|z|))", .ascii_back = "dz = dL (sigmoid(z) - y)",
    .backward = backward_part, .sample = sample,
};
