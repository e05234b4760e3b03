/* A matrix as shades: all of it in whatever room there is, a character for a cell or for a block of cells, of which
 * the largest magnitude is shown. The marked cell's row and column stand at the edges as numbers, so that what is
 * seen can be read; see matrix_layout.h. */
#include "hiding.h"
#include "matrix_layout.h"
#include "own_answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHADES = 4 };

/* The picture: where it begins in the area, its characters, and the matrix behind them. */
typedef struct {
    const ViewState *state;
    const Matrix *matrix;
    int top, left, rows, cols;
} Shaded;

/* The first cell of a block. */
static int block_start(int block, int blocks, int cells)
{
    return (int)((long)block * cells / blocks);
}

static int block_of(int cell, int blocks, int cells)
{
    int block = (int)((long)cell * blocks / cells);
    while (block + 1 < blocks && block_start(block + 1, blocks, cells) <= cell)
        block++;
    return block;
}

static double number_at(const Matrix *matrix, int r, int c)
{
    int row = matrix->transposed ? c : r, col = matrix->transposed ? r : c;
    return matrix_number(matrix, (size_t)row * (size_t)matrix->numbers->cols + (size_t)col);
}

static bool cell_is_hidden(const Shaded *shaded, int r, int c)
{
    const Matrix *matrix = shaded->matrix;
    int row = matrix->transposed ? c : r, col = matrix->transposed ? r : c;
    return matrix->result && (result_hidden(shaded->state) || mine_hides(shaded->state, matrix->value, row, col));
}

/* The number with the largest magnitude in a block, infinities last; *hidden: one of them may not be shown. */
static double largest_in(const Shaded *shaded, int row, int col, bool *hidden)
{
    const Matrix *matrix = shaded->matrix;
    double largest = NAN;
    for (int r = block_start(row, shaded->rows, matrix->rows); r < block_start(row + 1, shaded->rows, matrix->rows);
         r++)
        for (int c = block_start(col, shaded->cols, matrix->cols);
             c < block_start(col + 1, shaded->cols, matrix->cols); c++) {
            double x = number_at(matrix, r, c);
            *hidden |= cell_is_hidden(shaded, r, c);
            if (isnan(largest) || (isinf(largest) && !isnan(x)) || (isfinite(x) && fabs(x) > fabs(largest)))
                largest = x;
        }
    return largest;
}

/* The sign is in the form too: nothing is told by colour alone. */
static const char *shade_of(double x, double largest, bool ascii)
{
    static const char *const plus[] = {"░", "▒", "▓", "█"}, *const minus[] = {"-", "=", "≡", "▤"};
    static const char *const plain_plus[] = {".", "+", "*", "#"}, *const plain_minus[] = {",", "-", "=", "%"};
    if (isnan(x))
        return "?";
    if (isinf(x))
        return ascii ? ":" : "·";
    int level = largest > 0 ? (int)(fabs(x) / largest * (SHADES + 1)) - 1 : -1;
    level = level >= SHADES ? SHADES - 1 : level;
    if (level < 0)
        return " ";
    return ascii ? (x > 0 ? plain_plus : plain_minus)[level] : (x > 0 ? plus : minus)[level];
}

static void put_block(Grid *grid, Area area, const Shaded *shaded, int row, int col)
{
    const Matrix *matrix = shaded->matrix;
    bool hidden = false;
    double x = largest_in(shaded, row, col, &hidden);
    Area at = area_inside(area, shaded->top + row, shaded->left + col, 1, 1);
    grid_put(grid, at, 0, 0, PLAIN, hidden ? "?" : shade_of(x, matrix->largest, grid->ascii));
    if (isfinite(x) && !hidden)
        grid_paint(grid, at, (unsigned char)(1 + HEAT_SIDE + heat_level(matrix->sequential ? fabs(x) : x,
                                                                        matrix->largest)));
    int r = block_start(row, shaded->rows, matrix->rows), c = block_start(col, shaded->cols, matrix->cols);
    grid_hit(grid, at, (Hit){matrix->value == state_step(shaded->state)->output ? HIT_CELL : HIT_SOURCE,
                             matrix->transposed ? c : r, matrix->transposed ? r : c, matrix->value});
}

/* The marked column as numbers, one beside each row of the picture: of the marked row where the block holds it, of
 * the first one else. */
static void put_column(Grid *grid, Area area, const Shaded *shaded)
{
    const Matrix *matrix = shaded->matrix;
    for (int row = 0; row < shaded->rows; row++) {
        char number[NUMBER_SIZE] = "?";
        bool here = row == block_of(matrix->row, shaded->rows, matrix->rows);
        int r = here ? matrix->row : block_start(row, shaded->rows, matrix->rows);
        if (!cell_is_hidden(shaded, r, matrix->col))
            number_fitted(number, number_at(matrix, r, matrix->col), SHADE_DIGITS, SHADE_NUMBER - 1);
        grid_put(grid, area, shaded->top + row, shaded->left + shaded->cols + 1, STYLE(here ? BOLD : DIM), number);
    }
}

/* "row saw: +0.03 [-0.07] +0.04": the marked row as numbers around the marked column. */
static void put_row(const ViewState *state, Grid *grid, Area area, const Shaded *shaded)
{
    const Matrix *matrix = shaded->matrix;
    char label[64];
    int line = shaded->top + shaded->rows;
    int col = grid_put_cut(grid, area, line, 1, area.cols / 3, STYLE(DIM),
                           matrix_label(state, matrix_axis(state, matrix, true), matrix->row, label, sizeof label));
    int shown = (area.cols - col - 1) / (SHADE_NUMBER + 1);
    shown = shown < matrix->cols ? shown : matrix->cols;
    int first = window_start(matrix->col, shown, matrix->cols);
    for (int c = first; c < first + shown; c++) {
        char number[NUMBER_SIZE] = "?";
        bool here = c == matrix->col;
        if (!cell_is_hidden(shaded, matrix->row, c))
            number_fitted(number, number_at(matrix, matrix->row, c), SHADE_DIGITS, SHADE_NUMBER - 1);
        int at = col + 1 + (c - first) * (SHADE_NUMBER + 1);
        grid_put(grid, area, line, at, STYLE(here ? BOLD : DIM), number);
        if (here) {
            grid_put(grid, area, line, at - 1, STYLE(BOLD), "[");
            grid_put(grid, area, line, at + (int)strlen(number), STYLE(BOLD), "]");
        }
    }
}

/* The marked row and column at the edges, and the marked block. */
static void put_edges(const ViewState *state, Grid *grid, Area area, const Shaded *shaded)
{
    const Matrix *matrix = shaded->matrix;
    char label[64];
    int row = block_of(matrix->row, shaded->rows, matrix->rows);
    int col = block_of(matrix->col, shaded->cols, matrix->cols);
    grid_put(grid, area, shaded->top + row, 0, STYLE(BOLD), "▸");
    grid_put_cut(grid, area, shaded->top + row, 1, shaded->left - 1, STYLE(DIM),
                 matrix_label(state, matrix_axis(state, matrix, true), matrix->row, label, sizeof label));
    int end = grid_put(grid, area, shaded->top - 1, shaded->left + col, STYLE(BOLD), "▾");
    grid_put_cut(grid, area, shaded->top - 1, end, area.cols - end, STYLE(DIM),
                 matrix_label(state, matrix_axis(state, matrix, false), matrix->col, label, sizeof label));
    grid_mark(grid, area_inside(area, shaded->top + row, shaded->left + col, 1, 1), BOLD | REVERSE);
    if (matrix->result && state->panes.focus == PANE_OPERATION)
        grid_cursor(grid, area, shaded->top + row, shaded->left + col);
}

void matrix_shade(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, const Explanation *explanation)
{
    Shaded shaded = {.state = state, .matrix = matrix, .top = matrix_rows_above(matrix),
                     .left = matrix->label_width, .rows = matrix_rows_in(matrix, area.rows),
                     .cols = matrix_cols_in(matrix, area.cols)};
    if (shaded.rows <= 0 || shaded.cols <= 0)
        return;
    for (int row = 0; row < shaded.rows; row++)
        for (int col = 0; col < shaded.cols; col++)
            put_block(grid, area, &shaded, row, col);
    /* what the selected cell reads of an operand */
    for (int i = 0; i < explanation->count && !matrix->result; i++)
        for (int j = 0; j < explanation->terms[i].cell_count; j++) {
            const Cell *cell = &explanation->terms[i].cells[j];
            int r = matrix->transposed ? cell->col : cell->row, c = matrix->transposed ? cell->row : cell->col;
            if (cell->value == matrix->value)
                grid_mark(grid, area_inside(area, shaded.top + block_of(r, shaded.rows, matrix->rows),
                                            shaded.left + block_of(c, shaded.cols, matrix->cols), 1, 1), UNDERLINE);
        }
    put_column(grid, area, &shaded);
    put_row(state, grid, area, &shaded);
    put_edges(state, grid, area, &shaded);
}
