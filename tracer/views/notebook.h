/* What the learner keeps while stepping, read: breakpoints and where they stop, watched cells, the edits of a fork. */
#ifndef TRACER_VIEWS_NOTEBOOK_H
#define TRACER_VIEWS_NOTEBOOK_H

#include "view_state.h"

/* The cell on the tape that is shown; value -1 if that tape has none of that name. */
Reference kept_cell(const ViewState *state, const KeptCell *cell);

/* NAME[r,c] as it is kept, into text[size]. */
const char *kept_text(const KeptCell *cell, char *text, size_t size);

/* The number of the first breakpoint that holds at a step, or -1. */
int break_at(const ViewState *state, int step);

/* True if the breakpoint is a place on the tape and a step from first to last is there. */
bool break_within(const ViewState *state, int first, int last);

/* Where `c` and `C` go: to a breakpoint, -1 if there is none in that direction. */
int next_break(const ViewState *state);
int previous_break(const ViewState *state);

/* True if the step makes or reads a watched value. */
bool watch_touched(const ViewState *state, int step);

/* The last step up to the position, or the first behind it, that makes or reads a value; -1. */
int touched_before(const ViewState *state, int value);
int touched_after(const ViewState *state, int value);

/* The edits as a command line that does the same. */
void edits_command(const ViewState *state, Text *out);

#endif
