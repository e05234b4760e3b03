/* What a student may look at next, behind a verdict: the commands, as they are typed. */
#ifndef TRACER_EXERCISE_DIRECTIONS_H
#define TRACER_EXERCISE_DIRECTIONS_H

#include "handed_in.h"

/* Adds a line for each: the stepper where it went wrong, the mistake beside the truth, a hint; nothing
 * for a right or a blank answer. path, before and exercises are as they were given to the check; the
 * last two may be NULL. */
void directions_add(const HandedIn *handed, const Verdict *verdict, const char *path, const char *before,
                    const char *exercises, Text *out);

#endif
