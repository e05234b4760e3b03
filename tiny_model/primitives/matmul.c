/* matmul: C = A B, where either input may be taken transposed.
 *
 *   C[r][c] = sum over k of A[r][k] * B[k][c]        A [R x K], B [K x C], C [R x C]
 *
 * The sum of every cell runs over k from 0 upwards, whatever the blocks. C is made in panels
 * of COLS columns, a panel in tiles of ROWS rows that stay in registers while k runs; vectors
 * run over columns. After DEPTH products a panel is put down, and goes on where it stopped.
 * Chapter 4. */
#include "../kernel.h"
#include "families.h"

#include <string.h>

enum { ROWS = 4, COLS = 8, DEPTH = 512 };

/* A matrix read through strides, so that a transposed one costs nothing. */
typedef struct {
    const double *data;
    size_t row_stride, col_stride;
} Strided;

/* COLS columns of C and the part of A and B that is added to them now. */
typedef struct {
    double *c;          /* [rows x COLS], c_stride from row to row */
    const double *b;    /* [inner x COLS], b_stride from row to row */
    size_t c_stride, b_stride;
    Strided a;          /* [rows x inner] */
    int rows, inner;
    bool goes_on;       /* with the sums that stand in c; else they start at 0 */
} Panel;

typedef double Wide __attribute__((vector_size(COLS * sizeof(double)), aligned(8)));
typedef double Pair __attribute__((vector_size(2 * sizeof(double)), aligned(8)));

/* TILE(name, Vector, VECTORS): `rows` rows of a panel from row r on, and VECTORS vectors of
 * columns from column `col` on. `rows` is a constant of at most ROWS, so that the compiler
 * can unroll the loops and keep `sum` in registers. */
#define TILE(name, Vector, VECTORS) \
    static inline __attribute__((always_inline)) void name(const Panel *p, int r, int col, int rows) \
    { \
        double *c = p->c + (size_t)r * p->c_stride + col; \
        const double *a = p->a.data + (size_t)r * p->a.row_stride, *b = p->b + col; \
        size_t c_stride = p->c_stride, a_stride = p->a.row_stride; \
        Vector sum[ROWS][VECTORS]; \
        for (int i = 0; i < rows; i++) \
            for (int j = 0; j < VECTORS; j++) \
                sum[i][j] = p->goes_on ? ((const Vector *)(c + (size_t)i * c_stride))[j] : (Vector){0}; \
        for (int k = 0; k < p->inner; k++, a += p->a.col_stride, b += p->b_stride) \
            for (int i = 0; i < rows; i++) \
                for (int j = 0; j < VECTORS; j++) \
                    sum[i][j] += a[(size_t)i * a_stride] * ((const Vector *)b)[j]; \
        for (int i = 0; i < rows; i++) \
            for (int j = 0; j < VECTORS; j++) \
                ((Vector *)(c + (size_t)i * c_stride))[j] = sum[i][j]; \
    }

TILE(wide_tile, Wide, 1)
TILE(pair_tile, Pair, 2)

KERNEL static void wide_panel(const Panel *p)
{
    int r = 0;
    for (; r + ROWS <= p->rows; r += ROWS)
        wide_tile(p, r, 0, ROWS);
    for (; r < p->rows; r++)
        wide_tile(p, r, 0, 1);
}

/* The same where a register holds two numbers: a tile is half as wide, to fit. */
static void pair_panel(const Panel *p)
{
    for (int col = 0; col < COLS; col += COLS / 2) {
        int r = 0;
        for (; r + ROWS <= p->rows; r += ROWS)
            pair_tile(p, r, col, ROWS);
        for (; r < p->rows; r++)
            pair_tile(p, r, col, 1);
    }
}

static void panel(const Panel *p)
{
    if (WIDE_VECTORS)
        wide_panel(p);
    else
        pair_panel(p);
}

/* The last columns of C, fewer than COLS: computed beside C, a few rows at a time. */
static void narrow_panel(const Panel *p, int width)
{
    double beside[ROWS * COLS] = {0};
    Panel part = *p;
    part.c = beside;
    part.c_stride = COLS;
    for (int r = 0; r < p->rows; r += ROWS, part.a.data += ROWS * p->a.row_stride) {
        double *c = p->c + (size_t)r * p->c_stride;
        part.rows = p->rows - r < ROWS ? p->rows - r : ROWS;
        for (int i = 0; p->goes_on && i < part.rows; i++)
            memcpy(beside + i * COLS, c + (size_t)i * p->c_stride, (size_t)width * sizeof *c);
        panel(&part);
        for (int i = 0; i < part.rows; i++)
            memcpy(c + (size_t)i * p->c_stride, beside + i * COLS, (size_t)width * sizeof *c);
    }
}

/* `width` columns of B side by side as [inner x COLS], the rest 0. */
static inline void pack(double *packed, Strided b, int width, int inner)
{
    for (int k = 0; k < inner; k++, b.data += b.row_stride, packed += COLS) {
        for (int j = 0; j < width; j++)
            packed[j] = b.data[(size_t)j * b.col_stride];
        for (int j = width; j < COLS; j++)
            packed[j] = 0;
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

/* Columns of C from `col` on, and at most DEPTH products of each from `k` on. */
static void one_panel(const Value *c, Strided a, Strided b, int inner, int col, int k)
{
    double packed[DEPTH * COLS] __attribute__((aligned(64)));
    int width = c->cols - col < COLS ? c->cols - col : COLS;
    b.data += (size_t)k * b.row_stride + (size_t)col * b.col_stride;
    a.data += (size_t)k * a.col_stride;
    Panel p = {.c = c->data + col, .c_stride = (size_t)c->cols, .b = packed, .b_stride = COLS, .a = a, .rows = c->rows,
               .inner = inner - k < DEPTH ? inner - k : DEPTH, .goes_on = k > 0};
    if (width < COLS) {
        pack(packed, b, width, p.inner);
        narrow_panel(&p, width);
        return;
    }
    if (b.col_stride == 1) {
        p.b = b.data;
        p.b_stride = b.row_stride;
    } else {
        pack(packed, b, COLS, p.inner);
    }
    panel(&p);
}

static void run(const Tape *tape, const Step *step)
{
    const Value *c = step_output(tape, step);
    Strided a = strided(step_input(tape, step, 0), step->attributes.transposed[0]);
    Strided b = strided(step_input(tape, step, 1), step->attributes.transposed[1]);
    int inner = inner_size(tape, step);
    for (int col = 0; col < c->cols; col += COLS)
        for (int k = 0; k < inner; k += DEPTH)
            one_panel(c, a, b, inner, col, k);
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
    /* sizes on both sides of the tile, and a sum that is put down and goes on */
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
    .name = "matmul", .symbol = "×", .ascii = "x", .meaning = "out[r,c] = sum over k of a[r,k] * b[k,c]",
    .notation = "{a} × {b}", .ascii_notation = "{a} x {b}", .symbol_place = SYMBOL_BETWEEN,
    .arity = 2, .transposes = true, .combine = COMBINE_SUM, .reach = {REACH_ROW, REACH_COLUMN}, .flops_inner = 2,
    .shape = shape, .run = run, .explain = explain_matmul, .sample = sample,
};
