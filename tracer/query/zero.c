/* Zeros that are meant; see zero.h. */
#include "zero.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

/* Why a gradient is 0 that nobody would expect to be: A of an adapter whose B is 0 yet. */
const char *about_zero(const Tape *tape, int value)
{
    int base = tape_value(tape, value)->name.base;
    for (int i = 0; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        if (call->rule != &LORA || base != call->inputs[LORA_A] || tape_value(tape, base)->gradient != value)
            continue;
        const Value *b = tape_value(tape, call->inputs[LORA_B]);
        for (size_t cell = 0; cell < cells_of(b); cell++)
            if (b->data[cell] != 0)
                return NULL;
        return "exactly: B is still 0, so nothing comes back to A through it; B learns first, A from the next step on";
    }
    return NULL;
}
