/* What can be pressed and typed, as views tell it: in the footer, in the menu, while a line is completed.
 * What a key does is known to the stepper alone. */
#ifndef TRACER_VIEWS_KEY_HELP_H
#define TRACER_VIEWS_KEY_HELP_H

#include "view_state.h"

struct State; /* the stepper's */

/* Keys that are no characters, behind the last code point. */
enum {
    KEY_IS_UP = 0x110000, KEY_IS_DOWN, KEY_IS_LEFT, KEY_IS_RIGHT, KEY_IS_HOME, KEY_IS_END, KEY_IS_PAGE_UP,
    KEY_IS_PAGE_DOWN, KEY_IS_ENTER, KEY_IS_TAB, KEY_IS_ESCAPE, KEY_IS_BACKSPACE, KEY_IS_ZI
};

typedef struct Key {
    int code;
    const char *command;  /* "next": in plain mode and behind `:`; NULL: another key's, told there */
    Pane pane;            /* where it means this */
    const char *hint;     /* in the footer; NULL: not there */
    const char *help;
    void (*run)(struct State *state, int code);
} Key;

/* Commands that no key has; each gets the words behind its name and says if they are right. What it
 * takes is for completion, see complete.c. */
typedef struct TypedCommand {
    const char *name, *usage;
    bool (*run)(struct State *state, const char *words);
    const char *takes;
} TypedCommand;

/* "n", "<Enter>": as key scripts write it, into out[16]. */
char *key_text(int code, char out[16]);

/* Takes the first key of a script and moves *script behind it; 0 at its end, -1 if it is an
 * unknown <Name>, and *script stays. */
int key_parse(const char **script);

/* A line of the menu: a key, a command or setting to be typed, or one of several names. */
typedef struct {
    char key[16];
    const char *name, *help;
    const Key *does;         /* what it does, or NULL: */
    char line[INPUT_SIZE];   /* what is typed for it behind `:`, */
    bool runs;               /* all of it: it is run */
} MenuItem;

/* The n-th line of the menu, false if there are not so many; how many there are. Without anything typed the keys to
 * begin with; with all of them, or those keys, commands and settings that have what is typed in name or help. */
bool menu_item(const ViewState *state, int n, MenuItem *out);
int menu_count(const ViewState *state);

#endif
