/* Pixels as characters; see pixels.h. */
#include "pixels.h"

#include <math.h>

enum { SHADES = 5 };

const char *pixel_shade(double number, double largest, bool ascii)
{
    static const char *const shades[SHADES] = {" ", "░", "▒", "▓", "█"};
    static const char *const plain[SHADES] = {" ", ".", "+", "*", "#"};
    if (!isfinite(number))
        return "?";
    double share = largest > 0 ? (number / largest + 1) / 2 : 0.5;
    int level = share > 0 ? share < 1 ? (int)(share * SHADES) : SHADES - 1 : 0;
    return (ascii ? plain : shades)[level];
}

const char *pixel_halves(double above, double below, bool ascii)
{
    static const char *const halves[] = {" ", "▄", "▀", "█"}, *const plain[] = {" ", ".", "'", ":"};
    return (ascii ? plain : halves)[2 * (above > 0) + (below > 0)];
}

void pixels_put(Grid *grid, Area area, const double *numbers, int rows, int cols, bool halves)
{
    for (int r = 0; r < rows; r += halves ? 2 : 1)
        for (int c = 0; c < cols; c++) {
            const double *at = numbers + (size_t)r * (size_t)cols + (size_t)c;
            if (halves) {
                grid_put(grid, area, r / 2, c, PLAIN, pixel_halves(*at, r + 1 < rows ? at[cols] : 0, grid->ascii));
                continue;
            }
            for (int i = 0; i < 2; i++)
                grid_put(grid, area, r, 2 * c + i, PLAIN, pixel_shade(*at, 1, grid->ascii));
        }
}
