/* What the terminal shows, and how much of a grid it gets at once: at most FRAME_BYTES between two
 * looks at the keyboard, so that over a slow line a key never waits behind what the keys before it
 * drew. Nothing here knows a terminal. */
#ifndef TRACER_STEPPER_SHOWN_H
#define TRACER_STEPPER_SHOWN_H

#include "tracer/views/grid.h"

enum { FRAME_BYTES = 4096 };

typedef struct {
    Grid grid;  /* what was sent */
    int row;    /* where the next frame begins: what is left of one is sent first */
} Shown;

/* A terminal of that size, blank. Frees what was there. False if there is no memory. */
bool shown_init(Shown *shown, int rows, int cols);
void shown_free(Shown *shown);

/* How many rows from shown->row on, around the end, fit in the next frame; all: the last frame.
 * wanted: of the same size. */
int frame_rows(const Grid *wanted, const Shown *shown);

/* True if the row has to be sent. */
bool frame_differs(const Grid *wanted, const Shown *shown, int row);

/* The row was sent, and the next begins. */
void frame_sent(const Grid *wanted, Shown *shown);

#endif
