/* A student's program as an answer: it is started twenty times, each time with the given values of
 * a fresh seed on its standard input, and prints the asked numbers. Only run when asked for, and
 * confined (confined.h). */
#ifndef TRACER_EXERCISE_PROGRAM_H
#define TRACER_EXERCISE_PROGRAM_H

#include "verdict.h"

enum { PROGRAM_SEEDS = 20 };

/* A regular file that may be executed. */
bool program_is(const char *path);

/* Runs it on fresh seeds of the variant's exercise; the first verdict that is not "correct" counts.
 *   errors  it could not be started, ran too long, printed too much; in *error */
bool program_judge(const char *path, const Variant *variant, Verdict *verdict, Error *error);

#endif
