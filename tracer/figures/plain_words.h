/* What a value is, in words in the place of its name: for titles in print (--plain-words). */
#ifndef TRACER_FIGURES_PLAIN_WORDS_H
#define TRACER_FIGURES_PLAIN_WORDS_H

#include "figure.h"

/* "gradient of the query weights, block 0, head 0"; with the name alone where spec->plain_words is not set. Lives
 * in the list. */
const char *value_title(DrawList *list, const Spec *spec, int value);

/* The same as a heading, without the place: "query weights"; `name` where words are not asked for. */
const char *value_heading(DrawList *list, const Spec *spec, int value, const char *name);

#endif
