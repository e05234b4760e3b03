/* What the files of the tape share with each other and with nobody else: tape.c records, tape_frames.c
 * opens and closes frames, tape_names.c puts names together, tape_axes.c says what rows and columns stand for,
 * tape_known.c goes over what is recorded already. */
#ifndef TINY_MODEL_TAPE_PARTS_H
#define TINY_MODEL_TAPE_PARTS_H

#include "tape.h"

/* The array with room for one more element of `size` bytes behind its `count` ones.
 *   errors  out of memory and the limit leave through tape_attempt */
void *tape_grown(Tape *tape, void *array, int count, int *capacity, size_t size);

/* A piece of the arena. Errors as above. */
void *tape_piece(Tape *tape, size_t bytes);

/* What every tape begins with: no axis, and the code points. */
void axes_begin(Tape *tape);

/* Puts the given numbers of a value in their place, if it is one of those that are given. */
void givens_put(const Tape *tape, int value);

/* Moves the cells of a value that are nudged. */
void nudge_apply(const Tape *tape, int value);

/* Where tape->known is set, in the place of appending: the next leaf, step, frame or call, which must be the same.
 *   returns  its id; the leaf has the numbers of the new one
 *   errors   one that is another leaves through tape_attempt */
int known_leaf(Tape *tape, const Value *leaf);
int known_step(Tape *tape, const Primitive *primitive, const int *inputs, int count, const Attributes *attributes);
int known_frame(Tape *tape, const char *name, int index, const Rule *rule);
void known_call(Tape *tape, const Call *call);

/* On a dry tape: CHECKs that no other value has the name of this one. */
void name_once(Tape *tape, int value);
void names_seen_free(Tape *tape);

#endif
