/* The file that keeps the settings. */
#ifndef TRACER_STEPPER_SETTINGS_FILE_H
#define TRACER_STEPPER_SETTINGS_FILE_H

#include "state.h"

/* $XDG_CONFIG_HOME/tracer/settings, else below $HOME/.config: one "NAME VALUE" a line, # begins a
 * comment. What cannot be read in it is left out, with one message; a file that is not there is
 * none. */
void settings_load(State *state);

/* Writes the file, its directory too, if a setting was changed since; complains if it cannot. */
void settings_save(State *state);

#endif
