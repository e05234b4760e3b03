/* Which planted mistakes are made behind the training step. */
#ifndef TESTS_UNIT_OUTSIDE_H
#define TESTS_UNIT_OUTSIDE_H

#include "tiny_model/mistakes.h"

static inline bool is_outside_of_training(const Mistake *mistake)
{
    return mistake_is_in(mistake, "sampling") || mistake_is_in(mistake, "cache") || mistake_is_in(mistake, "bigram") || mistake_is_in(mistake, "check");
}

#endif
