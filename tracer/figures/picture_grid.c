/* Pictures of numbers; see picture_grid.h. */
#include "picture_grid.h"

int grey_of(double number)
{
    double share = (number + 1) / 2;
    return share >= 1 ? 255 : share > 0 ? (int)(share * 255 + 0.5) : 0;
}

void picture_draw(DrawList *list, const double *numbers, int rows, int cols, Point at, double pixel)
{
    for (int k = 0; k < rows * cols; k++) {
        unsigned char grey = (unsigned char)grey_of(numbers[k]);
        draw_rect(list, at.x + k % cols * pixel, at.y + (double)(k / cols) * pixel, pixel, pixel,
                  (Rgb){grey, grey, grey});
    }
}

void picture_grid_draw(const PictureGrid *grid, DrawList *list)
{
    list->width = (double)grid->across * grid->cols;
    list->height = (double)picture_grid_down(grid) * grid->rows;
    list->paper = (Rgb){0, 0, 0};
    for (int i = 0; i < grid->count; i++)
        picture_draw(list, grid->numbers + (size_t)i * (size_t)grid->rows * (size_t)grid->cols, grid->rows, grid->cols,
                     (Point){(double)(i % grid->across) * grid->cols, (double)(i / grid->across) * grid->rows}, 1);
}

void picture_cells_draw(DrawList *list, const Theme *theme, double side, const double *numbers, int rows, int cols,
                        const Scale *scale, Point at)
{
    double pixel = side / cols;
    for (int k = 0; k < rows * cols; k++) {
        unsigned char grey = (unsigned char)grey_of(numbers[k]);
        draw_rect(list, at.x + k % cols * pixel, at.y + (double)(k / cols) * pixel, pixel, pixel,
                  scale ? scale_color(theme, *scale, numbers[k]) : (Rgb){grey, grey, grey})->tip =
            draw_format(list, "[%d,%d] = %.4g", k / cols, k % cols, numbers[k]);
    }
    draw_outline(list, at.x, at.y, side, pixel * rows, theme->muted, 1);
}
