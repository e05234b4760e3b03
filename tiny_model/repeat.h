/* A recorded training step that is run again with other numbers: the same steps, by the same primitives, in an order
 * and with places for the numbers that make them cheap. Nobody looks at them; where somebody does, it is recorded. */
#ifndef TINY_MODEL_REPEAT_H
#define TINY_MODEL_REPEAT_H

#include "tape.h"

typedef struct {
    int recording;      /* tape.recordings of a whole training step; 0: there is none */
    Extent whole;       /* of its forward and backward phases */
    int planned;        /* the recording that the rest is of */
    int *order;         /* [whole.steps] step ids; NULL: left to who computes later, every number has its own place */
    int *inputs;        /* of all steps and calls, side by side */
    double *numbers;    /* those of values that are read no more make room for others */
    Arena arena;        /* of what every training step asks for anew */
} Repeat;

/* Finds the order and the places for what stands on the tape, up to `whole`. Two kinds of values are read later: the
 * gradients of parameters, and the one called `kept`.
 *   later    somebody computes later: no order and no places
 *   memory   repeat_free; the values on the tape have other places than before, whose numbers are gone
 *   errors   false if out of memory; then nothing has changed */
bool repeat_plan(Repeat *repeat, Tape *tape, int kept, bool later);

/* Runs the steps. */
void repeat_steps(const Repeat *repeat, Tape *tape);

void repeat_free(Repeat *repeat);

#endif
