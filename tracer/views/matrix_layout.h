/* One matrix of the operation: heading, labels, numbers on their heat. */
#ifndef TRACER_VIEWS_MATRIX_LAYOUT_H
#define TRACER_VIEWS_MATRIX_LAYOUT_H

#include "view.h"

typedef struct {
    int value;              /* names it and its rows and columns */
    const Value *numbers;   /* what is shown, */
    const Value *less;      /* less another, or NULL */
    const char *heading;    /* in the place of the name, or NULL */
    bool transposed;    /* shown as the step takes it */
    bool result;        /* the output: the selected cell is in it */
    bool sequential;    /* colours tell the size alone, not the sign */
    bool meant;         /* letters or ids of tokens, each with what it stands for */
    bool untitled;      /* without a heading: the title of the pane says it */
    int rows, cols;     /* as shown */
    int digits;
    bool powers;        /* every number with its power of ten */
    int label_width, cell_width, title_width;
    int side;           /* of the picture that its marked row is, in pixels; 0: of none */
    double largest;     /* magnitude */
    int row, col;       /* what has to stay in sight, as shown */
} Matrix;

/* In the place of decimals: only the heat, as a sign and tenths of the largest number, or as a sign
 * alone. */
enum { HEAT_AND_TENTH = -1, HEAT_SIGN = -2 };

/* All of it as shades, however little room there is; numbers at the edges have so many columns and decimals. */
enum { HEAT_SHADE = -3, SHADE_NUMBER = 7, SHADE_DIGITS = 2 };
void matrix_shade(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, const Explanation *explanation);

/* Rows of pixels as pictures, one at a time: the marked row. A pixel is two characters, or half of one. What is no
 * picture is shown as shades. */
enum { HEAT_PICTURE = -4, HEAT_HALVES = -5 };
int picture_side(const ViewState *state, const Matrix *matrix);
void matrix_picture(const ViewState *state, Grid *grid, Area area, const Matrix *matrix);

/* The matrix of a value with so many decimals. */
Matrix matrix_of(const ViewState *state, int value, bool transposed, int digits);

/* The same for other numbers of that shape: `of` says value, numbers, less, heading, transposed. */
Matrix matrix_made(const ViewState *state, Matrix of, int digits);

/* Columns and rows that all of it takes, heading and labels included. */
int matrix_width(const Matrix *matrix);
int matrix_height(const Matrix *matrix);

/* Its parts: "Kᵀ [3 x 5]"; rows above the numbers, which are heading and labels; number i, where what
 * is masked in both is masked in their difference; the label of a row or column, its token or its
 * number. */
enum { TITLE_SIZE = 240 };
void matrix_title(const ViewState *state, const Matrix *matrix, bool ascii, char out[TITLE_SIZE]);
int matrix_rows_above(const Matrix *matrix);
double matrix_number(const Matrix *matrix, size_t i);
const Axis *matrix_axis(const ViewState *state, const Matrix *matrix, bool rows);
const char *matrix_label(const ViewState *state, const Axis *axis, int i, char *out, size_t size);

/* How many of its rows and columns can be seen in a room. */
int matrix_rows_in(const Matrix *matrix, int height);
int matrix_cols_in(const Matrix *matrix, int width);

/* Draws as much as fits around (row, col). explanation: of the selected cell; the cells that it
 * names are marked. */
void matrix_draw(const ViewState *state, Grid *grid, Area area, const Matrix *matrix, const Explanation *explanation);

/* A number as the matrix writes all of its own. */
char *matrix_text(char out[NUMBER_SIZE], const Matrix *matrix, double number);

/* A number in at most `width` characters, with a sign: digits go first, then the point. */
char *number_fitted(char out[NUMBER_SIZE], double number, int digits, int width);

#endif
