/* Colours of series; see series.h. */
#include "series.h"

Rgb series_color(const Theme *theme, int i)
{
    static const struct {
        double lightness, hue;
    } colors[] = {{0.52, 255}, {0.74, 235}, {0.60, 150}, {0.80, 120}, {0.58, 35}, {0.76, 70}, {0.50, 320}, {0.72, 340}};
    int at = i % (int)(sizeof colors / sizeof *colors);
    return color_oklch(colors[at].lightness + (theme->dark ? 0.06 : 0), 0.12, colors[at].hue);
}
