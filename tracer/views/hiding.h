/* What is not to be told yet: results that are to be guessed, numbers that a student is still to find, in a hunt
 * everything that would give the planted mistake away. And the score. */
#ifndef TRACER_VIEWS_HIDING_H
#define TRACER_VIEWS_HIDING_H

#include "view_state.h"

/* True if the number of a cell is not to be told yet: it waits for a guess. */
bool cell_hidden(const ViewState *state, Reference cell);

/* The same of the selected cell of this step's result. */
bool result_hidden(const ViewState *state);

/* What stands in its place, into out[size]. */
const char *hidden_text(const ViewState *state, char *out, size_t size);

/* True if differences from the run beside may be shown: none is hunted. */
bool beside_shown(const ViewState *state);

/* Why a value may not be shown in both runs, side by side; NULL: it may. */
const char *facing_refused(const ViewState *state);

/* In a hunt the checks of a frame would tell the place: they are hidden until they are asked for,
 * which counts as looking at the steps that they look at. */
bool checks_hidden(const ViewState *state); /* those at the position */
bool frame_checks_hidden(const ViewState *state, int frame);
int steps_to_check(const ViewState *state);

/* The frame whose rule must keep something at this step; -1: none. */
int checked_frame(const ViewState *state);

/* What was guessed, hunted and found, in lines; nothing if nothing was. */
void games_summary(const ViewState *state, Text *out);

#endif
