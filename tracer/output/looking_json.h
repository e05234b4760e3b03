/* What looking inside found, as JSON. */
#ifndef TRACER_OUTPUT_LOOKING_JSON_H
#define TRACER_OUTPUT_LOOKING_JSON_H

#include "tracer/query/looking.h"

void lens_json(const Looking *looking, Text *out);

/* position, token -1: all of them. */
void attribution_json(const Looking *looking, int position, int token, Text *out);
void heads_json(const Looking *looking, Text *out);

/* "NAME": [[...], ...] of a value, behind a comma unless it is the first member; null for -1. */
void json_matrix(const Looking *looking, const char *name, int value, bool first, Text *out);

/* "tokens": [{"id": .., "text": ..}, ...]. */
void json_tokens(const Looking *looking, Text *out);

#endif
