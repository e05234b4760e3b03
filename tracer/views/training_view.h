/* What a training looks like while it goes on, and the updates that stood out: two screens that nobody steps
 * through. Each is a function of what is known so far to a grid; no clock, no terminal. */
#ifndef TRACER_VIEWS_TRAINING_VIEW_H
#define TRACER_VIEWS_TRAINING_VIEW_H

#include "grid.h"
#include "tracer/session/baselines.h"
#include "tracer/session/curve.h"
#include "tracer/session/worst.h"

typedef struct {
    const char *model;
    Curve losses, validations;
    Baselines baselines;
    UpdateRecord update;         /* the last one */
    int from, to;                /* training steps */
    double validation, best;     /* nan: none */
    int best_step;
    double spent;                /* seconds since `from` */
    double tokens_a_second;      /* nan: the model reads no tokens */
    const char *writes;          /* what the model writes now, or NULL */
    int writes_step;
    const double *pictures;      /* what it paints now [count x rows cols], or NULL */
    const char *asked;           /* what they shall show, or NULL: nothing in particular */
    int picture_count, picture_rows, picture_cols, pictures_step;
    const char *folder;          /* where the run is kept, or NULL */
} TrainingView;

/* Curves of loss and validation with the baselines as lines, the numbers of the last update, what it writes or paints:
 * as many pictures as there is room for. */
void training_draw(const TrainingView *view, Grid *grid);

/* All updates of a Worst one under the other; `chosen` counts through them and is marked.
 *   returns  the training step that is chosen, or -1 where there is none */
int worst_draw(const Worst *worst, int chosen, Grid *grid);

/* How many updates worst_draw lists. */
int worst_count(const Worst *worst);

#endif
