/* How wide text is, from a table of advances of DejaVu Sans, so that a figure is the same on
 * every machine and needs no font to be laid out. Where another font is wider, the writers
 * squeeze the text into what was measured. */
#ifndef TRACER_FIGURES_MEASURE_H
#define TRACER_FIGURES_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { FACE_PLAIN, FACE_BOLD } Face;

/* The width of UTF-8 text at `size`, in the unit of size. */
double measure_text(const char *text, Face face, double size);

/* Writes the text into out[room], cut with an ellipsis where it would be wider than `width`. */
const char *measure_cut(char *out, size_t room, const char *text, Face face, double size, double width);

/* How many bytes of text fit into `width` when it is broken at a blank, at least one character. */
size_t measure_line(const char *text, Face face, double size, double width);

#endif
