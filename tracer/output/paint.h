/* Draws a list with cairo. */
#ifndef TRACER_OUTPUT_PAINT_H
#define TRACER_OUTPUT_PAINT_H

#include "palette.h"
#include "tracer/figures/draw_list.h"

#include <cairo.h>

/* False if out of memory.
 *   blends  NULL: as shapes and text. Else onto an image of RGB24, in few colours and ending on whole
 *           pixels, for a palette; the colours of letters' edges are added */
bool paint(cairo_t *cairo, const DrawList *list, Blends *blends);

#endif
