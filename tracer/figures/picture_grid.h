/* Pictures of numbers as they are: a square a number, black for -1, white for 1, side by side without a gap. */
#ifndef TRACER_FIGURES_PICTURE_GRID_H
#define TRACER_FIGURES_PICTURE_GRID_H

#include "value_panel.h"

typedef struct {
    const double *numbers;  /* [count x rows x cols] */
    int count, rows, cols;
    int across;             /* pictures side by side */
} PictureGrid;

/* 0 for -1 and below, 255 for 1 and above, and for nan 0. */
int grey_of(double number);

/* One of them, its pixels `pixel` wide, its top left corner at a point. */
void picture_draw(DrawList *list, const double *numbers, int rows, int cols, Point at, double pixel);

/* Fills the list: a unit a number. Title and description are the caller's. */
void picture_grid_draw(const PictureGrid *grid, DrawList *list);

/* One picture with an outline, `side` wide, its corner at `at`: grey, or with a scale in the theme's colours. Every
 * cell tells its number. */
void picture_cells_draw(DrawList *list, const Theme *theme, double side, const double *numbers, int rows, int cols,
                        const Scale *scale, Point at);

/* How many rows of pictures there are. */
static inline int picture_grid_down(const PictureGrid *grid)
{
    return (grid->count + grid->across - 1) / grid->across;
}

#endif
