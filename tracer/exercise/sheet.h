/* The worksheet of one student: task, formula, printed inputs, a "?" for every asked number. */
#ifndef TRACER_EXERCISE_SHEET_H
#define TRACER_EXERCISE_SHEET_H

#include "variant.h"
#include "tracer/base/text.h"

/* Everything but the answers stands behind "#". solved: the numbers in place of the "?".
 *   errors  a student or course that does not fit the head, out of memory */
bool sheet_write(const Variant *variant, bool solved, Text *out, Error *error);

#endif
