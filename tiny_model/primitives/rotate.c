/* rotate: pairs of columns of every row turned by an angle, as in rotary positions.
 *
 *   out[t][a] = x[t][a] cos[t][i] - x[t][b] sin[t][i]
 *   out[t][b] = x[t][a] sin[t][i] + x[t][b] cos[t][i]     x, out [T x d], cos, sin [T x d/2]
 *
 * Pair i is a = 2i, b = 2i + 1, as published; or, where the offset is 1, a = i, b = i + d/2, as Llama has it.
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

/* The columns of pair i of a row of `cols`. */
typedef struct {
    int a, b;
} Pair;

static Pair pair_of(const Step *step, int i, int cols)
{
    return step->attributes.offset ? (Pair){i, i + cols / 2} : (Pair){2 * i, 2 * i + 1};
}

static void run(const Tape *tape, const Step *step)
{
    const Value *x = step_input(tape, step, 0);
    const double *cosine = step_input(tape, step, 1)->data, *sine = step_input(tape, step, 2)->data;
    double *out = step_output(tape, step)->data;
    for (int row = 0; row < x->rows; row++) {
        const double *from = x->data + (size_t)row * (size_t)x->cols;
        double *to = out + (size_t)row * (size_t)x->cols;
        for (int i = 0; i < x->cols / 2; i++, cosine++, sine++) {
            Pair at = pair_of(step, i, x->cols);
            to[at.a] = 0.0 + from[at.a] * *cosine - from[at.b] * *sine;
            to[at.b] = 0.0 + from[at.a] * *sine + from[at.b] * *cosine;
        }
    }
}

static void explain_rotate(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *x = step_input(tape, step, 0);
    int half = x->cols / 2, pair = step->attributes.offset ? col % half : col / 2;
    Pair at = pair_of(step, pair, x->cols);
    int second = col == at.b;
    for (int i = 0; i < 2; i++) {
        int angle = second == i ? 1 : 2, from = i ? at.b : at.a;
        double product = cell_of(x, row, from) * cell_of(step_input(tape, step, angle), row, pair);
        bool minus = !second && i == 1;
        explain_term(out, minus ? -product : product);
        if (minus)
            explain_constant(out, -1);
        explain_cell(out, tape, step->inputs[0], row, from);
        explain_cell(out, tape, step->inputs[angle], row, pair);
    }
}

static void sample(Tape *tape)
{
    int x = sample_input(tape, "x", 3, 4);
    int cosine = sample_input(tape, "cos", 3, 2), sine = sample_input(tape, "sin", 3, 2);
    tape_step(tape, &ROTATE, HERE("out"), (int[]){x, cosine, sine}, 3, (Attributes){0});
    tape_step(tape, &ROTATE, HERE("halves"), (int[]){x, cosine, sine}, 3, (Attributes){.offset = 1});
}

const Primitive ROTATE = {
    .name = "rotate", .symbol = "rotate", .ascii = "rotate",
    .meaning = "out[t,a] = x[t,a] cos - x[t,b] sin; out[t,b] = x[t,a] sin + x[t,b] cos; "
               "pair a, b is 2i, 2i+1 or i, i+d/2",
    .notation = "rotate({a}, {b}, {c}[offset|; by halves])",
    .arity = 3, .combine = COMBINE_SUM, .reach = {REACH_ROW, REACH_ROW}, .flops = 3,
    .shape = shape, .run = run, .explain = explain_rotate, .sample = sample,
};
