/* Settings that survive: `:set NAME VALUE`, and the file that keeps them. */
#ifndef TRACER_STEPPER_SETTINGS_H
#define TRACER_STEPPER_SETTINGS_H

#include "state.h"

typedef struct {
    const char *name, *values;                        /* "delta", "a number above 0" */
    bool (*set)(State *state, const char *word);      /* false: not one of its values */
    void (*write)(const State *state, char out[NUMBER_SIZE]);
    const char *const *choices;                       /* ended by NULL; NULL: a number */
} Setting;

extern const Setting SETTINGS[];
extern const int SETTING_COUNT;

/* $XDG_CONFIG_HOME/tracer/settings, else below $HOME/.config: one "NAME VALUE" a line, # begins a
 * comment. What cannot be read in it is left out, with one message; a file that is not there is
 * none. */
void settings_load(State *state);

/* Writes the file, its directory too, if a setting was changed since; complains if it cannot. */
void settings_save(State *state);

#endif
