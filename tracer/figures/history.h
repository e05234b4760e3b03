/* Recording what figures of a whole run show. */
#ifndef TRACER_FIGURES_HISTORY_H
#define TRACER_FIGURES_HISTORY_H

#include "figure.h"

enum { MOST_SHOWN_STEPS = 64 };

/* Chooses at most `most` training steps from 0 to `updates`, denser at the beginning, where most
 * happens; returns how many. */
int history_choose(int updates, int most, int *steps);

/* The same, `most` of them as far apart as can be. */
int history_spread(int updates, int most, int *steps);

/* Runs `updates` training steps from training step 0 and keeps the losses and, if `value` is not
 * NULL, its numbers at the chosen steps, which ascend.
 *   memory   history_free
 *   errors   those of opening a run; a value that is not there at a chosen step */
bool history_record(const RunOptions *options, int updates, const char *value, const int *steps, int step_count,
                    History *out, Error *error);
void history_free(History *history);

#endif
