/* The other activations of the MLP. Chapter 11.
 *
 *   relu    y = max(x, 0)                dx = dy where x > 0
 *   tanh    y = tanh(x)                  dx = dy (1 - y^2)
 *   sigmoid y = 1 / (1 + exp(-x))        dx = dy y (1 - y)
 *   silu    y = x s,  s = sigmoid(x)     dx = dy (s + x s (1 - s))
 *   swiglu  y = silu(gate) x             dgate = dy x silu'(gate),  dx = dy silu(gate)    Shazeer 2020 */
#include "rule.h"

int relu_rule(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &RELU_RULE);
    int y = rectified(tape, RESULT(name), x);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = max(x, 0) */
static void relu_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int slope = positive_part_slope(tape, HERE("slope"), call->inputs[0]);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, slope);
}

static int relu_sample(Tape *tape, bool twice)
{
    (void)twice;
    return relu_rule(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule RELU_RULE = {
    .words = "a hard switch: positive numbers pass, negative ones become 0",
    .words_back = "only what passed gets a gradient",
    .name = "relu", .chapter = 11, .forward = "y = max(x, 0)", .back = "∂x = ∂y where x > 0, else 0",
    .ascii_forward = "y = max(x, 0)", .ascii_back = "dx = dy where x > 0, else 0",
    .backward = relu_backward, .sample = relu_sample,
};

int tanh_rule(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &TANH_RULE);
    int y = hyperbolic_tangent(tape, RESULT(name), x);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = tanh(x) */
static void tanh_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int squared = multiply(tape, HERE("squared"), call->output, call->output);
    int minus = scale(tape, HERE("minus"), squared, -1);
    int slope = add_constant(tape, HERE("slope"), minus, 1);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, slope);
}

static int tanh_sample(Tape *tape, bool twice)
{
    (void)twice;
    return tanh_rule(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule TANH_RULE = {
    .words = "every number is pressed between -1 and 1",
    .words_back = "the gradient is multiplied by the slope, small where the curve is flat",
    .name = "tanh", .chapter = 11, .forward = "y = tanh(x)", .back = "∂x = ∂y (1 − y²)",
    .ascii_forward = "y = tanh(x)", .ascii_back = "dx = dy (1 - y^2)",
    .backward = tanh_backward, .sample = tanh_sample,
};

int sigmoid_rule(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &SIGMOID_RULE);
    int y = logistic(tape, RESULT(name), x);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = sigmoid(x) */
static void sigmoid_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int minus = scale(tape, HERE("minus"), call->output, -1);
    int rest = add_constant(tape, HERE("rest"), minus, 1);
    int slope = multiply(tape, HERE("slope"), call->output, rest);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, slope);
}

static int sigmoid_sample(Tape *tape, bool twice)
{
    (void)twice;
    return sigmoid_rule(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule SIGMOID_RULE = {
    .words = "every number is pressed between 0 and 1",
    .words_back = "the gradient is multiplied by the slope, small where the curve is flat",
    .name = "sigmoid", .chapter = 11, .forward = "y = σ(x)", .back = "∂x = ∂y y (1 − y)",
    .ascii_forward = "y = sigmoid(x)", .ascii_back = "dx = dy y (1 - y)",
    .backward = sigmoid_backward, .sample = sigmoid_sample,
};

int silu(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &SILU);
    int s = logistic(tape, HERE("sigmoid"), x);
    int y = multiply(tape, RESULT(name), x, s);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {s}});
}

/* The steps of s + x s (1 - s), the slope of silu. */
static int silu_slope(Tape *tape, int x, int s)
{
    int minus = scale(tape, HERE("minus"), s, -1);
    int rest = add_constant(tape, HERE("rest"), minus, 1);
    int sigmoid_slope = multiply(tape, HERE("sigmoid_slope"), s, rest);
    int second = multiply(tape, HERE("second"), x, sigmoid_slope);
    return add(tape, HERE("slope"), s, second);
}

/* forward:  y = x sigmoid(x) */
static void silu_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int slope = silu_slope(tape, call->inputs[0], call->saved[0]);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, slope);
}

static int silu_sample(Tape *tape, bool twice)
{
    (void)twice;
    return silu(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule SILU = {
    .words = "a soft switch: every number times its own sigmoid",
    .words_back = "the gradient is multiplied by the slope of the switch",
    .name = "silu", .chapter = 11, .forward = "y = x σ(x)", .back = "∂x = ∂y (σ + x σ (1 − σ))",
    .ascii_forward = "y = x sigmoid(x)", .ascii_back = "dx = dy (s + x s (1 - s)),  s = sigmoid(x)",
    .backward = silu_backward, .sample = silu_sample,
};

int swiglu(Tape *tape, const char *name, int gate, int x)
{
    tape_begin(tape, name, -1, &SWIGLU);
    int s = logistic(tape, HERE("sigmoid"), gate);
    int open = multiply(tape, HERE("silu"), gate, s);
    int y = multiply(tape, RESULT(name), open, x);
    return tape_call(tape, (Call){.inputs = (int[]){gate, x}, .input_count = 2, .output = y, .saved = {s, open}});
}

/* forward:  y = silu(gate) x */
static void swiglu_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int gate = call->inputs[0], x = call->inputs[1];
    if (wants_gradient(to, 1))
        to->grad[1] = multiply(tape, TO(to, 1, "dx"), dy, call->saved[1]);
    if (!wants_gradient(to, 0))
        return;
    int dopen = multiply(tape, HERE("dsilu"), dy, x);
    int slope = silu_slope(tape, gate, call->saved[0]);
    to->grad[0] = multiply(tape, TO(to, 0, "dgate"), dopen, slope);
}

static int swiglu_sample(Tape *tape, bool twice)
{
    int gate = sample_weight(tape, "gate", 4, 5);
    return swiglu(tape, "y", gate, twice ? gate : sample_weight(tape, "x", 4, 5));
}

const Rule SWIGLU = {
    .words = "one half of the numbers opens and closes the gates of the other",
    .words_back = "the gradient goes to what passed, and to the gates that let it pass",
    .name = "swiglu", .chapter = 11, .forward = "y = silu(gate) ⊙ x",
    .back = "∂gate = ∂y ⊙ x ⊙ silu′(gate),  ∂x = ∂y ⊙ silu(gate)",
    .ascii_forward = "y = silu(gate) * x", .ascii_back = "dgate = dy * x * silu'(gate),  dx = dy * silu(gate)",
    .backward = swiglu_backward, .sample = swiglu_sample,
};
