/* One weight through a whole training: what it was before every update, its gradient, and how far it moved. */
#ifndef TRACER_FIGURES_WEIGHT_LIFE_H
#define TRACER_FIGURES_WEIGHT_LIFE_H

#include "tracer/session/session.h"

typedef struct Life {
    int updates;
    double *weight;     /* [updates + 1] */
    double *gradient;   /* [updates + 1], of the loss at that training step */
    double *move;       /* [updates + 1], what the update adds */
    double *loss;       /* [updates + 1] */
} Life;

enum { LIFE_UPDATES = 60 };

/* Trains from the start. cell: of the session whose options these are.
 *   memory  life_free
 *   errors  what is no cell of a parameter, what is frozen; Ctrl-C; those of training */
bool life_record(const Session *session, const char *cell, int updates, Life *out, Error *error);
void life_free(Life *life);

#endif
