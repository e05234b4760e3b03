/* matmul: C = A B, where either input may be taken transposed. Chapter 4.
 *
 *   C[r][c] = sum over k of A[r][k] * B[k][c]        A [R x K], B [K x C], C [R x C]
 *
 * The sum of every cell runs over k from 0 upwards. Where C is wide, matmul_kernel.c makes the same
 * sums in the same order, several side by side. */
#include "families.h"
#include "matmul_kernel.h"

static Strided strided(const Value *value, bool transposed)
{
    size_t stride = (size_t)value->cols;
    return transposed ? (Strided){value->data, 1, stride} : (Strided){value->data, stride, 1};
}

static double at(Strided matrix, int row, int col)
{
    return matrix.data[(size_t)row * matrix.row_stride + (size_t)col * matrix.col_stride];
}

static void plain_sums(const Value *c, Strided a, Strided b, int inner)
{
    double *out = c->data;
    for (int row = 0; row < c->rows; row++)
        for (int col = 0; col < c->cols; col++) {
            double sum = 0;
            for (int k = 0; k < inner; k++)
                sum += at(a, row, k) * at(b, k, col);
            *out++ = sum;
        }
}

static int inner_size(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    return step->attributes.transposed[0] ? a->rows : a->cols;
}

static void run(const Tape *tape, const Step *step)
{
    const Value *c = step_output(tape, step);
    Strided a = strided(step_input(tape, step, 0), step->attributes.transposed[0]);
    Strided b = strided(step_input(tape, step, 1), step->attributes.transposed[1]);
    if (c->cols < MATMUL_COLUMNS)
        plain_sums(c, a, b, inner_size(tape, step));
    else
        matmul_kernel(c, a, b, inner_size(tape, step));
}

static bool shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    bool ta = step->attributes.transposed[0], tb = step->attributes.transposed[1];
    *out = (Shape){ta ? a->cols : a->rows, tb ? b->rows : b->cols, ta ? a->col_axis : a->row_axis,
                   tb ? b->row_axis : b->col_axis};
    return (ta ? a->rows : a->cols) == (tb ? b->cols : b->rows);
}

static void explain_matmul(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    bool ta = step->attributes.transposed[0], tb = step->attributes.transposed[1];
    int inner = inner_size(tape, step);
    for (int k = 0; k < inner; k++) {
        int a_row = ta ? k : row, a_col = ta ? row : k;
        int b_row = tb ? col : k, b_col = tb ? k : col;
        explain_term(out, cell_of(a, a_row, a_col) * cell_of(b, b_row, b_col));
        explain_cell(out, tape, step->inputs[0], a_row, a_col);
        explain_cell(out, tape, step->inputs[1], b_row, b_col);
    }
}

static void sample(Tape *tape)
{
    /* wide and narrow ones, sizes on both sides of the tile, one row, and a sum that is put down and goes on */
    static const int sizes[][3] = {{5, 7, 13}, {4, 16, 8}, {1, 3, 1}, {4, 6, 7}, {6, 600, 9},
                                   {1, 10, 11}, {18, 11, 17}};
    for (int i = 0; i < 7; i++)
        for (int how = 0; how < 4; how++) {
            int r = sizes[i][0], k = sizes[i][1], c = sizes[i][2];
            bool ta = how & 1, tb = how & 2;
            int a = sample_input(tape, "a", ta ? k : r, ta ? r : k);
            int b = sample_input(tape, "b", tb ? c : k, tb ? k : c);
            tape_step(tape, &MATMUL, HERE("c"), (int[]){a, b}, 2, (Attributes){.transposed = {ta, tb}});
        }
}

const Primitive MATMUL = {
    .name = "matmul", .symbol = "×", .ascii = "x", .meaning = "out[r,c] = sum over k of a[r,k] * b[k,c]",
    .notation = "{a} × {b}", .ascii_notation = "{a} x {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .transposes = true, .combine = COMBINE_SUM, .reach = {REACH_ROW, REACH_COLUMN}, .flops_inner = 2,
    .shape = shape, .run = run, .explain = explain_matmul, .sample = sample,
};
