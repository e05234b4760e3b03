/* What a planted mistake records where no edit of a single step says it: short wrong formulas.
 * Each takes the step that the rule asked for and returns the value that stands in its place.
 *   memory  the tape's arena
 *   errors  a shape that does not fit leaves through tape_attempt, see mistake_make */
#ifndef TINY_MODEL_MISTAKE_FORMULAS_H
#define TINY_MODEL_MISTAKE_FORMULAS_H

#include "mistakes.h"

int wrong_rolled(Tape *tape, const Asked *step); /* a slice that starts one before the first, the last cell in front */
int wrong_plus_ids(Tape *tape, const Asked *step);          /* ids counted from 1 */
int wrong_bypass(Tape *tape, const Asked *step);            /* what the frame read first, unchanged */
int wrong_one_fewer(Tape *tape, const Asked *step);         /* a mean that divides by n - 1 */
int wrong_count_of_rows(Tape *tape, const Asked *step);     /* a mean that divides by the number of rows summed */
int wrong_root_of_width(Tape *tape, const Asked *step);     /* the constant is sqrt(rows of `other`) */
int wrong_mirrored(Tape *tape, const Asked *step);          /* the step on the transposed matrix, turned back */
int wrong_pooled(Tape *tape, const Asked *step);            /* one number for all rows: `primitive` over the column */
int wrong_averaged(Tape *tape, const Asked *step);          /* both inputs become their average */
int wrong_dealt_out(Tape *tape, const Asked *step);         /* columns dealt out to the inputs in turn */
int wrong_one_row(Tape *tape, const Asked *step);           /* only row `number` of input 0 counts; -1: the last */
int wrong_softmax_again(Tape *tape, const Asked *step);     /* exp and divided by the row sums, behind it */
int wrong_upstream(Tape *tape, const Asked *step);          /* input `input` is what its own frame read */
int wrong_up_to_here(Tape *tape, const Asked *step);
int wrong_each_time(Tape *tape, const Asked *step);         /* divided by, or times, the constant once for each time */
int wrong_step_back(Tape *tape, const Asked *step);         /* input 0 is the one that the step before it read */
int wrong_mean_of_rows(Tape *tape, const Asked *step);      /* divided by the rows of input 1 */
int wrong_means(Tape *tape, const Asked *step);             /* sums that stand side by side become means */
int wrong_share_of_parts(Tape *tape, const Asked *step);    /* divided by the number of values, not of their cells */
int wrong_mean_of_cells(Tape *tape, const Asked *step);     /* a number spread over a value, divided by its rows */
int wrong_other_share(Tape *tape, const Asked *step);       /* the constant c becomes 1 - c */
int wrong_to_the_end(Tape *tape, const Asked *step);        /* a slice as long as the whole without one */
int wrong_own_factor(Tape *tape, const Asked *step);        /* input 1 times what input 0 was multiplied by, plus it */
int wrong_absolute(Tape *tape, const Asked *step);          /* column sums of |x| */
int wrong_own_norm(Tape *tape, const Asked *step);          /* scaled to the limit by its own norm */
int wrong_clamped(Tape *tape, const Asked *step);           /* every cell cut off at +- the limit */
int wrong_eps_inside(Tape *tape, const Asked *step);        /* sqrt(x + eps) */
int wrong_decay(Tape *tape, const Asked *step);             /* weight decay without the learning rate */
int wrong_first_time(Tape *tape, const Asked *step);        /* the correction of t = 1 at every step */
int wrong_forgotten(Tape *tape, const Asked *step);         /* the moment before the step is taken as 0 */
int wrong_heaped(Tape *tape, const Asked *step);            /* the gradient of the step before is still in it */
int wrong_too_early(Tape *tape, const Asked *step);         /* input 1 is the parameter before the update */

#endif
