/* Which planted mistakes are made behind the training step. */
#ifndef TESTS_UNIT_OUTSIDE_H
#define TESTS_UNIT_OUTSIDE_H

#include "tiny_model/mistakes.h"

#include <string.h>

static inline bool is_outside_of_training(const Mistake *mistake)
{
    const char *frame = mistake->edits[0].frame;
    return frame && (strcmp(frame, "sampling") == 0 || strcmp(frame, "check") == 0);
}

#endif
