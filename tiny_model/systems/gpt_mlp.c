/* The MLP of a block, or one of several experts. Chapter 10.
 *
 *   y = act(x W_1 + b_1) W_2 + b_2
 *   swiglu      silu(x W_gate) * (x W_1) in the place of act(x W_1) */
#include "gpt_recording.h"

#include "../rules/rule.h"

#include <stdlib.h>

static int record_activation(const Recording *to, int x, int gate)
{
    switch ((Activation)to->gpt->activation) {
    case ACTIVATION_RELU: return relu_rule(to->tape, "activated", x);
    case ACTIVATION_GELU_TANH: return gelu_tanh(to->tape, "activated", x);
    case ACTIVATION_GELU_ERF: return gelu_erf(to->tape, "activated", x);
    case ACTIVATION_SILU: return silu(to->tape, "activated", x);
    case ACTIVATION_SWIGLU: return swiglu(to->tape, "activated", gate, x);
    }
    abort();
}

MlpWeights gpt_mlp_weights(const Recording *to)
{
    const Gpt *gpt = to->gpt;
    int d = gpt->d_model, f = gpt->d_ff;
    MlpWeights weights = {.gate = -1, .gate_bias = -1};
    if (gpt->activation == ACTIVATION_SWIGLU) {
        weights.gate = gpt_weight(to, "W_gate", d, to->feature, f, to->hidden, true);
        weights.gate_bias = gpt_bias(to, "b_gate", gpt->mlp_bias, f, to->hidden);
    }
    weights.in = gpt_weight(to, "W_1", d, to->feature, f, to->hidden, true);
    weights.in_bias = gpt_bias(to, "b_1", gpt->mlp_bias, f, to->hidden);
    weights.out = gpt_weight(to, "W_2", f, to->hidden, d, to->feature, true);
    weights.out_bias = gpt_bias(to, "b_2", gpt->mlp_bias, d, to->feature);
    return weights;
}

int gpt_mlp(const Recording *to, MlpWeights weights, int x)
{
    int gate = weights.gate < 0 ? -1 : gpt_linear(to, "gate", "W_gate", x, weights.gate, weights.gate_bias);
    int hidden = gpt_linear(to, "hidden", "W_1", x, weights.in, weights.in_bias);
    return gpt_linear(to, "output", "W_2", record_activation(to, hidden, gate), weights.out, weights.out_bias);
}
