/* Colours of things that have no order: parts of a bar, points of several kinds. */
#ifndef TRACER_FIGURES_SERIES_H
#define TRACER_FIGURES_SERIES_H

#include "theme.h"

/* The i-th of eight, told apart by hue and by lightness, so that colour-blind readers see them too. */
Rgb series_color(const Theme *theme, int i);

#endif
