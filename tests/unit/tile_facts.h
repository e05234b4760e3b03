/* Where a tape may hold -inf: behind masks, and in the tiles of attention. */
#ifndef TESTS_UNIT_TILE_FACTS_H
#define TESTS_UNIT_TILE_FACTS_H

#include "support.h"

#include "tiny_model/primitives/families.h"
#include "tiny_model/rules/rule.h"

#include <math.h>

/* What a mask makes, and what softmax makes of that first. */
static inline bool is_masked(const Tape *tape, int id)
{
    int step = tape_value(tape, id)->producer;
    if (step >= 0 && tape->steps[step].primitive == &SUB_COL)
        step = tape_value(tape, tape->steps[step].inputs[0])->producer;
    if (step < 0 || tape->steps[step].phase != PHASE_FORWARD)
        return false;
    bool hides_keys = tape->frames[tape->steps[step].frame].rule == &HIDDEN_KEYS && tape->steps[step].primitive == &CHOOSE;
    return tape->steps[step].primitive == &CAUSAL_MASK || hides_keys;
}

/* In tiles -inf also stands for a query that has seen nothing yet. */
static inline bool is_of_a_tile(const Tape *tape, int id)
{
    int step = tape_value(tape, id)->producer;
    for (int frame = step < 0 ? -1 : tape->steps[step].frame; frame >= 0; frame = tape->frames[frame].parent)
        if (tape->frames[frame].rule == &FLASH)
            return true;
    return false;
}

static inline int expect_tile_finite(const Session *session, int id)
{
    const Value *value = tape_value(&session->run.tape, id);
    int unseen = 0;
    for (size_t i = 0; i < cells_of(value); i++) {
        EXPECT(isfinite(value->data[i]) || value->data[i] == -INFINITY, "%s holds %g", name_of(&session->names, id), value->data[i]);
        bool masked = is_masked(&session->run.tape, id);
        unseen += masked && isinf(value->data[i]);
    }
    return unseen;
}

#endif
