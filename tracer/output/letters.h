/* Text of a draw list, drawn with cairo: as letters, or as pixels of few shades. */
#ifndef TRACER_OUTPUT_LETTERS_H
#define TRACER_OUTPUT_LETTERS_H

#include "fonts.h"
#include "palette.h"
#include "tracer/figures/draw_list.h"

/* How many greys an edge has where so many pixels are a unit: the smaller the pixels, the fewer
 * are needed. */
int shades_at(double scale);

/* Coverage, 0 to 1, as one of the shades, 0 to `shades`. */
unsigned char shade_of(double coverage, int shades);

/* Draws a text item: as text where cairo writes it as such (PDF). Where the font at hand is wider
 * than the one that was measured, the text is squeezed. False if out of memory. */
bool letters_show(Fonts *fonts, cairo_t *cairo, const Item *item);

/* Draws it into an image of pixels 0x00rrggbb, `scale` for each unit. Letters begin at whole
 * pixels, so that equal letters are equal pixels: they are drawn once, and encode small. Edges have
 * blends->shades shades, and what was blended is added there. False if out of memory. */
bool letters_stamp(Fonts *fonts, cairo_surface_t *image, double scale, const Item *item, Blends *blends);

#endif
