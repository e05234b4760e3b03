/* Sampling; see sampling.h. Chapter 19.
 *
 *   repetition  z[c] / R where z[c] > 0, else z[c] R, for every c that is in the history, however often
 *   frequency   z[c] - F n[c] - Q [n[c] > 0], where c is n[c] times in the history
 *   temperature z / T,  e = exp(z - max)
 *   top-k   larger[c] = how many z are larger than z[c];  e[c] stays while larger[c] < K
 *   top-p   before[c] = the sum of the p that stand before p[c], the largest first, of equal ones the first;
 *           p[c] stays while before[c] < P, so that the one that crosses P stays too
 *   min-p   p[c] stays while p[c] >= M max(p)
 *   behind each of them what stays is divided by its sum
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

/* The cells where `chosen` is 1, divided by their sum. */
static int renormalised(Tape *tape, int probabilities, int chosen)
{
    int kept = multiply(tape, HERE("kept"), probabilities, chosen);
    return div_col(tape, HERE("probabilities"), kept, row_sum(tape, HERE("sum"), kept));
}

/* How often each token is in the history [1 x V]. */
static int times_said(Tape *tape, int logits, int history)
{
    int each = fill(tape, HERE("each"), 1, tape_value(tape, history)->cols, 1);
    int counts = scatter_rows(tape, HERE("counts"), each, history, tape_value(tape, logits)->cols);
    return transpose(tape, HERE("times"), counts);
}

static int repetition(Tape *tape, int logits, int history, double penalty)
{
    tape_begin(tape, "repetition", -1, NULL);
    int times = times_said(tape, logits, history);
    int seen = positive_part_slope(tape, HERE("seen"), times);
    int positive = positive_part_slope(tape, HERE("positive"), logits);
    int divided = divide_by(tape, HERE("divided"), logits, penalty);
    int multiplied = scale(tape, HERE("multiplied"), logits, penalty);
    int dearer = choose(tape, HERE("dearer"), positive, divided, multiplied);
    int y = choose(tape, HERE("logits"), seen, dearer, logits);
    tape_end(tape);
    return y;
}

static int frequency(Tape *tape, int logits, int history, const Sampling *how)
{
    tape_begin(tape, "frequency", -1, NULL);
    int times = times_said(tape, logits, history), z = logits;
    if (how->frequency != 0)
        z = subtract(tape, HERE("less_often"), z, scale(tape, HERE("for_each"), times, how->frequency));
    if (how->presence != 0) {
        int once = scale(tape, HERE("for_once"), positive_part_slope(tape, HERE("seen"), times), how->presence);
        z = subtract(tape, HERE("less"), z, once);
    }
    tape_end(tape);
    return z;
}

static int top_p(Tape *tape, int probabilities, double p)
{
    tape_begin(tape, "top_p", -1, NULL);
    int before = sum_larger(tape, HERE("before"), probabilities, probabilities);
    int cut = renormalised(tape, probabilities, is_below(tape, HERE("chosen"), before, p));
    tape_end(tape);
    return cut;
}

static int min_p(Tape *tape, int probabilities, double share)
{
    tape_begin(tape, "min_p", -1, NULL);
    int limit = scale(tape, HERE("limit"), row_max(tape, HERE("max"), probabilities), share);
    int cut = renormalised(tape, probabilities, at_least(tape, HERE("chosen"), probabilities, limit));
    tape_end(tape);
    return cut;
}

/* e, or only the largest of it. */
static int cut_to(Tape *tape, int logits, int e, const Sampling *how)
{
    if (how->temperature > 0 && how->top_k == 0)
        return e;
    int ones = fill(tape, HERE("ones"), 1, 1, tape_value(tape, logits)->cols);
    int rank = how->temperature > 0 ? sum_only_larger(tape, HERE("rank"), logits, ones)
                                    : sum_larger(tape, HERE("rank"), logits, ones);
    int chosen = is_below(tape, HERE("chosen"), rank, how->temperature > 0 ? how->top_k : 1);
    return multiply(tape, HERE("kept"), e, chosen);
}

Drawing sampling_record(Tape *tape, int logits, int history, const Sampling *how)
{
    int last_row = tape_value(tape, logits)->rows - 1;
    tape_begin(tape, "sampling", -1, NULL);
    int row = gather_rows(tape, HERE("logits"), logits, number_leaf(tape, "last", last_row)), z = row;
    if (how->repetition != 1)
        z = repetition(tape, z, history, how->repetition);
    if (how->frequency != 0 || how->presence != 0)
        z = frequency(tape, z, history, how);
    int cooled = divide_by(tape, HERE("cooled"), z, how->temperature > 0 ? how->temperature : 1);
    int shifted = sub_col(tape, HERE("shifted"), cooled, row_max(tape, HERE("max"), cooled));
    int kept = cut_to(tape, z, exponential(tape, HERE("exp"), shifted), how);
    int p = div_col(tape, HERE("probabilities"), kept, row_sum(tape, HERE("sum"), kept));
    if (how->top_p < 1)
        p = top_p(tape, p, how->top_p);
    if (how->min_p > 0)
        p = min_p(tape, p, how->min_p);
    tape_end(tape);
    return (Drawing){.logits = row, .probabilities = p, .softmax = -1, .ends = -1, .token = -1};
}

void sampling_needs_numbers(Tape *tape, int value)
{
    const Value *of = tape_value(tape, value);
    if (tape->dry || isfinite(of->data[cells_of(of) - 1]))
        return;
    error_set(tape->error, EXIT_USED_WRONGLY,
              "the logits are no finite numbers any more, so no token can be drawn; "
              "look at the loss with tracer train");
    tape_give_up(tape);
}

void sampling_draw(Tape *tape, Drawing *drawing, double number)
{
    tape_begin(tape, "draw", -1, NULL);
    int length = row_sum(tape, HERE("length"), drawing->probabilities);
    sampling_needs_numbers(tape, length);
    drawing->ends = running_sum(tape, HERE("ends"), drawing->probabilities);
    int point = scale_by(tape, HERE("point"), number_leaf(tape, "number", number), length);
    drawing->token = first_above(tape, HERE("token"), drawing->ends, point);
    tape_end(tape);
}
