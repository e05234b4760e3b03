/* The heat map; see heat.h. Blue against orange, which colour-blind readers can tell apart. */
#include "heat.h"

#include <math.h>

int heat_level(double number, double largest)
{
    if (!isfinite(number) || !(largest > 0))
        return 0;
    double share = number / largest;
    int level = (int)ceil(fabs(share) * (HEAT_SIDE + 0.5) - 0.5); /* the middle level is half as wide */
    if (level > HEAT_SIDE)
        level = HEAT_SIDE;
    if (level < 0)
        level = 0;
    return share < 0 ? -level : level;
}

HeatColors heat_colors(int level)
{
    enum { BLACK = 16, WHITE = 231 };
    static const HeatColors colors[HEAT_LEVELS] = {
        {WHITE, 18},  {WHITE, 19},  {WHITE, 25},  {BLACK, 31},  {BLACK, 74},  {BLACK, 117}, {BLACK, 153},
        {BLACK, 254},
        {BLACK, 223}, {BLACK, 216}, {BLACK, 209}, {BLACK, 202}, {BLACK, 166}, {WHITE, 124}, {WHITE, 88},
    };
    return colors[level + HEAT_SIDE];
}

void xterm_rgb(int color, int rgb[3])
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    if (color >= 232) {
        rgb[0] = rgb[1] = rgb[2] = 8 + 10 * (color - 232);
        return;
    }
    rgb[0] = steps[(color - 16) / 36];
    rgb[1] = steps[(color - 16) / 6 % 6];
    rgb[2] = steps[(color - 16) % 6];
}
