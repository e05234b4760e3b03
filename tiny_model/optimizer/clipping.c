/* Clipping by the global norm: all gradients shrink by one factor, so their direction stays.
 * Pascanu et al. 2013. Chapter 17.
 *
 *   norm = sqrt(sum of g^2 over all cells of all gradients)
 *   g' = g * limit / norm        only if norm > limit */
#include "../record.h"
#include "optimizer.h"

int gradient_norm_record(Tape *tape, const int *gradients, int count)
{
    tape_begin(tape, "gradient_norm", -1, NULL);
    int *sums = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        int squares = column_sum_of_squares(tape, DERIVED(gradients[i], "squares"), gradients[i]);
        sums[i] = row_sum(tape, DERIVED(gradients[i], "square_sum"), squares);
    }
    int all = concat(tape, HERE("square_sums"), sums, count);
    int sum = row_sum(tape, HERE("square_sum"), all);
    int norm = square_root(tape, RESULT("gradient_norm"), sum);
    tape_end(tape);
    return norm;
}

int clipping_factor_record(Tape *tape, int norm, double limit)
{
    if (!(limit < 1e300))
        return -1;
    const double *number = tape_numbers(tape, norm);
    if (number && !(*number > limit)) /* a dry tape reckons with clipping */
        return -1;
    tape_begin(tape, "clipping", -1, NULL);
    int most = fill(tape, HERE("limit"), limit, 1, 1);
    int factor = divide(tape, HERE("factor"), most, norm);
    tape_end(tape);
    return factor;
}
