/* A slice as an author sets it: matrices and tables of TeX, tables of Markdown and HTML. Of a large one the middle is
 * left out: slice->most_rows and most_cols say how many rows and columns are shown, the dots among them; 0: all. */
#ifndef TRACER_OUTPUT_TYPESET_H
#define TRACER_OUTPUT_TYPESET_H

#include "tables.h"

/* The fewest rows or columns to which a table can be cut: one, the dots, one. */
enum { LEAST_SHOWN = 3 };

/* A bmatrix; from 11 columns on an array, since a bmatrix of LaTeX has ten. */
void typeset_matrix(const Slice *slice, int digits, Text *out);
void typeset_tabular(const Slice *slice, int digits, Text *out);
void typeset_markdown(const Slice *slice, int digits, Text *out);
void typeset_html(const Slice *slice, int digits, Text *out);

#endif
