/* A row of pixels as the picture that it is; see matrix_layout.h. Where there is room a pixel is two columns of one of
 * five shades, from the most negative number, which is paper, to the most positive one, which is ink. Where there is
 * less, two pixels share a character, and a pixel is ink if its number is above 0. */
#include "hiding.h"
#include "matrix_layout.h"
#include "pixels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int picture_side(const ViewState *state, const Matrix *matrix)
{
    const Axis *columns = matrix_axis(state, matrix, false);
    int side = (int)lround(sqrt(matrix->cols));
    bool pixels = columns && strcmp(columns->name, "pixel") == 0 && side > 1 && side * side == matrix->cols;
    return pixels ? side : 0;
}

static double pixel(const Matrix *matrix, int r, int c)
{
    return r < matrix->side ? matrix_number(matrix, (size_t)(matrix->row * matrix->cols + r * matrix->side + c)) : 0;
}

/* "1 [4,7] +0.53": of picture 1 the marked pixel, its row and column in the picture. */
static void put_marked(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, int line, bool hidden)
{
    char label[64], text[160], number[NUMBER_SIZE] = "?";
    if (!hidden)
        number_signed(number, matrix_number(matrix, (size_t)(matrix->row * matrix->cols + matrix->col)), SHADE_DIGITS);
    snprintf(text, sizeof text, "%s [%d,%d] %s",
             matrix_label(state, matrix_axis(state, matrix, true), matrix->row, label, sizeof label),
             matrix->col / matrix->side, matrix->col % matrix->side, number);
    grid_put_cut(grid, area, line, 1, area.cols - 1, STYLE(DIM), text);
}

void matrix_picture(const ViewState *state, Grid *grid, Area area, const Matrix *matrix)
{
    bool halves = matrix->digits == HEAT_HALVES, hidden = matrix->result && result_hidden(state);
    int top = matrix_rows_above(matrix) - 1, wide = halves ? 1 : 2, high = halves ? 2 : 1;
    int lines = (matrix->side + high - 1) / high;
    for (int line = 0; line < lines && top + line + 1 < area.rows; line++)
        for (int c = 0; c < matrix->side && 1 + (c + 1) * wide <= area.cols; c++) {
            int r = line * high;
            double x = pixel(matrix, r, c);
            const char *text = hidden   ? "?"
                               : halves ? pixel_halves(x, pixel(matrix, r + 1, c), grid->ascii)
                                        : pixel_shade(x, matrix->largest, grid->ascii);
            Area at = area_inside(area, top + line, 1 + c * wide, 1, wide);
            for (int i = 0; i < wide; i++)
                grid_put(grid, at, 0, i, PLAIN, text);
            grid_hit(grid, at, (Hit){matrix->value == state_step(state)->output ? HIT_CELL : HIT_SOURCE, matrix->row,
                                     r * matrix->side + c, matrix->value});
        }
    int row = matrix->col / matrix->side / high, col = 1 + matrix->col % matrix->side * wide;
    grid_mark(grid, area_inside(area, top + row, col, 1, wide), BOLD | REVERSE);
    if (matrix->result && state->panes.focus == PANE_OPERATION)
        grid_cursor(grid, area, top + row, col);
    put_marked(state, grid, area, matrix, top + (lines < area.rows - top - 1 ? lines : area.rows - top - 1), hidden);
}
