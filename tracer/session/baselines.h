/* What a trained model has to beat: guessing, and counting one, two and three tokens in a row, on the same text with
 * the same part kept apart. */
#ifndef TRACER_SESSION_BASELINES_H
#define TRACER_SESSION_BASELINES_H

#include "tiny_model/model.h"

typedef struct {
    const char *name;    /* "bigram" */
    double add;          /* to every count: the best of 1, 0.1 and 0.01; 0: interpolated, which was better */
    double loss;         /* nats a token of the validation */
} Baseline;

enum { BASELINES = 4 };

typedef struct {
    Baseline list[BASELINES];   /* uniform, unigram (add 1), bigram, trigram */
    int count;                  /* 0 where the model keeps nothing apart */
    double bytes;               /* of the validation text a token; nan where ids have no text */
    double learned_bytes;       /* the same of what is learned from, whether something is kept apart or not */
} Baselines;

/*   errors   out of memory */
bool baselines_of(const Model *model, Baselines *out, Error *error);

#endif
