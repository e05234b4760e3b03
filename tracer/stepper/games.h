/* Two games. Find the bug: a mistake that is not named is planted, the learner says at which step.
 * Predict first: the result of a step is hidden until it has been guessed. */
#ifndef TRACER_STEPPER_GAMES_H
#define TRACER_STEPPER_GAMES_H

#include "keys.h"

/* What stands in its place. */
#define HIDDEN_RESULT "The result is hidden. Guess the selected cell: i, then a number (to a tenth of it), its sign + or -, or largest. :reveal shows it."

/* True if the result of this step waits for a guess. */
bool result_hidden(const State *state);

/* True if differences from the run beside may be shown: none is hunted. */
bool beside_shown(const State *state);

/* Counts a step that was looked at; `from` is the step before the key. */
void games_count(State *state, int from);

/* What was guessed, hunted and found, in lines; nothing if nothing was. */
void games_summary(const State *state, Text *out);

void guess_key(State *state, int code);
bool command_bug(State *state, const char *words);
bool command_found(State *state, const char *words);
bool command_predict(State *state, const char *words);
bool command_guess(State *state, const char *words);
bool command_reveal(State *state, const char *words);

#endif
