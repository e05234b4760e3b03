/* A recorded training step that is run again with other numbers: the same steps, by the same primitives, in an order
 * and with places for the numbers that make them cheap. Nobody looks at them; where somebody does, it is recorded. */
#ifndef TINY_MODEL_REPEAT_H
#define TINY_MODEL_REPEAT_H

#include "tape.h"

/* Steps that one thread runs in one go. */
typedef struct {
    int first, end;       /* first <= i < end */
    int needs;            /* so many stints from the first on must be finished before */
} Stint;

/* What one thread runs in one go: steps of a group, or those that add up what the group made for many. */
typedef struct {
    Stint stint;        /* of the order */
    int group;
    bool adds;
} Lot;

struct Repeat {
    int recording;      /* tape.recordings of a whole training step; 0: there is none */
    Extent whole;       /* of its forward and backward phases */
    int planned;        /* the recording that the rest is of */
    int threads;        /* how many shall run it */
    int *order;         /* [whole.steps] step ids */
    Lot *lots;          /* [lot_count] of it */
    int lot_count;
    int rooms;          /* a group has the same one as the group so many before it */
    int *inputs;        /* of all steps and calls, side by side */
    double *numbers;    /* those of values that are read no more make room for others */
    Arena arena;        /* of what every training step asks for anew */
};

/* Finds the order and the places for what stands on the tape, up to `whole`. Two kinds of values are read later: the
 * gradients of parameters, and the one called `kept`.
 *   threads  that will run it: with more than one, each of several examples has room of its own while it is run
 *   memory   repeat_free; the values on the tape have other places than before, whose numbers are gone
 *   errors   false if out of memory; then nothing has changed */
bool repeat_plan(Repeat *repeat, Tape *tape, int kept, int threads);

/* The first half of it: order, lots and rooms. The rest must be empty. Errors as above; what is there may be freed. */
bool repeat_order(Repeat *repeat, const Tape *tape, int threads);

/* Runs the steps, by the tape's computer if there are several threads. */
void repeat_steps(const Repeat *repeat, Tape *tape);

/* Runs steps[order[0 .. count-1]], one after the other. */
void repeat_some(const Tape *tape, const int *order, int count);

void repeat_free(Repeat *repeat);

#endif
