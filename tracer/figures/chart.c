/* Axes; see chart.h. */
#include "chart.h"

#include "cell_number.h"
#include "figure_page.h"

#include <math.h>

/* 1, 2 or 5 times a power of ten: about five ticks, at numbers that people count by. */
static double tick(double low, double high)
{
    double raw = (high - low) / 5, power = pow(10, floor(log10(raw))), lead = raw / power;
    return power * (lead <= 1.0001 ? 1 : lead <= 2.0001 ? 2 : lead <= 5.0001 ? 5 : 10);
}

void chart_round(double *low, double *high)
{
    /* A curve that is a point or level still needs an axis with two ends. */
    if (!(*high > *low)) {
        double middle = isfinite(*low) ? *low : 0, room = middle == 0 ? 1 : fabs(middle) / 2;
        *low = middle - room;
        *high = middle + room;
    }
    double step = tick(*low, *high);
    *low = floor(*low / step + 1e-9) * step;
    *high = ceil(*high / step - 1e-9) * step;
}

double chart_x(const Chart *chart, double x)
{
    return chart->left + chart->width * (x - chart->x_low) / (chart->x_high - chart->x_low);
}

double chart_y(const Chart *chart, double y)
{
    return chart->top + chart->height * (1 - (y - chart->y_low) / (chart->y_high - chart->y_low));
}

static int decimals(double step)
{
    int digits = (int)ceil(-log10(step) - 1e-9);
    return digits < 0 ? 0 : digits > 6 ? 6 : digits;
}

/* The format of ticks `step` apart; very small and very large ones have a power, which the title of the axis tells. */
static NumberFormat tick_format(double low, double high, double step)
{
    double most = fmax(fabs(low), fabs(high));
    NumberFormat format = {.power = most > 0 && (most < 1e-3 || most >= 1e6) ? (int)floor(log10(most) + 1e-9) : 0};
    format.digits = decimals(step / pow(10, format.power));
    return format;
}

void chart_axes(DrawList *list, const Theme *theme, const Chart *chart, const char *x_title, const char *y_title)
{
    char text[NUMBER_SIZE];
    double bottom = chart->top + chart->height, step = tick(chart->y_low, chart->y_high);
    NumberFormat down = tick_format(chart->y_low, chart->y_high, step);
    /* A millionth of a step more, or rounding loses the last tick; -0 and 1e-17 are 0. */
    for (double y = ceil(chart->y_low / step - 1e-9) * step; y <= chart->y_high + step / 1e6; y += step) {
        double number = fabs(y) < step / 1e6 ? 0 : y;
        draw_line(list, chart->left, chart_y(chart, y), chart->left + chart->width, chart_y(chart, y),
                  color_mix(theme->paper, theme->line, 0.6), 1);
        draw_text(list, chart->left - 8, chart_y(chart, y) + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
                  cell_number(text, number, down));
    }
    step = tick(chart->x_low, chart->x_high);
    if (chart->whole_x)
        step = fmax(step, 1);
    NumberFormat along = tick_format(chart->x_low, chart->x_high, step);
    for (double x = ceil(chart->x_low / step - 1e-9) * step; x <= chart->x_high + step / 1e6; x += step) {
        double number = fabs(x) < step / 1e6 ? 0 : x;
        draw_line(list, chart_x(chart, x), bottom, chart_x(chart, x), bottom + 4, theme->muted, 1);
        draw_text(list, chart_x(chart, x), bottom + 17, ALIGN_CENTER, SMALL_SIZE, theme->muted,
                  cell_number(text, number, along));
    }
    draw_line(list, chart->left, bottom, chart->left + chart->width, bottom, theme->muted, 1);
    draw_text(list, chart->left + chart->width, bottom + 34, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
              draw_format(list, "%s%s", x_title, power_text(text, along.power)));
    draw_text(list, chart->left, chart->top - 10, ALIGN_LEFT, SMALL_SIZE, theme->muted,
              draw_format(list, "%s%s", y_title, power_text(text, down.power)));
}
