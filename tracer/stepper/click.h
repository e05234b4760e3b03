/* The mouse, for who asks for it with `:set mouse on`. What lies under the pointer is left behind by
 * the views when they draw; nothing here knows the layout. */
#ifndef TRACER_STEPPER_CLICK_H
#define TRACER_STEPPER_CLICK_H

#include "keys.h"

typedef enum { CLICK, CLICK_TWICE, WHEEL_UP, WHEEL_DOWN } Click;

/* Applies what was done with the mouse at a place of the screen of that size: a click selects what
 * is there (a cell, a row of the tree, a term, a line, a pane) or presses the key of a hint, the
 * second of a double click is Enter on it, the wheel moves in the pane under it. */
void stepper_click(State *state, int rows, int cols, int row, int col, Click click);

#endif
