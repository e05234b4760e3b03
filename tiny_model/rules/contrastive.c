/* Contrastive learning: who belongs to whom, asked from both sides. Radford et al. 2021 (CLIP). Chapter 27.
 *
 *   temperature  y = e^l x                                    dx = e^l dy,  dl = sum of dy * y
 *   contrastive  L = (mean of -log R_ii + mean of -log K_ii) / 2
 *                R = softmax of the rows of S, K of its columns;  dS = dL ((R - I) + (K - I)) / 2B
 *                a cell that `same` marks with -inf is nobody's wrong answer: two pairs say the same there */
#include "rule.h"

enum { SAVED_ROWS, SAVED_COLUMNS, SAVED_IDS };

int temperature(Tape *tape, const char *name, int x, int log_scale)
{
    tape_begin(tape, name, -1, &TEMPERATURE);
    int scale = exponential(tape, HERE("scale"), log_scale);
    int y = scale_by(tape, RESULT(name), x, scale);
    return tape_call(tape, (Call){.inputs = (int[]){x, log_scale}, .input_count = 2, .output = y, .saved = {scale}});
}

/* forward:  y = e^l x */
static void temperature_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = scale_by(tape, TO(to, 0, "dx"), dy, call->saved[0]);
    if (wants_gradient(to, 1)) {
        int along = multiply(tape, HERE("along"), dy, call->output);
        to->grad[1] = row_sum(tape, TO(to, 1, "dl"), column_sum(tape, HERE("columns"), along));
    }
}

static int temperature_sample(Tape *tape, bool twice)
{
    int l = sample_weight(tape, "l", 1, 1);
    return temperature(tape, "y", twice ? l : sample_weight(tape, "x", 3, 3), l);
}

const Rule TEMPERATURE = {
    .words = "every cosine is multiplied by one number that is learned: how decided the answers are",
    .words_back = "the cosines get their share, and the temperature learns from all of them",
    .name = "temperature", .chapter = 27, .forward = "y = e^l x", .back = "∂x = e^l ∂y,  ∂l = Σ ∂y ⊙ y",
    .ascii_forward = "y = e^l x", .ascii_back = "dx = e^l dy,  dl = sum of dy * y",
    .backward = temperature_backward, .sample = temperature_sample,
};

/* Softmax and -log of the diagonal, of the rows of x. `columns` says whose they are. */
static int judge(Tape *tape, const Label *losses, bool columns, int x, int ids, int *probabilities)
{
    tape_begin(tape, columns ? "of_columns" : "of_rows", -1, NULL);
    int max = row_max(tape, HERE("max"), x);
    int shifted = sub_col(tape, HERE("shifted"), x, max);
    int exps = exponential(tape, HERE("exp"), shifted);
    int sum = row_sum(tape, HERE("sum"), exps);
    *probabilities = div_col(tape, HERE("probabilities"), exps, sum);
    int log_sum = logarithm(tape, HERE("log_sum"), sum);
    int right = pick(tape, HERE("right"), shifted, ids);
    int y = subtract(tape, losses, log_sum, right);
    tape_end(tape);
    return y;
}

int contrastive(Tape *tape, const char *name, int logits, int ids, int same)
{
    tape_begin(tape, name, -1, &CONTRASTIVE_LOSS);
    int pairs = tape_value(tape, logits)->rows, r, k;
    int x = same < 0 ? logits : add(tape, HERE("masked"), logits, same);
    int rows = judge(tape, RESULT("rows"), false, x, ids, &r);
    int columns = judge(tape, RESULT("columns"), true, transpose(tape, HERE("turned"), x), ids, &k);
    int both = add(tape, HERE("both"), rows, columns);
    int y = divide_by(tape, RESULT(name), column_sum(tape, HERE("sum"), both), 2.0 * pairs);
    return tape_call(tape, (Call){.inputs = (int[]){logits}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_ROWS] = r, [SAVED_COLUMNS] = k, [SAVED_IDS] = ids}});
}

/* forward:  L = (mean of -log R_ii + mean of -log K_ii) / 2 */
static void contrastive_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int pairs = tape_value(tape, call->inputs[0])->rows;
    int wanted = one_hot(tape, HERE("one_hot"), call->saved[SAVED_IDS], pairs);
    int row_error = subtract(tape, HERE("row_error"), call->saved[SAVED_ROWS], wanted);
    int column_error = subtract(tape, HERE("column_error"), call->saved[SAVED_COLUMNS], wanted);
    int both = add(tape, HERE("both"), row_error, transpose(tape, HERE("turned"), column_error));
    int share = divide_by(tape, HERE("share"), dy, 2.0 * pairs);
    to->grad[0] = scale_by(tape, TO(to, 0, "dx"), both, share);
}

static int contrastive_sample(Tape *tape, bool twice)
{
    (void)twice;
    double *ids = tape_room(tape, 1, 4);
    for (int i = 0; ids && i < 4; i++)
        ids[i] = i;
    int leaf = tape_leaf(tape, KIND_INPUT, "pairs", (Shape){1, 4}, ids);
    return contrastive(tape, "y", sample_weight(tape, "logits", 4, 4), leaf, -1);
}

const Rule CONTRASTIVE_LOSS = {
    .words = "which right one belongs to each left one, and which left one to each right one?",
    .words_back = "pairs are pulled together, all others apart, as much as they were mistaken for each other",
    .name = "contrastive", .chapter = 27, .forward = "L = (mean of −log R_ii + mean of −log K_ii) / 2",
    .back = "∂S = ∂L ((R − I) + (K − I)) / 2B", .ascii_forward = "L = (mean of -log R_ii + mean of -log K_ii) / 2",
    .ascii_back = "dS = dL ((R - I) + (K - I)) / 2B",
    .backward = contrastive_backward, .sample = contrastive_sample,
};
