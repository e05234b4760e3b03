/* The list of rules: a new one is one file and one line here. */
#include "rule.h"

const Rule *const RULES[] = {
    &EMBEDDING, &LINEAR, &TIED_LINEAR, &SCORES, &SCALED, &SCALED_BY, &DISTANCE_BIAS, &MASKED, &SOFTMAX, &WEIGHTED_SUM,
    &COUNTED, &DIFFERENCE, &PREFERENCE_LOSS, &DIVERGENCE, &LORA, &READ_ROW, &STACK_ROWS, &HIDDEN_KEYS,
    &CONCAT_HEADS, &RESIDUAL, &PASS, &DROPOUT, &LAYER_NORM, &RMS_NORM, &ROTARY,
    &GELU_TANH, &GELU_ERF, &RELU_RULE, &TANH_RULE, &SIGMOID_RULE, &SILU, &SWIGLU, &CROSS_ENTROPY, &TOTAL, &MEAN,
    &NEGATIVE_SAMPLING, &MEAN_OF_ROWS, &UNIT_ROWS, &TEMPERATURE, &CONTRASTIVE_LOSS,
    &FLASH, &GATE, &SEND, &SHARE, &WEIGHTED_ROWS, &MIXED, &BALANCE, &Z_LOSS,
    &TIME_WAVES, &BLENDED, &SQUARED_ERROR, &GUIDED, &MOVED, &MODULATED, &GATED, &PART_OF_COLUMNS, &REARRANGED,
    &REPARAMETRISED, &FROM_NORMAL,
    &GAIN, &SPLIT, &LEAF_VALUE,
    &PERIODIC, &EACH_FEATURE, &CROSS, &BINARY_CROSS_ENTROPY,
};
const int RULE_COUNT = sizeof RULES / sizeof *RULES;

int sample_weight(Tape *tape, const char *name, int rows, int cols)
{
    int weight = sample_input(tape, name, rows, cols);
    tape->values[weight].kind = KIND_PARAMETER;
    return weight;
}
