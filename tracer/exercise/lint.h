/* Lint: what must be proven of a draw before it is handed out. On the cells that are asked, a
 * blank sheet fails, the truth passes, and every listed mistake stands clear of the truth and of
 * every other, or in a declared class of equals. */
#ifndef TRACER_EXERCISE_LINT_H
#define TRACER_EXERCISE_LINT_H

#include "roster.h"
#include "verdict.h"

enum { MOST_DRAWS = 40 };

/* Opens the first draw that lints; whose.draw is where to begin.
 *   errors  none of MOST_DRAWS does (the last reason is named), out of memory */
bool lint_open(Variant *variant, const Exercise *exercise, Whose whose, Error *error);

/* What is missing in the folder itself: hints, chapter, unknown invariants. */
bool lint_folder(const Exercise *exercise, char *why, size_t size);

/* One exercise for everybody on a roster; returns the number of draws that were passed over, -1 on failure.
 *   errors  what is wrong with the exercise, or that its sheet does not suffice */
int lint_everybody(const Exercise *exercise, Whose whose, const Roster *roster, Error *error);

#endif
