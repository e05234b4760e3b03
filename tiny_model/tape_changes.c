/* Numbers that are put in the place of those that were recorded, or moved a little; see tape.h. */
#include "tape_parts.h"

#include <string.h>

/* Could a value with this name be the given one? Told from the last piece; cheap. */
static bool ends_alike(const Name *name, const char *given)
{
    size_t length = strlen(given), last = strlen(name->local);
    return name->from >= 0 || name->repeat || (last <= length && memcmp(given + length - last, name->local, last) == 0);
}

void givens_put(const Tape *tape, int id)
{
    const Value *value = &tape->values[id];
    for (int i = 0; i < tape->given_count && value->data; i++) {
        const Given *given = &tape->givens[i];
        char name[512];
        if (given->rows != value->rows || given->cols != value->cols || !ends_alike(&value->name, given->name))
            continue;
        tape_name(tape, id, name, sizeof name);
        if (strcmp(name, given->name) == 0)
            memcpy(value->data, given->data, (size_t)value->rows * (size_t)value->cols * sizeof(double));
    }
}

void nudge_apply(const Tape *tape, int id)
{
    const Value *value = &tape->values[id];
    for (int i = 0; i < tape->nudge_count; i++) {
        const Nudge *change = &tape->nudges[i];
        if (change->value != id)
            continue;
        double *cell = &value->data[(size_t)change->row * (size_t)value->cols + (size_t)change->col];
        *cell = change->absolute ? change->amount : *cell + change->amount;
    }
}
