/* Which of two is better, and how far two distributions are apart. Bradley and Terry 1952; Rafailov et al. 2023.
 * Chapter 32.
 *
 *   difference       y = a - b                      da = dy, db = -dy
 *   preference_loss  y = -log sigma(m)              dm = -sigma(-m) dy; log 2 where m is 0
 *                    computed as max(-m, 0) + log(1 + exp(-|m|)), which is finite for every m
 *   divergence       y[t] = sum over v of p (log p - log q),  p, q the softmax of two rows of logits
 *                    dlogits of p = p (log p - log q - y) dy,  dlogits of q = (q - p) dy */
#include "rule.h"

int difference(Tape *tape, const char *name, int a, int b)
{
    tape_begin(tape, name, -1, &DIFFERENCE);
    int y = subtract(tape, RESULT(name), a, b);
    return tape_call(tape, (Call){.inputs = (int[]){a, b}, .input_count = 2, .output = y});
}

/* forward:  y = a - b */
static void difference_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    (void)call;
    if (wants_gradient(to, 0))
        to->grad[0] = copy(tape, TO(to, 0, "da"), dy);
    if (wants_gradient(to, 1))
        to->grad[1] = scale(tape, TO(to, 1, "db"), dy, -1);
}

static int difference_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "a", 3, 2), b = twice ? scaled_by(tape, "b", a, 0.5) : sample_weight(tape, "b", 3, 2);
    return difference(tape, "y", a, b);
}

int preference_loss(Tape *tape, const char *name, int margin)
{
    tape_begin(tape, name, -1, &PREFERENCE_LOSS);
    int minus = scale(tape, HERE("minus"), margin, -1);
    int behind = rectified(tape, HERE("behind"), minus);
    int ahead = rectified(tape, HERE("ahead"), margin);
    int size = add(tape, HERE("size"), ahead, behind);
    int small = exponential(tape, HERE("exp"), scale(tape, HERE("minus_size"), size, -1));
    int rest = logarithm(tape, HERE("log"), add_constant(tape, HERE("one_and_exp"), small, 1));
    int y = add(tape, RESULT(name), behind, rest);
    return tape_call(tape, (Call){.inputs = (int[]){margin}, .input_count = 1, .output = y});
}

/* forward:  y = -log sigma(m) */
static void preference_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int minus = scale(tape, HERE("minus"), call->inputs[0], -1);
    int doubt = logistic(tape, HERE("doubt"), minus);
    to->grad[0] = multiply(tape, TO(to, 0, "dm"), scale(tape, HERE("minus_doubt"), doubt, -1), dy);
}

static int preference_sample(Tape *tape, bool twice)
{
    return preference_loss(tape, "y", sample_weight(tape, "margin", 3, twice ? 2 : 1));
}

/* log p of every row of logits; labels of the maximum, what is above it, exp, its sum, its log, the result. */
static int log_softmax(Tape *tape, int logits, const Label *const labels[6])
{
    int shifted = sub_col(tape, labels[1], logits, row_max(tape, labels[0], logits));
    int sum = row_sum(tape, labels[3], exponential(tape, labels[2], shifted));
    return sub_col(tape, labels[5], shifted, logarithm(tape, labels[4], sum));
}

enum { SAVED_P, SAVED_Q, SAVED_LOG_RATIO };

int divergence(Tape *tape, const char *name, int logits, int reference)
{
    tape_begin(tape, name, -1, &DIVERGENCE);
    int log_p = log_softmax(tape, logits, (const Label *[]){HERE("max"), HERE("shifted"), HERE("exp"), HERE("sum"),
                                                            HERE("log_sum"), HERE("log_p")});
    int log_q = log_softmax(tape, reference,
                            (const Label *[]){HERE("reference_max"), HERE("reference_shifted"), HERE("reference_exp"),
                                              HERE("reference_sum"), HERE("reference_log_sum"), HERE("log_q")});
    int p = exponential(tape, HERE("p"), log_p), q = exponential(tape, HERE("q"), log_q);
    int ratio = subtract(tape, HERE("log_ratio"), log_p, log_q);
    int y = row_sum(tape, RESULT(name), multiply(tape, HERE("terms"), p, ratio));
    return tape_call(tape, (Call){.inputs = (int[]){logits, reference}, .input_count = 2, .output = y,
                                  .saved = {[SAVED_P] = p, [SAVED_Q] = q, [SAVED_LOG_RATIO] = ratio}});
}

/* forward:  y[t] = sum over v of p (log p - log q) */
static void divergence_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int p = call->saved[SAVED_P];
    if (wants_gradient(to, 0)) {
        int above = sub_col(tape, HERE("above_mean"), call->saved[SAVED_LOG_RATIO], call->output);
        to->grad[0] = mul_col(tape, TO(to, 0, "dp"), multiply(tape, HERE("weighted"), p, above), dy);
    }
    if (wants_gradient(to, 1))
        to->grad[1] = mul_col(tape, TO(to, 1, "dq"), subtract(tape, HERE("error"), call->saved[SAVED_Q], p), dy);
}

static int divergence_sample(Tape *tape, bool twice)
{
    int p = sample_weight(tape, "p", 3, 4), q = twice ? scaled_by(tape, "q", p, 0.5) : sample_weight(tape, "q", 3, 4);
    return divergence(tape, "y", p, q);
}

const Rule DIFFERENCE = {
    .words = "how much more one has than the other",
    .words_back = "one is pulled up as much as the other is pushed down",
    .name = "difference", .chapter = 32, .forward = "y = a − b", .back = "∂a = ∂y,  ∂b = −∂y",
    .ascii_forward = "y = a - b", .ascii_back = "da = dy,  db = -dy",
    .backward = difference_backward, .sample = difference_sample,
};
const Rule PREFERENCE_LOSS = {
    .words = "how surprised is it by which of the two was better?",
    .words_back = "the more it doubts the better one, the stronger the push",
    .name = "preference_loss", .chapter = 32, .forward = "y = −log σ(m)", .back = "∂m = −σ(−m) ⊙ ∂y",
    .ascii_forward = "y = -log sigma(m)", .ascii_back = "dm = -sigma(-m) * dy",
    .backward = preference_backward, .sample = preference_sample,
};
const Rule DIVERGENCE = {
    .words = "how far it has gone from the reference, in every row",
    .words_back = "what it says more often than the reference is pushed down",
    .name = "divergence", .chapter = 32, .forward = "y[t] = Σ p (log p − log q)",
    .back = "∂logits of p = p ⊙ (log p − log q − y) ∂y,  ∂logits of q = (q − p) ∂y",
    .ascii_forward = "y[t] = sum of p (log p - log q)",
    .ascii_back = "dlogits of p = p * (log p - log q - y) dy,  dlogits of q = (q - p) dy",
    .backward = divergence_backward, .sample = divergence_sample,
};
