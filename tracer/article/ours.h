/* Whether {{...}} is a reference of ours. Other tools have such signs too (Jekyll, Hugo, Quarto, macros of TeX), and
 * theirs stay as they are. */
#ifndef TRACER_ARTICLE_OURS_H
#define TRACER_ARTICLE_OURS_H

#include "fill_reference.h"

typedef enum {
    OURS_NOT,                /* left alone */
    OURS_IF_RIGHT,           /* {{ loss }}: with blanks as others write it, it is ours where it can be filled */
    OURS                     /* what is wrong in it is a mistake */
} Ours;

/* inner: what stands between {{ and }}, or up to the end of the line. In a formula and in TeX, where {{x}} are groups,
 * a word is ours only if the run has a value of that name or nearly so.
 *   errors   the run cannot be opened; then the answer is OURS */
Ours reference_is_ours(Filling *filling, const char *inner, Error *error);

#endif
