/* The terminal: copies grids to it and reads keys from it. terminal.c is the only file that
 * knows curses. */
#ifndef TRACER_STEPPER_TERMINAL_H
#define TRACER_STEPPER_TERMINAL_H

#include "shown.h"
#include "state.h"
#include "tracer/views/grid.h"

/* How many colours numbers get: none, three classes, or the whole heat map. */
typedef enum { PALETTE_NONE, PALETTE_CLASSES, PALETTE_HEAT } Palette;

/* True if standard input and output are a terminal whose cursor can be moved. */
bool terminal_usable(void);

/* Shows the state and reads keys until it quits. The terminal is whole again afterwards, and
 * after a signal that ends the program. False and *error if there is no memory or the terminal
 * went away. */
bool terminal_run(State *state, bool color, Error *error);

/* A screen on which something is watched: grids of its size are shown, and keys are read if any came. */
typedef struct Watch Watch;

/* NULL and *error where there is no terminal or no memory. Signals that end the program wait until it is closed. */
Watch *terminal_watch(bool color, Error *error);

/* A blank grid of the screen's size; false if there is no memory. */
bool terminal_watch_grid(Grid *grid, bool ascii);

/* Shows a grid of that size; one of another size is left out.
 *   wait     until a key or a signal comes
 *   returns  the code of a key, or 0 */
int terminal_watch_show(Watch *watch, const Grid *grid, bool wait);

/* The terminal is as it was. */
void terminal_watch_close(Watch *watch);

/* On an open curses screen: makes the colour pairs. */
Palette terminal_palette(bool color);

/* Sends the next frame of a grid of the screen's size, and says whether it was the last. shown: what
 * the screen shows, cleared screens included. */
bool terminal_frame(const Grid *grid, Palette palette, Shown *shown);

#endif
