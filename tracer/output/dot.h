/* The computation graph in the language of Graphviz. */
#ifndef TRACER_OUTPUT_DOT_H
#define TRACER_OUTPUT_DOT_H

#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* Adds a digraph: frames as clusters, steps as boxes, values from outside as ellipses, the
 * names of values on the arrows. Forward solid, backward dashed, update dotted. */
void dot_write(const Names *names, Text *out);

#endif
