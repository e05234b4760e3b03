/* The two themes and their colour maps; see theme.h. */
#include "theme.h"

#include <math.h>

/* Blue against orange is told apart by every kind of colour-blind reader, and the lightness
 * alone tells how far a number is from 0. */
#define BLUE_ORANGE_ON_LIGHT \
    {{{0.975, 0.36}, {0.012, 0.13}, {205, 275}}, {{0.955, 0.42}, {0, 0.155}, {255, 258}}, \
     {{0.955, 0.50}, {0, 0.155}, {50, 42}}}
#define BLUE_ORANGE_ON_DARK \
    {{{0.26, 0.93}, {0.03, 0.10}, {280, 190}}, {{0.285, 0.78}, {0, 0.135}, {255, 245}}, \
     {{0.285, 0.82}, {0, 0.145}, {40, 62}}}

const Theme THEMES[] = {
    {.name = "light", .paper = {255, 255, 255}, .ink = {24, 24, 27}, .muted = {92, 92, 102}, .line = {205, 205, 212},
     .forward = {29, 92, 170}, .backward = {176, 72, 8}, .update = {22, 116, 82}, .mark = {200, 0, 92},
     .colors = BLUE_ORANGE_ON_LIGHT},
    {.name = "dark", .dark = true, .paper = {22, 23, 28}, .ink = {236, 236, 240}, .muted = {166, 167, 178},
     .line = {70, 71, 82}, .forward = {120, 178, 255}, .backward = {255, 162, 92}, .update = {96, 208, 160},
     .mark = {255, 110, 180}, .colors = BLUE_ORANGE_ON_DARK},
};
const int THEME_COUNT = sizeof THEMES / sizeof *THEMES;

/* Hues as those of the published maps that people know by these names: viridis from violet over green to yellow,
 * purple against green and teal against brown as in ColorBrewer's PRGn and BrBG. In grey the sign is told by the
 * direction from the middle tone: below 0 darker, above it lighter. */
const ColorSet COLOR_SETS[] = {
    {"blue-orange", BLUE_ORANGE_ON_LIGHT, BLUE_ORANGE_ON_DARK},
    {"viridis",
     {{{0.29, 0.91}, {0.12, 0.17}, {308, 104}}, {{0.955, 0.30}, {0, 0.13}, {300, 305}},
      {{0.955, 0.52}, {0, 0.13}, {150, 165}}},
     {{{0.29, 0.91}, {0.12, 0.17}, {308, 104}}, {{0.285, 0.74}, {0, 0.15}, {300, 305}},
      {{0.285, 0.88}, {0, 0.16}, {150, 110}}}},
    {"purple-green",
     {{{0.975, 0.38}, {0.012, 0.11}, {130, 155}}, {{0.955, 0.40}, {0, 0.15}, {310, 308}},
      {{0.955, 0.46}, {0, 0.13}, {140, 150}}},
     {{{0.26, 0.90}, {0.02, 0.14}, {160, 135}}, {{0.285, 0.76}, {0, 0.14}, {310, 312}},
      {{0.285, 0.84}, {0, 0.15}, {150, 140}}}},
    {"teal-brown",
     {{{0.975, 0.38}, {0.012, 0.08}, {180, 190}}, {{0.955, 0.44}, {0, 0.10}, {60, 62}},
      {{0.955, 0.44}, {0, 0.08}, {185, 190}}},
     {{{0.26, 0.90}, {0.02, 0.10}, {200, 182}}, {{0.285, 0.78}, {0, 0.11}, {65, 70}},
      {{0.285, 0.82}, {0, 0.10}, {190, 182}}}},
    {"grey",
     {{{0.975, 0.25}, {0, 0}, {0, 0}}, {{0.57, 0.10}, {0, 0}, {0, 0}}, {{0.57, 1.0}, {0, 0}, {0, 0}}},
     {{{0.28, 0.97}, {0, 0}, {0, 0}}, {{0.57, 0.10}, {0, 0}, {0, 0}}, {{0.57, 1.0}, {0, 0}, {0, 0}}}},
};
const int COLOR_SET_COUNT = sizeof COLOR_SETS / sizeof *COLOR_SETS;

Theme theme_with(const Theme *theme, const ColorSet *set)
{
    Theme with = *theme;
    with.colors = theme->dark ? set->on_dark : set->on_light;
    return with;
}

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
    double end = scale.diverging ? fmax(scale.high, -scale.low) : scale.high - scale.low;
    double t = scale.diverging ? number / end : (number - scale.low) / end;
    t = fmin(fmax(t, scale.diverging ? scale.low / end : 0), scale.diverging ? scale.high / end : 1);
    if (!scale.diverging)
        return ramp_color(&theme->colors.sequential, t);
    return t < 0 ? ramp_color(&theme->colors.negative, -t) : ramp_color(&theme->colors.positive, t);
}
