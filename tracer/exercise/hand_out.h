/* Handing out: the sheets of a whole class, a folder for each student. */
#ifndef TRACER_EXERCISE_HAND_OUT_H
#define TRACER_EXERCISE_HAND_OUT_H

#include "roster.h"
#include "variant.h"

/* Writes folder/ID/NN.txt for every student and exercise, with a progress bar.
 *   whose   course and secret; the student is each of the roster in turn
 *   count   how many were written
 *   errors  an exercise that does not lint, a file that cannot be written */
bool hand_out(const Exercises *exercises, const Roster *roster, Whose whose, const char *folder, int *count,
              Error *error);

#endif
