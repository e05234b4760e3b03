/* A cross layer: products of features, one degree more with every layer. Wang et al. 2021, "DCN V2". Chapter 34.
 *
 *   y = x0 * u + x, cell by cell; u [B x n] is made from x, x0 is what the first layer got
 *   dx0 = dy * u,  du = dy * x0,  dx = dy; in the first layer x is x0, which so has two sources there */
#include "rule.h"

enum { CROSS_FIRST, CROSS_U, CROSS_X };

int cross(Tape *tape, const char *name, int x0, int u, int x)
{
    tape_begin(tape, name, -1, &CROSS);
    int product = multiply(tape, HERE("product"), x0, u);
    int y = add(tape, RESULT(name), product, x);
    return tape_call(tape, (Call){.inputs = (int[]){x0, u, x}, .input_count = 3, .output = y});
}

/* forward:  y = x0 * u + x */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, CROSS_FIRST))
        to->grad[CROSS_FIRST] = multiply(tape, TO(to, CROSS_FIRST, "dx0"), dy, call->inputs[CROSS_U]);
    if (wants_gradient(to, CROSS_U))
        to->grad[CROSS_U] = multiply(tape, TO(to, CROSS_U, "du"), dy, call->inputs[CROSS_FIRST]);
    if (wants_gradient(to, CROSS_X))
        to->grad[CROSS_X] = copy(tape, TO(to, CROSS_X, "dx"), dy);
}

static int sample(Tape *tape, bool twice)
{
    int x0 = sample_weight(tape, "x0", 4, 3);
    return cross(tape, "y", x0, sample_weight(tape, "u", 4, 3), twice ? x0 : sample_weight(tape, "x", 4, 3));
}

const Rule CROSS = {
    .words = "every feature times a mixture of all: what two features say only together",
    .words_back = "each factor gets the gradient times the other, and the layer before gets it whole",
    .name = "cross", .chapter = 34, .forward = "y = x₀ ⊙ u + x", .back = "∂x₀ = ∂y ⊙ u,  ∂u = ∂y ⊙ x₀,  ∂x = ∂y",
    .ascii_forward = "y = x0 * u + x", .ascii_back = "dx0 = dy * u,  du = dy * x0,  dx = dy",
    .backward = backward_part, .sample = sample,
};
