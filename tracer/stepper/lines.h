/* Lines for the plain mode: from a terminal with editing, history and completion, from elsewhere as
 * they are. The one part of the program that knows libedit. */
#ifndef TRACER_STEPPER_LINES_H
#define TRACER_STEPPER_LINES_H

#include "state.h"

typedef struct Lines Lines;

/* asks: a prompt is shown; edits: the terminal can move its cursor. NULL if there is no memory. */
Lines *lines_open(const State *state, bool asks, bool edits);
void lines_close(Lines *lines);

/* The next line without its end, good until the next call; NULL if there is none. */
const char *lines_next(Lines *lines);

#endif
