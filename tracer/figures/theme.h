/* Themes, and the scale that turns a number into a colour. */
#ifndef TRACER_FIGURES_THEME_H
#define TRACER_FIGURES_THEME_H

#include "color.h"

#include <stddef.h>

/* A colour map runs in a straight line through OKLCH, lightness and chroma together. */
typedef struct {
    double lightness[2], chroma[2], hue[2];   /* at 0 and at 1 */
} Ramp;

typedef struct {
    const char *name;
    Rgb paper, ink, muted, line;     /* background, text, second text, thin lines */
    Rgb forward, backward, update;   /* the phases */
    Rgb mark;                        /* what is pointed at */
    Ramp sequential, negative, positive; /* negative and positive begin in the same grey */
} Theme;

extern const Theme THEMES[];
extern const int THEME_COUNT;

/* sequential: 0 or `low` to `high`; diverging: -high to high, neutral exactly at 0. */
typedef struct {
    double low, high;
    bool diverging;
} Scale;

/* The scale of `count` numbers; those that are not finite are left out.
 *   signed_numbers   true: they may be negative even if none is */
Scale scale_of(const double *numbers, size_t count, bool signed_numbers);

/* One scale that holds both. */
Scale scale_join(Scale a, Scale b);

/* The colour of a number, one of 201 (diverging) or 101: a picture then fits a palette. Beyond
 * the ends it is that of the end; nan is the paper. */
Rgb scale_color(const Theme *theme, Scale scale, double number);

#endif
