/* A chart: axes with round ticks. */
#ifndef TRACER_FIGURES_CHART_H
#define TRACER_FIGURES_CHART_H

#include "figure.h"

typedef struct {
    double left, top, width, height;      /* of the area within the axes */
    double x_low, x_high, y_low, y_high;  /* what it shows */
    bool whole_x;                /* x counts something: no ticks between whole numbers */
} Chart;

/* Widens the ends to round numbers. */
void chart_round(double *low, double *high);

/* Lines at round numbers, their labels left and below, and what the axes are. */
void chart_axes(DrawList *list, const Theme *theme, const Chart *chart, const char *x_title, const char *y_title);

double chart_x(const Chart *chart, double x);
double chart_y(const Chart *chart, double y);

#endif
