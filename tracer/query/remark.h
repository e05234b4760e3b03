/* What a number cannot say by itself: which candidates lost, and why a gradient is exactly 0. */
#ifndef TRACER_QUERY_REMARK_H
#define TRACER_QUERY_REMARK_H

#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* Adds a sentence without a point about a cell; nothing where there is nothing to say. */
void cell_remark(const Names *names, Reference cell, int digits, Text *out);

#endif
