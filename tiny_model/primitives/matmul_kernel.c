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

/* Two of each, in turn: the lower halves, or the upper ones; and numbers 0 or 1 of each pair. */
#ifdef __clang__
#define LOWER(x, y) __builtin_shufflevector(x, y, 0, 1, 4, 5)
#define UPPER(x, y) __builtin_shufflevector(x, y, 2, 3, 6, 7)
#define EVEN(x, y) __builtin_shufflevector(x, y, 0, 4, 2, 6)
#define ODD(x, y) __builtin_shufflevector(x, y, 1, 5, 3, 7)
#else
typedef long long Places __attribute__((vector_size(4 * sizeof(long long))));
#define LOWER(x, y) __builtin_shuffle(x, y, (Places){0, 1, 4, 5})
#define UPPER(x, y) __builtin_shuffle(x, y, (Places){2, 3, 6, 7})
#define EVEN(x, y) __builtin_shuffle(x, y, (Places){0, 4, 2, 6})
#define ODD(x, y) __builtin_shuffle(x, y, (Places){1, 5, 3, 7})
#endif

/* Four rows of four, `stride` from one to the next, as four columns, COLS from one to the next. */
static inline __attribute__((always_inline)) void turn_four(double *to, const double *from, size_t stride)
{
    Quad a = *(const Quad *)from, b = *(const Quad *)(from + stride), c = *(const Quad *)(from + 2 * stride),
         d = *(const Quad *)(from + 3 * stride);
    Quad ab = EVEN(a, b), cd = EVEN(c, d), ab_odd = ODD(a, b), cd_odd = ODD(c, d);
    *(Quad *)to = LOWER(ab, cd);
    *(Quad *)(to + COLS) = LOWER(ab_odd, cd_odd);
    *(Quad *)(to + 2 * COLS) = UPPER(ab, cd);
    *(Quad *)(to + 3 * COLS) = UPPER(ab_odd, cd_odd);
}

/* The same for COLS columns of a B that is taken transposed. Returns up to which k. */
KERNEL static int pack_turned(double *packed, const double *b, size_t stride, int inner)
{
    int k = 0;
    for (; k + 4 <= inner; k += 4, packed += 4 * COLS, b += 4)
        for (int col = 0; col < COLS; col += 4)
            turn_four(packed + col, b + (size_t)col * stride, stride);
    return k;
}

KERNEL static void pack_rows(double *packed, const double *b, size_t stride, int inner)
{
    for (int k = 0; k < inner; k++, packed += COLS, b += stride)
        for (int col = 0; col < COLS; col += 4)
            *(Quad *)(packed + col) = *(const Quad *)(b + col);
}

static void pack(double *packed, Strided b, int width, int inner)
{
    int k = 0;
    if (width == COLS && b.col_stride == 1) {
        pack_rows(packed, b.data, b.row_stride, inner);
        return;
    }
    if (width == COLS && b.row_stride == 1 && VECTOR_DOUBLES >= 4)
        k = pack_turned(packed, b.data, b.col_stride, inner);
    b.data += (size_t)k * b.row_stride;
    if (width == COLS)
        pack_some(packed + (size_t)k * COLS, b, COLS, inner - k);
    else
        pack_some(packed, b, width, inner);
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

/* C has one row: nothing is read twice, so B is taken as it stands, four products of each sum at a time. */
KERNEL static void one_row(double *restrict out, Strided a, const double *b, size_t stride, int inner, size_t cols)
{
    int k = 0;
    for (size_t c = 0; c < cols; c++)
        out[c] = 0;
    for (; k + 4 <= inner; k += 4, b += 4 * stride) {
        const double *x = a.data + (size_t)k * a.col_stride;
        double x0 = x[0], x1 = x[a.col_stride], x2 = x[2 * a.col_stride], x3 = x[3 * a.col_stride];
        for (size_t c = 0; c < cols; c++)
            out[c] = out[c] + x0 * b[c] + x1 * b[stride + c] + x2 * b[2 * stride + c] + x3 * b[3 * stride + c];
    }
    for (; k < inner; k++, b += stride)
        for (size_t c = 0; c < cols; c++)
            out[c] += a.data[(size_t)k * a.col_stride] * b[c];
}

void matmul_kernel(const Value *c, Strided a, Strided b, int inner)
{
    if (c->rows == 1 && b.col_stride == 1) {
        one_row(c->data, a, b.data, b.row_stride, inner, (size_t)c->cols);
        return;
    }
    for (int col = 0; col < c->cols; col += COLS)
        for (int k = 0; k < inner; k += DEPTH)
            one_panel(c, a, b, inner, col, k);
}
