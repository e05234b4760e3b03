/* A foreign model opened; see foreign_model.h. */
#include "foreign_model.h"

#include "foreign.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/base/files.h"
#include "tracer/base/text.h"
#include "tokenizer_key.h"
#include "vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_IDS = 4 };

struct Foreign {
    const char *path;
    Tensors tensors;
    Config config;
    Vocabulary vocabulary;    /* empty where there is none */
};

static int activation_of(const Config *config)
{
    static const char *const names[] = {"relu", "gelu_tanh", "gelu_erf", "silu"};
    if (config->family == FAMILY_LLAMA)
        return ACTIVATION_SWIGLU;
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], config->activation) == 0)
            return i;
    return ACTIVATION_GELU_TANH;
}

static void set_sizes(Gpt *gpt, const Config *config)
{
    gpt->context = config->context;
    gpt->d_model = config->d_model;
    gpt->n_heads = config->n_heads;
    gpt->n_kv_heads = config->n_kv_heads == config->n_heads ? 0 : config->n_kv_heads;
    gpt->d_k = config->d_head * config->n_heads == config->d_model ? 0 : config->d_head;
    gpt->d_ff = config->d_ff;
    gpt->n_layers = config->n_layers;
    gpt->vocabulary_size = config->vocabulary;
}

/* What the family settles and what its config.json says. */
static void describe(Model *model, const Config *config)
{
    Gpt *gpt = model->settings;
    bool llama = config->family == FAMILY_LLAMA;
    set_sizes(gpt, config);
    model->name = family_name(config->family);
    gpt->add_bos = gpt->add_eos = 0;
    gpt->position = llama ? POSITION_ROPE : POSITION_LEARNED;
    gpt->rope = llama ? ROPE_HALF : ROPE_INTERLEAVED;
    gpt->rope_theta = llama ? config->rope_theta : gpt->rope_theta;
    gpt->norm = llama ? NORM_RMS : NORM_LAYER;
    gpt->norm_eps = config->norm_eps;
    gpt->activation = activation_of(config);
    gpt->attention_bias = gpt->output_bias = llama ? config->attention_bias : 1;
    gpt->mlp_bias = llama ? config->mlp_bias : 1;
    gpt->head_bias = 0;
    gpt->tied_head = config->tied_head;
}

/* Rows behind the last token are there for their number only. */
static const char *id_as_label(Model *model, int id)
{
    char text[24];
    snprintf(text, sizeof text, "<%d>", id);
    return model_text(model, text);
}

static bool read_vocabulary(Foreign *foreign, Model *model, Error *error)
{
    char *path = tensors_beside(foreign->path, "vocab.json");
    if (!path)
        return error_memory(error);
    bool there = file_exists(path), whole = !there || vocabulary_read(path, &foreign->vocabulary, error);
    free(path);
    int count = foreign->vocabulary.count;
    if (!whole || !there)
        return whole;
    if (count > foreign->config.vocabulary)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.200s\": vocab.json has %d tokens, but the model has rows for %d", foreign->path, count,
                         foreign->config.vocabulary);
    const char **labels = arena_alloc(&model->arena, (size_t)foreign->config.vocabulary * sizeof *labels);
    if (!labels)
        return error_memory(error);
    for (int i = 0; i < foreign->config.vocabulary; i++)
        if (!(labels[i] = i < count ? foreign->vocabulary.list[i].text : id_as_label(model, i)))
            return error_memory(error);
    ((Gpt *)model->settings)->labels = (Texts){labels, foreign->config.vocabulary};
    return true;
}

/* The byte pairs of a gpt2 that has its merges.txt beside: then it reads texts. A llama's texts are cut otherwise. */
static bool read_merges(const Foreign *foreign, Model *model, Error *error)
{
    char *path = tensors_beside(foreign->path, "merges.txt");
    if (!path)
        return error_memory(error);
    bool reads = file_exists(path) && foreign->vocabulary.count && foreign->config.family != FAMILY_LLAMA;
    path[strlen(path) - strlen("merges.txt")] = '\0'; /* the folder */
    bool whole = !reads || tokenizer_key_open(*path ? path : ".", NULL, model, error);
    free(path);
    return whole;
}

/* What is read until somebody gives --tokens: the first ids of the vocabulary. */
static bool first_ids(Model *model, const Config *config, Error *error)
{
    static const Field none = {.key = "tokens"};
    int count = config->context < FIRST_IDS ? config->context : FIRST_IDS;
    double *ids = arena_alloc(&model->arena, FIRST_IDS * sizeof *ids);
    Field *field = arena_alloc(&model->arena, sizeof *field);
    Example *example = arena_alloc(&model->arena, sizeof *example);
    if (!ids || !field || !example)
        return error_memory(error);
    for (int i = 0; i < count; i++)
        ids[i] = i < config->vocabulary ? i : 0;
    *field = none;
    field->numbers = ids;
    field->count = count;
    *example = (Example){field, 1};
    model->data = (Data){.examples = example, .example_count = 1};
    return true;
}

static bool open_whole(Foreign *foreign, Model *model, Error *error)
{
    if (!tensors_open(&foreign->tensors, foreign->path, error) ||
        !config_open(foreign->path, &foreign->tensors, &foreign->config, error) ||
        !foreign_check(&foreign->config, &foreign->tensors, error))
        return false;
    if (!model)
        return true;
    if (!model_defaults(model, &GPT, error))
        return false;
    describe(model, &foreign->config);
    return read_vocabulary(foreign, model, error) && read_merges(foreign, model, error) &&
           first_ids(model, &foreign->config, error);
}

Foreign *foreign_open(const char *path, Model *model, Error *error)
{
    Foreign *foreign = calloc(1, sizeof *foreign);
    if (!foreign) {
        error_memory(error);
        return NULL;
    }
    foreign->path = path;
    if (open_whole(foreign, model, error))
        return foreign;
    foreign_close(foreign);
    return NULL;
}

void foreign_close(Foreign *foreign)
{
    if (!foreign)
        return;
    vocabulary_free(&foreign->vocabulary);
    tensors_close(&foreign->tensors);
    free(foreign);
}

static bool read_parameter(void *context, const Parameter *parameter, double *out, Error *error)
{
    const Foreign *foreign = context;
    ForeignPart part;
    if (!foreign_find(&foreign->config, parameter->name, &part))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has no \"%s\", which this model needs", foreign->path,
                         parameter->name);
    int rows = part.transposed ? part.cols : part.rows, cols = part.transposed ? part.rows : part.cols;
    if (rows != parameter->rows || cols != parameter->cols)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\": \"%s\" is %d x %d there, but the model's is %d x %d",
                         foreign->path, parameter->name, rows, cols, parameter->rows, parameter->cols);
    return foreign_read(&foreign->config, &foreign->tensors, parameter->name, out, error);
}

ParameterSource foreign_source(Foreign *foreign)
{
    return (ParameterSource){read_parameter, foreign};
}
