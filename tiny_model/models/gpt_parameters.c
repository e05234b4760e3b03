/* The parameters of a GPT, in the order of their names; see gpt.h. */
#include "gpt.h"

#include <stdio.h>

/* As the published calculation draws them: seeded again at the start of each. */
enum { STAGE_EMBEDDINGS, STAGE_PROJECTIONS, STAGE_OUTPUT, STAGE_MLP, STAGE_HEAD, STAGES_OF_A_BLOCK };

typedef struct {
    const Model *model;
    Parameters *parameters;
    char scope[64];
    int stage;
    Error *error;
    bool whole;   /* false once one could not be added */
} Declaration;

static void declare(Declaration *to, const char *local, int rows, int cols, ParameterClass class, bool transposed)
{
    if (to->whole)
        to->whole = parameters_add(to->parameters, (Parameter){.scope = to->scope, .local = local, .rows = rows,
                                                               .cols = cols, .class = class, .stage = to->stage,
                                                               .drawn_transposed = transposed}, to->error);
}

static void declare_norm(Declaration *to, NormPlace place)
{
    if (place == NORM_NONE)
        return;
    declare(to, "gamma", 1, to->model->d_model, PARAMETER_GAMMA, false);
    if (to->model->norm == NORM_LAYER)
        declare(to, "beta", 1, to->model->d_model, PARAMETER_BETA, false);
}

static void declare_attention(Declaration *to, int block)
{
    static const char *const weights[] = {"W_Q", "W_K", "W_V"}, *const biases[] = {"b_Q", "b_K", "b_V"};
    const Model *model = to->model;
    int d = model->d_model, d_k = model_head_size(model);
    to->stage = STAGE_PROJECTIONS + STAGES_OF_A_BLOCK * block;
    snprintf(to->scope, sizeof to->scope, "block%d.attention.norm", block);
    declare_norm(to, (NormPlace)model->norm_attention);
    for (int head = 0; head < model->n_heads && to->whole; head++) {
        snprintf(to->scope, sizeof to->scope, "block%d.attention.head%d", block, head);
        for (int i = 0; i < 3; i++)
            declare(to, weights[i], d, d_k, PARAMETER_WEIGHT, false);
        for (int i = 0; i < 3 && model->attention_bias; i++)
            declare(to, biases[i], 1, d_k, PARAMETER_BIAS, false);
    }
    to->stage = STAGE_OUTPUT + STAGES_OF_A_BLOCK * block;
    snprintf(to->scope, sizeof to->scope, "block%d.attention", block);
    declare(to, "W_O", d, d, PARAMETER_WEIGHT, true);
    if (model->output_bias)
        declare(to, "b_O", 1, d, PARAMETER_BIAS, false);
}

static void declare_mlp(Declaration *to, int block)
{
    const Model *model = to->model;
    int d = model->d_model, f = model->d_ff;
    to->stage = STAGE_MLP + STAGES_OF_A_BLOCK * block;
    snprintf(to->scope, sizeof to->scope, "block%d.mlp.norm", block);
    declare_norm(to, (NormPlace)model->norm_mlp);
    snprintf(to->scope, sizeof to->scope, "block%d.mlp", block);
    if (model->activation == ACTIVATION_SWIGLU) {
        declare(to, "W_gate", d, f, PARAMETER_WEIGHT, true);
        if (model->mlp_bias)
            declare(to, "b_gate", 1, f, PARAMETER_BIAS, false);
    }
    declare(to, "W_1", d, f, PARAMETER_WEIGHT, true);
    if (model->mlp_bias)
        declare(to, "b_1", 1, f, PARAMETER_BIAS, false);
    declare(to, "W_2", f, d, PARAMETER_WEIGHT, true);
    if (model->mlp_bias)
        declare(to, "b_2", 1, d, PARAMETER_BIAS, false);
}

/* Of the keys that make a model big, the one that does most here. */
static const char *biggest_key(const Model *model)
{
    if (model->d_ff > 4 * model->d_model)
        return "d_ff";
    if (model->vocabulary_size > 8 * model->d_model)
        return "vocabulary";
    return model->d_model > 64 * model->n_layers ? "d_model" : "n_layers";
}

bool gpt_declare(const Model *model, Parameters *parameters, Error *error)
{
    Declaration to = {.model = model, .parameters = parameters, .stage = STAGE_EMBEDDINGS, .error = error, .whole = true};
    declare(&to, "token_embedding", model->vocabulary_size, model->d_model, PARAMETER_WEIGHT, false);
    if (model->position == POSITION_LEARNED)
        declare(&to, "position_embedding", model->context, model->d_model, PARAMETER_WEIGHT, false);
    for (int block = 0; block < model->n_layers && to.whole; block++) {
        declare_attention(&to, block);
        declare_mlp(&to, block);
    }
    to.stage = STAGE_HEAD + STAGES_OF_A_BLOCK * model->n_layers;
    snprintf(to.scope, sizeof to.scope, "final_norm");
    declare_norm(&to, model->final_norm ? NORM_PRE : NORM_NONE);
    snprintf(to.scope, sizeof to.scope, "head");
    if (!model->tied_head)
        declare(&to, "W", model->d_model, model->vocabulary_size, PARAMETER_WEIGHT, true);
    if (model->head_bias)
        declare(&to, "b", 1, model->vocabulary_size, PARAMETER_BIAS, false);
    if (to.whole)
        return true;
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: \"%s\" makes a tape of more than 1 GB; make the model smaller", biggest_key(model));
}
