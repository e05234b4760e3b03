/* One value in two runs: the truth and the fork or mistake beside it, or two training steps. */
#ifndef TRACER_VIEWS_FACING_H
#define TRACER_VIEWS_FACING_H

#include "view.h"

typedef struct {
    Reference cell;             /* what keys act on, on the side that is shown; value -1: a constant */
    /* the original or the earlier training step, the other; both NULL: the other has none like it */
    const Value *values[2];
    int shown;                  /* which of them is on the side that is shown */
    char called[2][40];         /* "original", "training step 20" */
} Facing;

/* The value at the cursor in both runs; there must be two. */
Facing facing_of(const ViewState *state, const Explanation *explanation);

/* True if both runs stand in the place of the step. */
bool facing_shown(const ViewState *state);

/* Both side by side, what changed most marked, and their difference where there is room. */
void facing_view(const ViewState *state, Grid *grid, Area area, const Explanation *explanation);

#endif
