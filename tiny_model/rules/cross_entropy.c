/* Cross-entropy: how surprised the model is by the token that came. Chapter 11; backward chapter 13.
 *
 *   P = softmax(logits),  loss[t] = -log P[t][target t] = log(sum of exp) - shifted logit of the target
 *   dlogits = dloss[t] * (P - one_hot(target))        rows without a target get 0
 *
 * The second form of the loss stays finite where P[t][target] rounds to 0. */
#include "rule.h"

int cross_entropy(Tape *tape, const char *frame, const char *result, int logits, int targets, int positions,
                  bool from_first)
{
    return cross_entropy_of(tape, frame, result, "probabilities", logits, targets, positions, from_first);
}

int cross_entropy_of(Tape *tape, const char *frame, const char *result, const char *probabilities, int logits,
                     int targets, int positions, bool from_first)
{
    tape_begin(tape, frame, -1, &CROSS_ENTROPY);
    int max = row_max(tape, HERE("max"), logits);
    int shifted = sub_col(tape, HERE("shifted"), logits, max);
    int exps = exponential(tape, HERE("exp"), shifted);
    int sum = row_sum(tape, HERE("sum"), exps);
    int p = div_col(tape, RESULT_AS(probabilities, "probabilities"), exps, sum);
    int with_target = gather_rows(tape, HERE("sum_with_target"), sum, positions);
    int log_sum = logarithm(tape, HERE("log_sum"), with_target);
    int choice = from_first ? shifted : gather_rows(tape, HERE("shifted_with_target"), shifted, positions);
    int picked = pick(tape, HERE("target_logit"), choice, targets);
    int y = subtract(tape, RESULT(result), log_sum, picked);
    return tape_call(tape, (Call){.inputs = (int[]){logits}, .input_count = 1, .output = y,
                                  .saved = {[CROSS_ENTROPY_PROBABILITIES] = p, [CROSS_ENTROPY_TARGETS] = targets,
                                            [CROSS_ENTROPY_ROWS] = positions}});
}

/* forward:  loss[t] = -log P[t][target t] */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    const Value *logits = tape_value(tape, call->inputs[0]);
    int positions = call->saved[CROSS_ENTROPY_ROWS];
    int wanted = one_hot(tape, HERE("one_hot"), call->saved[CROSS_ENTROPY_TARGETS], logits->cols);
    int predicted = gather_rows(tape, HERE("predicted"), call->saved[CROSS_ENTROPY_PROBABILITIES], positions);
    int error = subtract(tape, HERE("error"), predicted, wanted);
    int weighted = mul_col(tape, HERE("weighted"), error, dy);
    to->grad[0] = scatter_rows(tape, TO(to, 0, "dx"), weighted, positions, tape_value(tape, call->inputs[0])->rows);
}

static int sample(Tape *tape, bool twice)
{
    double *positions = tape_room(tape, 1, 4);
    for (int i = 0; positions && i < 4; i++)
        positions[i] = i + twice; /* the second time only the later rows count */
    int logits = sample_weight(tape, "logits", 5, 7), targets = sample_ids(tape, "targets", 4, 7);
    int rows = tape_leaf(tape, KIND_INPUT, "positions", (Shape){1, 4}, positions);
    return cross_entropy(tape, "loss", "y", logits, targets, rows, !twice);
}

const Rule CROSS_ENTROPY = {
    .words = "what was it surprised by? minus the log of the probability that the truth got",
    .words_back = "the whole error in one line: what was predicted minus what came",
    .name = "cross_entropy", .chapter = 11,
    .forward = "loss[t] = −log softmax(logits)[t, target t]", .back = "∂logits = ∂loss ⊙ (P − one-hot)",
    .ascii_forward = "loss[t] = -log softmax(logits)[t, target t]", .ascii_back = "dlogits = dloss * (P - one_hot)",
    .backward = backward_part, .sample = sample,
};
