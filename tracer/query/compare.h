/* Two tapes, value by value. */
#ifndef TRACER_QUERY_COMPARE_H
#define TRACER_QUERY_COMPARE_H

#include "tracer/session/names.h"

/* How one value differs. */
typedef struct {
    int value;           /* id on the first tape */
    int other;           /* id on the second, -1 if it is not there */
    double max_abs;      /* largest difference; inf if the shapes or a nan differ */
    int row, col;        /* where */
    bool rounding;       /* computed otherwise only in its last digits: nothing moved */
} Difference;

typedef struct {
    Difference *list;    /* in the order of the first tape, only what differs */
    int count;
    int moved;           /* those that differ by more than rounding */
    int only_in_second;  /* values that the first tape has not */
} Differences;

/* Of the largest number of a value: what is less apart has been rounded otherwise. A sum of some
 * thousand terms is off by less; what a nudge or a mistake does is more. */
#define ROUNDING 1e-12

/* Compares by name. False if out of memory. What no step computes has moved if it differs; what is
 * computed has moved if it is apart by more than ROUNDING of its largest number, and something that
 * it is computed from has moved, or nothing has and yet it differs (a step was recorded otherwise). */
bool differences_find(const Names *first, const Names *second, Differences *out, Error *error);
void differences_free(Differences *differences);

#endif
