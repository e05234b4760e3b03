/* The sizes of a model without a config.json, from its tensors; see config.h. */
#include "config.h"
#include "foreign.h"
#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    int n_layers, d_model, n_heads;
} PUBLISHED[] = {
    {"gpt-nano", 3, 48, 3},    {"gpt-micro", 4, 128, 4},     {"gpt-mini", 6, 192, 6},      {"gopher-44m", 8, 512, 16},
    {"gpt2", 12, 768, 12},     {"gpt2-medium", 24, 1024, 16}, {"gpt2-large", 36, 1280, 20}, {"gpt2-xl", 48, 1600, 25},
};

/* A matrix of the block, or NULL. */
static const Tensor *matrix(const Tensors *tensors, const char *name)
{
    const Tensor *tensor = foreign_tensor(tensors, FAMILY_GPT2, name);
    return tensor && tensor->dimensions == 2 ? tensor : NULL;
}

static int count_layers(const Tensors *tensors)
{
    char name[40];
    int count = 0;
    do
        snprintf(name, sizeof name, "h.%d.ln_1.weight", count);
    while (foreign_tensor(tensors, FAMILY_GPT2, name) && ++count < 1000);
    return count;
}

static bool guess_heads(const char *path, Config *config, Error *error)
{
    for (size_t i = 0; i < sizeof PUBLISHED / sizeof *PUBLISHED; i++)
        if (PUBLISHED[i].n_layers == config->n_layers && PUBLISHED[i].d_model == config->d_model) {
            config->n_heads = config->n_kv_heads = PUBLISHED[i].n_heads;
            config->d_head = config->d_model / config->n_heads;
            return true;
        }
    return error_set(error, EXIT_USED_WRONGLY,
                     "\"%s\" has %d layers of width %d, which is no published size, "
                     "and does not tell its number of heads; put a config.json with \"n_head\" beside it",
                     path, config->n_layers, config->d_model);
}

bool config_guess(const char *path, const Tensors *tensors, Config *config, Error *error)
{
    const Tensor *tokens = matrix(tensors, "wte.weight"), *positions = matrix(tensors, "wpe.weight");
    const Tensor *attention = matrix(tensors, "h.0.attn.c_attn.weight"), *mlp = matrix(tensors, "h.0.mlp.c_fc.weight");
    if (!tokens || !positions || !attention || !mlp)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%s\" has no config.json beside it, and its tensors are not called as those of a gpt2 are; "
                         "put the model's config.json there", path);
    int width = tokens->shape[1];
    bool linear = attention->shape[1] == width && attention->shape[0] / 3 == width;
    *config = (Config){.family = linear ? FAMILY_MINGPT : FAMILY_GPT2,
                       .n_layers = count_layers(tensors),
                       .d_model = width,
                       .d_ff = mlp->shape[linear ? 0 : 1],
                       .vocabulary = tokens->shape[0],
                       .context = positions->shape[0],
                       .activation = "gelu_tanh",
                       .norm_eps = 1e-5,
                       .tied_head = foreign_head_is_tied(tensors, FAMILY_GPT2),
                       .attention_bias = true,
                       .mlp_bias = true};
    return guess_heads(path, config, error);
}

bool config_open(const char *path, const Tensors *tensors, Config *config, Error *error)
{
    char *beside = tensors_beside(path, "config.json");
    if (!beside)
        return error_memory(error);
    bool whole = file_exists(beside) ? config_read(beside, config, error)
                                     : config_guess(path, tensors, config, error);
    free(beside);
    return whole;
}
