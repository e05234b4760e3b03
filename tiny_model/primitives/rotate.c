/* rotate: the pairs (2i, 2i+1) of every row turned by an angle, as in rotary positions.
 *
 *   out[t][2i]   = x[t][2i] cos[t][i] - x[t][2i+1] sin[t][i]
 *   out[t][2i+1] = x[t][2i] sin[t][i] + x[t][2i+1] cos[t][i]     x, out [T x d], cos, sin [T x d/2]
 *
 * The way back turns by the opposite angle: the same primitive with -sin. Su et al. 2021. */
#include "families.h"

static bool shape(const Tape *tape, const Step *step, Shape *out)
{
    shape_as_first(tape, step, out);
    for (int i = 1; i < 3; i++) {
        const Value *angle = step_input(tape, step, i);
        if (angle->rows != out->rows || 2 * angle->cols != out->cols)
            return false;
    }
    return true;
}

static void run(const Tape *tape, const Step *step)
{
    const Value *x = step_input(tape, step, 0);
    const double *cosine = step_input(tape, step, 1)->data, *sine = step_input(tape, step, 2)->data;
    double *out = step_output(tape, step)->data;
    for (size_t pair = 0; pair < cells_of(x) / 2; pair++) {
        double x0 = x->data[2 * pair], x1 = x->data[2 * pair + 1];
        out[2 * pair] = 0.0 + x0 * cosine[pair] - x1 * sine[pair];
        out[2 * pair + 1] = 0.0 + x0 * sine[pair] + x1 * cosine[pair];
    }
}

static void explain_rotate(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *x = step_input(tape, step, 0);
    int pair = col / 2, odd = col % 2;
    for (int i = 0; i < 2; i++) {
        int angle = odd == i ? 1 : 2;
        double product = cell_of(x, row, 2 * pair + i) * cell_of(step_input(tape, step, angle), row, pair);
        bool minus = !odd && i == 1;
        explain_term(out, minus ? -product : product);
        if (minus)
            explain_constant(out, -1);
        explain_cell(out, tape, step->inputs[0], row, 2 * pair + i);
        explain_cell(out, tape, step->inputs[angle], row, pair);
    }
}

static void sample(Tape *tape)
{
    int x = sample_input(tape, "x", 3, 4), cosine = sample_input(tape, "cos", 3, 2), sine = sample_input(tape, "sin", 3, 2);
    tape_step(tape, &ROTATE, HERE("out"), (int[]){x, cosine, sine}, 3, (Attributes){0});
}

const Primitive ROTATE = {
    .name = "rotate", .symbol = "rotate", .ascii = "rotate",
    .meaning = "out[t,2i] = a[t,2i] cos - a[t,2i+1] sin; out[t,2i+1] = a[t,2i] sin + a[t,2i+1] cos",
    .notation = "rotate({a}, {b}, {c})",
    .arity = 3, .combine = COMBINE_SUM, .reach = {REACH_ROW, REACH_ROW}, .flops = 3,
    .shape = shape, .run = run, .explain = explain_rotate, .sample = sample,
};
