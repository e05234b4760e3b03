/* A ladder of models: the same text, the same updates, more and more parameters; and the law that their losses follow.
 *
 *   loss = a N^-b + c     N parameters, c what no size would reach     Hestness et al. 2017, Kaplan et al. 2020
 *
 * Beside it one of the models with longer and shorter windows, and with texts that share its window. */
#ifndef TRACER_SESSION_LADDER_H
#define TRACER_SESSION_LADDER_H

#include "session.h"

enum { MOST_RUNGS = 12, LEAST_RUNGS = 4, MOST_BESIDE = 4, LADDER_UPDATES = 300, MOST_LADDER_UPDATES = 100000 };

typedef struct {
    int width;               /* d_model */
    double parameters;
    double flops;            /* of the whole training, by closed formula */
    double loss;             /* nats a token of what is kept apart, after the last update */
    double fitted;           /* what the law says; the residual is loss - fitted */
} Rung;

/* The middle model with another window: `number` is its length, or how many texts stand in it by turns. */
typedef struct {
    int number;
    double loss;
} BesideRung;

typedef struct {
    int updates;
    Rung list[MOST_RUNGS];
    int count;
    double a, b, c;          /* nan where fewer than LEAST_RUNGS are there */
    double rms;              /* of the residuals */
    int beside_width;        /* of the model beside */
    BesideRung lengths[MOST_BESIDE], sources[MOST_BESIDE];
    int length_count, source_count;
    bool words;              /* its tokens are words: texts cannot stand in a window by turns, letter by letter */
} Ladder;

/* Trains them one after the other. widths: `count` of them, ascending; 0: the usual ones.
 *   options  of the run: the text, and the model whose other keys they all have
 *   beside   also the middle one with other windows
 *   errors   a model without a width or a text; Ctrl-C before LEAST_RUNGS are there. After that it is only short */
bool ladder_train(const RunOptions *options, const int *widths, int count, int updates, bool beside, Ladder *out,
                  Error *error);

/* The law through the points: for each b the best a and c, and of all b from 0.01 to 3 the best; c is not below 0. */
void ladder_fit(Ladder *ladder);

#endif
