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

/* What shall stand beside the truth at a training step; see Wish. */
typedef struct {
    int training_step;
    const KeptEdit *edits;
    int edit_count;
    const Mistake *mistake;
    int compared;
} Staging;

/* Records it and shows it at the same spot; complains and changes nothing if that is not possible. */
bool stage(State *state, const Staging *staging);

/* Of a model that is walked part by part: records the next part (1) or the one before (-1) and stands at its
 * near end. False if there is none, or the whole training step is on the tape. */
bool part_beside(State *state, int distance);

/* Records the part that a typed name belongs to, if it is another one. */
void part_of_line(State *state, const char *line);

#endif
