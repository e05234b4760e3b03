/* Filling the text of an article, or of one cell of a notebook. */
#ifndef TRACER_ARTICLE_ARTICLE_H
#define TRACER_ARTICLE_ARTICLE_H

#include "fill_reference.h"

typedef struct {
    Filling filling;
    const char *path;
    int cell;                /* of a notebook, from 1; 0: the article has no cells */
    bool check;
    FillReport *report;
} Article;

/* Adds the filled text to *out. Wrong references are faults of the report, the last of them is *error.
 *   text     ended by NUL
 *   returns  false if it cannot go on: no memory, a file that cannot be read */
bool article_text(Article *article, const char *text, Text *out, Error *error);

/* Makes *found a fault: *error if it is the first; else *error joins the faults and gives way to it. The fault is told
 * with the line.
 *   returns  false if there are too many, or it is no mistake of the author's */
bool article_fault(Article *article, int line, const Error *found, Error *error);

/* Adds the filled notebook to *out: as it was but for the sources of cells of Markdown that changed. */
bool article_notebook(Article *article, const char *notebook, size_t size, Text *out, Error *error);

#endif
