/* One matrix of the operation: what is in it and how much room it takes; see matrix_layout.h. */
#include "matrix_layout.h"

#include "own_answer.h"

#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LABEL = 10, MOST_COLUMN_LABEL = 5, MOST_MEANT = 12, LABELS_READ = 128, CELLS_READ = 1 << 18 };

char *number_fitted(char out[NUMBER_SIZE], double number, int digits, int width)
{
    do
        number_signed(out, number, digits);
    while ((int)strlen(out) > width && digits-- > 0);
    return out;
}

const Axis *matrix_axis(const ViewState *state, const Matrix *matrix, bool rows)
{
    const Names *names = &state->session->names;
    return rows != matrix->transposed ? row_axis(names, matrix->value) : col_axis(names, matrix->value);
}

const char *matrix_label(const ViewState *state, const Axis *axis, int i, char *out, size_t size)
{
    const char *token = axis_label(&state->session->names, axis, i);
    if (token)
        return token_visible(out, size, token);
    snprintf(out, size, "%d", i);
    return out;
}

static int label_width(const ViewState *state, const Axis *axis, int count)
{
    char text[64];
    int width = snprintf(text, sizeof text, "%d", count - 1);
    for (int i = 0; axis->labels && i < count && i < LABELS_READ; i++) {
        int columns = text_width(matrix_label(state, axis, i, text, sizeof text));
        width = columns > width ? columns : width;
    }
    return width < MOST_LABEL ? width : MOST_LABEL;
}

double matrix_number(const Matrix *matrix, size_t i)
{
    double number = matrix->numbers->data[i], less = matrix->less ? matrix->less->data[i] : 0;
    /* A cell that is masked in both runs is masked in their difference and not nan. */
    return isinf(number) && number == less ? number : number - less;
}

/* What has to be known of all numbers, or of every n-th where there are very many. */
typedef struct {
    double largest, smallest;  /* magnitudes; the smallest beside 0 */
    bool whole;                /* ids, code points, ones and zeros */
} Range;

static Range range_of(const Matrix *matrix)
{
    /* At every key: a look at a part of very many numbers is enough to choose a width. */
    size_t count = cells_of(matrix->numbers), stride = count / CELLS_READ + 1;
    Range range = {.smallest = INFINITY, .whole = stride == 1};
    for (size_t i = 0; i < count; i += stride) {
        double size = fabs(matrix_number(matrix, i));
        if (isfinite(size) && size > range.largest)
            range.largest = size;
        if (size > 0 && size < range.smallest)
            range.smallest = size;
        range.whole &= size == floor(size);
    }
    return range;
}

/* The widest of numbers that stand for letters or tokens. */
static int meant_width(const ViewState *state, const Matrix *matrix)
{
    char text[TOLD_SIZE];
    int widest = 0;
    for (size_t i = 0; i < cells_of(matrix->numbers) && i < CELLS_READ; i++) {
        number_told(&state->session->names, matrix->value, matrix->numbers->data[i], 0, true, text);
        int width = text_width(text);
        widest = width > widest ? width : widest;
    }
    return widest < MOST_MEANT ? widest : MOST_MEANT;
}

static int powered_width(Range range, int digits)
{
    char text[NUMBER_SIZE];
    int most = (int)strlen(number_powered(text, range.largest, digits));
    int least = (int)strlen(number_powered(text, range.smallest, digits));
    return most > least ? most : least;
}

static int decimals_width(Range range, int digits)
{
    char text[NUMBER_SIZE];
    return (int)strlen(number_signed(text, range.largest, digits));
}

/* One form for all numbers of the matrix, in which none looks like 0 that is none: as many decimals as that takes, or
 * powers of ten where those are narrower. */
static void choose_form(Matrix *matrix, Range range)
{
    int digits = matrix->digits, powered = digits > 2 ? 2 : 1;
    while (digits <= MOST_DIGITS && range.smallest < 0.5 * pow(10, -digits))
        digits++;
    bool narrower = digits > matrix->digits && decimals_width(range, digits) > powered_width(range, powered);
    matrix->powers = narrower || digits > MOST_DIGITS || range.largest >= 1e6;
    matrix->digits = matrix->powers ? powered : digits;
}

char *matrix_text(char out[NUMBER_SIZE], const Matrix *matrix, double number)
{
    /* of very many numbers not all were looked at: one that would show a false 0 after all gets its own form */
    return matrix->powers ? number_powered(out, number, matrix->digits)
                          : number_fitted(out, number, matrix->digits, matrix->cell_width);
}

/* Characters that every number of the matrix fits in. */
static int number_width(const Matrix *matrix, Range range)
{
    int width = matrix->powers ? powered_width(range, matrix->digits) : decimals_width(range, matrix->digits);
    return width < 4 ? 4 : width;
}

void matrix_title(const ViewState *state, const Matrix *matrix, bool ascii, char out[TITLE_SIZE])
{
    const char *path = state_tape(state)->frames[state_step(state)->frame].path;
    if (matrix->heading)
        snprintf(out, TITLE_SIZE, "%s", matrix->heading);
    else
        snprintf(out, TITLE_SIZE, "%.160s%s [%d x %d]", name_within(&state->session->names, matrix->value, path),
             !matrix->transposed ? "" : ascii ? "^T" : "ᵀ", matrix->rows, matrix->cols);
}

/* Columns that the student's wrong numbers take where they stand for those of the run. */
static int own_width(const ViewState *state, int value, int digits)
{
    enum { MOST = 6 };
    const MineValue *own = mine_of(state, value);
    char text[NUMBER_SIZE];
    int width = 0;
    for (int at = 0; own && at < own->rows * own->cols; at++)
        if (own->cells[at] == CELL_WRONG) {
            number_fitted(text, own->numbers[at], digits < own->decimals ? digits : own->decimals, MOST);
            int columns = (int)strlen(text);
            width = columns > width ? columns : width;
        }
    return width;
}

Matrix matrix_of(const ViewState *state, int value, bool transposed, int digits)
{
    Matrix of = {.value = value, .transposed = transposed, .numbers = tape_value(state_tape(state), value)};
    return matrix_made(state, of, digits);
}

Matrix matrix_made(const ViewState *state, Matrix matrix, int digits)
{
    matrix.sequential = state->settings.sequential;
    matrix.rows = matrix.transposed ? matrix.numbers->cols : matrix.numbers->rows;
    matrix.cols = matrix.transposed ? matrix.numbers->rows : matrix.numbers->cols;
    if (digits <= HEAT_PICTURE) {
        matrix.side = picture_side(state, &matrix);
        digits = matrix.side ? digits : HEAT_SHADE;
    }
    Range range = range_of(&matrix);
    matrix.largest = range.largest;
    matrix.digits = digits >= 0 && range.whole ? 0 : digits;
    matrix.meant = digits >= 0 && !matrix.less && value_counts(&state->session->names, matrix.value) != NULL;
    if (digits >= 0)
        choose_form(&matrix, range);
    matrix.cell_width = digits <= HEAT_SHADE ? 1
                        : digits < 0   ? 3 + digits
                        : matrix.meant ? meant_width(state, &matrix)
                                       : number_width(&matrix, range);
    if (digits >= 0 && own_width(state, matrix.value, digits) > matrix.cell_width)
        matrix.cell_width = own_width(state, matrix.value, digits);
    const Axis *columns = matrix_axis(state, &matrix, false);
    int label = !columns->labels ? 0 : label_width(state, columns, matrix.cols);
    label = digits < 0 ? 0 : label < MOST_COLUMN_LABEL ? label : MOST_COLUMN_LABEL;
    matrix.cell_width = label > matrix.cell_width ? label : matrix.cell_width;
    matrix.label_width = 1 + label_width(state, matrix_axis(state, &matrix, true), matrix.rows);
    char title[TITLE_SIZE];
    matrix_title(state, &matrix, state->settings.ascii, title);
    matrix.title_width = text_width(title);
    return matrix;
}

int matrix_width(const Matrix *matrix)
{
    if (matrix->side)
        return 2 + (matrix->digits == HEAT_PICTURE ? 2 : 1) * matrix->side;
    if (matrix->digits == HEAT_SHADE)
        return matrix->label_width + matrix->cols + SHADE_NUMBER + 1;
    return matrix->label_width + matrix->cols * (matrix->cell_width + 1) + 1;
}

int matrix_rows_above(const Matrix *matrix)
{
    return matrix->untitled ? 1 : 2;
}

int matrix_height(const Matrix *matrix)
{
    if (matrix->side)
        return matrix_rows_above(matrix) + (matrix->digits == HEAT_PICTURE ? matrix->side : (matrix->side + 1) / 2);
    return matrix_rows_above(matrix) + matrix->rows + (matrix->digits == HEAT_SHADE);
}

int matrix_rows_in(const Matrix *matrix, int height)
{
    if (matrix->side)
        return height >= matrix_height(matrix) ? matrix->rows : 0;
    int room = height - matrix_rows_above(matrix) - (matrix->digits == HEAT_SHADE);
    return room < 0 ? 0 : room < matrix->rows ? room : matrix->rows;
}

int matrix_cols_in(const Matrix *matrix, int width)
{
    if (matrix->side)
        return width >= matrix_width(matrix) ? matrix->cols : 0;
    int room = (width - matrix->label_width - 1) / (matrix->cell_width + 1);
    if (matrix->digits == HEAT_SHADE)
        room = width - matrix->label_width - SHADE_NUMBER - 1;
    return room < 0 ? 0 : room < matrix->cols ? room : matrix->cols;
}
