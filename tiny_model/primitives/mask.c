/* causal_mask: a constant in the cells that a query does not see. Chapter 6.
 *
 *   out[r][c] = a[r][c] where c <= r - offset, and with a window w only where c > r - offset - w
 *             = constant elsewhere: -inf, or 0 on the way back
 *
 * So with offset 0 key c is visible to query r where 0 <= r - c, and r - c < w if there is a window. */
#include "families.h"

#include <math.h>

/* Right of the diagonal, or further left than the window (cols) reaches. */
static bool is_hidden(const Step *step, int row, int col)
{
    int last = row - step->attributes.offset, window = step->attributes.cols;
    return col > last || (window > 0 && col <= last - window);
}

static void run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    for (int r = 0; r < a->rows; r++)
        for (int c = 0; c < a->cols; c++)
            *out++ = is_hidden(step, r, c) ? step->attributes.constants[0] : cell_of(a, r, c);
}

static void explain_mask(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    if (!is_hidden(step, row, col)) {
        explain_copy(out, tape, step->inputs[0], row, col);
        return;
    }
    explain_term(out, step->attributes.constants[0]);
    explain_constant(out, step->attributes.constants[0]);
}

static void sample(Tape *tape)
{
    int a = sample_input(tape, "a", 5, 5);
    tape_step(tape, &CAUSAL_MASK, HERE("out"), &a, 1, (Attributes){.constants = {-INFINITY}});
    tape_step(tape, &CAUSAL_MASK, HERE("windowed"), &a, 1, (Attributes){.constants = {-INFINITY}, .cols = 2});
}

const Primitive CAUSAL_MASK = {
    .name = "causal_mask", .symbol = "mask", .ascii = "mask",
    .meaning = "out[r,c] = a[r,c] where c <= r - offset (and c > r - offset - window), else constant",
    .notation = "mask({a}; {k}[cols|; window {cols}])", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_CELL},
    .shape = shape_as_first, .run = run, .explain = explain_mask, .sample = sample,
};
