/* Panels side by side, and the colour bar; see panel.h. */
#include "panel.h"

#include "page.h"

#include <math.h>
#include <string.h>

enum { GAP = 26, ROW_GAP = 22, BAR_WIDTH = 12, BAR_PARTS = 60, SIGN = 20 };

/* Numbered panels of one shelf get the same cells. */
static void measure_all(Panel *panels, int count)
{
    double largest = 0;
    for (int i = 0; i < count; i++) {
        panel_measure(&panels[i], PAGE_MOST / 1.5);
        if (panels[i].number_size > 0)
            largest = fmax(largest, panels[i].cell);
    }
    for (int i = 0; i < count; i++)
        if (panels[i].number_size > 0)
            panel_measure_with(&panels[i], largest, true);
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

/* How many panels from `first` on stand in one row; the row's top and height. */
static int row_length(const Panel *panels, const char *const *between, int first, int count, int most, double *top, double *under)
{
    double used = 0;
    int last = first;
    *top = *under = 0;
    for (; last < count && last - first < most; last++) {
        double width = panels[last].width + (last > first ? GAP : 0) + sign_width(between ? between[last] : NULL);
        if (last > first && used + width > PAGE_MOST)
            break;
        used += width;
        *top = fmax(*top, panels[last].top);
        *under = fmax(*under, panels[last].height - panels[last].top);
    }
    return last - first;
}

/* As many in each row as there are, where several rows are needed anyway: 9 as 3 x 3, not 4 + 4 + 1. */
static int even_length(const Panel *panels, const char *const *between, int count)
{
    int rows = 0;
    double top, under;
    for (int first = 0; first < count; rows++)
        first += row_length(panels, between, first, count, count, &top, &under);
    return rows ? (count + rows - 1) / rows : 1;
}

double shelf_draw(DrawList *list, const Theme *theme, Panel *panels, const char *const *between, int count, double x, double y,
                  double *right)
{
    measure_all(panels, count);
    int most = even_length(panels, between, count);
    for (int first = 0; first < count;) {
        double top, under, at = x;
        int length = row_length(panels, between, first, count, most, &top, &under);
        for (int i = first; i < first + length; i++) {
            const char *sign = between ? between[i] : NULL;
            if (i > first)
                at += GAP;
            if (sign) {
                draw_text(list, at, y + top + fmin(under, 400) / 2 + 0.36 * sign_size(sign), ALIGN_LEFT, sign_size(sign), theme->muted, sign);
                at += sign_width(sign);
            }
            panel_draw(list, theme, &panels[i], at, y + top - panels[i].top);
            at += panels[i].width;
        }
        *right = fmax(*right, at);
        first += length;
        y += top + under + (first < count ? ROW_GAP : 0);
    }
    return y;
}

static void draw_ticks(DrawList *list, const Theme *theme, Scale scale, double x, double y, double height, double *widest)
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
