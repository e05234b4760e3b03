/* Negative sampling: instead of one word out of all, a few questions with yes or no. Mikolov et al. 2013.
 * Chapter 27.
 *
 *   L = - sum over j of ln sigmoid(s_j)   where the two stand together (label 1),
 *                       ln sigmoid(-s_j)  where the word was drawn (label 0)
 *   ds_j = dL (sigmoid(s_j) - label_j)
 *
 * Written with ln sigmoid, which stays finite where sigmoid rounds to 0. */
#include "rule.h"

enum { SAVED_LABELS };

int negative_sampling(Tape *tape, const char *frame, const char *result, int scores, int labels)
{
    tape_begin(tape, frame, -1, &NEGATIVE_SAMPLING);
    int twice = scale(tape, HERE("twice"), labels, 2);
    int sign = add_constant(tape, HERE("sign"), twice, -1);
    int signed_scores = multiply(tape, HERE("signed"), scores, sign);
    int log_probability = logarithm_of_logistic(tape, HERE("log_probability"), signed_scores);
    int sum = row_sum(tape, HERE("sum"), log_probability);
    int y = scale(tape, RESULT(result), sum, -1);
    return tape_call(tape, (Call){.inputs = (int[]){scores}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_LABELS] = labels}});
}

/* forward:  L = - sum of ln sigmoid(sign * s) */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int probability = logistic(tape, HERE("probability"), call->inputs[0]);
    int error = subtract(tape, HERE("error"), probability, call->saved[SAVED_LABELS]);
    to->grad[0] = scale_by(tape, TO(to, 0, "dx"), error, dy);
}

static int sample(Tape *tape, bool twice)
{
    (void)twice;
    double *labels = tape_room(tape, 1, 4);
    for (int i = 0; labels && i < 4; i++)
        labels[i] = i == 0;
    int scores = sample_weight(tape, "scores", 1, 4);
    return negative_sampling(tape, "loss", "y", scores, tape_leaf(tape, KIND_INPUT, "labels", (Shape){1, 4}, labels));
}

const Rule NEGATIVE_SAMPLING = {
    .words = "one question for the true neighbour and one for each word that was drawn: do you two stand together?",
    .words_back = "the whole error in one line: what was said minus what is so",
    .name = "negative_sampling", .chapter = 27,
    .forward = "L = −Σ ln σ(±s)", .back = "∂s = ∂L (σ(s) − label)",
    .ascii_forward = "L = -sum of ln sigmoid(+-s)", .ascii_back = "ds = dL (sigmoid(s) - label)",
    .backward = backward_part, .sample = sample,
};
