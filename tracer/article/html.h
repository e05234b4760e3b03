/* A chapter's Markdown as a piece of HTML. */
#ifndef TRACER_ARTICLE_HTML_H
#define TRACER_ARTICLE_HTML_H

#include "tracer/base/text.h"

/* Called with the address of each picture. */
typedef void Picture(void *context, const char *address);

/* Adds the HTML: links to NN-name.md become links to NN-name.html, tables stand in boxes that scroll. Raw HTML in
 * the Markdown is shown as it is written, never obeyed. False if there was no memory. */
bool page_write(const char *markdown, Picture *picture, void *context, Text *out);

#endif
