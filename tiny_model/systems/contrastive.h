/* Pairs that belong together; see contrastive.c. */
#ifndef TINY_MODEL_SYSTEMS_CONTRASTIVE_H
#define TINY_MODEL_SYSTEMS_CONTRASTIVE_H

#include "captions.h"
#include "codes.h"

enum { LEFT = 0, RIGHT = 1 };
static const double NORM_EPS = 1e-6; /* of the transformer that reads captions */

/* One side of all pairs: rows of numbers, the axis that their columns stand for. */
typedef struct {
    double *rows;                /* [count x size] */
    int size;
    const char **words;          /* [size], or NULL where they are numbers */
    bool read;                   /* rows are ids of the captions' words, which a transformer reads */
} PairSide;

typedef struct {
    Pictures pictures;
    Captions captions;
    CodeForm layers;             /* of numbers: hidden 0: none */
    int d_model;
    int shared, masked;
    double log_scale, scale_most;

    /* derived */
    PairSide sides[2];
    int count;                   /* of pairs */
} Contrastive;

/* contrastive_sides.c: the two sides of all pairs.
 *   memory  the model's arena
 *   errors  naming the example: no side, two of a kind, no words, a zero, another length than the first */
bool contrastive_finish(Model *model, Error *error);

/* The presets. */
void contrastive_preset_matching(Model *model);
void contrastive_preset_paraphrases(Model *model);
void contrastive_preset_captions(Model *model);

#endif
