/* What the learner keeps while stepping: breakpoints, watched cells, the edits of a fork, a
 * planted mistake, the training step. Each command says what went wrong and then changes nothing. */
#ifndef TRACER_STEPPER_KEPT_H
#define TRACER_STEPPER_KEPT_H

#include "keys.h"

/* The cell that a key acts on: in the cell pane the marked one of the chosen term, else the
 * selected one. False, and complains, if there is none. */
bool pointed_cell(State *state, Reference *out);

/* The cell on the tape that is shown; value -1 if that tape has none of that name. */
Reference kept_cell(const State *state, const KeptCell *cell);
bool keep_cell(State *state, Reference cell, KeptCell *out);

/* NAME[r,c] as it is kept, into text[size]. */
const char *kept_text(const KeptCell *cell, char *text, size_t size);

/* The number of the first breakpoint that holds at a step, or -1. */
int break_at(const State *state, int step);

/* True if the breakpoint is a place on the tape and a step from first to last is there. */
bool break_within(const State *state, int first, int last);

/* Where `c` and `C` go: to a breakpoint, -1 if there is none in that direction. */
int next_break(const State *state);
int previous_break(const State *state);

/* True if the step makes or reads a watched value. */
bool watch_touched(const State *state, int step);

/* The last step up to the position, or the first behind it, that makes or reads a value; -1. */
int touched_before(const State *state, int value);
int touched_after(const State *state, int value);

/* The keys, and the commands with the words behind their name; false if those are not right. */
void break_key(State *state, int code);
void watch_key(State *state, int code);
bool command_break(State *state, const char *words);
bool command_delete(State *state, const char *words);
bool command_watch(State *state, const char *words);
bool command_unwatch(State *state, const char *words);

/* Plants a mistake beside the truth and shows it; false, and complains, if it cannot. */
bool plant(State *state, const Mistake *mistake);

void nudge_key(State *state, int code);      /* forks.c */
void set_key(State *state, int code);
void drop_key(State *state, int code);
bool command_nudge(State *state, const char *words);
bool command_set_cell(State *state, const char *words);

void side_key(State *state, int code);       /* runs.c */
void face_key(State *state, int code);
void training_key(State *state, int code);
bool command_mistake(State *state, const char *words);
bool command_truth(State *state, const char *words);
bool command_compare(State *state, const char *words);
bool command_training(State *state, const char *words);

bool command_set(State *state, const char *words); /* settings.c */

/* The edits as a command line that does the same. */
void edits_command(const State *state, Text *out);

#endif
