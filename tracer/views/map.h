/* Whether the map has the screen: its page is open and has the focus. */
#ifndef TRACER_VIEWS_MAP_H
#define TRACER_VIEWS_MAP_H

#include "view_state.h"

bool map_shown(const ViewState *state);

/* The station that is marked: the first step of its frame. */
int map_marked(const ViewState *state);

/* How many lines that lead somewhere stand before the station of the position. */
int map_here(const ViewState *state);

#endif
