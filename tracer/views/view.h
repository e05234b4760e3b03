/* The views of the stepper. Each draws a state into an area of a grid and depends on nothing else. */
#ifndef TRACER_VIEWS_VIEW_H
#define TRACER_VIEWS_VIEW_H

#include "grid.h"
#include "view_state.h"

/* The outline with the position, its path and the cursor of the tree. */
void tree_view(const ViewState *state, Grid *grid, Area area);

/* The largest magnitude among the numbers of a value, infinities left out, and their norm. */
void value_size(const Value *value, double *largest, double *norm);

/* The step as an equation of matrices. */
void operation_view(const ViewState *state, Grid *grid, Area area);

/* The selected cell taken apart: its terms, their running sum, its gradient. */
void cell_view(const ViewState *state, Grid *grid, Area area);

/* The page of the text panel that is open, and those behind it where there is room. */
void panel_view(const ViewState *state, Grid *grid, Area area);

/* One row: step, phase, path, loss. */
void status_view(const ViewState *state, Grid *grid, Area area);

/* "step 41 of 512"; in a hunt without the number of steps, which one more or less would give away. */
void step_number(const ViewState *state, char *out, size_t size);

/* Starts with `?`: the message, the prompt, or the keys that matter here. One row, more for a
 * message that needs them. */
int hint_rows(const ViewState *state, int cols);
void hint_view(const ViewState *state, Grid *grid, Area area);

/* All keys, filtered, over the middle of the area. */
void menu_view(const ViewState *state, Grid *grid, Area area);

/* What the line that is typed can go on as, at the bottom of the area. */
void offers_view(const ViewState *state, Grid *grid, Area area);

/* The title row of a pane; the pane with the focus has a mark and is in reverse. Called before
 * anything else is drawn into the pane: all of it becomes its place to be pointed at. */
void pane_title(const ViewState *state, Grid *grid, Area area, Pane pane, const char *title);

/* First of `room` rows or columns of `count`, such that `wanted` is among them, in the middle
 * where that is possible. */
int window_start(int wanted, int room, int count);

#endif
