/* What config.json says of a model that somebody else trained; see config.h. */
#include "config.h"

#include "json_file.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <string.h>

static const size_t LARGEST_FILE = 1 << 20;

typedef enum { INTEGER, NUMBER, FLAG, ACTIVATION } KeyType;

/* A key that is not needed may be absent or null, and the member keeps its default. */
typedef struct {
    const char *key;
    KeyType type;
    size_t offset;
    bool needed;
    double least, most;
} Key;

#define AT(member) offsetof(Config, member)
static const double MOST_LAYERS = 1000, MOST_HEADS = 1000, WIDEST = 1 << 18, LARGEST_HEAD = 1 << 13,
                    MOST_TOKENS = 1 << 24;

static const Key GPT2_KEYS[] = {
    {"n_layer", INTEGER, AT(n_layers), true, 1, MOST_LAYERS},
    {"n_head", INTEGER, AT(n_heads), true, 1, MOST_HEADS},
    {"n_embd", INTEGER, AT(d_model), true, 1, WIDEST},
    {"vocab_size", INTEGER, AT(vocabulary), true, 1, MOST_TOKENS},
    {"n_ctx", INTEGER, AT(context), false, 1, MOST_TOKENS},
    {"n_positions", INTEGER, AT(context), false, 1, MOST_TOKENS},
    {"n_inner", INTEGER, AT(d_ff), false, 1, 4 * WIDEST},
    {"activation_function", ACTIVATION, AT(activation), false, 0, 0},
    {"layer_norm_epsilon", NUMBER, AT(norm_eps), false, 0, 1},
    {"tie_word_embeddings", FLAG, AT(tied_head), false, 0, 0},
};

static const Key LLAMA_KEYS[] = {
    {"num_hidden_layers", INTEGER, AT(n_layers), true, 1, MOST_LAYERS},
    {"num_attention_heads", INTEGER, AT(n_heads), true, 1, MOST_HEADS},
    {"num_key_value_heads", INTEGER, AT(n_kv_heads), false, 1, MOST_HEADS},
    {"hidden_size", INTEGER, AT(d_model), true, 1, WIDEST},
    {"head_dim", INTEGER, AT(d_head), false, 1, LARGEST_HEAD},
    {"intermediate_size", INTEGER, AT(d_ff), true, 1, 4 * WIDEST},
    {"vocab_size", INTEGER, AT(vocabulary), true, 1, MOST_TOKENS},
    {"max_position_embeddings", INTEGER, AT(context), true, 1, MOST_TOKENS},
    {"hidden_act", ACTIVATION, AT(activation), false, 0, 0},
    {"rms_norm_eps", NUMBER, AT(norm_eps), false, 0, 1},
    {"rope_theta", NUMBER, AT(rope_theta), false, 0, 1e12},
    {"tie_word_embeddings", FLAG, AT(tied_head), false, 0, 0},
    {"attention_bias", FLAG, AT(attention_bias), false, 0, 0},
    {"mlp_bias", FLAG, AT(mlp_bias), false, 0, 0},
};

/* Hugging Face's names of activations, and ours. */
static const char *const ACTIVATIONS[][2] = {
    {"gelu_new", "gelu_tanh"}, {"gelu_pytorch_tanh", "gelu_tanh"}, {"gelu", "gelu_erf"},
    {"relu", "relu"}, {"silu", "silu"}, {"swish", "silu"},
};

/* Keys that change the arithmetic, and the only value of each that does not: JSON text. */
static const char *const UNCHANGED[][2] = {
    {"scale_attn_weights", "true"}, {"scale_attn_by_inverse_layer_idx", "false"}, {"add_cross_attention", "false"},
    {"rope_scaling", "null"}, {"partial_rotary_factor", "1.0"}, {"quantization_config", "null"},
};

static const struct {
    const char *type;
    const char *architectures[3];
    const Key *keys;
    size_t count;
    Config defaults;
} TYPES[] = {
    {"gpt2", {"GPT2LMHeadModel", "GPT2Model", "GPT2DoubleHeadsModel"}, GPT2_KEYS, sizeof GPT2_KEYS / sizeof *GPT2_KEYS,
     {.family = FAMILY_GPT2, .activation = "gelu_tanh", .norm_eps = 1e-5, .tied_head = true, .attention_bias = true,
      .mlp_bias = true}},
    {"llama", {"LlamaForCausalLM", "LlamaModel", "LLaMAForCausalLM"}, LLAMA_KEYS,
     sizeof LLAMA_KEYS / sizeof *LLAMA_KEYS,
     {.family = FAMILY_LLAMA, .activation = "silu", .norm_eps = 1e-6, .rope_theta = 10000}},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

static bool must_be(Error *error, const char *path, const char *key, const char *what)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" must be %s", path, key, what);
}

static bool set_integer(const char *path, const Key *key, const json_t *told, int *member, Error *error)
{
    json_int_t number = json_integer_value(told);
    char range[80];
    if (json_is_integer(told) && number >= (json_int_t)key->least && number <= (json_int_t)key->most) {
        *member = (int)number;
        return true;
    }
    snprintf(range, sizeof range, "a whole number from %.0f to %.0f", key->least, key->most);
    return must_be(error, path, key->key, range);
}

static bool set_number(const char *path, const Key *key, const json_t *told, double *member, Error *error)
{
    double number = json_number_value(told);
    char range[80];
    if (json_is_number(told) && number > key->least && number <= key->most) {
        *member = number;
        return true;
    }
    snprintf(range, sizeof range, "a number above %g and at most %g", key->least, key->most);
    return must_be(error, path, key->key, range);
}

static bool set_activation(const char *path, const Key *key, const json_t *told, const char **member, Error *error)
{
    const char *name = json_string_value(told);
    for (size_t i = 0; name && i < sizeof ACTIVATIONS / sizeof *ACTIVATIONS; i++)
        if (strcmp(ACTIVATIONS[i][0], name) == 0) {
            *member = ACTIVATIONS[i][1];
            return true;
        }
    return must_be(error, path, key->key, "\"gelu_new\", \"gelu\", \"relu\" or \"silu\"; others are not computed");
}

static bool set_key(const char *path, const Key *key, const json_t *told, Config *config, Error *error)
{
    void *member = (char *)config + key->offset;
    switch (key->type) {
    case INTEGER: return set_integer(path, key, told, member, error);
    case NUMBER: return set_number(path, key, told, member, error);
    case ACTIVATION: return set_activation(path, key, told, member, error);
    case FLAG:
        *(bool *)member = json_is_true(told);
        return json_is_boolean(told) || must_be(error, path, key->key, "true or false");
    }
    return false;
}

static bool set_keys(const char *path, const json_t *json, int type, Config *config, Error *error)
{
    for (size_t i = 0; i < TYPES[type].count; i++) {
        const Key *key = &TYPES[type].keys[i];
        const json_t *told = json_object_get(json, key->key);
        bool absent = !told || (json_is_null(told) && !key->needed);
        if (absent && key->needed)
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no \"%s\", which a %s needs", path, key->key,
                             TYPES[type].type);
        if (!absent && !set_key(path, key, told, config, error))
            return false;
    }
    return true;
}

/* A newer llama keeps "rope_theta" in an object that says how positions turn. */
static bool set_rope_parameters(const char *path, const json_t *json, Config *config, Error *error)
{
    static const Key theta = {"rope_theta", NUMBER, AT(rope_theta), false, 0, 1e12};
    const json_t *rope = json_object_get(json, "rope_parameters"), *told = json_object_get(rope, "rope_theta");
    const char *kind = json_string_value(json_object_get(rope, "rope_type"));
    if (!rope || json_is_null(rope) || config->family != FAMILY_LLAMA)
        return true;
    if (!json_is_object(rope) || !kind || strcmp(kind, "default") != 0)
        return must_be(error, path, "rope_parameters", "of \"rope_type\" \"default\"; others are not computed");
    return !told || set_key(path, &theta, told, config, error);
}

static bool changes_nothing(const char *path, const json_t *json, Error *error)
{
    for (size_t i = 0; i < sizeof UNCHANGED / sizeof *UNCHANGED; i++) {
        const json_t *told = json_object_get(json, UNCHANGED[i][0]);
        const char *only = UNCHANGED[i][1];
        bool same = !told || json_is_null(told) || (strcmp(only, "true") == 0 && json_is_true(told)) ||
                    (strcmp(only, "false") == 0 && json_is_false(told)) ||
                    (strcmp(only, "1.0") == 0 && json_number_value(told) == 1);
        if (!same) {
            char what[60];
            snprintf(what, sizeof what, "%s; anything else is not computed", only);
            return must_be(error, path, UNCHANGED[i][0], what);
        }
    }
    return true;
}

/* What follows from other keys, and what does not fit together. */
static bool finish(const char *path, Config *config, Error *error)
{
    bool llama = config->family == FAMILY_LLAMA;
    const char *heads = llama ? "num_attention_heads" : "n_head";
    if (config->context == 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no \"n_positions\", which a gpt2 needs", path);
    if (config->d_head == 0 && config->d_model % config->n_heads != 0)
        return must_be(error, path, heads, llama ? "a divisor of \"hidden_size\"" : "a divisor of \"n_embd\"");
    config->d_head = config->d_head ? config->d_head : config->d_model / config->n_heads;
    config->d_ff = config->d_ff ? config->d_ff : 4 * config->d_model;
    config->n_kv_heads = config->n_kv_heads ? config->n_kv_heads : config->n_heads;
    if (config->n_heads % config->n_kv_heads != 0)
        return must_be(error, path, "num_key_value_heads", "a divisor of \"num_attention_heads\"");
    return !llama || config->d_head % 2 == 0 || must_be(error, path, "head_dim", "even: positions turn pairs");
}

/* By model_type; by architectures where there is none. An architecture that is known must agree. */
static int find_type(const char *path, const json_t *json, Error *error)
{
    const char *type = json_string_value(json_object_get(json, "model_type"));
    const char *architecture = json_string_value(json_array_get(json_object_get(json, "architectures"), 0));
    char shown[120];
    for (int i = 0; i < TYPE_COUNT; i++) {
        bool known = !architecture && type;
        for (size_t k = 0; architecture && k < 3; k++)
            known = known || strcmp(architecture, TYPES[i].architectures[k]) == 0;
        if (known && (!type || strcmp(type, TYPES[i].type) == 0))
            return i;
    }
    const char *what = architecture ? architecture : type;
    if (!what)
        error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no \"model_type\"; \"gpt2\" and \"llama\" are read", path);
    else
        error_set(error, EXIT_USED_WRONGLY,
                  "\"%s\": \"%s\"%s is no model that is read; those are GPT2LMHeadModel and LlamaForCausalLM", path,
                  token_visible(shown, sizeof shown, what), architecture && type ? " with this \"model_type\"" : "");
    return -1;
}

static bool read_object(const char *path, const json_t *json, Config *config, Error *error)
{
    if (!json_is_object(json))
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no JSON object", path);
    int type = find_type(path, json, error);
    if (type < 0)
        return false;
    *config = TYPES[type].defaults;
    return set_keys(path, json, type, config, error) && set_rope_parameters(path, json, config, error) &&
           changes_nothing(path, json, error) && finish(path, config, error);
}

bool config_read(const char *path, Config *config, Error *error)
{
    json_t *json = json_file_read(path, LARGEST_FILE, error);
    if (!json)
        return false;
    bool whole = read_object(path, json, config, error);
    json_decref(json);
    return whole;
}
