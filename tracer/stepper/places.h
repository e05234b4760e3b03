/* Places that the learner comes back to: marks with a letter, and the history of jumps; and the
 * view as a file. */
#ifndef TRACER_STEPPER_PLACES_H
#define TRACER_STEPPER_PLACES_H

#include "keys.h"

/* Remembers the place that a jump left, unless the jump was one in the history itself; `at` was
 * the state's jumps.at before it. */
void history_keep(State *state, Place from, int at);

/* Goes to a letter's mark or sets it; what `m` and `'` do with the key behind them. */
void letter_typed(State *state, int code);

void letter_key(State *state, int code);
void history_key(State *state, int code);
void write_key(State *state, int code);
bool command_mark(State *state, const char *words);
bool command_jump(State *state, const char *words);
bool command_write(State *state, const char *words);

/* Writes the file that was asked for: the screen of that size as text, or the step as a picture;
 * what came of it becomes the message. Nothing if none was asked for. */
void view_write(State *state, int rows, int cols);

#endif
