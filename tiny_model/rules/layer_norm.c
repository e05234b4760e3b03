/* Layer norm: every row of x gets mean 0 and variance 1, then a scale and a shift that are
 * learned. Ba et al. 2016. Chapter 10; backward chapter 13.
 *
 *   mean = rowsum(x) / d,  variance = rowsum((x - mean)^2) / d,  std = sqrt(variance + eps)
 *   n = (x - mean) / std
 *   y = gamma n + beta                                x, y [T x d], gamma, beta [1 x d]; without gain y = n
 *
 * A row's mean and variance depend on all of it, so two terms come back through them:
 *   dn = gamma dy
 *   dx = (dn - rowmean(dn) - n rowmean(dn n)) / std
 *   dgamma = column sums of dy n,  dbeta = column sums of dy */
#include "rule.h"

enum { SAVED_NORMALIZED, SAVED_STD };

int layer_norm(Tape *tape, const char *frame, const char *result, int x, int gamma, int beta, double eps)
{
    double d = tape_value(tape, x)->cols;
    tape_begin(tape, frame, -1, &LAYER_NORM);
    int sum = row_sum(tape, HERE("sum"), x);
    int mean = scale(tape, HERE("mean"), sum, 1 / d);
    int centered = sub_col(tape, HERE("centered"), x, mean);
    int squared = multiply(tape, HERE("squared"), centered, centered);
    int squares = row_sum(tape, HERE("squares"), squared);
    int variance = scale(tape, HERE("variance"), squares, 1 / d);
    int with_eps = add_constant(tape, HERE("variance_eps"), variance, eps);
    int std = square_root(tape, HERE("std"), with_eps);
    if (gamma < 0) {
        int bare = div_col(tape, RESULT_AS(result, "normalized"), centered, std);
        return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = bare,
                                      .saved = {[SAVED_NORMALIZED] = bare, [SAVED_STD] = std}});
    }
    int n = div_col(tape, HERE("normalized"), centered, std);
    int scaled = mul_row(tape, HERE("scaled"), n, gamma);
    int y = add_row(tape, RESULT(result), scaled, beta);
    return tape_call(tape, (Call){.inputs = (int[]){x, gamma, beta}, .input_count = 3, .output = y,
                                  .saved = {[SAVED_NORMALIZED] = n, [SAVED_STD] = std}});
}

/* forward:  y = gamma n + beta */
static int through_gain(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 1)) {
        int dy_n = multiply(tape, HERE("dgamma_parts"), dy, call->saved[SAVED_NORMALIZED]);
        to->grad[1] = column_sum(tape, TO(to, 1, "dgamma"), dy_n);
    }
    if (wants_gradient(to, 2))
        to->grad[2] = column_sum(tape, TO(to, 2, "dbeta"), dy);
    return wants_gradient(to, 0) ? mul_row(tape, HERE("dn"), dy, call->inputs[1]) : -1;
}

/* forward:  n = (x - mean) / std */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int n = call->saved[SAVED_NORMALIZED], std = call->saved[SAVED_STD];
    double d = tape_value(tape, call->inputs[0])->cols;
    int dn = call->input_count > 1 ? through_gain(tape, call, dy, to) : dy;
    if (!wants_gradient(to, 0))
        return;
    int dn_sum = row_sum(tape, HERE("dn_sum"), dn);
    int dn_mean = scale(tape, HERE("dn_mean"), dn_sum, 1 / d);
    int product = multiply(tape, HERE("product"), dn, n);
    int product_sum = row_sum(tape, HERE("product_sum"), product);
    int product_mean = scale(tape, HERE("product_mean"), product_sum, 1 / d);
    int without_mean = sub_col(tape, HERE("without_mean"), dn, dn_mean);
    int along = mul_col(tape, HERE("along"), n, product_mean);
    int difference = subtract(tape, HERE("difference"), without_mean, along);
    to->grad[0] = div_col(tape, TO(to, 0, "dx"), difference, std);
}

static int sample(Tape *tape, bool twice)
{
    int gamma = sample_weight(tape, "gamma", 1, 5);
    return layer_norm(tape, "norm", "y", sample_weight(tape, "x", 4, 5), gamma,
                      twice ? gamma : sample_weight(tape, "beta", 1, 5), 0.01);
}

static int bare_sample(Tape *tape, bool twice)
{
    (void)twice;
    return layer_norm(tape, "norm", "y", sample_weight(tape, "x", 4, 5), -1, -1, 0.01);
}

const Rule LAYER_NORM = {
    .words = "every row is shifted and scaled to mean 0 and spread 1, then by gamma and beta",
    .words_back = "what shifts or scales a whole row changes nothing, so that part of the gradient is taken out",
    .name = "layer_norm", .chapter = 10,
    .forward = "n = (x − mean) / √(variance + ε),  y = γ n + β",
    .back = "∂n = γ ∂y,  ∂x = (∂n − mean(∂n) − n mean(∂n n)) / std",
    .ascii_forward = "n = (x - mean) / sqrt(variance + eps),  y = gamma n + beta",
    .ascii_back = "dn = gamma dy,  dx = (dn - mean(dn) - n mean(dn n)) / std",
    .backward = backward_part, .sample = sample, .other_sample = bare_sample,
};
