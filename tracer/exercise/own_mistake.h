/* A mistake that an exercise brings along, written in its text: edits of steps, as those of the program's own table. */
#ifndef TRACER_EXERCISE_OWN_MISTAKE_H
#define TRACER_EXERCISE_OWN_MISTAKE_H

#include "tiny_model/error.h"
#include "tiny_model/mistakes.h"

/* One edit out of words, in place:
 *   KIND [OPERAND] [rule NAME] [frame PATTERN] [label PATTERN] [phase forward|backward|update] [on PRIMITIVE] [input N]
 * KIND is skip, swap, transpose, axis, twice; scale, constant, offset with a number; replace, then with a primitive
 * (then: and a number behind it); take with the name of a value beside.
 *   memory  the edit points into `words`
 *   errors  what means nothing is named */
bool own_edit(char *words, Edit *out, Error *error);

#endif
