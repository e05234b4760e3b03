/* How things are shown, as `:set NAME VALUE` says; one table with every setting. */
#ifndef TRACER_VIEWS_SETTINGS_H
#define TRACER_VIEWS_SETTINGS_H

#include "tracer/base/text.h"

typedef struct {
    int digits;              /* decimals */
    double delta;            /* what + adds */
    bool ascii;
    bool sequential;         /* colours tell the size alone */
    int cost;                /* what stands at the right of the tree: 1 + a column of costs; 0: none of them */
    bool mouse;              /* clicks are ours, and no longer the terminal's selection */
    bool no_hints;           /* the keys are not told at the bottom */
    bool no_welcome;         /* the first screen says nothing to newcomers */
} Settings;

typedef struct {
    const char *name, *values;                              /* "delta", "a number above 0" */
    bool (*set)(Settings *settings, const char *word);      /* false: not one of its values */
    void (*write)(const Settings *settings, char out[NUMBER_SIZE]);
    const char *const *choices;                             /* ended by NULL; NULL: a number */
} Setting;

extern const Setting SETTINGS[];
extern const int SETTING_COUNT;

#endif
