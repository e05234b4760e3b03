/* The keys of a model file, their defaults and what makes a model impossible; see model.h. */
#include "model.h"

#include "../tokenizer/tokenizer.h"

#include <math.h>
#include <string.h>

static const char *const tokenizers[] = {"words", "characters", NULL};
static const char *const positions[] = {"learned", "sinusoidal", "rope", "alibi", "none", NULL};
static const char *const norms[] = {"layernorm", "rmsnorm", NULL};
static const char *const places[] = {"none", "pre", "post", NULL};
static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "swiglu", NULL};
static const char *const losses[] = {"mean", "sum", NULL};
static const char *const inits[] = {"python_gauss", "normal", "decimal", "zeros", NULL};
static const char *const reseeds[] = {"once", "per_stage", NULL};
static const char *const optimizers[] = {"sgd", "adam", "adamw", NULL};

#define AT(member) offsetof(Model, member)
#define TEXT(key_, says) {.key = #key_, .type = KEY_TEXT, .offset = AT(key_), .group = "", .meaning = says}
#define FLAG(key_, says) {.key = #key_, .type = KEY_FLAG, .offset = AT(key_), .group = "", .meaning = says}
#define CHOICE(key_, of, says) \
    {.key = #key_, .type = KEY_CHOICE, .offset = AT(key_), .choices = of, .group = "", .meaning = says}
#define INTEGER(key_, top, says) \
    {.key = #key_, .type = KEY_INTEGER, .offset = AT(key_), .least = 1, .most = top, .group = "", .meaning = says}
#define INSIDE(group_, key_) .key = #key_, .offset = AT(group_.key_), .group = #group_

const ModelKey MODEL_KEYS[] = {
    TEXT(name, "what the model is called"),
    TEXT(text, "the text of the training step"),
    CHOICE(tokenizer, tokenizers, "how the text becomes tokens"),
    FLAG(add_bos, "put <BOS> before the text"),
    FLAG(add_eos, "put <EOS> behind the text"),
    {.key = "vocabulary", .type = KEY_VOCABULARY, .group = "",
     .meaning = "the tokens; absent: <PAD>, <BOS>, <EOS>, then those of the text as they appear"},
    INTEGER(context, MOST_TOKENS, "most tokens that a text may have; absent: as many as the text has"),
    INTEGER(d_model, MOST_WIDTH, "width of the residual stream"),
    INTEGER(n_heads, MOST_WIDTH, "attention heads; d_model is a multiple of it"),
    INTEGER(d_ff, MOST_WIDTH, "width inside the MLP; absent: 4 times d_model"),
    INTEGER(n_layers, MOST_LAYERS, "blocks"),
    CHOICE(position, positions, "how a token knows its place"),
    CHOICE(norm, norms, "the kind of all norms"),
    {.key = "norm_eps", .type = KEY_NUMBER, .offset = AT(norm_eps), .group = "", .least = 0, .most = 1e300,
     .above_least = true, .meaning = "added to the variance, inside the root"},
    CHOICE(norm_attention, places, "a norm before attention, after its residual, or none"),
    CHOICE(norm_mlp, places, "the same for the MLP"),
    FLAG(final_norm, "a norm before the head"),
    FLAG(residual_attention, "attention adds to its stream"),
    FLAG(residual_mlp, "the MLP adds to its stream"),
    CHOICE(activation, activations, "between the two matrices of the MLP"),
    FLAG(attention_bias, "b_Q, b_K, b_V"),
    FLAG(output_bias, "b_O"),
    FLAG(mlp_bias, "b_1, b_2 and with swiglu b_gate"),
    FLAG(head_bias, "head.b"),
    FLAG(tied_head, "the head is the token embedding, transposed"),
    CHOICE(loss, losses, "of the losses per token"),
    {INSIDE(init, kind), .type = KEY_CHOICE, .choices = inits, .meaning = "where the weights come from"},
    {INSIDE(init, seed), .type = KEY_NUMBER, .least = 0, .most = 9007199254740992.0, .meaning = "a whole number"},
    {INSIDE(init, std), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "standard deviation"},
    {INSIDE(init, reseed), .type = KEY_CHOICE, .choices = reseeds,
     .meaning = "per_stage: again for embeddings, projections, output, MLP and head"},
    {INSIDE(init, decimals), .type = KEY_INTEGER, .least = 1, .most = 9, .meaning = "of init.kind decimal"},
    {INSIDE(optimizer, kind), .type = KEY_CHOICE, .choices = optimizers, .meaning = "the rule of the update"},
    {INSIDE(optimizer, lr), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "learning rate"},
    {INSIDE(optimizer, beta1), .type = KEY_NUMBER, .least = 0, .most = 0.9999999999, .meaning = "decay of m"},
    {INSIDE(optimizer, beta2), .type = KEY_NUMBER, .least = 0, .most = 0.9999999999, .meaning = "decay of v"},
    {INSIDE(optimizer, eps), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "outside the root"},
    {INSIDE(optimizer, weight_decay), .type = KEY_NUMBER, .least = 0, .most = 1e300,
     .meaning = "decoupled in adamw, added to the gradient in adam and sgd"},
    {INSIDE(optimizer, clip_norm), .type = KEY_NUMBER, .least = 0, .most = 1e300, .above_least = true,
     .may_be_null = true, .meaning = "largest global norm of the gradients, or null"},
};
const int MODEL_KEY_COUNT = sizeof MODEL_KEYS / sizeof *MODEL_KEYS;

void model_defaults(Model *model)
{
    *model = (Model){
        .name = "model", .text = "the cat sat on the mat", .tokenizer = TOKENIZER_WORDS, .add_bos = 1, .add_eos = 1,
        .d_model = 16, .n_heads = 2, .n_layers = 1, .position = POSITION_LEARNED,
        .norm = NORM_LAYER, .norm_eps = 1e-5, .norm_attention = NORM_PRE, .norm_mlp = NORM_PRE, .final_norm = 1,
        .residual_attention = 1, .residual_mlp = 1, .activation = ACTIVATION_GELU_TANH,
        .attention_bias = 1, .output_bias = 1, .mlp_bias = 1, .loss = LOSS_MEAN,
        .init = {.kind = INIT_NORMAL, .seed = 42, .std = 0.02, .reseed = RESEED_ONCE, .decimals = 1},
        .optimizer = {.kind = OPTIMIZER_ADAMW, .lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8,
                      .weight_decay = 0.01, .clip_norm = INFINITY},
    };
}

const char *model_text(Model *model, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_alloc(&model->arena, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static bool sizes_work(const Model *model, Error *error)
{
    if (model->d_model % model->n_heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"d_model\" is %d, which is not a multiple of \"n_heads\" %d; choose one that is",
                         model->d_model, model->n_heads);
    if (model->position == POSITION_ROPE && model_head_size(model) % 2 != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"position\" rope turns pairs of columns, but \"d_model\" / \"n_heads\" is %d; make it even",
                         model_head_size(model));
    if (model->d_ff > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"d_ff\" (4 times \"d_model\") is %d; at most %d",
                         model->d_ff, MOST_WIDTH);
    return true;
}

static bool tokens_fit(const Model *model, Error *error)
{
    if (model->token_count < 2)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text\" has %d token; a training step needs two, one to read and one to predict",
                         model->token_count);
    if (model->token_count > model->context)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text\" has %d tokens, longer than \"context\" %d; shorten it or raise the context",
                         model->token_count, model->context);
    return true;
}

bool model_finish(Model *model, Error *error)
{
    if (model->init.seed != floor(model->init.seed))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"seed\" in \"init\" is %g; use a whole number",
                         model->init.seed);
    if (!tokenizer_prepare(model, error))
        return false;
    if (model->context == 0)
        model->context = model->token_count;
    if (model->d_ff == 0)
        model->d_ff = 4 * model->d_model;
    return sizes_work(model, error) && tokens_fit(model, error);
}

void model_free(Model *model)
{
    arena_free(&model->arena);
    *model = (Model){0};
}
