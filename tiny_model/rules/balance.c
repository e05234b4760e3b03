/* What keeps a router honest, in the loss beside the surprise. Chapter 26.
 *
 *   balance  E sum over e of f_e P_e       f_e the share of choices that fell on expert e, P_e the mean of p[.][e]
 *            dp[t][e] = E f_e / T          f has no gradient: it counts choices.  Fedus et al. 2021, section 2.2
 *   z_loss   mean over t of L[t]^2         L = log sum exp of a row of logits;  Zoph et al. 2022
 *            dlogits = 2 L softmax(logits) / T */
#include "rule.h"

int balance(Tape *tape, const char *name, int p, int chosen, int choices)
{
    tape_begin(tape, name, -1, &BALANCE);
    Value of = *tape_value(tape, p);
    int load = column_sum(tape, HERE("load"), chosen);
    int f = scale(tape, HERE("share"), load, 1.0 / (of.rows * choices));
    int mean = scale(tape, HERE("mean_probability"), column_sum(tape, HERE("sum"), p), 1.0 / of.rows);
    int sum = row_sum(tape, HERE("sum_of_products"), multiply(tape, HERE("product"), f, mean));
    int y = scale(tape, RESULT(name), sum, of.cols);
    return tape_call(tape, (Call){.inputs = (int[]){p}, .input_count = 1, .output = y, .saved = {f}});
}

/* forward:  y = E sum of f P,  P = column sums of p / T */
static void balance_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    Value of = *tape_value(tape, call->inputs[0]);
    int each = scale(tape, HERE("each"), call->saved[0], (double)of.cols / of.rows);
    int row = scale_by(tape, HERE("row"), each, dy);
    Label ones = label_with_axes(HERE("ones"), of.row_axis, of.col_axis, AXIS_NONE);
    to->grad[0] = mul_row(tape, TO(to, 0, "dp"), fill(tape, &ones, 1, of.rows, of.cols), row);
}

static int balance_sample(Tape *tape, bool twice)
{
    int p = sample_weight(tape, "p", 3, 4);
    double *cells = tape_room(tape, 3, 4);
    for (int i = 0; cells && i < 12; i++)
        cells[i] = i % 4 == 1 || (twice && i % 4 == 3) || i == 6;
    return balance(tape, "y", p, tape_leaf(tape, KIND_INPUT, "chosen", (Shape){3, 4}, cells), 2);
}

const Rule BALANCE = {
    .words = "a price for sending many tokens to few experts",
    .words_back = "the more tokens chose an expert, the more its probabilities are pushed down",
    .name = "balance", .chapter = 26, .forward = "y = E Σ f P", .back = "∂p = E f ∂y / T",
    .ascii_forward = "y = E sum f P", .ascii_back = "dp = E f dy / T",
    .backward = balance_backward, .sample = balance_sample,
};

int z_loss(Tape *tape, const char *name, int logits)
{
    tape_begin(tape, name, -1, &Z_LOSS);
    int rows = tape_value(tape, logits)->rows;
    int max = row_max(tape, HERE("max"), logits);
    int exps = exponential(tape, HERE("exp"), sub_col(tape, HERE("shifted"), logits, max));
    int sum = row_sum(tape, HERE("sum"), exps);
    int logsumexp = add(tape, HERE("logsumexp"), max, logarithm(tape, HERE("log_sum"), sum));
    int squares = column_sum_of_squares(tape, HERE("squares"), logsumexp);
    int y = scale(tape, RESULT(name), squares, 1.0 / rows);
    return tape_call(tape, (Call){.inputs = (int[]){logits}, .input_count = 1, .output = y,
                                  .saved = {exps, sum, logsumexp}});
}

/* forward:  y = sum of L^2 / T,  L = max + log sum */
static void z_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int rows = tape_value(tape, call->inputs[0])->rows;
    int softmax = div_col(tape, HERE("softmax"), call->saved[0], call->saved[1]);
    int slope = scale(tape, HERE("slope"), call->saved[2], 2.0 / rows);
    to->grad[0] = mul_col(tape, TO(to, 0, "dlogits"), softmax, scale_by(tape, HERE("dL"), slope, dy));
}

static int z_sample(Tape *tape, bool twice)
{
    (void)twice;
    return z_loss(tape, "y", sample_weight(tape, "x", 3, 4));
}

const Rule Z_LOSS = {
    .words = "a price for router logits that grow large",
    .words_back = "every logit is pushed towards a log sum exp of 0, the likelier the more",
    .name = "z_loss", .chapter = 26, .forward = "y = Σ L² / T,  L = log Σ exp(x)", .back = "∂x = 2 L softmax(x) ∂y / T",
    .ascii_forward = "y = sum L^2 / T,  L = log sum exp(x)", .ascii_back = "dx = 2 L softmax(x) dy / T",
    .backward = z_backward, .sample = z_sample,
};
