/* Which run is shown, and recording others: what forks, mistakes and training steps share. */
#ifndef TRACER_STEPPER_RUNS_H
#define TRACER_STEPPER_RUNS_H

#include "kept.h"

/* What the position is called, so that it can be found on another tape. */
typedef struct {
    char name[KEPT_NAME];
    int frames, steps;
} Spot;

Spot spot_of(const State *state);

/* Shows a side of the lab at the same spot. On a tape of another shape folds and questions,
 * which are frames and steps, are forgotten. */
void side_show(State *state, int side, const Spot *spot);

/* Records the truth at a training step and what stands beside it; complains and changes nothing
 * if that is not possible. */
bool stage(State *state, int training_step, const KeptEdit *edits, int count, const Mistake *mistake);

int training_step(const State *state);

#endif
