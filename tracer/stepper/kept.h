/* What the learner keeps while stepping: breakpoints, watched cells, the edits of a fork, a
 * planted mistake, the training step. Each command says what went wrong and then changes nothing. */
#ifndef TRACER_STEPPER_KEPT_H
#define TRACER_STEPPER_KEPT_H

#include "keys.h"
#include "tracer/views/notebook.h"

/* The cell that a key acts on: in the cell pane the marked one of the chosen term, else the
 * selected one. False, and complains, if there is none. */
bool pointed_cell(State *state, Reference *out);

/* Its name and place; false, and complains, if the name is too long. */
bool keep_cell(State *state, Reference cell, KeptCell *out);

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

bool command_patch(State *state, const char *words); /* check_keys.c */

bool command_set(State *state, const char *words); /* typed_commands.c */

#endif
