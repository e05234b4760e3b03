/* The colour bar; see value_panel.h. */
#include "value_panel.h"

#include "figure_page.h"

#include <math.h>
#include <stdio.h>

enum { BAR_WIDTH = 12, BAR_PARTS = 60, TICK = 7, MOST_TICKS = 4 };

typedef struct {
    int count;                   /* of the parts between ticks */
    NumberFormat format;
    double numbers[MOST_TICKS + 1];
} Ticks;

static Ticks ticks_of(Scale scale, double height)
{
    Ticks ticks = {.count = height >= 120 ? MOST_TICKS : 2};
    for (int i = 0; i <= ticks.count; i++) {
        double number = scale.low + (scale.high - scale.low) * i / ticks.count;
        /* Halfway between -x and x rounding may leave a trace of a number. */
        ticks.numbers[i] = scale.low == -scale.high && 2 * i == ticks.count ? 0 : number;
    }
    ticks.format = number_format(ticks.numbers, (size_t)ticks.count + 1, AUTO_DIGITS, scale.diverging);
    if (!ticks.format.whole && ticks.format.power == 0 && ticks.format.digits < 2 && ticks.format.most < 100)
        ticks.format.digits = 2;
    return ticks;
}

static void tick_text(char out[2 * NUMBER_SIZE], const Ticks *ticks, int i)
{
    char number[NUMBER_SIZE], power[NUMBER_SIZE];
    snprintf(out, 2 * NUMBER_SIZE, "%s%s", cell_number(number, ticks->numbers[i], ticks->format),
             ticks->numbers[i] == 0 ? "" : power_text(power, ticks->format.power));
}

double color_bar_width(Scale scale, double height)
{
    char text[2 * NUMBER_SIZE];
    double widest = 0;
    Ticks ticks = ticks_of(scale, height);
    for (int i = 0; i <= ticks.count; i++) {
        tick_text(text, &ticks, i);
        widest = fmax(widest, measure_text(text, FACE_PLAIN, SMALL_SIZE));
    }
    return BAR_WIDTH + TICK + widest;
}

double draw_color_bar(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height)
{
    char text[2 * NUMBER_SIZE];
    Ticks ticks = ticks_of(scale, height);
    for (int i = 0; i < BAR_PARTS; i++) {
        double low = floor(height * i / BAR_PARTS), high = floor(height * (i + 1) / BAR_PARTS);
        double number = scale.low + (scale.high - scale.low) * (1 - (i + 0.5) / BAR_PARTS);
        draw_rect(list, x, y + low, BAR_WIDTH, high - low, scale_color(theme, scale, number));
    }
    for (int i = 0; i <= ticks.count; i++) {
        double at = y + height * (1 - (double)i / ticks.count);
        tick_text(text, &ticks, i);
        draw_line(list, x + BAR_WIDTH, at, x + BAR_WIDTH + 4, at, theme->muted, 1);
        draw_text(list, x + BAR_WIDTH + TICK, at + 0.36 * SMALL_SIZE, ALIGN_LEFT, SMALL_SIZE, theme->muted, text);
    }
    return color_bar_width(scale, height);
}
