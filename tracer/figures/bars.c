/* Bars; see bars.h. */
#include "bars.h"

#include "figure_page.h"

#include "tracer/base/print.h"

#include <math.h>

enum { LENGTH = 360, ROW = 24, THICK = 15, MOST_LABEL = 420, NUMBERS = 70 };

void draw_bars(const Spec *spec, const Bars *bars, DrawList *list)
{
    const Theme *theme = spec->theme;
    char number[NUMBER_SIZE];
    double wide = 60, low = 0;
    page_begin(list, spec);
    for (int i = 0; i < bars->count; i++) {
        wide = fmax(wide, fmin(measure_text(bars->labels[i], FACE_PLAIN, TEXT_SIZE), MOST_LABEL));
        low = fmin(low, bars->numbers[i]);
    }
    double unit = LENGTH / (1 - low), zero = PAGE_MARGIN + wide + 12 - low * unit;
    for (int i = 0; i < bars->count; i++) {
        double y = PAGE_TOP + ROW * i, value = bars->numbers[i], length = fabs(value) * unit;
        draw_text_within(list, PAGE_MARGIN + wide, y + THICK - 3, wide, ALIGN_RIGHT, TEXT_SIZE, theme->ink,
                         bars->labels[i]);
        draw_rect(list, value < 0 ? zero - length : zero, y, length, THICK,
                  value < 0 ? theme->backward : theme->forward)->tip = bars->labels[i];
        number_text(number, value, spec->digits < 0 ? DEFAULT_DIGITS : spec->digits);
        draw_text(list, fmax(zero, zero + value * unit) + 6, y + THICK - 3, ALIGN_LEFT, SMALL_SIZE, theme->ink,
                  draw_format(list, "%s", number));
    }
    double bottom = PAGE_TOP + ROW * bars->count;
    draw_line(list, zero, PAGE_TOP - 4, zero, bottom, theme->muted, 1);
    page_end(list, spec, PAGE_MARGIN + wide + 12 + LENGTH + NUMBERS, bottom, bars->title, bars->caption, NULL);
}
