/* What the primitives of trees share with a tree that is grown without recording it (systems/trees_grow.c): the same
 * order, the same cuts, so the same bits.
 *   memory  none
 *   errors  none
 *   source  none */
#ifndef TINY_MODEL_PRIMITIVES_SPLITTING_H
#define TINY_MODEL_PRIMITIVES_SPLITTING_H

#include <stddef.h>

/* rows [count] in the order of their numbers, numbers[row * stride], the smallest first, of equals the first. */
void ascending_rows(const double *numbers, size_t stride, int count, double *rows);

/* The middle of two numbers, low < high; high where rounding leaves nothing between them. */
double middle(double low, double high);

/* The k-th of `of` numbers that cut `sorted` [count] into equal parts, between two of them in proportion. */
double quantile(const double *sorted, int count, int k, int of);

#endif
