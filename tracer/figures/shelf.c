/* Panels side by side, and the colour bar; see value_panel.h. */
#include "value_panel.h"

#include "figure_page.h"

#include <math.h>
#include <string.h>

enum {
    GAP = 26, ROW_GAP = 22, BAR_WIDTH = 12, BAR_PARTS = 60, SIGN = 20, EVEN_STEP = 8, BARE_WIDTH = 280, LEAST_BARE = 4,
    MOST_BARE = 26, STRIP = 4
};

/* What the strongest color means, where neither numbers nor a color bar tell it. */
static const char *told_scale(DrawList *list, const Panel *panel)
{
    char high[NUMBER_SIZE];
    double number = panel->scale.high;
    if (number == floor(number))
        number_exact(high, number);
    else
        number_text(high, number, digits_for(&number, 1, AUTO_DIGITS));
    const char *range = draw_format(list, panel->scale.diverging ? "colors: ±%s" : "colors: 0 to %s", high);
    return panel->note && *panel->note ? draw_format(list, "%s; %s", panel->note, range) : range;
}

/* A panel without numbers is small, so that others stand beside it; strips of few rows would be too thin. */
static double bare_cell(const Panel *panel)
{
    double room = panel->rows * STRIP < panel->cols ? PAGE_MOST / 1.5 : BARE_WIDTH;
    return fmax(LEAST_BARE, fmin(MOST_BARE, floor(room / panel->cols)));
}

/* Panels of one shelf get the same cells, those with numbers and those without. */
static void measure_all(DrawList *list, Panel *panels, int count)
{
    double largest = 0, smallest = MOST_BARE;
    for (int i = 0; i < count; i++) {
        panel_measure(&panels[i], PAGE_MOST / 1.5);
        if (panels[i].number_size > 0)
            largest = fmax(largest, panels[i].cell);
        else
            smallest = fmin(smallest, bare_cell(&panels[i]));
    }
    for (int i = 0; i < count; i++) {
        bool numbers = panels[i].number_size > 0;
        if (!numbers && !panels[i].bar && !panels[i].names)
            panels[i].note = told_scale(list, &panels[i]);
        panel_measure_with(&panels[i], numbers ? largest : smallest, numbers);
    }
}

/* Words ("max row") are written smaller than signs. */
static double sign_size(const char *sign)
{
    return strlen(sign) <= 4 ? SIGN : 13;
}

static double sign_width(const char *sign)
{
    return sign ? ceil(measure_text(sign, FACE_PLAIN, sign_size(sign))) + 18 : 0;
}

/* How many panels from `first` on stand in one row `widest` wide; the row's top and height. */
static int row_length(const Panel *panels, const char *const *between, int first, int count, double widest, double *top,
                      double *under)
{
    double used = 0;
    int last = first;
    *top = *under = 0;
    for (; last < count; last++) {
        double width = panels[last].width + (last > first ? GAP : 0) + sign_width(between ? between[last] : NULL);
        if (last > first && used + width > widest)
            break;
        used += width;
        *top = fmax(*top, panels[last].top);
        *under = fmax(*under, panels[last].height - panels[last].top);
    }
    return last - first;
}

static int row_count(const Panel *panels, const char *const *between, int count, double widest)
{
    int rows = 0;
    double top, under;
    for (int first = 0; first < count; rows++)
        first += row_length(panels, between, first, count, widest, &top, &under);
    return rows;
}

/* The narrowest page that needs no more rows than the widest: 9 equal panels stand as 3 x 3, not 4 + 4 + 1. */
static double even_width(const Panel *panels, const char *const *between, int count)
{
    double width = PAGE_MOST;
    int rows = row_count(panels, between, count, width);
    while (width > EVEN_STEP && row_count(panels, between, count, width - EVEN_STEP) == rows)
        width -= EVEN_STEP;
    return width;
}

double shelf_draw(DrawList *list, const Theme *theme, Panel *panels, const char *const *between, int count, double x,
                  double y, double *right)
{
    measure_all(list, panels, count);
    double widest = even_width(panels, between, count);
    for (int first = 0; first < count;) {
        double top, under, at = x;
        int length = row_length(panels, between, first, count, widest, &top, &under);
        for (int i = first; i < first + length; i++) {
            const char *sign = between ? between[i] : NULL;
            if (i > first)
                at += GAP;
            if (sign) {
                draw_text(list, at, y + top + fmin(under, 400) / 2 + 0.36 * sign_size(sign), ALIGN_LEFT,
                          sign_size(sign), theme->muted, sign);
                at += sign_width(sign);
            }
            panels[i].top = top; /* headings stand in one line too */
            panels[i].height = top + panels[i].cell * panels[i].rows;
            panel_draw(list, theme, &panels[i], at, y);
            at += panels[i].width;
        }
        *right = fmax(*right, at);
        first += length;
        y += top + under + (first < count ? ROW_GAP : 0);
    }
    return y;
}

static void draw_ticks(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height,
                       double *widest)
{
    char text[NUMBER_SIZE];
    double span = scale.high - scale.low;
    int parts = height >= 120 ? 4 : 2, digits = span / parts >= 0.1 ? 2 : span / parts >= 0.01 ? 3 : 4;
    for (int i = 0; i <= parts; i++) {
        double number = scale.low + span * i / parts, at = y + height * (1 - (double)i / parts);
        cell_number(text, scale.diverging && 2 * i == parts ? 0 : number, digits);
        draw_line(list, x, at, x + 4, at, theme->muted, 1);
        draw_text(list, x + 7, at + 0.36 * SMALL_SIZE, ALIGN_LEFT, SMALL_SIZE, theme->muted, text);
        *widest = fmax(*widest, measure_text(text, FACE_PLAIN, SMALL_SIZE));
    }
}

double draw_color_bar(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height)
{
    double widest = 0;
    for (int i = 0; i < BAR_PARTS; i++) {
        double low = floor(height * i / BAR_PARTS), high = floor(height * (i + 1) / BAR_PARTS);
        double number = scale.low + (scale.high - scale.low) * (1 - (i + 0.5) / BAR_PARTS);
        draw_rect(list, x, y + low, BAR_WIDTH, high - low, scale_color(theme, scale, number));
    }
    draw_ticks(list, theme, scale, x + BAR_WIDTH, y, height, &widest);
    return BAR_WIDTH + 7 + widest;
}
