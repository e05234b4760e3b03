/* A table on paper: columns as wide as their cells, narrower where the paper is, cells then in several lines. */
#ifndef TRACER_BASE_PAPER_TABLE_H
#define TRACER_BASE_PAPER_TABLE_H

#include "wrap.h"

/* lines   rows parted by newlines, cells by |; cut up in place
 * prefix  before every line */
void paper_table(Writer *writer, char *lines, const char *prefix, int width);

#endif
