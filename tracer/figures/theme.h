/* Themes, the sets of colours for numbers, and the scale that turns a number into a colour. */
#ifndef TRACER_FIGURES_THEME_H
#define TRACER_FIGURES_THEME_H

#include "color.h"

#include <stddef.h>

/* A colour map runs in a straight line through OKLCH, lightness and chroma together. */
typedef struct {
    double lightness[2], chroma[2], hue[2];   /* at 0 and at 1 */
} Ramp;

/* What numbers are coloured with: from 0 on, and below and above 0. */
typedef struct {
    Ramp sequential, negative, positive; /* negative and positive begin in the same grey */
} Colors;

typedef struct {
    const char *name;
    bool dark;
    Rgb paper, ink, muted, line;     /* background, text, second text, thin lines */
    Rgb forward, backward, update;   /* the phases */
    Rgb mark;                        /* what is pointed at */
    Colors colors;
} Theme;

extern const Theme THEMES[];
extern const int THEME_COUNT;

/* Sets of colours that every kind of colour-blind reader tells apart; the first is the themes' own. */
typedef struct {
    const char *name;
    Colors on_light, on_dark;
} ColorSet;

extern const ColorSet COLOR_SETS[];
extern const int COLOR_SET_COUNT;

/* The theme with the colours of a set. */
Theme theme_with(const Theme *theme, const ColorSet *set);

/* sequential: 0 or `low` to `high`; diverging: neutral exactly at 0, the same distance from it equally strong.
 * `low` is -high unless a range was asked for. */
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
