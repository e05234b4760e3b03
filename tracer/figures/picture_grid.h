/* Pictures of numbers as they are: a square a number, black for -1, white for 1, side by side without a gap. */
#ifndef TRACER_FIGURES_PICTURE_GRID_H
#define TRACER_FIGURES_PICTURE_GRID_H

#include "draw_list.h"

typedef struct {
    const double *numbers;  /* [count x rows x cols] */
    int count, rows, cols;
    int across;             /* pictures side by side */
} PictureGrid;

/* 0 for -1 and below, 255 for 1 and above, and for nan 0. */
int grey_of(double number);

/* Fills the list: a unit a number. Title and description are the caller's. */
void picture_grid_draw(const PictureGrid *grid, DrawList *list);

/* How many rows of pictures there are. */
static inline int picture_grid_down(const PictureGrid *grid)
{
    return (grid->count + grid->across - 1) / grid->across;
}

#endif
