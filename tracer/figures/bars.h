/* Answers with a number each, as bars: cosines of words, shares of classes. */
#ifndef TRACER_FIGURES_BARS_H
#define TRACER_FIGURES_BARS_H

#include "figure.h"

typedef struct {
    const char *title, *caption;
    int count;
    const char **labels;         /* [count] */
    const double *numbers;       /* [count], from -1 to 1 */
} Bars;

/* spec: theme, digits, title and caption; its session may be NULL. */
void draw_bars(const Spec *spec, const Bars *bars, DrawList *list);

#endif
