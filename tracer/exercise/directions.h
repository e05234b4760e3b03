/* What a student may look at next, behind a verdict: the commands, as they are typed. */
#ifndef TRACER_EXERCISE_DIRECTIONS_H
#define TRACER_EXERCISE_DIRECTIONS_H

#include "handed_in.h"

/* Files that were given to the check beside the answer; NULL: none. */
typedef struct {
    const char *before, *secret, *exercises;
} Asides;

/* Adds a line for each: the stepper where it went wrong, the mistake beside the truth, a hint; nothing
 * for a right or a blank answer. path is as it was given to the check. */
void directions_add(const HandedIn *handed, const Verdict *verdict, const char *path, const Asides *given,
                    Text *out);

#endif
