/* Everything on one grid. Pure: no clock, no terminal, no globals. */
#ifndef TRACER_STEPPER_SCREEN_H
#define TRACER_STEPPER_SCREEN_H

#include "state.h"
#include "tracer/views/grid.h"

/* Draws the state into a blank grid of any size. */
void stepper_draw(const State *state, Grid *grid);

/* A blank grid with the state drawn into it; false if there is no memory. */
bool stepper_grid(const State *state, Grid *grid, int rows, int cols);

#endif
