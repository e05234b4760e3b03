/* A linear layer with a low-rank adapter beside its weights: Hu et al. 2021. Chapter 32.
 *
 *   y = x W + s (x A) B + b        x [T x n], W [n x m], A [n x r], B [r x m], s = alpha / r
 *   dB = s (x A)^T dy
 *   dA = s x^T (dy B^T)            B = 0 at the start, so A learns nothing at the first step; B does
 *   dx = dy W^T + s (dy B^T) A^T
 *   dW = x^T dy, where W is trained too; usually it is frozen */
#include "rule.h"

enum { SAVED_DOWN };

int adapted_linear(Tape *tape, const char *name, int x, int w, int b, int a, int lora_b, double scale_)
{
    tape_begin(tape, name, -1, &LORA);
    int base = matmul(tape, HERE("base"), x, w);
    int down = matmul(tape, HERE("down"), x, a);
    int up = matmul(tape, HERE("up"), down, lora_b);
    int delta = scale(tape, HERE("delta"), up, scale_);
    int y = add(tape, b < 0 ? RESULT(name) : HERE("adapted"), base, delta);
    if (b >= 0)
        y = add_row(tape, RESULT(name), y, b);
    return tape_call(tape, (Call){.inputs = (int[]){x, w, a, lora_b, b}, .input_count = b < 0 ? 4 : 5, .output = y,
                                  .saved = {[SAVED_DOWN] = down}, .attributes = {.constants = {scale_}}});
}

/* forward:  y = x W + s (x A) B + b */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    const int *in = call->inputs;
    bool below = wants_gradient(to, LORA_X) || wants_gradient(to, LORA_A);
    int scaled_dy = scale(tape, HERE("scaled"), dy, call->attributes.constants[0]);
    int ddown = below ? matmul_bt(tape, HERE("ddown"), scaled_dy, in[LORA_B]) : -1;
    if (wants_gradient(to, LORA_X)) {
        int through_w = matmul_bt(tape, HERE("through_W"), dy, in[LORA_W]);
        int through_a = matmul_bt(tape, HERE("through_A"), ddown, in[LORA_A]);
        to->grad[LORA_X] = add(tape, TO(to, LORA_X, "dx"), through_w, through_a);
    }
    if (wants_gradient(to, LORA_W))
        to->grad[LORA_W] = matmul_at(tape, TO(to, LORA_W, "dW"), in[LORA_X], dy);
    if (wants_gradient(to, LORA_A))
        to->grad[LORA_A] = matmul_at(tape, TO(to, LORA_A, "dA"), in[LORA_X], ddown);
    if (wants_gradient(to, LORA_B))
        to->grad[LORA_B] = matmul_at(tape, TO(to, LORA_B, "dB"), call->saved[SAVED_DOWN], scaled_dy);
    if (call->input_count > LORA_BIAS && wants_gradient(to, LORA_BIAS))
        to->grad[LORA_BIAS] = column_sum(tape, TO(to, LORA_BIAS, "db"), dy);
}

static int sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 4), w = twice ? x : sample_weight(tape, "W", 4, 5);
    int a = sample_weight(tape, "A", 4, 2), b = sample_weight(tape, "B", 2, twice ? 4 : 5);
    return adapted_linear(tape, "y", x, w, twice ? -1 : sample_weight(tape, "b", 1, 5), a, b, 1.5);
}

const Rule LORA = {
    .words = "weights that stay as they are, and beside them two thin matrices that learn",
    .words_back = "B learns from what A made of the rows, A learns through B: where B is 0, nothing",
    .name = "lora", .chapter = 32,
    .forward = "y = x W + s (x A) B + b", .back = "∂B = s (x A)ᵀ ∂y,  ∂A = s xᵀ (∂y Bᵀ),  ∂x = ∂y Wᵀ + s (∂y Bᵀ) Aᵀ",
    .ascii_forward = "y = x W + s (x A) B + b",
    .ascii_back = "dB = s (x A)^T dy,  dA = s x^T (dy B^T),  dx = dy W^T + s (dy B^T) A^T",
    .backward = backward_part, .sample = sample,
};
