/* ModelSizes of published models; see shapes.h. */
#include "shapes.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

/* GPT-2, Radford et al. 2019, and GPT-3, Brown et al. 2020: biases everywhere, two vectors a norm, the head tied. */
#define GPT(layers_, d_, heads_, context_) \
    {.layers = (layers_), .d = (d_), .heads = (heads_), .kv_heads = (heads_), .d_k = (d_) / (heads_), \
     .d_ff = 4 * (d_), .vocabulary = 50257, .context = (context_), .mlp_matrices = 2, .norm_vectors = 2, \
     .block_norms = 2, .other_norms = 1, .learned_positions = true, .attention_bias = true, .output_bias = true, \
     .mlp_bias = true, .tied_head = true, .keeps = true}

/* Llama, Touvron et al. 2023: RMS norms, rotary positions, a gate in the MLP, no biases, a head of its own. */
#define LLAMA_SIZES(layers_, d_, heads_, kv_heads_, d_ff_, vocabulary_, context_) \
    .layers = (layers_), .d = (d_), .heads = (heads_), .kv_heads = (kv_heads_), .d_k = (d_) / (heads_), \
    .d_ff = (d_ff_), .vocabulary = (vocabulary_), .context = (context_), .mlp_matrices = 3, .norm_vectors = 1, \
    .block_norms = 2, .other_norms = 1, .keeps = true
#define LLAMA(...) {LLAMA_SIZES(__VA_ARGS__)}

/* Mixtral, Jiang et al. 2024: a Llama with eight MLPs, of which a router chooses two for each token. */
#define MIXTRAL(...) {LLAMA_SIZES(__VA_ARGS__), .experts = 8, .top_k = 2}

static const struct {
    const char *name, *other;
    ModelSizes sizes;
} PUBLISHED[] = {
    {"gpt2-small", "gpt2", GPT(12, 768, 12, 1024)},
    {"gpt2-medium", NULL, GPT(24, 1024, 16, 1024)},
    {"gpt2-large", NULL, GPT(36, 1280, 20, 1024)},
    {"gpt2-xl", NULL, GPT(48, 1600, 25, 1024)},
    {"gpt3-175b", "gpt3", GPT(96, 12288, 96, 2048)},
    {"llama2-7b", "llama-2-7b", LLAMA(32, 4096, 32, 32, 11008, 32000, 4096)},
    {"llama2-13b", "llama-2-13b", LLAMA(40, 5120, 40, 40, 13824, 32000, 4096)},
    {"llama2-70b", "llama-2-70b", LLAMA(80, 8192, 64, 8, 28672, 32000, 4096)},
    {"llama3-8b", "llama-3-8b", LLAMA(32, 4096, 32, 8, 14336, 128256, 8192)},
    {"llama3-70b", "llama-3-70b", LLAMA(80, 8192, 64, 8, 28672, 128256, 8192)},
    {"mixtral-8x7b", "mixtral", MIXTRAL(32, 4096, 32, 8, 14336, 32000, 32768)},
    {"cs336-xl", "gpt2-xl-shape cs336 (no bias, untied, rope, swiglu 6400)",
     LLAMA(48, 1600, 25, 25, 6400, 50257, 1024)},
};

bool shape_at(int i, ModelSizes *sizes, const char **other)
{
    if (i >= (int)(sizeof PUBLISHED / sizeof *PUBLISHED))
        return false;
    *sizes = PUBLISHED[i].sizes;
    sizes->name = PUBLISHED[i].name;
    *other = PUBLISHED[i].other;
    return true;
}

static bool of_model(const char *name, ModelSizes *sizes, char title[SHAPE_NAME], Error *error)
{
    Model model;
    if (!session_model(&model, name, error))
        return false;
    snprintf(title, SHAPE_NAME, "%s", model.name);
    bool known = model.system->sizes && model.system->sizes(&model, sizes);
    if (!known)
        error_set(error, EXIT_USED_WRONGLY,
                  "no closed formula covers \"%.60s\", a model of the system \"%s\"; tracer cost --model %.60s counts "
                  "what it does", name, model.system->name, name);
    sizes->name = title;
    model_free(&model);
    return known;
}

bool shape_find(const char *name, ModelSizes *sizes, char title[SHAPE_NAME], Error *error)
{
    const char *other;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; shape_at(i, sizes, &other); i++) {
        if (strcmp(sizes->name, name) == 0 || (other && strcmp(other, name) == 0))
            return true;
        nearest_offer(&nearest, name, sizes->name);
    }
    if (preset_find(name) || strchr(name, '/') || text_ends(name, ".json"))
        return of_model(name, sizes, title, error);
    for (int i = 0; i < PRESET_COUNT; i++)
        if (PRESETS[i].system->sizes)
            nearest_offer(&nearest, name, PRESETS[i].name);
    return error_set(error, EXIT_USED_WRONGLY, "no shape is called \"%.60s\"; %s", name,
                     nearest_text(&nearest, answer, "tracer cost --shapes lists them, a model file ends in .json"));
}
