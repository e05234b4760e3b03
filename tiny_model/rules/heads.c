/* What the weights of attention do: they mix the values, and the heads go on side by side. Vaswani
 * et al. 2017, section 3.2. Chapter 8; backward chapter 14.
 *
 *   output = A V                   dA = dO V^T,  dV = A^T dO
 *   concat = heads side by side    every head takes its columns of the gradient back */
#include "rule.h"

int weighted_sum(Tape *tape, const char *name, int weights, int v)
{
    tape_begin(tape, name, -1, &WEIGHTED_SUM);
    int y = matmul(tape, RESULT(name), weights, v);
    return tape_call(tape, (Call){.inputs = (int[]){weights, v}, .input_count = 2, .output = y});
}

/* forward:  O = A V */
static void weighted_sum_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int a = call->inputs[0], v = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = matmul_bt(tape, TO(to, 0, "dA"), dy, v);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dV"), a, dy);
}

static int weighted_sum_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "A", 4, 4);
    return weighted_sum(tape, "y", a, twice ? a : sample_weight(tape, "V", 4, 3));
}

const Rule WEIGHTED_SUM = {
    .words = "every token takes from the values of others, as much as its weights say",
    .words_back = "the gradient goes to the weights, and by the weights to the values",
    .name = "weighted_sum", .chapter = 8, .forward = "O = A V", .back = "∂A = ∂O Vᵀ,  ∂V = Aᵀ ∂O",
    .ascii_forward = "O = A V", .ascii_back = "dA = dO V^T,  dV = A^T dO",
    .backward = weighted_sum_backward, .sample = weighted_sum_sample,
};

int concat_heads(Tape *tape, const char *name, const int *heads, int count)
{
    tape_begin(tape, name, -1, &CONCAT_HEADS);
    int y = concat(tape, RESULT(name), heads, count);
    return tape_call(tape, (Call){.inputs = heads, .input_count = count, .output = y});
}

/* forward:  y = head0 | head1 | ... */
static void concat_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int offset = 0;
    for (int i = 0; i < call->input_count; i++) {
        int cols = tape_value(tape, call->inputs[i])->cols;
        if (wants_gradient(to, i))
            to->grad[i] = slice_columns(tape, TO(to, i, "dx"), dy, offset, cols);
        offset += cols;
    }
}

static int concat_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "a", 4, 2);
    return concat_heads(tape, "y", (int[]){a, twice ? a : sample_weight(tape, "b", 4, 3)}, 2);
}

const Rule CONCAT_HEADS = {
    .words = "the results of the heads side by side",
    .words_back = "every head gets its columns of the gradient back",
    .name = "concat_heads", .chapter = 8, .forward = "y = head0 | head1 | …",
    .back = "∂head h = its columns of ∂y",
    .ascii_forward = "y = head0 | head1 | ...", .ascii_back = "d head h = its columns of dy",
    .backward = concat_backward, .sample = concat_sample,
};
