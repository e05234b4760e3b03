/* A worksheet read back: what stands on it is enough to compute what it asks, without the seed that drew it. */
#ifndef TRACER_EXERCISE_SHEET_READ_H
#define TRACER_EXERCISE_SHEET_READ_H

#include "variant.h"

/* Opens the numbers of a sheet from its text alone: the model of the exercise with other weights, the sheet's text for
 * its tokens, and the printed numbers in the place of those that are given. `text` must outlive nothing.
 *   errors  a given value that is not on the sheet, out of memory; "name the bug", where the bug is drawn */
bool sheet_open(Variant *variant, const Exercise *exercise, Whose whose, const char *text, Error *error);

/* Whether what the variant asks follows from what its sheet prints: false and why[size] where other weights, behind the
 * same printed numbers, change it.
 *   errors  out of memory */
bool sheet_suffices(const Variant *variant, char *why, size_t size, Error *error);

#endif
