/* Draws a list with cairo. */
#ifndef TRACER_OUTPUT_PAINT_H
#define TRACER_OUTPUT_PAINT_H

#include "tracer/figures/draw_list.h"

#include <cairo.h>

/* snap: filled rectangles end on whole pixels. */
void paint(cairo_t *cairo, const DrawList *list, bool snap);

#endif
