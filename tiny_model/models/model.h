/* The description of a model: what a model file says, with every key filled in.
 * The table of keys drives reading, writing, checking and `help model-file`. */
#ifndef TINY_MODEL_MODELS_MODEL_H
#define TINY_MODEL_MODELS_MODEL_H

#include "../arena.h"
#include "../error.h"

#include <stddef.h>
#include <stdint.h>

typedef enum { TOKENIZER_WORDS, TOKENIZER_CHARACTERS } TokenizerKind;
typedef enum { POSITION_LEARNED, POSITION_SINUSOIDAL, POSITION_ROPE, POSITION_ALIBI, POSITION_NONE } Position;
typedef enum { NORM_LAYER, NORM_RMS } NormKind;
typedef enum { NORM_NONE, NORM_PRE, NORM_POST } NormPlace;
typedef enum { ACTIVATION_RELU, ACTIVATION_GELU_TANH, ACTIVATION_GELU_ERF, ACTIVATION_SILU, ACTIVATION_SWIGLU } Activation;
typedef enum { LOSS_MEAN, LOSS_SUM } LossKind;
typedef enum { INIT_PYTHON_GAUSS, INIT_NORMAL, INIT_DECIMAL, INIT_ZEROS } InitKind;
typedef enum { RESEED_ONCE, RESEED_PER_STAGE } Reseed;
typedef enum { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW } OptimizerKind;

enum { MOST_TOKENS = 4096, MOST_WIDTH = 8192, MOST_LAYERS = 64, MOST_TEXT = 1 << 20 };

/* All members that a key writes are int, double or const char *, so that one table can. */
typedef struct {
    int kind;             /* InitKind */
    double seed;          /* whole, 0 to 2^53 */
    double std;
    int reseed;           /* Reseed */
    int decimals;         /* 1 to 9 */
} Init;

typedef struct {
    int kind;             /* OptimizerKind */
    double lr, beta1, beta2, eps, weight_decay;
    double clip_norm;     /* global gradient norm; INFINITY: no clipping */
} Optimizer;

typedef struct {
    const char *name, *text;
    int tokenizer, add_bos, add_eos;
    const char **vocabulary;     /* NULL until given or derived from the text */
    int vocabulary_size;
    int context, d_model, n_heads, d_ff, n_layers; /* context, d_ff: 0 until model_finish */
    int position;
    int norm;
    double norm_eps;
    int norm_attention, norm_mlp, final_norm;
    int residual_attention, residual_mlp;
    int activation;
    int attention_bias, output_bias, mlp_bias, head_bias, tied_head;
    int loss;
    Init init;
    Optimizer optimizer;

    int *tokens;                 /* filled in by model_finish: ids, [token_count] */
    int token_count;
    Arena arena;                 /* everything that is pointed to */
} Model;

typedef enum { KEY_TEXT, KEY_FLAG, KEY_INTEGER, KEY_NUMBER, KEY_CHOICE, KEY_VOCABULARY } KeyType;

typedef struct {
    const char *group;           /* "" or "init" or "optimizer" */
    const char *key;
    KeyType type;
    size_t offset;               /* in Model */
    double least, most;          /* KEY_INTEGER, KEY_NUMBER: the legal range, ends included */
    bool above_least;            /* `least` itself is not legal */
    bool may_be_null;            /* null in a model file: INFINITY */
    const char *const *choices;  /* KEY_CHOICE: names in the order of the enum, ended by NULL */
    const char *meaning;         /* for the help */
} ModelKey;

extern const ModelKey MODEL_KEYS[];
extern const int MODEL_KEY_COUNT;

/* The defaults: those of a small GPT. Nothing is allocated. */
void model_defaults(Model *model);

/* A copy of text in the model's arena; NULL if out of memory. */
const char *model_text(Model *model, const char *text);

/* Derives what was left open, splits the text into tokens and checks everything; false and
 * *error naming the key if the model cannot work. Call it once, after all keys are set. */
bool model_finish(Model *model, Error *error);

/* Gives the memory back. */
void model_free(Model *model);

/* Columns of one head. */
static inline int model_head_size(const Model *model)
{
    return model->d_model / model->n_heads;
}

/* The models that ship. */
typedef struct {
    const char *name, *good_for;
    void (*set)(Model *model);   /* after model_defaults, before model_finish */
} Preset;

extern const Preset PRESETS[];
extern const int PRESET_COUNT;
const Preset *preset_find(const char *name); /* NULL if there is none */

#endif
