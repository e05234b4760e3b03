/* A panel: one matrix as a heatmap of square cells, with its labels around it. */
#ifndef TRACER_FIGURES_VALUE_PANEL_H
#define TRACER_FIGURES_VALUE_PANEL_H

#include "cell_number.h"
#include "figure.h"

/* Cells that are pointed at, by an outline. */
typedef struct {
    int row, col, rows, cols;
    bool strong;                 /* the cell itself; else what it reads */
    bool asked;                  /* by --highlight */
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
    int first_row, first_col;    /* of the value's that are shown */
    Scale scale;
    NumberFormat format;         /* of the cells; set by panel_of_value, agreed on by shelf_draw */
    const char *const *row_labels, *const *col_labels;  /* NULL: none */
    const char *row_title, *col_title;                  /* NULL: none */
    bool bar;                    /* the figure has a color bar for it */
    bool own_bar;                /* a color bar is drawn beside it */
    bool new_row;                /* on a shelf it begins a row */
    double text_most;            /* how wide heading and note make it at most; 0: TEXT_MOST */
    bool causal;                 /* cells right of the diagonal are masked */
    Mark marks[MOST_MARKS];
    int mark_count;

    /* filled in by panel_measure */
    double cell, number_size;    /* side of a cell; 0: the numbers do not fit */
    double left, top;            /* of the cells within the panel */
    double width, height;        /* of the whole panel */
    double bar_width;            /* of its own bar and the gap before it */
    bool upwards;                /* column labels stand */
} Panel;

/* The panel of a value, labelled with tokens where it has them. Labels live in the list. */
Panel panel_of_value(DrawList *list, const Spec *spec, const Session *session, int value);

/* Whether the value has the rows and columns that were asked for; *error says how many there are. */
bool slice_fits(const Spec *spec, int value, Error *error);

/* Outlines a cell, a row or a column of its value, as far as it is shown. highlight: because of --highlight. */
void panel_mark(Panel *panel, const Reference *asked, bool highlight);

/* What a panel shows of numbers as wide as the value's `cols`: the numbers themselves, or a copy in the list. */
const double *panel_cut(DrawList *list, const Panel *panel, const double *data, int cols);

/* True if a caption can say so; a column of ones is nothing to tell. */
bool rows_sum_to_one(const double *data, int rows, int cols);

/* Sets sizes so that the cells together are at most `widest` wide: without numbers if need be. */
void panel_measure(Panel *panel, double widest);

/* The same for a panel by itself on the page, with so much beside it; a page whose width was asked for holds both. */
void panel_measure_alone(Panel *panel, const Spec *spec, double beside);

/* The same with a given cell, for panels that stand side by side. */
void panel_measure_with(Panel *panel, double cell, bool numbers);

/* The side that a cell needs for its number. */
double panel_number_cell(const Panel *panel);

/* Another scale for the panel, unless a range was asked for. */
void panel_scale(Panel *panel, const Spec *spec, Scale scale);

/* Its numbers become others of the same shape, coloured around 0: a difference, a change. */
void panel_replace(Panel *panel, const Spec *spec, const double *numbers);

void panel_draw(DrawList *list, const Theme *theme, const Panel *panel, double x, double y);

/* A colour bar with ticks; returns its width. */
double draw_color_bar(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height);
double color_bar_width(Scale scale, double height);

/* Panels in rows of spec->across, or as many as fit: all with cells of one size and with numbers, or none. Those of a
 * row start at the same height. between[i] stands before panel i ("×"), or NULL. Returns the bottom, and *right is
 * widened. */
double shelf_draw(DrawList *list, const Spec *spec, Panel *panels, const char *const *between, int count, double x,
                  double y, double *right);

#endif
