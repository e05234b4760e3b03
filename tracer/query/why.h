/* Where a number comes from, level by level; and what it causes. */
#ifndef TRACER_QUERY_WHY_H
#define TRACER_QUERY_WHY_H

#include "formula.h"

enum { WHY_DEEPEST = 12 };

/* Adds the arithmetic of a cell and, down to `depth` levels, that of the cells it reads.
 * Each cell is explained once, where it is met first.
 *   errors  out of memory, or more than a million terms: ask for less depth */
bool why_text(const Names *names, Reference cell, int depth, FormulaStyle style, Text *out, Error *error);
bool why_json(const Names *names, Reference cell, int depth, Text *out, Error *error);

/* Adds every cell that reads this one, with the factor that it is multiplied by there. */
bool uses_text(const Names *names, Reference cell, FormulaStyle style, Text *out, Error *error);

#endif
