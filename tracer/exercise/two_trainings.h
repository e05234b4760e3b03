/* A mistake beside the truth: two runs of the exercise's model, trained for some steps. */
#ifndef TRACER_EXERCISE_TWO_TRAININGS_H
#define TRACER_EXERCISE_TWO_TRAININGS_H

#include "exercise.h"
#include "tracer/base/text.h"

enum { BESIDE_STEPS = 20 };

/* Adds the two losses after every step, with a word on what the mistake costs.
 *   errors  a mistake that changes nothing in this model's training step, out of memory */
bool beside_write(const Exercise *exercise, const Mistake *mistake, Text *out, Error *error);

#endif
