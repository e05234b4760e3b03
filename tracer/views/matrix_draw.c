/* One matrix of the operation, drawn; see matrix_layout.h. Only what can be seen is formatted. */
#include "hiding.h"
#include "matrix_layout.h"
#include "own_answer.h"
#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What is seen of the matrix, and what is marked in it. */
typedef struct {
    int row, col, rows, cols;
} Window;

typedef enum { CELL_PLAIN, CELL_FEEDS, CELL_TERM, CELL_FACTOR, CELL_SELECTED } CellMark;

typedef struct {
    int row, col;   /* as shown */
    CellMark mark;
} Marked;

/* The cell of a term as this matrix shows it; false if it is not in the window. */
static bool shown_cell(const Matrix *matrix, Window window, const Cell *cell, Marked *out)
{
    out->row = matrix->transposed ? cell->col : cell->row;
    out->col = matrix->transposed ? cell->row : cell->col;
    return cell->value == matrix->value && out->row >= window.row && out->col >= window.col &&
           out->row < window.row + window.rows && out->col < window.col + window.cols;
}

static Area cell_area(const Matrix *matrix, Area area, Window window, int row, int col)
{
    return area_inside(area, matrix_rows_above(matrix) + row - window.row,
                       matrix->label_width + (col - window.col) * (matrix->cell_width + 1), 1, matrix->cell_width + 2);
}

static void put_heading(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, Window window)
{
    char title[TITLE_SIZE], part[80] = "";
    matrix_title(state, matrix, grid->ascii, title);
    if (window.rows < matrix->rows)
        snprintf(part, sizeof part, " rows %d-%d", window.row, window.row + window.rows - 1);
    if (window.cols < matrix->cols)
        snprintf(part + strlen(part), sizeof part - strlen(part), " columns %d-%d", window.col,
                 window.col + window.cols - 1);
    int col = grid_put_cut(grid, area, 0, 0, area.cols, STYLE(BOLD), title);
    grid_put_cut(grid, area, 0, col, area.cols - col, STYLE(DIM), part);
}

/* How wide the label of a column is, and where in its cell it begins. */
static int column_label(const ViewState *state, const Matrix *matrix, int col, int *start)
{
    char text[64];
    int width = text_width(matrix_label(state, matrix_axis(state, matrix, false), col, text, sizeof text));
    width = width < matrix->cell_width ? width : matrix->cell_width;
    *start = 1 + matrix->cell_width - width;
    return width;
}

/* Labels stay where they are while the numbers scroll. */
static void put_labels(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, Window window)
{
    char text[64];
    const Axis *rows = matrix_axis(state, matrix, true), *cols = matrix_axis(state, matrix, false);
    for (int r = window.row; r < window.row + window.rows; r++)
        grid_put_cut(grid, area, matrix_rows_above(matrix) + r - window.row, 1, matrix->label_width - 1, STYLE(DIM),
                     matrix_label(state, rows, r, text, sizeof text));
    for (int c = window.col; c < window.col + window.cols; c++) {
        const char *label = matrix_label(state, cols, c, text, sizeof text);
        int start, width = column_label(state, matrix, c, &start);
        Area head = area_inside(area, matrix_rows_above(matrix) - 1,
                                cell_area(matrix, area, window, window.row, c).col - area.col + start, 1, width);
        if (matrix->digits < 0) /* where there is no room for an ellipsis, the first letters */
            grid_put(grid, head, 0, 0, STYLE(DIM), label);
        else
            grid_put_cut(grid, head, 0, 0, width, STYLE(DIM), label);
    }
}

/* A cell of the student's answer that is still to be found: the student's number, not the run's. */
static void put_own(Grid *grid, Area cell, const Matrix *matrix, const MineValue *own, int row, int col)
{
    char text[NUMBER_SIZE] = "?";
    if (mine_cell(own, row, col) == CELL_WRONG)
        number_fitted(text, own->numbers[row * own->cols + col],
                      matrix->digits < own->decimals ? matrix->digits : own->decimals, matrix->cell_width);
    int pad = matrix->cell_width - (int)strlen(text);
    grid_put_cut(grid, cell, 0, 1 + (pad > 0 ? pad : 0), matrix->cell_width, STYLE(BOLD), text);
}

/* "+7": seven tenths of the largest number; "+" where there is room for the sign only. */
static void heat_text(char out[NUMBER_SIZE], double number, const Matrix *matrix)
{
    double tenths = matrix->largest > 0 ? fmin(9, floor(10 * fabs(number) / matrix->largest)) : 0;
    const char *sign = isnan(number)                                    ? "?"
                       : number < 0                                     ? "-"
                       : number > 0 || matrix->digits == HEAT_AND_TENTH ? "+"
                                                                        : "0";
    if (matrix->digits == HEAT_SIGN || !isfinite(number))
        snprintf(out, NUMBER_SIZE, "%s", sign);
    else
        snprintf(out, NUMBER_SIZE, "%s%.0f", sign, tenths);
}

/* Masked cells are dotted: there is no number that one could reckon with. Returns the column before
 * the number. */
static int put_number(const ViewState *state, Grid *grid, Area cell, const Matrix *matrix, double number)
{
    char text[TOLD_SIZE];
    if (isinf(number) && number < 0) {
        for (int i = 0; i < matrix->cell_width; i++)
            grid_put(grid, cell, 0, 1 + i, STYLE(DIM), "·");
        return 0;
    }
    int level = heat_level(matrix->sequential ? fabs(number) : number, matrix->largest);
    Style style = {.heat = (unsigned char)(matrix->meant ? 0 : 1 + HEAT_SIDE + level)};
    if (matrix->meant)
        number_told(&state->session->names, matrix->value, number, 0, true, text);
    else if (matrix->digits < 0)
        heat_text(text, number, matrix);
    else
        matrix_text(text, matrix, number);
    int pad = matrix->cell_width - text_width(text);
    pad = pad > 0 ? pad : 0;
    for (int col = 0; col <= pad; col++) /* the gap too: a map without seams, and half the bytes to the terminal */
        grid_put(grid, cell, 0, col, style, " ");
    grid_put_cut(grid, cell, 0, 1 + pad, matrix->cell_width, style, text);
    return pad;
}

/* A star before the number of a cell that the run beside has otherwise, as the tree has before its step. */
static void put_star(const ViewState *state, Grid *grid, Area cell, const Matrix *matrix, int row, int col, int before)
{
    if (!beside_shown(state) || !lab_stands_out(state->lab, state->side, matrix->value, row, col))
        return;
    grid_mark(grid, area_inside(cell, 0, 1, 1, matrix->cell_width), BOLD | UNDERLINE);
    grid_put(grid, cell, 0, before, STYLE(BOLD), "*");
}

static void put_mark(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, Window window, Marked at)
{
    static const struct {
        const char *left, *right;
        unsigned char flags;
    } looks[] = {
        [CELL_FEEDS] = {NULL, NULL, BOLD | UNDERLINE}, [CELL_TERM] = {"‹", "›", BOLD | UNDERLINE},
        [CELL_FACTOR] = {"‹", "›", BOLD | UNDERLINE | REVERSE}, [CELL_SELECTED] = {"[", "]", BOLD | REVERSE},
    };
    Area cell = cell_area(matrix, area, window, at.row, at.col);
    grid_mark(grid, area_inside(cell, 0, 1, 1, matrix->cell_width), looks[at.mark].flags);
    if (looks[at.mark].left) {
        grid_put(grid, cell, 0, 0, STYLE(BOLD), looks[at.mark].left);
        grid_put(grid, cell, 0, matrix->cell_width + 1, STYLE(BOLD), looks[at.mark].right);
    }
    grid_put(grid, area, matrix_rows_above(matrix) + at.row - window.row, 0, STYLE(BOLD), "▸");
    int start;
    column_label(state, matrix, at.col, &start);
    grid_put(grid, area, matrix_rows_above(matrix) - 1, cell.col - area.col + start - 1, STYLE(BOLD), "▾");
}

/* Marks the cells that feed the selected one, those of the chosen term above the others. */
static void mark_sources(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, Window window,
                         const Explanation *explanation)
{
    const Term *chosen = state->panes.focus == PANE_CELL ? state_term(state, explanation) : NULL;
    Marked at;
    for (int i = 0; i < explanation->count; i++)
        for (int j = 0; j < explanation->terms[i].cell_count; j++)
            if (shown_cell(matrix, window, &explanation->terms[i].cells[j], &at)) {
                at.mark = CELL_FEEDS;
                put_mark(state, grid, area, matrix, window, at);
            }
    for (int j = 0; chosen && j < chosen->cell_count; j++)
        if (shown_cell(matrix, window, &chosen->cells[j], &at)) {
            at.mark = j == state_factor(state, chosen) ? CELL_FACTOR : CELL_TERM;
            put_mark(state, grid, area, matrix, window, at);
        }
}

void matrix_draw(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, const Explanation *explanation)
{
    Window window = {.rows = matrix_rows_in(matrix, area.rows), .cols = matrix_cols_in(matrix, area.cols)};
    window.row = window_start(matrix->row, window.rows, matrix->rows);
    window.col = window_start(matrix->col, window.cols, matrix->cols);
    Window whole = {.rows = matrix->rows, .cols = matrix->cols};
    if (!matrix->untitled)
        put_heading(state, grid, area, matrix, matrix->digits <= HEAT_SHADE ? whole : window);
    if (matrix->side) {
        matrix_picture(state, grid, area, matrix);
        return;
    }
    if (matrix->digits == HEAT_SHADE) {
        matrix_shade(state, grid, area, matrix, explanation);
        return;
    }
    if (window.rows == 0 || window.cols == 0)
        return;
    put_labels(state, grid, area, matrix, window);
    bool hidden = matrix->result && state->guessing.going && result_hidden(state);
    const MineValue *own = matrix->result ? mine_of(state, matrix->value) : NULL;
    for (int r = window.row; r < window.row + window.rows; r++)
        for (int c = window.col; c < window.col + window.cols; c++) {
            Area cell = cell_area(matrix, area, window, r, c);
            int row = matrix->transposed ? c : r, col = matrix->transposed ? r : c;
            grid_hit(grid, cell,
                     (Hit){matrix->value == state_step(state)->output ? HIT_CELL : HIT_SOURCE, row, col,
                           matrix->value});
            if (mine_cell(own, row, col) == CELL_WRONG)
                grid_put(grid, cell, 0, 0, STYLE(BOLD), "✗");
            if (own && mine_hides(state, matrix->value, row, col)) {
                put_own(grid, cell, matrix, own, row, col);
                continue;
            }
            if (hidden) {
                grid_put(grid, cell, 0, matrix->cell_width, STYLE(DIM), "?");
                continue;
            }
            double number = matrix_number(matrix, (size_t)row * (size_t)matrix->numbers->cols + (size_t)col);
            int before = put_number(state, grid, cell, matrix, number);
            if (mine_cell(own, row, col) != CELL_WRONG)
                put_star(state, grid, cell, matrix, row, col, before);
        }
    if (!matrix->result) {
        mark_sources(state, grid, area, matrix, window, explanation);
        return;
    }
    put_mark(state, grid, area, matrix, window, (Marked){matrix->row, matrix->col, CELL_SELECTED});
    if (state->panes.focus == PANE_OPERATION)
        grid_cursor(grid, cell_area(matrix, area, window, matrix->row, matrix->col), 0, 1);
}
