/* Singular values: how many directions a matrix has, and how far it stretches each; and what an adapter adds to a
 * weight, as one matrix. */
#ifndef TRACER_QUERY_SINGULAR_VALUES_H
#define TRACER_QUERY_SINGULAR_VALUES_H

#include "tiny_model/tape.h"

/* The singular values of a matrix, the largest first. One-sided Jacobi: pairs of columns are turned until all are at
 * right angles; their lengths are what is sought.
 *   matrix   [rows x cols], row-major; overwritten
 *   out      [cols]; where there are more columns than rows the last ones are 0
 *   source   Hestenes 1958; Golub and Van Loan, Matrix Computations, section 8.6 */
void singular_values(double *matrix, int rows, int cols, double *out);

/* The i-th call of an adapted weight on a tape, each weight once; NULL behind the last. */
const Call *adapted_call(const Tape *tape, int i);

/* s A B of such a call into out [rows x cols of W]. */
void adapted_change(const Tape *tape, const Call *call, double *out);

#endif
