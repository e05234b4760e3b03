/* Text as it has to stand in HTML and in TeX so that it is read as the text that it is. */
#ifndef TRACER_BASE_ESCAPES_H
#define TRACER_BASE_ESCAPES_H

#include "text.h"

/* Adds text with the signs of HTML escaped. */
void text_add_html(Text *out, const char *text);

/* The same for a piece of HTML within Markdown: no letter but the plain ones means anything there. */
void text_add_html_in_markdown(Text *out, const char *text);

/* Adds text with the signs of TeX escaped. */
void text_add_tex(Text *out, const char *text);

/* Adds a number as number_text or printf writes it, as mathematics: 3.12e-05 becomes 3.12 \cdot 10^{-5}, inf \infty.
 *   in_math  false: it stands in running text, and gets $ around it where it is more than digits */
void text_add_tex_number(Text *out, const char *number, bool in_math);

#endif
