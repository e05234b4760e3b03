/* Word vectors from the company that words keep; see word2vec.c. What its files share. */
#ifndef TINY_MODEL_SYSTEMS_WORD2VEC_H
#define TINY_MODEL_SYSTEMS_WORD2VEC_H

#include "../model.h"
#include "../system.h"

typedef enum { SKIPGRAM, CBOW } Word2vecKind;
typedef enum { SOFTMAX_OF_ALL, NEGATIVES } Word2vecLoss;
typedef enum { SUBSAMPLING_PAPER, SUBSAMPLING_WORD2VEC } Subsampling;

/* One thing to learn: a word, and the one or those around it. */
typedef struct {
    int center;
    int first, count;            /* its places in `around` */
    int told, told_count;        /* negatives that an example gives, in `around`; told -1: they are drawn */
} Pair;

typedef struct {
    int kind, loss;
    int d_model, window, negatives, min_count;
    double noise_power, noise_seed;
    double subsample, subsample_seed;
    int subsampling;
    const char *make;            /* "people", or NULL */
    int geometry;
    const char *analogy;         /* "king man woman", or NULL */
    /* Derived from the data: */
    int size;                    /* V */
    const char **words;          /* [V], in the order of first appearance */
    int *counts;                 /* [V] */
    double *noise, *ends;        /* [V]: share of each word among the negatives, and the sums of them so far */
    int *ids, *sentences;        /* the text, and where its sentences begin; sentences + 1 of them */
    int sentence_count;
    Pair *pairs;
    int *around;
    int pair_count;
    int asked[3];                /* ids of the words of the analogy; -1: the text lacks one of them */
} Word2vec;

/* word2vec_pairs.c: the vocabulary, the noise and the pairs, from the data.
 *   memory  the model's arena
 *   errors  no data, a text of one word, too many pairs, examples that say too little */
bool word2vec_read(Model *model, Error *error);

/* Negative i of pair j of a training step that takes `batch` pairs: a uniform number, and the word that it hits. */
double word2vec_uniform(const Word2vec *words, int training_step, int batch, int j, int i);
int word2vec_drawn(const Word2vec *words, double u);

/* The share of its occurrences that a word of relative frequency f keeps. */
double word2vec_kept(Subsampling how, double threshold, double f);

/* word2vec_update.c: see System.update. */
bool word2vec_update(const Model *model, const Parameters *parameters, double *values, int training_step,
                     Updated *updated);

/* The presets `pairs` and `people`. */
void word2vec_preset_pairs(Model *model);
void word2vec_preset_people(Model *model);

#endif
