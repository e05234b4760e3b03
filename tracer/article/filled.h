/* The Markdown of a chapter as its readers want it: references that `fill` has filled, read again. */
#ifndef TRACER_ARTICLE_FILLED_H
#define TRACER_ARTICLE_FILLED_H

#include "tiny_model/error.h"
#include "tracer/base/text.h"

/* What begins a line that tells which steps the text below it is about; see passage.h. */
#define STEP_COMMENT "<!-- step:"

/* Adds what a filled reference becomes. reference: between {{ and }}; printed: what it was filled with,
 * `length` bytes. False and *error to stop. */
typedef bool Refer(void *context, const char *reference, const char *printed, size_t length, Text *out, Error *error);

/* Adds the article: each filled reference outside of code through `refer`, or as it was printed where that is NULL;
 * lines that begin with STEP_COMMENT left out.
 *   errors   a reference without an end, those of refer, no memory */
bool article_read(const char *article, Refer *refer, void *context, Text *out, Error *error);

#endif
