/* Rows of numbers in the plane: the two directions in which they vary most, eigenvectors of their covariance, found by
 * power iteration from a fixed start. */
#ifndef TRACER_FIGURES_FLAT_H
#define TRACER_FIGURES_FLAT_H

#include "draw_list.h"

/* x [rows x cols], centred; directions [3 x cols], of which the first two rows are filled and the third is used. */
void flat_directions(const double *x, int rows, int cols, double *directions);

Point flat_point(const double *row, int cols, const double *directions);

#endif
