/* Hints in five rungs: an invariant to check, a question, the formula with shapes, one cell that
 * is not asked worked out, a full solution on other numbers. Free and uncounted. */
#ifndef TRACER_EXERCISE_HINTS_H
#define TRACER_EXERCISE_HINTS_H

#include "variant.h"
#include "tracer/base/text.h"

enum { HINT_RUNGS = 5 };

/* Adds rung 1 to 5 for the student of the variant. */
bool hint_write(const Variant *variant, int rung, Text *out, Error *error);

#endif
