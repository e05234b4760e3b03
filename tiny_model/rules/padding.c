/* Keys that are padding: nobody may look at them. Vaswani et al. 2017, section 3.2.3. Chapter 32.
 *
 *   y = x where keep, else -inf: a whole column of it for a key that is padding
 *   dx = dy where keep, else 0: a hidden score moves nothing */
#include "rule.h"

#include <math.h>

enum { SAVED_KEEP };

static int choose_else(Tape *tape, const Label *label, int keep, int x, double other)
{
    const Value *of = tape_value(tape, x);
    Label form = label_with_axes(HERE("hidden"), of->row_axis, of->col_axis, AXIS_NONE);
    int rows = of->rows, cols = of->cols;
    return choose(tape, label, keep, x, fill(tape, &form, other, rows, cols));
}

int hidden_keys(Tape *tape, const char *name, int x, int keep)
{
    tape_begin(tape, name, -1, &HIDDEN_KEYS);
    int y = choose_else(tape, RESULT(name), keep, x, -INFINITY);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {[SAVED_KEEP] = keep}});
}

/* forward:  y = x where keep, else -inf */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = choose_else(tape, TO(to, 0, "dx"), call->saved[SAVED_KEEP], dy, 0);
}

/* With the softmax behind it, since -inf has no slope of its own. */
static int sample(Tape *tape, bool twice)
{
    double *keep = tape_room(tape, 4, 4);
    for (int i = 0; keep && i < 16; i++)
        keep[i] = i % 4 < (twice ? 2 : 3);
    int mask = tape_leaf(tape, KIND_INPUT, "keep", (Shape){4, 4}, keep);
    return softmax(tape, "softmax", "y", hidden_keys(tape, "masked", sample_weight(tape, "x", 4, 4), mask));
}

const Rule HIDDEN_KEYS = {
    .words = "padding is no word: its scores are minus infinity, for everyone who asks",
    .words_back = "nothing comes back from a key that nobody could see",
    .name = "hidden_keys", .chapter = 32, .forward = "y = x where the key is kept, else −∞",
    .back = "∂x = ∂y where the key is kept, else 0",
    .ascii_forward = "y = x where the key is kept, else -inf",
    .ascii_back = "dx = dy where the key is kept, else 0",
    .backward = backward_part, .sample = sample,
};
