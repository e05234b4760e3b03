/* Rows of length 1: only the direction stays, so that their product is the cosine of the angle. Chapter 27.
 *
 *   y[r] = x[r] / |x[r]|,  |x[r]| = sqrt(sum over c of x[r][c]^2)
 *   dx[r] = (dy[r] - y[r] (y[r] . dy[r])) / |x[r]|: what points along the row changes nothing
 *
 * A row of zeros has no direction. It is divided by 1 and stays what it is, as scikit-learn leaves it. */
#include "rule.h"

enum { SAVED_LENGTH };

/* What counts as no length at all; squares below 1e-200 are no numbers any more. */
static const double NOTHING = 1e-100;

int unit_rows(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &UNIT_ROWS);
    int squared = multiply(tape, HERE("squared"), x, x);
    int sum = row_sum(tape, HERE("sum"), squared);
    int length = square_root(tape, HERE("length"), sum);
    int empty = is_below(tape, HERE("empty"), length, NOTHING);
    int divisor = add(tape, HERE("divisor"), length, empty);
    int y = div_col(tape, RESULT(name), x, divisor);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_LENGTH] = divisor}});
}

/* forward:  y = x / |x| */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int along = multiply(tape, HERE("along"), dy, call->output);
    int amount = row_sum(tape, HERE("amount"), along);
    int lost = mul_col(tape, HERE("lost"), call->output, amount);
    int across = subtract(tape, HERE("across"), dy, lost);
    to->grad[0] = div_col(tape, TO(to, 0, "dx"), across, call->saved[SAVED_LENGTH]);
}

static int sample(Tape *tape, bool twice)
{
    (void)twice;
    return unit_rows(tape, "y", sample_weight(tape, "x", 4, 3));
}

const Rule UNIT_ROWS = {
    .words = "every row is divided by its length: only the direction stays",
    .words_back = "what points along the row changes nothing, the rest turns it",
    .name = "unit_rows", .chapter = 27, .forward = "y = x / |x|", .back = "∂x = (∂y − y (y·∂y)) / |x|",
    .ascii_forward = "y = x / |x|", .ascii_back = "dx = (dy - y (y . dy)) / |x|",
    .backward = backward_part, .sample = sample,
};
