/* Sampling; see sampling.h. Chapter 19.
 *
 *   top-k   z = logits / T,  e = exp(z - max) of the k largest logits, 0 of the others,  p = e / sum of e
 *   top-p   before[c] = the sum of the p that are larger than p[c];  p[c] stays while before[c] < P, and
 *           what stays is divided by its sum
 *   draw    ends[c] = p[0] + ... + p[c],  token = the first c with ends[c] > number * ends[V-1]
 *
 * The number is stretched to the length of the rod, which rounding makes a little more or less than
 * 1. So the point never lies behind its end, and no piece of length 0 is ever hit. */
#include "sampling.h"

#include "record.h"

#include <math.h>

static int number_leaf(Tape *tape, const char *name, double number)
{
    double *data = tape_room(tape, 1, 1);
    if (data)
        *data = number;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, 1}, data);
}

static int top_p(Tape *tape, int probabilities, double p)
{
    tape_begin(tape, "top_p", -1, NULL);
    int before = sum_larger(tape, HERE("before"), probabilities, probabilities);
    int chosen = is_below(tape, HERE("chosen"), before, p);
    int kept = multiply(tape, HERE("kept"), probabilities, chosen);
    int cut = div_col(tape, HERE("probabilities"), kept, row_sum(tape, HERE("sum"), kept));
    tape_end(tape);
    return cut;
}

Drawing sampling_record(Tape *tape, int logits, const Sampling *how)
{
    const Value *all = tape_value(tape, logits);
    int last_row = all->rows - 1, vocabulary = all->cols;
    tape_begin(tape, "sampling", -1, NULL);
    int row = gather_rows(tape, HERE("logits"), logits, number_leaf(tape, "last", last_row));
    int rank = sum_larger(tape, HERE("rank"), row, fill(tape, HERE("ones"), 1, 1, vocabulary));
    int chosen = is_below(tape, HERE("chosen"), rank, how->top_k ? how->top_k : vocabulary);
    int cooled = divide_by(tape, HERE("cooled"), row, how->temperature);
    int shifted = sub_col(tape, HERE("shifted"), cooled, row_max(tape, HERE("max"), cooled));
    int kept = multiply(tape, HERE("kept"), exponential(tape, HERE("exp"), shifted), chosen);
    int p = div_col(tape, HERE("probabilities"), kept, row_sum(tape, HERE("sum"), kept));
    if (how->top_p < 1)
        p = top_p(tape, p, how->top_p);
    tape_end(tape);
    return (Drawing){.logits = row, .probabilities = p, .softmax = -1, .ends = -1, .token = -1};
}

void sampling_draw(Tape *tape, Drawing *drawing, double number)
{
    tape_begin(tape, "draw", -1, NULL);
    int length = row_sum(tape, HERE("length"), drawing->probabilities);
    if (!tape->dry && !isfinite(tape_value(tape, length)->data[0])) {
        error_set(tape->error, EXIT_USED_WRONGLY,
                  "the logits are no finite numbers any more, so no token can be drawn; "
                  "look at the loss with tracer train");
        tape_give_up(tape);
    }
    drawing->ends = running_sum(tape, HERE("ends"), drawing->probabilities);
    int point = scale_by(tape, HERE("point"), number_leaf(tape, "number", number), length);
    drawing->token = first_above(tape, HERE("token"), drawing->ends, point);
    tape_end(tape);
}
