/* What the two files of the encoder-decoder share. */
#ifndef TINY_MODEL_SYSTEMS_ENCODER_DECODER_H
#define TINY_MODEL_SYSTEMS_ENCODER_DECODER_H

#include "gpt.h"

/* One side of an example. */
typedef struct {
    int *tokens;
    int count;
} Side;

typedef struct {
    Texts source_vocabulary, target_vocabulary; /* empty: derived, <PAD>, <BOS>, <EOS> first */
    int vocabulary_size;                        /* of ids without texts, on both sides */
    int context, d_model, d_encoder, n_heads, d_k, d_ff, encoder_layers, decoder_layers;
    int position, norm, place, final_norm, residual, activation, attention_bias, output_bias, mlp_bias, head_bias;
    double norm_eps;
    int loss;

    /* derived */
    Gpt encoder, decoder;
    Side *sources, *targets;                    /* [examples]; a target with what stands before and behind it */
    int learned;                                /* examples that are learned from; the rest is for validation */
    bool cross_causal, not_shifted; /* planted mistakes */
    Side asked;                                 /* the source that a target is written for */
} EncoderDecoder;

static inline bool is_pad(const Gpt *gpt, int token)
{
    return token == gpt->pad_id;
}

/* Rows that the decoder reads: `count` ids, or where a cache holds those before, one more of which `token` is the value
 * id; ids has all of them then. memory: the value id of what the encoder made of the source. */
typedef struct {
    const int *ids;
    int count, token, memory;
    bool writes;         /* it is being written: no padding is looked for in it */
    Cache *cache;        /* or NULL */
} Written;

/* encoder_decoder_stream.c: the memory [M x d_c] of a source; and the logits [count x V] of a target beside it. */
int encoder_decoder_memory(Scene *scene, const Side *source);
int encoder_decoder_logits(Scene *scene, const Side *source, const Written *written);

/* The ids of a source's words, in the model's arena.
 *   errors  a word that is not in its vocabulary; out of memory */
bool encoder_decoder_words(Model *model, const char *text, Side *out, Error *error);

enum { ENCODER_DECODER_MISTAKE_COUNT = 5 };
extern const Mistake ENCODER_DECODER_MISTAKES[ENCODER_DECODER_MISTAKE_COUNT]; /* encoder_decoder_mistakes.c */

extern const Language ENCODER_DECODER_ANSWERS; /* encoder_decoder_write.c */

extern const ModelKey ENCODER_DECODER_KEYS[];
extern const FieldKey ENCODER_DECODER_FIELDS[];
void encoder_decoder_defaults(Model *model);
bool encoder_decoder_finish(Model *model, Error *error);

/* encoder_decoder_presets.c. Numbers for teaching: weights of one decimal; two sentences, one a step. And 240 sentences
 * of a toy language, of which the last 40 are not learned from. */
void encoder_decoder_preset_translate(Model *model);
void encoder_decoder_preset_interpreter(Model *model);

#endif
