/* The page around a figure: margins, title above, caption below. */
#ifndef TRACER_FIGURES_FIGURE_PAGE_H
#define TRACER_FIGURES_FIGURE_PAGE_H

#include "figure.h"

enum { PAGE_MARGIN = 16, PAGE_TOP = 44, PAGE_LEAST = 300, PAGE_MOST = 1080 };
#define TEXT_SIZE 12.0
#define TITLE_SIZE 15.0
#define SMALL_SIZE 10.5

/* Prepares the list: paper and nothing else. The figure draws from (PAGE_MARGIN, PAGE_TOP). */
void page_begin(DrawList *list, const Spec *spec);

/* What a figure may take up without the margins. */
double page_width(const Spec *spec);

/* Ends the page: what was drawn reaches to (right, bottom).
 *   title        unless the spec has another
 *   caption      one paragraph: what is seen
 *   description  the alternative text; NULL: the caption */
void page_end(DrawList *list, const Spec *spec, double right, double bottom, const char *title, const char *caption,
              const char *description);

#endif
