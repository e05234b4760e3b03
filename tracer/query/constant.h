/* What a number of a step comes from: 0.1667 is 1/6, where rows of 6 are averaged. */
#ifndef TRACER_QUERY_CONSTANT_H
#define TRACER_QUERY_CONSTANT_H

#include "tiny_model/primitive.h"

enum { CONSTANT_SIZE = 24 };

/* "1/6", "√3", "1/√3" of a number that a step multiplies or divides by, where 6 or 3 is a count of rows or columns
 * on the tape; "" for what is no such number, and in the update, whose numbers are the optimizer's. Writes into
 * out[CONSTANT_SIZE].
 *   errors   none */
const char *constant_origin(const Tape *tape, const Step *step, double number, bool ascii, char *out);

#endif
