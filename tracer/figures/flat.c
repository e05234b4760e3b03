/* Points of many dimensions in two; see flat.h. */
#include "flat.h"

#include <math.h>
#include <string.h>

enum { ITERATIONS = 300 };

/* direction <- that of the largest variance orthogonal to `first`; next is room for as many numbers. */
static void component(const double *x, int rows, int cols, const double *first, double *direction, double *next)
{
    double whole = 0;
    for (int i = 0; i < rows * cols; i++)
        whole += x[i] * x[i];
    for (int c = 0; c < cols; c++)
        /* A start without symmetry: exactly at right angles to the answer power iteration would never turn to it. */
        direction[c] = 1 + 0.37 * (c % 3) - 0.11 * c / cols;
    for (int i = 0; i < ITERATIONS; i++) {
        memset(next, 0, (size_t)cols * sizeof *next);
        /* next = Xᵀ X direction, the covariance times the direction, without making the matrix. */
        for (int r = 0; r < rows; r++) {
            double dot = 0;
            for (int c = 0; c < cols; c++)
                dot += x[r * cols + c] * direction[c];
            for (int c = 0; c < cols; c++)
                next[c] += dot * x[r * cols + c];
        }
        double along = 0, length = 0;
        for (int c = 0; first && c < cols; c++)
            along += next[c] * first[c];
        for (int c = 0; c < cols; c++) {
            /* In every round, or rounding lets the first component grow back. */
            next[c] -= first ? along * first[c] : 0;
            length += next[c] * next[c];
        }
        /* What is left of a direction that is not there is rounding, and may point anywhere. */
        bool is = length > 1e-24 * whole * whole;
        for (int c = 0; c < cols && is; c++)
            direction[c] = next[c] / sqrt(length);
        if (!is)
            memset(direction, 0, (size_t)cols * sizeof *direction);
    }
}

void flat_directions(const double *x, int rows, int cols, double *directions)
{
    component(x, rows, cols, NULL, directions, directions + 2 * cols);
    component(x, rows, cols, directions, directions + cols, directions + 2 * cols);
}

Point flat_point(const double *row, int cols, const double *directions)
{
    const double *first = directions, *second = directions + cols;
    Point p = {0, 0};
    for (int c = 0; c < cols; c++) {
        p.x += row[c] * first[c];
        p.y += row[c] * second[c];
    }
    return p;
}
