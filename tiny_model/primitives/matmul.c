/* matmul: C = A B, where either input may be taken transposed.
 *
 *   C[r][c] = sum over k of A[r][k] * B[k][c]        A [R x K], B [K x C], C [R x C]
 *
 * The sum of every cell runs over k from 0 upwards, whatever the blocks: a tile of
 * ROWS x COLS cells is kept in registers while k runs, and vectors run over columns.
 * Chapter 4. */
#include "../kernel.h"
#include "families.h"

enum { ROWS = 4, COLS = 8, PANEL = 4096 };

/* A read through strides, so that a transposed one costs nothing. */
typedef struct {
    const double *data;
    size_t row_stride, col_stride;
} Strided;

typedef double Vector __attribute__((vector_size(COLS * sizeof(double)), aligned(8)));

/* One full tile: c [ROWS x COLS] at stride n; b [K x COLS] at stride b_stride. */
static inline __attribute__((always_inline)) void tile(double *c, size_t n, const double *a, size_t row, size_t k_stride,
                                                       const double *b, size_t b_stride, int inner)
{
    Vector sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
    for (int k = 0; k < inner; k++, a += k_stride, b += b_stride) {
        Vector line = *(const Vector *)b;
        sum0 += a[0] * line;
        sum1 += a[row] * line;
        sum2 += a[2 * row] * line;
        sum3 += a[3 * row] * line;
    }
    *(Vector *)c = sum0;
    *(Vector *)(c + n) = sum1;
    *(Vector *)(c + 2 * n) = sum2;
    *(Vector *)(c + 3 * n) = sum3;
}

static inline __attribute__((always_inline)) void line_tile(double *c, const double *a, size_t k_stride, const double *b,
                                                            size_t b_stride, int inner)
{
    Vector sum = {0};
    for (int k = 0; k < inner; k++, a += k_stride, b += b_stride)
        sum += a[0] * *(const Vector *)b;
    *(Vector *)c = sum;
}

/* All rows of COLS columns of C. */
KERNEL static void panel(double *c, size_t n, Strided a, const double *b, size_t b_stride, int rows, int inner)
{
    int r = 0;
    for (; r + ROWS <= rows; r += ROWS)
        tile(c + (size_t)r * n, n, a.data + (size_t)r * a.row_stride, a.row_stride, a.col_stride, b, b_stride, inner);
    for (; r < rows; r++)
        line_tile(c + (size_t)r * n, a.data + (size_t)r * a.row_stride, a.col_stride, b, b_stride, inner);
}

/* `width` columns of B from column c on, side by side as [inner x COLS], the rest 0. */
static void pack(double *packed, Strided b, int c, int width, int inner)
{
    for (int k = 0; k < inner; k++)
        for (int j = 0; j < COLS; j++)
            packed[k * COLS + j] =
                j < width ? b.data[(size_t)k * b.row_stride + (size_t)(c + j) * b.col_stride] : 0.0;
}

/* The last columns of C, fewer than COLS: computed beside C and copied in, a few rows at a time. */
static void narrow_panel(double *c, size_t n, Strided a, const double *packed, int rows, int width, int inner)
{
    double beside[ROWS * COLS];
    for (int r = 0; r < rows; r += ROWS) {
        int block = rows - r < ROWS ? rows - r : ROWS;
        Strided from = {a.data + (size_t)r * a.row_stride, a.row_stride, a.col_stride};
        panel(beside, COLS, from, packed, COLS, block, inner);
        for (int i = 0; i < block; i++)
            for (int j = 0; j < width; j++)
                c[(size_t)(r + i) * n + (size_t)j] = beside[i * COLS + j];
    }
}

/* Columns of C one by one, for an inner dimension that no panel holds. */
static void plain_columns(double *c, size_t n, Strided a, Strided b, int rows, int width, int inner)
{
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < width; j++) {
            double sum = 0;
            for (int k = 0; k < inner; k++)
                sum += a.data[(size_t)r * a.row_stride + (size_t)k * a.col_stride] *
                       b.data[(size_t)k * b.row_stride + (size_t)j * b.col_stride];
            c[(size_t)r * n + (size_t)j] = sum;
        }
}

static Strided strided(const Value *value, bool transposed)
{
    size_t stride = (size_t)value->cols;
    return transposed ? (Strided){value->data, 1, stride} : (Strided){value->data, stride, 1};
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
    int rows = c->rows, cols = c->cols, inner = inner_size(tape, step);
    size_t n = (size_t)cols;
    double packed[PANEL] __attribute__((aligned(64)));
    for (int col = 0; col < cols; col += COLS) {
        int width = cols - col < COLS ? cols - col : COLS;
        Strided from = {b.data + (size_t)col * b.col_stride, b.row_stride, b.col_stride};
        if (width == COLS && b.col_stride == 1) {
            panel(c->data + col, n, a, from.data, b.row_stride, rows, inner);
        } else if (inner > PANEL / COLS) {
            plain_columns(c->data + col, n, a, from, rows, width, inner);
        } else {
            pack(packed, b, col, width, inner);
            if (width == COLS)
                panel(c->data + col, n, a, packed, COLS, rows, inner);
            else
                narrow_panel(c->data + col, n, a, packed, rows, width, inner);
        }
    }
}

static bool shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0), *b = step_input(tape, step, 1);
    bool ta = step->attributes.transposed[0], tb = step->attributes.transposed[1];
    *out = (Shape){ta ? a->cols : a->rows, tb ? b->rows : b->cols};
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
    /* sizes on both sides of the tile, and an inner dimension that no panel holds */
    static const int sizes[][3] = {{5, 7, 13}, {4, 16, 8}, {1, 3, 1}, {6, 600, 9}};
    for (int i = 0; i < 4; i++)
        for (int how = 0; how < 4; how++) {
            int r = sizes[i][0], k = sizes[i][1], c = sizes[i][2];
            bool ta = how & 1, tb = how & 2;
            int a = sample_input(tape, "a", ta ? k : r, ta ? r : k);
            int b = sample_input(tape, "b", tb ? c : k, tb ? k : c);
            tape_step(tape, &MATMUL, HERE("c"), (int[]){a, b}, 2, (Attributes){.transposed = {ta, tb}});
        }
}

const Primitive MATMUL = {
    .name = "matmul", .symbol = "×", .ascii = "x", .arity = 2, .combine = COMBINE_SUM,
    .meaning = "out[r,c] = sum over k of a[r,k] * b[k,c]", .flops = 0, .flops_inner = 2,
    .shape = shape, .run = run, .explain = explain_matmul, .sample = sample,
};
