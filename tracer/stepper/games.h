/* Two games. Find the bug: a mistake that is not named is planted, the learner says at which step.
 * Predict first: the result of a step is hidden until it has been guessed. */
#ifndef TRACER_STEPPER_GAMES_H
#define TRACER_STEPPER_GAMES_H

#include "keys.h"

/* Asks for the checks at the position, which a hunt hides (hiding.h). */
void games_check(State *state);

/* `c` has gone from a step to the position: with a breakpoint on invariants it checked all between. */
void games_passed(State *state, int from);

/* Counts a step that was looked at; `from` is the step before the key. */
void games_count(State *state, int from);

void guess_key(State *state, int code);
bool command_bug(State *state, const char *words);
bool command_found(State *state, const char *words);
bool command_predict(State *state, const char *words);
bool command_guess(State *state, const char *words);
bool command_reveal(State *state, const char *words);

#endif
