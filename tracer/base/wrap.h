/* Words into lines of a width. Styles are single control characters, which take no column; they become
 * colours, or nothing, when a line is written. */
#ifndef TRACER_BASE_WRAP_H
#define TRACER_BASE_WRAP_H

#include "text.h"

enum { STYLE_NONE = 1, STYLE_BOLD, STYLE_ITALIC, STYLE_CODE, STYLE_TITLE, STYLE_COUNT };

/* No style, but of no column either: it is passed on where there are no colours (paper.h). */
enum { UNSEEN_MARK = STYLE_COUNT };

/* What is written before a line, and how. */
typedef struct {
    Text *out;
    bool color;
    char style;      /* that holds at the beginning of the next line */
} Writer;

/* How many bytes of the text fit into `width` columns, broken at a blank where there is one, else behind a
 * mark or anywhere; at least one character. The blank itself is not counted. */
size_t wrap_take(const char *text, int width);

/* Columns of a text with styles in it. */
int styled_width(const char *text);

/* Adds `length` bytes of one line, styles translated; the style goes on in the next line. */
void writer_add(Writer *writer, const char *text, size_t length);

/* Adds so many blanks. */
void writer_pad(Writer *writer, int columns);

/* Adds a paragraph: `first` before its first line, `rest` before the others. */
void writer_paragraph(Writer *writer, const char *text, const char *first, const char *rest, int width);

#endif
