/* A chapter as text for a terminal, from cmark's tree: headings, paragraphs, lists, tables, code. */
#ifndef TRACER_BASE_PAPER_H
#define TRACER_BASE_PAPER_H

#include "wrap.h"

enum { LEAST_PAPER = 24, MOST_PAPER = 200 };

/* A character that is passed on as it is where there are no colours: stands before numbers of the value that is
 * looked at (passage.h). */
enum { PASSAGE_MARK = UNSEEN_MARK };

/* Adds the Markdown as text of at most `width` columns; color: with bold, italics and colours.
 * False if there was no memory. Pictures are told in words. */
bool paper_write(const char *markdown, int width, bool color, Text *out);

#endif
