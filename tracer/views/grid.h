/* A grid of character cells: what every view draws into. The terminal copies it, `tracer screen`
 * prints it, tests compare it. Nothing here knows a terminal. */
#ifndef TRACER_VIEWS_GRID_H
#define TRACER_VIEWS_GRID_H

#include "heat.h"
#include "tracer/base/text.h"

enum { BOLD = 1, DIM = 2, REVERSE = 4, UNDERLINE = 8 };

typedef struct {
    unsigned char heat;   /* 0: the terminal's own colours; else 1 + a level of heat.h */
    unsigned char flags;  /* BOLD | DIM | REVERSE | UNDERLINE */
} Style;

#define PLAIN ((Style){0})
#define STYLE(flags_) ((Style){.flags = (flags_)})

typedef struct {
    unsigned point;  /* code point; 0: the right half of the wide character before it */
    Style style;
} GridCell;

/* What can be pointed at; what its numbers mean: */
typedef enum {
    HIT_NOTHING,
    HIT_PANE,       /* a pane; of the text panel the page too */
    HIT_CELL,       /* row and column of the step's output */
    HIT_SOURCE,     /* row and column of another value, its id */
    HIT_NODE,       /* of the outline */
    HIT_TERM,       /* of the selected cell */
    HIT_LINE,       /* of the text panel, among those that lead somewhere; 1 + the page */
    HIT_CHOICE,     /* of the menu */
    HIT_KEY,        /* its code */
} HitKind;

typedef struct {
    HitKind kind;
    int a, b, c;
} Hit;

typedef struct {
    int rows, cols;
    GridCell *cells;
    Hit *hits;                   /* [rows x cols], or NULL: nobody asks */
    bool ascii;                  /* everything else becomes its plain likeness, or '?' */
    bool failed;                 /* something is left out for want of memory */
    int cursor_row, cursor_col;  /* where the hardware cursor stands; -1: nowhere */
} Grid;

/* A rectangle of the grid. What is put into an area never leaves it. */
typedef struct {
    int row, col, rows, cols;
} Area;

/* A blank grid of rows x cols; false if there is no memory. */
bool grid_init(Grid *grid, int rows, int cols, bool ascii);
void grid_free(Grid *grid);
Area grid_area(const Grid *grid);

/* Puts UTF-8 text at a row and column of the area, cut at its right end, and returns the column
 * behind it. A wide character that would be cut in two is a blank; control characters, and
 * characters without a width, are left out. */
int grid_put(Grid *grid, Area area, int row, int col, Style style, const char *text);

/* The same in at most `width` columns; what does not fit ends in an ellipsis. */
int grid_put_cut(Grid *grid, Area area, int row, int col, int width, Style style, const char *text);

/* Words of the text in as many rows as it takes, from `row` on; returns the row behind them. */
int grid_put_wrapped(Grid *grid, Area area, int row, Style style, const char *text);

void grid_fill(Grid *grid, Area area, Style style, unsigned point);
/* Adds flags to the cells of the area. */
void grid_mark(Grid *grid, Area area, unsigned char flags);
/* Puts the cells of the area on a heat. */
void grid_paint(Grid *grid, Area area, unsigned char heat);
/* Places the hardware cursor, if that is inside of the area. */
void grid_cursor(Grid *grid, Area area, int row, int col);

/* From now on views leave behind what lies where; false if there is no memory. */
bool grid_record_hits(Grid *grid);
void grid_hit(Grid *grid, Area area, Hit hit);
/* What lies there; nothing outside of the grid. */
Hit grid_hit_at(const Grid *grid, int row, int col);

/* Adds the text of the grid: rows ended by newlines, blanks at their ends cut off. */
void grid_text(const Grid *grid, Text *out);

/* Adds one line for every run of cells with a style: "row column length flags heat". */
void grid_styles(const Grid *grid, Text *out);

/* `area` inside of another, whose rows and columns it counts from. */
static inline Area area_inside(Area outer, int row, int col, int rows, int cols)
{
    if (rows > outer.rows - row)
        rows = outer.rows - row;
    if (cols > outer.cols - col)
        cols = outer.cols - col;
    return (Area){outer.row + row, outer.col + col, rows > 0 ? rows : 0, cols > 0 ? cols : 0};
}

#endif
