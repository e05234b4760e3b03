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
} Difference;

typedef struct {
    Difference *list;    /* in the order of the first tape, only what differs */
    int count;
    int only_in_second;  /* values that the first tape has not */
} Differences;

/* Compares by name. False if out of memory. */
bool differences_find(const Names *first, const Names *second, Differences *out, Error *error);
void differences_free(Differences *differences);

#endif
