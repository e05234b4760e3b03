/* Where in the tensors of somebody else's model a parameter of ours is; see foreign.h.
 * One table for each family says it; in names, # is a number and @ is "head", or "group" where several
 * heads share keys and values. */
#include "foreign.h"

#include "tensors_file.h"
#include "tracer/base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* d_model, n_heads d_head, n_kv_heads d_head, both kinds of both: queries, keys, values side by side; ... */
typedef enum { NONE, D, HEADS, GROUPS, FUSED, F, V, CONTEXT } Size;
typedef enum { WHOLE, QUERIES, KEYS, VALUES, OWN } Slice;            /* of the outputs; OWN: a tensor for itself */
/* LINEAR: as the family stores its linear layers */
typedef enum { LINEAR, IN_OUT, OUT_IN } Layout;
typedef enum { ALWAYS, UNTIED, ATTENTION_BIAS, MLP_BIAS } When;

typedef struct {
    const char *ours, *theirs;
    Size in, out;
    Layout layout;
    Slice slice;
    When when;
} Place;

static const Place GPT2[] = {
    {"token_embedding", "wte.weight", V, D, IN_OUT, WHOLE, ALWAYS},
    {"position_embedding", "wpe.weight", CONTEXT, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.attention.norm.gamma", "h.#.ln_1.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.attention.norm.beta", "h.#.ln_1.bias", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.attention.head#.W_Q", "h.#.attn.c_attn.weight", D, FUSED, LINEAR, QUERIES, ALWAYS},
    {"block#.attention.@#.W_K", "h.#.attn.c_attn.weight", D, FUSED, LINEAR, KEYS, ALWAYS},
    {"block#.attention.@#.W_V", "h.#.attn.c_attn.weight", D, FUSED, LINEAR, VALUES, ALWAYS},
    {"block#.attention.head#.b_Q", "h.#.attn.c_attn.bias", NONE, FUSED, IN_OUT, QUERIES, ALWAYS},
    {"block#.attention.@#.b_K", "h.#.attn.c_attn.bias", NONE, FUSED, IN_OUT, KEYS, ALWAYS},
    {"block#.attention.@#.b_V", "h.#.attn.c_attn.bias", NONE, FUSED, IN_OUT, VALUES, ALWAYS},
    {"block#.attention.W_O", "h.#.attn.c_proj.weight", HEADS, D, LINEAR, WHOLE, ALWAYS},
    {"block#.attention.b_O", "h.#.attn.c_proj.bias", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.mlp.norm.gamma", "h.#.ln_2.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.mlp.norm.beta", "h.#.ln_2.bias", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.mlp.W_1", "h.#.mlp.c_fc.weight", D, F, LINEAR, WHOLE, ALWAYS},
    {"block#.mlp.b_1", "h.#.mlp.c_fc.bias", NONE, F, IN_OUT, WHOLE, ALWAYS},
    {"block#.mlp.W_2", "h.#.mlp.c_proj.weight", F, D, LINEAR, WHOLE, ALWAYS},
    {"block#.mlp.b_2", "h.#.mlp.c_proj.bias", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"final_norm.gamma", "ln_f.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"final_norm.beta", "ln_f.bias", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"head.W", "lm_head.weight", D, V, OUT_IN, WHOLE, UNTIED},
};

static const Place LLAMA[] = {
    {"token_embedding", "embed_tokens.weight", V, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.attention.norm.gamma", "layers.#.input_layernorm.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.attention.head#.W_Q", "layers.#.self_attn.q_proj.weight", D, HEADS, LINEAR, OWN, ALWAYS},
    {"block#.attention.@#.W_K", "layers.#.self_attn.k_proj.weight", D, GROUPS, LINEAR, OWN, ALWAYS},
    {"block#.attention.@#.W_V", "layers.#.self_attn.v_proj.weight", D, GROUPS, LINEAR, OWN, ALWAYS},
    {"block#.attention.head#.b_Q", "layers.#.self_attn.q_proj.bias", NONE, HEADS, IN_OUT, OWN, ATTENTION_BIAS},
    {"block#.attention.@#.b_K", "layers.#.self_attn.k_proj.bias", NONE, GROUPS, IN_OUT, OWN, ATTENTION_BIAS},
    {"block#.attention.@#.b_V", "layers.#.self_attn.v_proj.bias", NONE, GROUPS, IN_OUT, OWN, ATTENTION_BIAS},
    {"block#.attention.W_O", "layers.#.self_attn.o_proj.weight", HEADS, D, LINEAR, WHOLE, ALWAYS},
    {"block#.attention.b_O", "layers.#.self_attn.o_proj.bias", NONE, D, IN_OUT, WHOLE, ATTENTION_BIAS},
    {"block#.mlp.norm.gamma", "layers.#.post_attention_layernorm.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"block#.mlp.W_gate", "layers.#.mlp.gate_proj.weight", D, F, LINEAR, WHOLE, ALWAYS},
    {"block#.mlp.b_gate", "layers.#.mlp.gate_proj.bias", NONE, F, IN_OUT, WHOLE, MLP_BIAS},
    {"block#.mlp.W_1", "layers.#.mlp.up_proj.weight", D, F, LINEAR, WHOLE, ALWAYS},
    {"block#.mlp.b_1", "layers.#.mlp.up_proj.bias", NONE, F, IN_OUT, WHOLE, MLP_BIAS},
    {"block#.mlp.W_2", "layers.#.mlp.down_proj.weight", F, D, LINEAR, WHOLE, ALWAYS},
    {"block#.mlp.b_2", "layers.#.mlp.down_proj.bias", NONE, D, IN_OUT, WHOLE, MLP_BIAS},
    {"final_norm.gamma", "norm.weight", NONE, D, IN_OUT, WHOLE, ALWAYS},
    {"head.W", "lm_head.weight", D, V, OUT_IN, WHOLE, UNTIED},
};

#define PLACES(list) {list, sizeof list / sizeof *list}
static const struct {
    struct {
        const Place *list;
        size_t count;
    } places;
    const char *name, *prefix, *embedding;
    Layout linear;
} FAMILIES[] = {
    [FAMILY_GPT2] = {PLACES(GPT2), "gpt2", "transformer.", "wte.weight", IN_OUT},
    [FAMILY_MINGPT] = {PLACES(GPT2), "minGPT", "transformer.", "wte.weight", OUT_IN},
    [FAMILY_LLAMA] = {PLACES(LLAMA), "llama", "model.", "embed_tokens.weight", OUT_IN},
};

const char *family_name(Family family)
{
    return FAMILIES[family].name;
}

static int size_of(const Config *config, Size size)
{
    switch (size) {
    case NONE: return 1;
    case D: return config->d_model;
    case HEADS: return config->n_heads * config->d_head;
    case GROUPS: return config->n_kv_heads * config->d_head;
    case FUSED: return (config->n_heads + 2 * config->n_kv_heads) * config->d_head;
    case F: return config->d_ff;
    case V: return config->vocabulary;
    case CONTEXT: return config->context;
    }
    return 0;
}

static bool applies(const Config *config, When when)
{
    switch (when) {
    case ALWAYS: return true;
    case UNTIED: return !config->tied_head;
    case ATTENTION_BIAS: return config->attention_bias;
    case MLP_BIAS: return config->mlp_bias;
    }
    return false;
}

static bool is_transposed(const Config *config, const Place *place)
{
    return (place->layout == LINEAR ? FAMILIES[config->family].linear : place->layout) == OUT_IN;
}

/* Whether a name has the pattern; the numbers that stand for # are filled in, in order. */
static bool has_pattern(const Config *config, const char *pattern, const char *name, int numbers[2])
{
    const char *word = config->n_kv_heads < config->n_heads ? "group" : "head";
    int count = 0;
    for (; *pattern; pattern++) {
        if (*pattern == '@') {
            if (!text_begins(name, word))
                return false;
            name += strlen(word);
        } else if (*pattern == '#') {
            char digits[8];
            size_t length = strspn(name, "0123456789");
            if (length == 0 || length >= sizeof digits || (*name == '0' && length > 1))
                return false;
            snprintf(digits, sizeof digits, "%.*s", (int)length, name);
            numbers[count++] = atoi(digits);
            name += length;
        } else if (*name++ != *pattern) {
            return false;
        }
    }
    return *name == '\0';
}

/* A pattern with one number, or none. */
static void with_number(const char *pattern, int number, char *out, size_t size)
{
    const char *mark = strchr(pattern, '#');
    if (mark)
        snprintf(out, size, "%.*s%d%s", (int)(mark - pattern), pattern, number, mark + 1);
    else
        snprintf(out, size, "%s", pattern);
}

bool foreign_find(const Config *config, const char *parameter, ForeignPart *part)
{
    for (size_t i = 0; i < FAMILIES[config->family].places.count; i++) {
        const Place *place = &FAMILIES[config->family].places.list[i];
        int numbers[2] = {0, 0};
        if (!applies(config, place->when) || !has_pattern(config, place->ours, parameter, numbers))
            continue;
        bool sliced = place->slice != WHOLE, of_queries = strstr(place->ours, "head#") != NULL;
        int in = size_of(config, place->in), out = sliced ? config->d_head : size_of(config, place->out);
        int before = place->slice == KEYS ? size_of(config, HEADS)
                     : place->slice == VALUES ? size_of(config, HEADS) + size_of(config, GROUPS) : 0;
        int first = sliced ? before + numbers[1] * config->d_head : 0;
        if (numbers[0] >= config->n_layers ||
            (sliced && numbers[1] >= (of_queries ? config->n_heads : config->n_kv_heads)))
            return false;
        bool transposed = is_transposed(config, place);
        *part = transposed ? (ForeignPart){.first_row = first, .rows = out, .cols = in, .transposed = true}
                           : (ForeignPart){.first_col = first, .rows = in, .cols = out};
        with_number(place->theirs, numbers[0], part->tensor, sizeof part->tensor);
        return true;
    }
    return false;
}

const Tensor *foreign_tensor(const Tensors *tensors, Family family, const char *name)
{
    char prefixed[100];
    const Tensor *tensor = tensors_find(tensors, name);
    snprintf(prefixed, sizeof prefixed, "%s%s", FAMILIES[family].prefix, name);
    return tensor ? tensor : tensors_find(tensors, prefixed);
}

bool foreign_head_is_tied(const Tensors *tensors, Family family)
{
    const Tensor *head = foreign_tensor(tensors, family, "lm_head.weight");
    const Tensor *embedding = foreign_tensor(tensors, family, FAMILIES[family].embedding);
    return !head || (embedding && head->dtype == embedding->dtype && head->bytes == embedding->bytes &&
                     memcmp(head->data, embedding->data, head->bytes) == 0);
}

static bool bad_shape(const Tensors *tensors, const Tensor *tensor, const Tensor *wanted, const char *question,
                      Error *error)
{
    char name[NAME_TEXT], is[SHAPE_TEXT], belongs[SHAPE_TEXT];
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" is %s where %s belongs%s",
                     tensors->files[tensor->file].path, token_visible(name, sizeof name, tensor->name),
                     tensor_shape_text(is, tensor), tensor_shape_text(belongs, wanted), question);
}

/* What the table says of a tensor, against what the file has. */
static bool has_its_shape(const Config *config, const Place *place, const Tensors *tensors, const Tensor *tensor,
                          Error *error)
{
    int in = size_of(config, place->in), out = size_of(config, place->out);
    bool vector = place->in == NONE, transposed = is_transposed(config, place);
    Tensor wanted = vector ? (Tensor){.dimensions = 1, .shape = {out}}
                           : (Tensor){.dimensions = 2, .shape = {transposed ? out : in, transposed ? in : out}};
    if (tensor->dtype != DTYPE_OTHER && tensor->dimensions == wanted.dimensions &&
        memcmp(tensor->shape, wanted.shape, sizeof wanted.shape) == 0)
        return true;
    if (vector && tensor->dtype != DTYPE_OTHER && tensor->dimensions == 2 && tensor->shape[0] == 1 &&
        tensor->shape[1] == out)
        return true; /* a vector written as a matrix of one row */
    bool swapped = place->layout == LINEAR && tensor->dimensions == 2 && tensor->shape[0] == wanted.shape[1] &&
                   tensor->shape[1] == wanted.shape[0];
    return bad_shape(tensors, tensor, &wanted,
                     !swapped     ? ""
                     : transposed ? "; is this a Conv1D export?"
                                  : "; is this an nn.Linear export?",
                     error);
}

/* One tensor of the table, and that it is used. */
static bool check_place(const Config *config, const Place *place, int block, const Tensors *tensors, bool *used,
                        Error *error)
{
    char name[sizeof((ForeignPart *)0)->tensor];
    with_number(place->theirs, block, name, sizeof name);
    const Tensor *tensor = foreign_tensor(tensors, config->family, name);
    if (!tensor)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no tensor \"%s\", which this %s of %d layers needs",
                         tensors->files[0].path, name, family_name(config->family), config->n_layers);
    used[tensor - tensors->list] = true;
    return has_its_shape(config, place, tensors, tensor, error);
}

static bool check_tied_head(const Config *config, const Tensors *tensors, bool *used, Error *error)
{
    const Tensor *head = foreign_tensor(tensors, config->family, "lm_head.weight");
    if (!config->tied_head || !head)
        return true;
    used[head - tensors->list] = true;
    return foreign_head_is_tied(tensors, config->family) ||
           error_set(error, EXIT_USED_WRONGLY,
                     "\"%s\": \"lm_head.weight\" is not \"%s\", but \"tie_word_embeddings\" says so",
                     tensors->files[head->file].path, FAMILIES[config->family].embedding);
}

static bool check_surplus(const Config *config, const Tensors *tensors, const bool *used, Error *error)
{
    char shown[NAME_TEXT];
    for (int i = 0; i < tensors->count; i++) {
        const Tensor *tensor = &tensors->list[i];
        if (!used[i] && !tensor_is_buffer(tensor))
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\" has a tensor \"%s\" that a %s of %d layers does not know",
                             tensors->files[tensor->file].path, token_visible(shown, sizeof shown, tensor->name),
                             family_name(config->family), config->n_layers);
    }
    return true;
}

bool foreign_check(const Config *config, const Tensors *tensors, Error *error)
{
    bool *used = calloc((size_t)tensors->count + 1, sizeof *used);
    if (!used)
        return error_memory(error);
    bool whole = true;
    for (size_t i = 0; i < FAMILIES[config->family].places.count; i++) {
        const Place *place = &FAMILIES[config->family].places.list[i];
        int blocks = strchr(place->theirs, '#') ? config->n_layers : 1;
        for (int block = 0; whole && applies(config, place->when) && block < blocks; block++)
            whole = check_place(config, place, block, tensors, used, error);
    }
    whole = whole && check_tied_head(config, tensors, used, error) && check_surplus(config, tensors, used, error);
    free(used);
    return whole;
}

bool foreign_read(const Config *config, const Tensors *tensors, const char *parameter, double *out, Error *error)
{
    ForeignPart part;
    bool known = foreign_find(config, parameter, &part);
    const Tensor *tensor = known ? foreign_tensor(tensors, config->family, part.tensor) : NULL;
    CHECK(tensor, "parameter \"%s\" of a %s", parameter, family_name(config->family));
    tensor_read(tensor, part.first_row, part.first_col, part.rows, part.cols, part.transposed, out);
    int width = part.transposed ? part.rows : part.cols;
    for (size_t i = 0; i < (size_t)part.rows * (size_t)part.cols; i++)
        if (!isfinite(out[i]))
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\": \"%s\" has a number that is not finite, at [%d,%d] of \"%s\"",
                             tensors->files[tensor->file].path, part.tensor, (int)(i / (size_t)width),
                             (int)(i % (size_t)width), parameter);
    return true;
}
