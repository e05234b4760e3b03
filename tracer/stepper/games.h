/* Two games. Find the bug: a mistake that is not named is planted, the learner says at which step.
 * Predict first: the result of a step is hidden until it has been guessed. */
#ifndef TRACER_STEPPER_GAMES_H
#define TRACER_STEPPER_GAMES_H

#include "keys.h"

/* True if the number of a cell is not to be told yet: it waits for a guess. */
bool cell_hidden(const State *state, Reference cell);

/* The same of the selected cell of this step's result. */
bool result_hidden(const State *state);

/* What stands in its place, into out[size]. */
const char *hidden_text(const State *state, char *out, size_t size);

/* True if differences from the run beside may be shown: none is hunted. */
bool beside_shown(const State *state);

/* Why a value may not be shown in both runs, side by side; NULL: it may. */
const char *facing_refused(const State *state);

/* In a hunt the checks of a frame would tell the place: they are hidden until they are asked for,
 * which counts as looking at the steps that they look at. */
bool checks_hidden(const State *state);                     /* those at the position */
bool frame_checks_hidden(const State *state, int frame);
int steps_to_check(const State *state);
void games_check(State *state);                             /* asks for them */

/* `c` has gone from a step to the position: with a breakpoint on invariants it checked all between. */
void games_passed(State *state, int from);

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
