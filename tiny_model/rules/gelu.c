/* GELU: x times the probability that a normal number is below x. Hendrycks and Gimpel 2016. Chapter 11.
 *
 *   exact:  y = x Phi(x),  Phi(x) = (1 + erf(x / sqrt 2)) / 2
 *           dy/dx = Phi(x) + x phi(x),  phi(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *   tanh:   y = x g,  g = (1 + t) / 2,  t = tanh(u),  u = c (x + 0.044715 x^3),  c = sqrt(2 / pi)
 *           dy/dx = g + x (1 - t^2) / 2 * c (1 + 3 * 0.044715 x^2) */
#include "rule.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double CUBIC = 0.044715;

enum { SAVED_GATE, SAVED_TANH, SAVED_SQUARE };

int gelu_tanh(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &GELU_TANH);
    int square = multiply(tape, HERE("square"), x, x);
    int cube = multiply(tape, HERE("cube"), square, x);
    int cubic = scale(tape, HERE("cubic"), cube, CUBIC);
    int sum = add(tape, HERE("sum"), x, cubic);
    int u = scale(tape, HERE("inner"), sum, sqrt(2 / PI));
    int t = hyperbolic_tangent(tape, HERE("tanh"), u);
    int one_plus = add_constant(tape, HERE("one_plus"), t, 1);
    int gate = scale(tape, HERE("gate"), one_plus, 0.5);
    int y = multiply(tape, RESULT(name), x, gate);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_GATE] = gate, [SAVED_TANH] = t, [SAVED_SQUARE] = square}});
}

/* forward:  y = x g,  g = (1 + tanh(u)) / 2,  u = c (x + 0.044715 x^3) */
static void tanh_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int x = call->inputs[0], t = call->saved[SAVED_TANH];
    int t_square = multiply(tape, HERE("tanh_square"), t, t);
    int minus = scale(tape, HERE("minus"), t_square, -1);
    int slope = add_constant(tape, HERE("tanh_slope"), minus, 1);
    int scaled = scale(tape, HERE("inner_parts"), call->saved[SAVED_SQUARE], 3 * CUBIC);
    int one_plus = add_constant(tape, HERE("inner_sum"), scaled, 1);
    int inner_slope = scale(tape, HERE("inner_slope"), one_plus, sqrt(2 / PI) / 2);
    int gate_slope = multiply(tape, HERE("gate_slope"), slope, inner_slope);
    int second = multiply(tape, HERE("second"), x, gate_slope);
    int gelu_slope = add(tape, HERE("slope"), call->saved[SAVED_GATE], second);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, gelu_slope);
}

static int tanh_sample(Tape *tape, bool twice)
{
    (void)twice;
    return gelu_tanh(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule GELU_TANH = {
    .words = "a soft switch: large numbers pass, negative ones are held back",
    .words_back = "the gradient is multiplied by the slope of the switch",
    .name = "gelu_tanh", .chapter = 11,
    .forward = "y = x g,  g = ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))", .back = "∂x = ∂y (g + x g′)",
    .ascii_forward = "y = x g,  g = (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2", .ascii_back = "dx = dy (g + x g')",
    .backward = tanh_backward, .sample = tanh_sample,
};

int gelu_erf(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &GELU_ERF);
    int u = scale(tape, HERE("inner"), x, sqrt(0.5));
    int e = error_function(tape, HERE("erf"), u);
    int one_plus = add_constant(tape, HERE("one_plus"), e, 1);
    int gate = scale(tape, HERE("gate"), one_plus, 0.5);
    int y = multiply(tape, RESULT(name), x, gate);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {[SAVED_GATE] = gate}});
}

/* forward:  y = x Phi(x) */
static void erf_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int x = call->inputs[0];
    int square = multiply(tape, HERE("square"), x, x);
    int exponent = scale(tape, HERE("exponent"), square, -0.5);
    int bell = exponential(tape, HERE("bell"), exponent);
    int density = scale(tape, HERE("density"), bell, 1 / sqrt(2 * PI));
    int second = multiply(tape, HERE("second"), x, density);
    int slope = add(tape, HERE("slope"), call->saved[SAVED_GATE], second);
    to->grad[0] = multiply(tape, TO(to, 0, "dx"), dy, slope);
}

static int erf_sample(Tape *tape, bool twice)
{
    (void)twice;
    return gelu_erf(tape, "y", sample_weight(tape, "x", 4, 5));
}

const Rule GELU_ERF = {
    .words = "a soft switch: large numbers pass, negative ones are held back",
    .words_back = "the gradient is multiplied by the slope of the switch",
    .name = "gelu_erf", .chapter = 11,
    .forward = "y = x Φ(x),  Φ(x) = ½ (1 + erf(x/√2))", .back = "∂x = ∂y (Φ(x) + x φ(x))",
    .ascii_forward = "y = x Phi(x),  Phi(x) = (1 + erf(x / sqrt 2)) / 2", .ascii_back = "dx = dy (Phi(x) + x phi(x))",
    .backward = erf_backward, .sample = erf_sample,
};
