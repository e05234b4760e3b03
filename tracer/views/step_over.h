/* Where stepping over leads: to the next step at this level or above, folded frames in one go. */
#ifndef TRACER_VIEWS_STEP_OVER_H
#define TRACER_VIEWS_STEP_OVER_H

#include "view_state.h"

/* The step that it leads to, or -1: there is none. */
int over_next(const ViewState *state);
int over_previous(const ViewState *state);

/* The frame that n would step over first, or -1 if it goes to the very next step. */
int frame_stepped_over(const ViewState *state);

#endif
