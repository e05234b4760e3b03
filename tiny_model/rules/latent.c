/* A code that is a cloud instead of a point. Kingma and Welling 2014. Chapter 37.
 *
 *   reparametrised  z = mean + e^(log_variance / 2) noise     noise is drawn and has no gradient
 *                   dmean = dz,  dlog_variance = dz noise e^(log_variance / 2) / 2
 *   from_normal     y = sum of (mean^2 + e^log_variance - 1 - log_variance) / 2 / n: how far the clouds are from the
 *                   normal one, by the divergence of Kullback and Leibler, in nats
 *                   dmean = mean dy / n,  dlog_variance = (e^log_variance - 1) / 2 dy / n */
#include "rule.h"

enum { SAVED_SIGMA, SAVED_NOISE };
enum { SAVED_VARIANCE };

int reparametrised(Tape *tape, const char *name, int mean, int log_variance, int noise)
{
    tape_begin(tape, name, -1, &REPARAMETRISED);
    int half = scale(tape, HERE("half_log_variance"), log_variance, 0.5);
    int sigma = exponential(tape, HERE("sigma"), half);
    int spread = multiply(tape, HERE("spread"), sigma, noise);
    int z = add(tape, RESULT(name), mean, spread);
    return tape_call(tape, (Call){.inputs = (int[]){mean, log_variance}, .input_count = 2, .output = z,
                                  .saved = {[SAVED_SIGMA] = sigma, [SAVED_NOISE] = noise}});
}

/* forward:  z = mean + e^(log_variance / 2) noise */
static void reparametrised_backward(Tape *tape, const Call *call, int dz, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = copy(tape, TO(to, 0, "dmean"), dz);
    if (wants_gradient(to, 1)) {
        int dsigma = multiply(tape, HERE("dsigma"), dz, call->saved[SAVED_NOISE]);
        int dhalf = multiply(tape, HERE("dhalf"), dsigma, call->saved[SAVED_SIGMA]);
        to->grad[1] = scale(tape, TO(to, 1, "dlog_variance"), dhalf, 0.5);
    }
}

static int reparametrised_sample(Tape *tape, bool twice)
{
    int mean = sample_weight(tape, "mean", 3, 4), noise = sample_input(tape, "noise", 3, 4);
    return reparametrised(tape, "y", mean, twice ? mean : sample_weight(tape, "log_variance", 3, 4), noise);
}

const Rule REPARAMETRISED = {
    .words = "a point drawn from the cloud: its middle, and noise as wide as the cloud",
    .words_back = "the middle gets the gradient as it is, the width as much of it as the noise was",
    .name = "reparametrised", .chapter = 37, .forward = "z = μ + e^(ln σ² / 2) ⊙ ε",
    .back = "∂μ = ∂z,  ∂ln σ² = ∂z ⊙ ε ⊙ σ / 2",
    .ascii_forward = "z = mean + e^(log_variance / 2) * noise",
    .ascii_back = "dmean = dz,  dlog_variance = dz * noise * sigma / 2",
    .backward = reparametrised_backward, .sample = reparametrised_sample,
};

int from_normal(Tape *tape, const char *name, int mean, int log_variance, double count)
{
    tape_begin(tape, name, -1, &FROM_NORMAL);
    int squares = multiply(tape, HERE("mean_squared"), mean, mean);
    int variance = exponential(tape, HERE("variance"), log_variance);
    int both = add(tape, HERE("second_moment"), squares, variance);
    int rest = subtract(tape, HERE("less_log"), both, log_variance);
    int twice = add_constant(tape, HERE("twice"), rest, -1);
    int cells = scale(tape, HERE("nats"), twice, 0.5);
    int sum = column_sum(tape, HERE("sum"), row_sum(tape, HERE("row_sums"), cells));
    int y = divide_by(tape, RESULT(name), sum, count);
    return tape_call(tape, (Call){.inputs = (int[]){mean, log_variance}, .input_count = 2, .output = y,
                                  .saved = {[SAVED_VARIANCE] = variance}, .attributes = {.constants = {count}}});
}

/* forward:  y = sum of (mean^2 + e^log_variance - 1 - log_variance) / 2 / n */
static void from_normal_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int share = divide_by(tape, HERE("share"), dy, call->attributes.constants[0]);
    if (wants_gradient(to, 0))
        to->grad[0] = scale_by(tape, TO(to, 0, "dmean"), call->inputs[0], share);
    if (wants_gradient(to, 1)) {
        int apart = add_constant(tape, HERE("less_one"), call->saved[SAVED_VARIANCE], -1);
        int half = scale(tape, HERE("half"), apart, 0.5);
        to->grad[1] = scale_by(tape, TO(to, 1, "dlog_variance"), half, share);
    }
}

static int from_normal_sample(Tape *tape, bool twice)
{
    int mean = sample_weight(tape, "mean", 3, 4);
    return from_normal(tape, "y", mean, twice ? mean : sample_weight(tape, "log_variance", 3, 4), 3);
}

const Rule FROM_NORMAL = {
    .words = "a price for clouds that are no normal ones: not in the middle, too narrow or too wide",
    .words_back = "middles are pulled to 0, widths to 1",
    .name = "from_normal", .chapter = 37, .forward = "y = Σ (μ² + σ² − 1 − ln σ²) / 2 / n",
    .back = "∂μ = μ ∂y / n,  ∂ln σ² = (σ² − 1) / 2 · ∂y / n",
    .ascii_forward = "y = sum of (mean^2 + variance - 1 - log_variance) / 2 / n",
    .ascii_back = "dmean = mean dy / n,  dlog_variance = (variance - 1) / 2 dy / n",
    .backward = from_normal_backward, .sample = from_normal_sample,
};
