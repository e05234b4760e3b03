/* Links into the stepper as a page of a browser (tracer/web): what stands behind its #. */
#ifndef TRACER_ARTICLE_PAGE_LINK_H
#define TRACER_ARTICLE_PAGE_LINK_H

#include "tracer/base/text.h"

#include <stdbool.h>

/* What the page is called beside the pages of a book. */
#define STEPPER_PAGE "stepper.html"

/* Adds "stepper.html#model=tiny&step=1&at=loss" for a place and the options of its run, "" for the tutorial's.
 *   run      as it would be typed; not changed
 *   returns  false, and nothing is added, for options that a link has not, or out of memory */
bool page_link(const char *run, const char *target, Text *out);

#endif
