/* Colours by own formula: OKLCH (Ottosson 2020), in which equal steps look equal. */
#ifndef TRACER_FIGURES_COLOR_H
#define TRACER_FIGURES_COLOR_H

#include <stdbool.h>

typedef struct {
    unsigned char r, g, b;
} Rgb;

/* lightness 0 to 1, chroma from 0 (grey), hue in degrees. A colour that no screen has becomes
 * greyer until one has it. */
Rgb color_oklch(double lightness, double chroma, double hue);

/* WCAG 2: the ratio of the luminances, 1 to 21. */
double color_contrast(Rgb a, Rgb b);

/* Black or white, whichever reads better on `background`: always at least 4.5 : 1. */
Rgb color_on(Rgb background);

/* t of the way from a to b. */
Rgb color_mix(Rgb a, Rgb b, double t);

#endif
