/* A student's program as an answer: it is started twenty times, each time with the given values of
 * a fresh seed on its standard input, and prints the asked numbers. Only run when asked for, and
 * confined (confined.h). */
#ifndef TRACER_EXERCISE_PROGRAM_H
#define TRACER_EXERCISE_PROGRAM_H

#include "verdict.h"

enum { PROGRAM_SEEDS = 20 };

/* A regular file that may be executed. */
bool program_is(const char *path);

/* What the runs of a program were like: the last one, which is the one that failed if any did. */
typedef struct {
    unsigned force;            /* see confined.h; 0: it was not started */
    int sheet;                 /* 1 ... PROGRAM_SEEDS */
    char student[32];          /* whose numbers that sheet has */
    Text input, output, complaint;
} Trial;

/* Runs it on fresh seeds of the variant's exercise; the first verdict that is not "correct" counts.
 *   memory  *trial, freed by trial_free, also after an error
 *   errors  it could not be started, ran too long, printed too much, a signal came; in *error */
bool program_judge(const char *path, const Variant *variant, Verdict *verdict, Trial *trial, Error *error);
void trial_free(Trial *trial);

/* Where a program failed: the sheet as it was given, what it printed and what it complained of, cut to a page. */
void trial_tell(const Trial *trial, Text *out);

#endif
