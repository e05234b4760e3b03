/* Text for a terminal that knows no characters beyond ASCII. */
#ifndef TRACER_BASE_ASCII_H
#define TRACER_BASE_ASCII_H

#include "text.h"

/* Adds the text with the signs of mathematics and of the layout spelled out: "√d_k" becomes "sqrt d_k", "Kᵀ" "K^T".
 * What has no spelling becomes '?'. */
void ascii_add(const char *text, Text *out);

#endif
