/* Title, caption and margins; see figure_page.h. */
#include "cell_number.h"
#include "figure_page.h"

#include <ctype.h>
#include <math.h>

enum { TITLE_LINE = 20 };

void page_begin(DrawList *list, const Spec *spec)
{
    list->paper = spec->theme->paper;
}

double page_width(const Spec *spec)
{
    return spec->widest > 0 ? spec->widest : PAGE_MOST;
}

/* In as many lines as it needs, what was drawn before moved down for all but the first. Returns by how much. */
static double draw_title(DrawList *list, const Theme *theme, const char *title, double width)
{
    int lines = 0;
    for (const char *at = title; *at; lines++) {
        at += measure_line(at, FACE_BOLD, TITLE_SIZE, width);
        at += *at == ' ';
    }
    double down = lines > 1 ? (lines - 1) * TITLE_LINE : 0;
    if (down > 0)
        draw_move_up(list, -down);
    for (double y = 27; *title; y += TITLE_LINE) {
        size_t length = measure_line(title, FACE_BOLD, TITLE_SIZE, width);
        draw_bold(list, PAGE_MARGIN, y, ALIGN_LEFT, TITLE_SIZE, theme->ink,
                  draw_format(list, "%.*s", (int)length, title));
        title += length;
        title += *title == ' ';
    }
    return down;
}

void page_end(DrawList *list, const Spec *spec, double right, double bottom, const char *title, const char *caption,
              const char *description)
{
    const Theme *theme = spec->theme;
    char visible[400], minus[500], low[NUMBER_SIZE], high[NUMBER_SIZE];
    const char *shown = spec->title ? spec->title : title;
    /* An empty title is none, not a pair of quotes. */
    const char *own = title;
    if (spec->plain_words && !spec->title && *title)
        shown = draw_format(list, "%c%s", toupper((unsigned char)*title), title + 1);
    title = *shown ? real_minus(minus, sizeof minus, token_visible(visible, sizeof visible, shown)) : "";
    double most = page_width(spec), wanted = PAGE_MARGIN + measure_text(title, FACE_BOLD, TITLE_SIZE);
    /* A page whose width was asked for is as wide as that, whatever is on it. */
    double least = spec->widest > 0 ? spec->widest + PAGE_MARGIN : PAGE_LEAST;
    double width = fmax(fmax(right, least), fmin(wanted, most));
    bottom += draw_title(list, theme, title, width - PAGE_MARGIN);
    if (spec->ranged)
        caption = draw_format(list, "%s Colors from %s to %s; what lies beyond has the color of the end.", caption,
                              number_exact(low, spec->low), number_exact(high, spec->high));
    if (spec->caption)
        bottom = draw_paragraph(list, PAGE_MARGIN, bottom + 24, width - PAGE_MARGIN, TEXT_SIZE, theme->muted, caption) -
                 TEXT_SIZE;
    if (!*title) {
        draw_move_up(list, PAGE_TOP - PAGE_MARGIN);
        bottom -= PAGE_TOP - PAGE_MARGIN;
    }
    list->width = spec->widest > 0 ? width + PAGE_MARGIN : ceil(width + PAGE_MARGIN);
    list->height = ceil(bottom + PAGE_MARGIN);
    list->title = draw_format(list, "%s", *title ? title : own);
    list->description = description ? description : draw_format(list, "%s", caption);
}
