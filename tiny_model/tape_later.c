/* Recorded now, computed later; see tape.h. The shapes of a training step do not hang on its numbers, so all of it
 * can be written down first. Then a step has to wait only for those that made its inputs: others may compute it side
 * by side with what it does not need, and every bit is the same. */
#include "tape.h"

void tape_compute(Tape *tape)
{
    if (tape->computer.compute && !tape->dry)
        tape->computer.compute(tape->computer.context, tape, tape->computed, tape->step_count);
    tape->computed = tape->step_count;
}

const double *tape_numbers(Tape *tape, int value)
{
    if (tape->known) /* they have not been computed yet */
        tape_give_up(tape);
    tape_compute(tape);
    return tape->values[value].data;
}
