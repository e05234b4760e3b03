/* Zeros that are meant. */
#ifndef TRACER_QUERY_ZERO_H
#define TRACER_QUERY_ZERO_H

#include "tiny_model/tape.h"

/* Why a gradient is exactly 0 where nobody would expect it, in half a sentence; NULL: there is nothing to say. */
const char *about_zero(const Tape *tape, int value);

#endif
