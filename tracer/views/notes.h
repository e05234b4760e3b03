/* The notes: lines between the panes and the status that tell what stands beside the position.
 * Each is a line of the screen and, where it has changed, a line of the plain mode. */
#ifndef TRACER_VIEWS_NOTES_H
#define TRACER_VIEWS_NOTES_H

#include "view.h"

enum { MOST_NOTES = 12 };

typedef struct {
    Text lines[MOST_NOTES];
    int count;
} Notes;

/* The notes of a state, the most important first; notes_free them. Lines that could not be made
 * for want of memory have failed. */
void notes_make(const ViewState *state, bool ascii, Notes *out);
void notes_free(Notes *notes);

/* How many lines there are on a screen with so many rows. */
int notes_rows(const ViewState *state, int rows);

/* Draws as many as there are rows. */
void notes_view(const ViewState *state, Grid *grid, Area area);

/* Adds a curve of one character a number, its ends in figures: "+1.79 ▇▅▃▁ +0.31". */
void curve_text(const double *numbers, int count, int digits, bool ascii, Text *out);

#endif
