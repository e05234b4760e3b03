/* Where stepping over leads: into what is met for the first time on the tape, over what was seen before; folded
 * frames in one go. */
#ifndef TRACER_VIEWS_STEP_OVER_H
#define TRACER_VIEWS_STEP_OVER_H

#include "view_state.h"

/* The step that it leads to, or -1: there is none. */
int over_next(const ViewState *state);
int over_previous(const ViewState *state);

/* The frame that n would step over first, or -1 if it goes to the very next step. */
int frame_stepped_over(const ViewState *state);

#endif
