/* The two themes and their colour maps; see theme.h. */
#include "theme.h"

#include <math.h>

/* Blue against orange is told apart by every kind of colour-blind reader, and the lightness
 * alone tells how far a number is from 0. */
const Theme THEMES[] = {
    {.name = "light", .paper = {255, 255, 255}, .ink = {24, 24, 27}, .muted = {92, 92, 102}, .line = {205, 205, 212},
     .forward = {29, 92, 170}, .backward = {176, 72, 8}, .update = {22, 116, 82}, .mark = {200, 0, 92},
     .sequential = {{0.975, 0.36}, {0.012, 0.13}, {205, 275}},
     .negative = {{0.955, 0.42}, {0, 0.155}, {255, 258}},
     .positive = {{0.955, 0.50}, {0, 0.155}, {50, 42}}},
    {.name = "dark", .paper = {22, 23, 28}, .ink = {236, 236, 240}, .muted = {166, 167, 178}, .line = {70, 71, 82},
     .forward = {120, 178, 255}, .backward = {255, 162, 92}, .update = {96, 208, 160}, .mark = {255, 110, 180},
     .sequential = {{0.26, 0.93}, {0.03, 0.10}, {280, 190}},
     .negative = {{0.285, 0.78}, {0, 0.135}, {255, 245}},
     .positive = {{0.285, 0.82}, {0, 0.145}, {40, 62}}},
};
const int THEME_COUNT = sizeof THEMES / sizeof *THEMES;

enum { LEVELS = 100 };

Scale scale_of(const double *numbers, size_t count, bool signed_numbers)
{
    double least = 0, most = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i]))
            continue;
        least = fmin(least, numbers[i]);
        most = fmax(most, numbers[i]);
    }
    Scale scale = {.low = 0, .high = fmax(most, -least), .diverging = signed_numbers || least < 0};
    if (scale.high == 0)
        scale.high = 1;
    if (scale.diverging)
        scale.low = -scale.high;
    return scale;
}

Scale scale_join(Scale a, Scale b)
{
    Scale both = {.low = fmin(a.low, b.low), .high = fmax(a.high, b.high), .diverging = a.diverging || b.diverging};
    if (both.diverging) {
        both.high = fmax(both.high, -both.low);
        both.low = -both.high;
    }
    return both;
}

static double between(const double ends[2], double t)
{
    return ends[0] + (ends[1] - ends[0]) * t;
}

static Rgb ramp_color(const Ramp *ramp, double t)
{
    t = floor(t * LEVELS + 0.5) / LEVELS;
    return color_oklch(between(ramp->lightness, t), between(ramp->chroma, t), between(ramp->hue, t));
}

Rgb scale_color(const Theme *theme, Scale scale, double number)
{
    if (isnan(number))
        return theme->paper;
    double end = scale.diverging ? scale.high : scale.high - scale.low;
    double t = scale.diverging ? number / end : (number - scale.low) / end;
    t = fmin(fmax(t, scale.diverging ? -1 : 0), 1);
    if (!scale.diverging)
        return ramp_color(&theme->sequential, t);
    return t < 0 ? ramp_color(&theme->negative, -t) : ramp_color(&theme->positive, t);
}
