/* What must be so, whatever the numbers are: rows of a softmax sum to 1, their gradients to 0.
 * Checked for every application of a rule, forward and backward, with the number it comes to. */
#ifndef TRACER_QUERY_INVARIANTS_H
#define TRACER_QUERY_INVARIANTS_H

#include "tracer/session/names.h"

enum { MOST_INVARIANTS = 4 };

typedef struct {
    const char *says;    /* "every row sums to 1" */
    double number;       /* what the worst row comes to */
    double wanted;       /* what it should */
    int row;             /* the worst row */
    bool holds;          /* to 1e-9 of the numbers that were added up */
} Invariant;

/* The invariants of a frame that is a rule's, in its phase; how many were filled in. */
int invariants_of_frame(const Tape *tape, int frame, Invariant out[MOST_INVARIANTS]);

/* Every invariant of the tape, no nan in it, and every cell explained to the last bit; false and
 * the first thing that is wrong in *error, with EXIT_CHECK_SAID_NO. */
bool invariants_hold(const Names *names, Error *error);

#endif
