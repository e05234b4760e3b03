/* Pixels as characters: numbers from the most negative one, which is paper, to the most positive one, which is ink. */
#ifndef TRACER_VIEWS_PIXELS_H
#define TRACER_VIEWS_PIXELS_H

#include "grid.h"

/* One of five shades, one column of a pixel; '?' for what is no finite number.
 *   largest  the absolute value that full ink stands for */
const char *pixel_shade(double number, double largest, bool ascii);

/* Two pixels in one character, one above the other: ink if a number is above 0. */
const char *pixel_halves(double above, double below, bool ascii);

/* A picture of numbers from -1 to 1 at the top left of an area: two columns a pixel, or with halves one column and half
 * a row. */
void pixels_put(Grid *grid, Area area, const double *numbers, int rows, int cols, bool halves);

#endif
