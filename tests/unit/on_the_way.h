/* Which values of a tape have a gradient. */
#ifndef TESTS_UNIT_ON_THE_WAY_H
#define TESTS_UNIT_ON_THE_WAY_H

#include "support.h"

#include <stdlib.h>

/* Whether parameters lie behind a value, and the loss before it. */
static inline bool *on_the_way(const Session *session)
{
    const Tape *tape = &session->run.tape;
    bool *learns = calloc((size_t)tape->value_count, 2 * sizeof *learns), *leads = learns + tape->value_count;
    EXPECT(learns, "out of memory");
    for (int id = 0; id < tape->value_count; id++)
        learns[id] = tape_value(tape, id)->kind == KIND_PARAMETER;
    for (int i = 0; i < tape->call_count; i++)
        for (int k = 0; k < tape->calls[i].input_count; k++)
            learns[tape->calls[i].output] = learns[tape->calls[i].output] || learns[tape->calls[i].inputs[k]];
    leads[session->run.loss] = true;
    for (int i = tape->call_count - 1; i >= 0; i--)
        for (int k = 0; k < tape->calls[i].input_count; k++)
            leads[tape->calls[i].inputs[k]] = leads[tape->calls[i].inputs[k]] || leads[tape->calls[i].output];
    for (int id = 0; id < tape->value_count; id++)
        learns[id] = learns[id] && leads[id];
    return learns;
}

#endif
