/* A panel: one matrix as a heatmap of square cells, with its labels around it. */
#ifndef TRACER_FIGURES_VALUE_PANEL_H
#define TRACER_FIGURES_VALUE_PANEL_H

#include "figure.h"

/* Cells that are pointed at, by an outline. */
typedef struct {
    int row, col, rows, cols;
    bool strong;                 /* the cell itself; else what it reads */
} Mark;

enum { MOST_MARKS = 4 };

typedef struct {
    const char *heading;         /* bold, above; NULL: none */
    const char *note;            /* under the heading, muted; NULL: none */
    const char *name;            /* of the value, for the tips */
    const Names *names;          /* of `value`, where its numbers are ids or letters; NULL: quantities */
    int value;
    const double *data;          /* rows x cols */
    int rows, cols;
    Scale scale;
    const char *const *row_labels, *const *col_labels;  /* NULL: none */
    const char *row_title, *col_title;                  /* NULL: none */
    bool bar;                    /* the figure has a color bar for it */
    bool causal;                 /* cells right of the diagonal are masked */
    int digits;                  /* or AUTO_DIGITS */
    Mark marks[MOST_MARKS];
    int mark_count;

    /* filled in by panel_measure */
    double cell, number_size;    /* side of a cell; 0: the numbers do not fit */
    double left, top;            /* of the cells within the panel */
    double width, height;        /* of the whole panel */
    bool upwards;                /* column labels stand */
} Panel;

/* The panel of a value, labelled with tokens where it has them. Labels live in the list. */
Panel panel_of_value(DrawList *list, const Spec *spec, const Session *session, int value);

/* True if a caption can say so; a column of ones is nothing to tell. */
bool rows_sum_to_one(const double *data, int rows, int cols);

/* Sets sizes so that the cells together are at most `widest` wide: without numbers if need be. */
void panel_measure(Panel *panel, double widest);

/* The same with a given cell, for panels that stand side by side. */
void panel_measure_with(Panel *panel, double cell, bool numbers);

void panel_draw(DrawList *list, const Theme *theme, const Panel *panel, double x, double y);

/* A colour bar with ticks; returns its width. */
double draw_color_bar(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height);

/* A quantity as it stands in a cell: with a sign, short. Writes into out[NUMBER_SIZE]. */
char *cell_number(char *out, double number, int digits);

/* `digits`; for AUTO_DIGITS the decimals that show two digits of the largest number. */
int digits_for(const double *numbers, size_t count, int digits);

/* Panels in a row, wrapped where they do not fit; between[i] stands before panel i ("×"), or NULL.
 * The cells of a row start at the same height. Returns the bottom, and *right is widened. */
double shelf_draw(DrawList *list, const Theme *theme, Panel *panels, const char *const *between, int count, double x,
                  double y, double *right);

#endif
