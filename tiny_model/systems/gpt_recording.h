/* What the files of a GPT share with each other and with nobody else. gpt_block.c records a block,
 * gpt_stream.c what stands before and behind the blocks, gpt.c the system around it. */
#ifndef TINY_MODEL_SYSTEMS_GPT_RECORDING_H
#define TINY_MODEL_SYSTEMS_GPT_RECORDING_H

#include "gpt.h"

/* init.reseed per_stage draws as the published calculation does: seeded again at the start of each. */
enum { STAGE_EMBEDDINGS, STAGE_PROJECTIONS, STAGE_OUTPUT, STAGE_MLP, STAGE_HEAD, STAGES_OF_A_BLOCK };

/* What the parts of the model share while they record one sequence. */
typedef struct {
    Scene *scene;
    Tape *tape;
    const Gpt *gpt;
    int tokens;                      /* how many */
    int key_axis;                    /* of the tokens that are seen: those before and these */
    int token_axis, vocabulary, feature, inner, hidden; /* axes: tokens, V, d, d_k, d_ff */
    int token_embedding;
    int cosine, sine, distance;      /* tables of the positions, or -1 */
    int keep;                        /* [T x T] 1 where a key is no padding, or -1: none is looked at */
    int block;                       /* that is recorded now */
    bool plain;                      /* without adapters: the reference of preferences */
    const char *attention;           /* what its frame is called; NULL: "attention" */
    int memory;                      /* [M x d_c] what keys and values are made of, or -1: of the stream itself */
    int beside, keep_beside;         /* [M x d_c] a memory that every block looks at behind its own attention, or -1;
                                        [T x M] 1 where its row is no padding, or -1 */
    bool shut;                       /* what is seen there is multiplied by 0 at the beginning */
    int waves;                       /* sinusoidal positions that a batch shares, or -1 */
    int before;                      /* tokens that were read before these: the cache holds them */
    Cache *cache;                    /* of keys and values, or NULL: none is kept */
    int condition;                   /* [1 x d] what shifts, scales and gates the parts of a block, or -1: nothing */
    int modulation[6];               /* of the open block: shift, scale, gate of attention, then of the MLP */
} Recording;

/* gamma and beta of a norm, or -1. They are asked for before what they normalise, so that `names` has them in
 * the order of reading. */
typedef struct {
    int gamma, beta;
} Norm;

/* count: tokens; axis: of their places; waves: a table of sinusoidal positions that exists already, or -1;
 * cache: as in Recording. */
Recording gpt_recording(Scene *scene, const Gpt *gpt, int count, int axis, int waves, Cache *cache);

/* The table of sinusoidal positions [context x d]. */
int gpt_waves(Tape *tape, const Gpt *gpt);

int gpt_record_embedding(Recording *to, int tokens);
int gpt_record_block(Recording *to, int block, int stream);

int gpt_record_blocks(Recording *to, int tokens);  /* embedding and all blocks */
int gpt_record_head(Recording *to, int stream);    /* final norm and logits */

/* Whether there is padding among ids; [rows x keys] 1 where there is none: whole columns. */
bool gpt_is_padded(const Gpt *gpt, const int *ids, int count);
int gpt_keep_leaf(Tape *tape, const Gpt *gpt, const int *ids, int rows, int keys, short row_axis, short key_axis);

/* gpt_modulation.c: what to->condition makes in the open frame, `count` parts [1 x d]: six of a block, or shift and
 * scale of what stands behind the last. */
void gpt_modulation(const Recording *to, int *parts, int count);

/* gpt_cache.c: the keys and values of slot `slot`, those that were read before above them. Without a cache they stay as
 * they are. axis: of the places of all. */
void gpt_cached(const Recording *to, int slot, int *keys, int *values);
int gpt_read(Scene *scene, const int *ids, int count, Cache *cache);
int gpt_read_next(Scene *scene, const int *ids, int token, Cache *cache);
bool gpt_keeps(const Model *model);
bool gpt_sizes(const Model *model, ModelSizes *out);
long long gpt_products(const Model *model, int count, int before);

/* first, first + 1 ... as a leaf [1 x count] of indices of the axis `counts`. */
int gpt_counting_leaf(Tape *tape, const char *name, int first, int count, int axis, int counts);

/* The logits of ids, with a table of sinusoidal positions as above. */
int gpt_record_logits(Scene *scene, const Gpt *gpt, int tokens, int waves);

/* A parameter of the open frame; turned: see ParameterClass. A bias that is not there is -1. */
int gpt_weight(const Recording *to, const char *name, int rows, int row_axis, int cols, int col_axis, bool turned);
int gpt_bias(const Recording *to, const char *name, bool there, int cols, int axis);

/* gpt_moe.c: what experts make of x [T x d] in the open frame of an MLP; its prices go to scene->routers. */
int gpt_record_moe(const Recording *to, int x);

/* The loss with the prices of the routers, each the mean over the layers (and sequences) of a recording, times its
 * weight: loss + balance mean(balance) + z_loss mean(z_loss). `gpt_is_priced` says whether there are any; then the loss
 * without them is called "loss.prediction". */
bool gpt_is_priced(const Scene *scene, const Gpt *gpt);
int gpt_with_prices(Scene *scene, const Gpt *gpt, int loss);

/* gpt_mlp.c: the weights of an MLP under the open frame, -1 for those that it has not, and what it makes of x. */
typedef struct {
    int gate, gate_bias, in, in_bias, out, out_bias;
} MlpWeights;
MlpWeights gpt_mlp_weights(const Recording *to);
int gpt_mlp(const Recording *to, MlpWeights weights, int x);

/* gpt.c: the mean or the sum of all losses, with the prices of routers where there are any. */
int gpt_loss(Scene *scene, const Gpt *gpt, const int *losses, int count);

/* gpt_adapters.c: x times the matrix `weight` of the open frame, and beside it what lora adds.
 *   row, col  the axes of the matrix; turned: see ParameterClass */
int gpt_linear(const Recording *to, const char *name, const char *weight, int x, int w, int b);

/* gpt_task.c: what is recorded in place of the next token's loss.
 *   returns  the id of the loss */
int gpt_record_task(Scene *scene, const Gpt *gpt);

/* The losses of some documents [count x 1]. */
int gpt_task_losses(Scene *scene, const Gpt *gpt, const int *documents, int count);

/* The last part of a walk, for the class of the first example; returns the logits. */
int gpt_record_class_part(Scene *scene, const Gpt *gpt, int stream, int *losses);

/* Reads the tokens of a sequence, before its blocks; table: as in tokenizer_record; plain: without adapters. */
Recording gpt_begin_sequence(Scene *scene, const Gpt *gpt, const Sequence *sequence, int table, bool plain,
                             int *tokens);

/* The normalised stream of a sequence, and its tokens. */
int gpt_record_features(Scene *scene, const Gpt *gpt, const Sequence *sequence, int table, int *tokens);

extern const Classifier GPT_CLASSIFIER; /* gpt_classifier.c */

/* The row that stands for a sequence [1 x d]. */
int gpt_record_read(Tape *tape, const Gpt *gpt, const Sequence *sequence, int stream);
short gpt_class_axis(Tape *tape, const Gpt *gpt);

/* gpt_preference.c: losses of pairs [count x 1]. */
int gpt_record_pairs(Scene *scene, const Gpt *gpt, const int *documents, int count);

int gpt_final_norm(const Recording *to, int stream);

/* gpt_block.c: "norm.gamma" and "norm.beta" under the open frame, and the norm itself. */
Norm gpt_norm_parameters(const Recording *to, const char *gamma, const char *beta);
int gpt_record_norm(const Recording *to, const char *frame, const char *result, int x, Norm norm);
int gpt_feature_axis(Tape *tape, int size);

#endif
