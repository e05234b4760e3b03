/* The heat map: from a number to one of 15 levels, blue for negative, orange for positive, and
 * the colours of a level. The number itself always stands beside it with its sign. */
#ifndef TRACER_VIEWS_HEAT_H
#define TRACER_VIEWS_HEAT_H

enum { HEAT_SIDE = 7, HEAT_LEVELS = 2 * HEAT_SIDE + 1 };

/* -HEAT_SIDE to HEAT_SIDE: the number against the largest magnitude of its matrix. 0 for what is
 * no number. */
int heat_level(double number, double largest);

/* Fore- and background of a level among the 256 colours of xterm. Contrast at least 4.5:1. */
typedef struct {
    short fore, back;
} HeatColors;
HeatColors heat_colors(int level);

/* Red, green and blue (0 to 255) of colours 16 to 255 of xterm. */
void xterm_rgb(int color, int rgb[3]);

#endif
