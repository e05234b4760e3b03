/* OKLCH to sRGB, contrast; see color.h.
 *
 *   a = C cos h, b = C sin h;  l, m, s = (L + linear in a and b)^3;  linear RGB = matrix (l, m, s)
 *   source  Björn Ottosson, "A perceptual color space for image processing", 2020 */
#include "color.h"

#include <math.h>

static double encode(double linear)
{
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

static double decode(unsigned char channel)
{
    double x = channel / 255.0;
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

/* Linear RGB; false if a channel is outside of what a screen shows. */
static bool linear_rgb(double lightness, double chroma, double hue, double rgb[3])
{
    double a = chroma * cos(hue * M_PI / 180), b = chroma * sin(hue * M_PI / 180);
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
    l = l * l * l, m = m * m * m, s = s * s * s;
    rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
    bool inside = true;
    for (int i = 0; i < 3; i++)
        inside = inside && rgb[i] >= -1e-6 && rgb[i] <= 1 + 1e-6;
    return inside;
}

static unsigned char channel(double linear)
{
    double x = encode(fmin(fmax(linear, 0), 1));
    return (unsigned char)(x * 255 + 0.5);
}

Rgb color_oklch(double lightness, double chroma, double hue)
{
    double rgb[3];
    while (!linear_rgb(lightness, chroma, hue, rgb) && chroma > 0)
        chroma = chroma > 0.002 ? chroma - 0.002 : 0;
    return (Rgb){channel(rgb[0]), channel(rgb[1]), channel(rgb[2])};
}

static double luminance(Rgb c)
{
    return 0.2126 * decode(c.r) + 0.7152 * decode(c.g) + 0.0722 * decode(c.b);
}

double color_contrast(Rgb a, Rgb b)
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

/* Pure black and white: with any softer pair some middle tone would fall below 4.5. */
Rgb color_on(Rgb background)
{
    const Rgb black = {0, 0, 0}, white = {255, 255, 255};
    return color_contrast(background, black) >= color_contrast(background, white) ? black : white;
}

Rgb color_mix(Rgb a, Rgb b, double t)
{
    return (Rgb){(unsigned char)(a.r + (b.r - a.r) * t + 0.5), (unsigned char)(a.g + (b.g - a.g) * t + 0.5),
                   (unsigned char)(a.b + (b.b - a.b) * t + 0.5)};
}
