/* Principal components: the directions in which points differ most, by Jacobi's rotations. Nothing is learned. */
#ifndef TINY_MODEL_COMPONENTS_H
#define TINY_MODEL_COMPONENTS_H

#include "tape.h"

enum { MOST_ROTATED = 32, MOST_SWEEPS = 20 };

/* The eigenvalues [1 x n] and, in columns, the eigenvectors [n x n] of a symmetric matrix, in no order.
 *   a        [n x n], n <= MOST_ROTATED; what is not symmetric of it gives other vectors, no error
 *   sweeps   a sweep turns every pair of axes once, in the order (0,1), (0,2) ... (1,2) ...
 *   memory   the tape's arena
 *   errors   none
 *   source   Jacobi 1846; Golub and Van Loan, section 8.5 */
typedef struct {
    int values, vectors;
} Eigen;
Eigen jacobi(Tape *tape, int a, int sweeps);

/* PCA of rows [N x n], N > 1: `mean`, `centred`, `covariance` (divided by N - 1), `eigenvalues` [1 x n], largest
 * first, `components` [k x n], whose largest cell is positive, `explained` [1 x n] shares, `projected` [N x k].
 *   source   Pearson 1901 */
void principal_components(Tape *tape, int rows, int k, int sweeps);

#endif
