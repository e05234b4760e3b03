/* RMS norm: layer norm without the mean and without the shift. Zhang and Sennrich 2019. Chapter 10.
 *
 *   rms = sqrt(rowsum(x^2) / d + eps),  n = x / rms,  y = gamma n       x, y [T x d], gamma [1 x d]
 *   dn = gamma dy,  dx = (dn - n rowmean(dn n)) / rms,  dgamma = column sums of dy n */
#include "rule.h"

enum { SAVED_NORMALIZED, SAVED_RMS };

int rms_norm(Tape *tape, const char *frame, const char *result, int x, int gamma, double eps)
{
    double d = tape_value(tape, x)->cols;
    tape_begin(tape, frame, -1, &RMS_NORM);
    int squared = multiply(tape, HERE("squared"), x, x);
    int squares = row_sum(tape, HERE("squares"), squared);
    int mean_square = scale(tape, HERE("mean_square"), squares, 1 / d);
    int with_eps = add_constant(tape, HERE("mean_square_eps"), mean_square, eps);
    int rms = square_root(tape, HERE("rms"), with_eps);
    if (gamma < 0) {
        int bare = div_col(tape, RESULT_AS(result, "normalized"), x, rms);
        return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = bare,
                                      .saved = {[SAVED_NORMALIZED] = bare, [SAVED_RMS] = rms}});
    }
    int n = div_col(tape, HERE("normalized"), x, rms);
    int y = mul_row(tape, RESULT(result), n, gamma);
    return tape_call(tape, (Call){.inputs = (int[]){x, gamma}, .input_count = 2, .output = y,
                                  .saved = {[SAVED_NORMALIZED] = n, [SAVED_RMS] = rms}});
}

/* forward:  y = gamma n */
static int through_gain(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 1)) {
        int dy_n = multiply(tape, HERE("dgamma_parts"), dy, call->saved[SAVED_NORMALIZED]);
        to->grad[1] = column_sum(tape, TO(to, 1, "dgamma"), dy_n);
    }
    return wants_gradient(to, 0) ? mul_row(tape, HERE("dn"), dy, call->inputs[1]) : -1;
}

/* forward:  n = x / rms */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int n = call->saved[SAVED_NORMALIZED], rms = call->saved[SAVED_RMS];
    double d = tape_value(tape, call->inputs[0])->cols;
    int dn = call->input_count > 1 ? through_gain(tape, call, dy, to) : dy;
    if (!wants_gradient(to, 0))
        return;
    int product = multiply(tape, HERE("product"), dn, n);
    int product_sum = row_sum(tape, HERE("product_sum"), product);
    int product_mean = scale(tape, HERE("product_mean"), product_sum, 1 / d);
    int along = mul_col(tape, HERE("along"), n, product_mean);
    int difference = subtract(tape, HERE("difference"), dn, along);
    to->grad[0] = div_col(tape, TO(to, 0, "dx"), difference, rms);
}

static int sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", twice ? 1 : 4, 5);
    return rms_norm(tape, "norm", "y", x, twice ? x : sample_weight(tape, "gamma", 1, 5), 0.01);
}

static int bare_sample(Tape *tape, bool twice)
{
    (void)twice;
    return rms_norm(tape, "norm", "y", sample_weight(tape, "x", 4, 5), -1, 0.01);
}

const Rule RMS_NORM = {
    .words = "every row is scaled to a mean square of 1, then by gamma",
    .words_back = "what scales a whole row changes nothing, so that part of the gradient is taken out",
    .name = "rms_norm", .chapter = 10,
    .forward = "n = x / √(mean(x²) + ε),  y = γ n",
    .back = "∂n = γ ∂y,  ∂x = (∂n − n mean(∂n n)) / rms",
    .ascii_forward = "n = x / sqrt(mean(x^2) + eps),  y = gamma n",
    .ascii_back = "dn = gamma dy,  dx = (dn - n mean(dn n)) / rms",
    .backward = backward_part, .sample = sample, .other_sample = bare_sample,
};
