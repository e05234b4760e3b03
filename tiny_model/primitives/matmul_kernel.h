/* The sums of matmul where C is wide; see matmul_kernel.c. */
#ifndef TINY_MODEL_PRIMITIVES_MATMUL_KERNEL_H
#define TINY_MODEL_PRIMITIVES_MATMUL_KERNEL_H

#include "../tape.h"

/* Columns that are made at a time; for fewer the plain sum is the faster one. */
enum { MATMUL_COLUMNS = 8 };

/* A matrix read through strides, so that a transposed one costs nothing. */
typedef struct {
    const double *data;
    size_t row_stride, col_stride;
} Strided;

/* c = a b, bit by bit what the plain sum gives.  c [R x C], a [R x inner], b [inner x C]
 *   memory  none
 *   errors  none
 *   source  none */
void matmul_kernel(const Value *c, Strided a, Strided b, int inner);

#endif
