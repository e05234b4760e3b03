/* The sums of matmul, several side by side: what the plain sum in matmul.c gives, in less time.
 *
 * The order of the additions of a cell is that of the plain sum: from 0, over k from 0 upwards,
 * whatever the blocks. A vector holds neighbouring columns, never parts of one sum, and a
 * multiplication and an addition stay two roundings; so every bit is the same.
 *
 * C is made in panels of COLS columns, a panel in tiles of ROWS rows that stay in registers while k
 * runs. After DEPTH products a panel is put down, and goes on where it stopped. */
#include "matmul_kernel.h"

#include "../kernel.h"

#include <string.h>

enum { ROWS = 6, FEWER_ROWS = 4, COLS = MATMUL_COLUMNS, DEPTH = 512 };

/* From so many rows on it pays to put columns of B side by side that lie further apart than BESIDE numbers, which
 * would push each other out of the nearest cache. */
enum { PACKED_FROM = 16, BESIDE = 32 };

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
typedef double Quad __attribute__((vector_size(4 * sizeof(double)), aligned(8)));
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
TILE(quad_tile, Quad, 2)
TILE(pair_tile, Pair, 2)

/* All rows of a panel: ROWS at a time, and at the end not one by one if two tiles of FEWER_ROWS do it. */
#define ALL_ROWS(p, tile, col) \
    do { \
        int r = 0; \
        for (; (p)->rows - r >= ROWS && (p)->rows - r != 2 * FEWER_ROWS; r += ROWS) \
            tile(p, r, col, ROWS); \
        for (; (p)->rows - r >= FEWER_ROWS; r += FEWER_ROWS) \
            tile(p, r, col, FEWER_ROWS); \
        for (; r < (p)->rows; r++) \
            tile(p, r, col, 1); \
    } while (0)

KERNEL static void wide_panel(const Panel *p)
{
    ALL_ROWS(p, wide_tile, 0);
}

/* The same where a register holds four numbers. */
KERNEL static void quad_panel(const Panel *p)
{
    ALL_ROWS(p, quad_tile, 0);
}

/* The same where a register holds two numbers: a tile is half as wide, to fit. */
static void pair_panel(const Panel *p)
{
    for (int col = 0; col < COLS; col += COLS / 2)
        ALL_ROWS(p, pair_tile, col);
}

static void panel(const Panel *p)
{
    if (VECTOR_DOUBLES >= COLS)
        wide_panel(p);
    else if (VECTOR_DOUBLES >= COLS / 2)
        quad_panel(p);
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
static inline void pack_some(double *packed, Strided b, int width, int inner)
{
    for (int k = 0; k < inner; k++, b.data += b.row_stride, packed += COLS) {
        for (int j = 0; j < width; j++)
            packed[j] = b.data[(size_t)j * b.col_stride];
        for (int j = width; j < COLS; j++)
            packed[j] = 0;
    }
}

static void pack(double *packed, Strided b, int width, int inner)
{
    if (width < COLS)
        pack_some(packed, b, width, inner);
    else if (b.col_stride == 1)
        for (int k = 0; k < inner; k++)
            memcpy(packed + (size_t)k * COLS, b.data + (size_t)k * b.row_stride, COLS * sizeof *packed);
    else
        pack_some(packed, b, COLS, inner);
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
    bool beside = width == COLS && b.col_stride == 1;
    if (beside && (c->rows < PACKED_FROM || b.row_stride <= BESIDE)) {
        p.b = b.data;
        p.b_stride = b.row_stride;
    } else {
        pack(packed, b, width, p.inner);
    }
    if (width < COLS)
        narrow_panel(&p, width);
    else
        panel(&p);
}

void matmul_kernel(const Value *c, Strided a, Strided b, int inner)
{
    for (int col = 0; col < c->cols; col += COLS)
        for (int k = 0; k < inner; k += DEPTH)
            one_panel(c, a, b, inner, col, k);
}
