/* The tree as it is folded: which frames show what they hold, and which nodes are to be seen. */
#ifndef TRACER_VIEWS_FOLDING_H
#define TRACER_VIEWS_FOLDING_H

#include "view_state.h"

/* True if the frame shows what it holds: opened by hand, or around the position and not folded
 * by hand. */
bool frame_open(const ViewState *state, int frame);

/* The frame's fold by hand, or NULL. */
const Fold *frame_fold(const ViewState *state, int frame);

/* The nearest node around `node` that is visible, itself included. */
int visible_node(const ViewState *state, int node);

/* The next visible node behind or before a visible one, or -1. */
int next_visible(const ViewState *state, int node);
int previous_visible(const ViewState *state, int node);

/* The node that the cursor of the tree stands on; it is visible. */
int tree_cursor(const ViewState *state);

/* True if the position is in the frame. */
bool holds_position(const ViewState *state, int frame);

#endif
