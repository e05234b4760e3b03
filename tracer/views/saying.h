/* What is said about the position in a sentence or two, for whoever meets it for the first time: of the tour that is
 * made, else what the rule is for. The tutorial says more, on the page `text`. */
#ifndef TRACER_VIEWS_SAYING_H
#define TRACER_VIEWS_SAYING_H

#include "view.h"

/* Adds the saying, nothing where there is none. */
void saying_add(const ViewState *state, Text *out);

/* How many rows it takes on a screen of that size: none where the tutorial stands beside the step anyway. */
int saying_rows(const ViewState *state, int rows, int cols);
void saying_view(const ViewState *state, Grid *grid, Area area);

#endif
