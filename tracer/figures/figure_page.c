/* Title, caption and margins; see figure_page.h. */
#include "figure_page.h"

#include <math.h>

void page_begin(DrawList *list, const Spec *spec)
{
    list->paper = spec->theme->paper;
}

void page_end(DrawList *list, const Spec *spec, double right, double bottom, const char *title, const char *caption,
              const char *description)
{
    const Theme *theme = spec->theme;
    char visible[400];
    title = token_visible(visible, sizeof visible, spec->title ? spec->title : title);
    double wanted = PAGE_MARGIN + measure_text(title, FACE_BOLD, TITLE_SIZE);
    double width = fmax(fmax(right, PAGE_LEAST), fmin(wanted, PAGE_MOST));
    char cut[400];
    measure_cut(cut, sizeof cut, title, FACE_BOLD, TITLE_SIZE, width - PAGE_MARGIN);
    if (*title)
        draw_bold(list, PAGE_MARGIN, 27, ALIGN_LEFT, TITLE_SIZE, theme->ink, cut);
    if (spec->caption)
        bottom = draw_paragraph(list, PAGE_MARGIN, bottom + 24, width - PAGE_MARGIN, TEXT_SIZE, theme->muted, caption) -
                 TEXT_SIZE;
    list->width = ceil(width + PAGE_MARGIN);
    list->height = ceil(bottom + PAGE_MARGIN);
    list->title = draw_format(list, "%s", title);
    list->description = description ? description : draw_format(list, "%s", caption);
}
