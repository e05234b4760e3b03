/* A curve of any number of points in a room that does not grow: when it is full, neighbours become one. */
#ifndef TRACER_SESSION_CURVE_H
#define TRACER_SESSION_CURVE_H

enum { MOST_POINTS = 1024 };

typedef struct {
    double value[MOST_POINTS];   /* the mean of `stride` numbers, the last point of as many as there were */
    int step[MOST_POINTS];       /* training step of the first of them */
    int count, stride;           /* stride: 1, 2, 4 ... */
    int in_last;                 /* numbers in the last point */
} Curve;

/* Adds a number; steps ascend. Start with a Curve that is all 0. */
void curve_add(Curve *curve, int step, double value);

/* The smallest and the largest finite value, merged into *low and *high. */
void curve_range(const Curve *curve, double *low, double *high);

#endif
