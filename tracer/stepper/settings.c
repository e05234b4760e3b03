/* The settings; see settings.h. */
#include "settings.h"

#include "kept.h"

#include <stdio.h>
#include <string.h>

/* Puts the index of the word into *out. */
static bool choice(const char *word, const char *const words[], bool *out)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = i == 1;
            return true;
        }
    return false;
}

static const char *const OFF_ON[] = {"off", "on", NULL}, *const ON_OFF[] = {"on", "off", NULL};
static const char *const COLOURS[] = {"diverging", "sequential", NULL};

static bool set_digits(State *state, const char *word)
{
    long digits;
    bool right = parse_integer(word, 0, MOST_DIGITS, &digits);
    if (right)
        state->digits = (int)digits;
    return right;
}

static bool set_delta(State *state, const char *word)
{
    double delta;
    bool right = parse_number(word, &delta) && delta > 0;
    if (right)
        state->delta = delta;
    return right;
}

static bool set_ascii(State *state, const char *word)
{
    return choice(word, OFF_ON, &state->ascii);
}

static bool set_colours(State *state, const char *word)
{
    return choice(word, COLOURS, &state->sequential);
}

static bool set_mouse(State *state, const char *word)
{
    return choice(word, OFF_ON, &state->mouse);
}

static bool set_hints(State *state, const char *word)
{
    return choice(word, ON_OFF, &state->no_hints);
}

static bool set_welcome(State *state, const char *word)
{
    return choice(word, ON_OFF, &state->no_welcome);
}

static void write_digits(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%d", state->digits);
}

static void write_delta(const State *state, char out[NUMBER_SIZE])
{
    number_exact(out, state->delta);
}

static void write_ascii(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", OFF_ON[state->ascii]);
}

static void write_colours(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", COLOURS[state->sequential]);
}

static void write_mouse(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", OFF_ON[state->mouse]);
}

static void write_hints(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", ON_OFF[state->no_hints]);
}

static void write_welcome(const State *state, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", ON_OFF[state->no_welcome]);
}

const Setting SETTINGS[] = {
    {"digits", "a number from 0 to 12", set_digits, write_digits, NULL},
    {"delta", "a number above 0, what + adds", set_delta, write_delta, NULL},
    {"ascii", "on or off", set_ascii, write_ascii, OFF_ON},
    {"colours", "diverging or sequential", set_colours, write_colours, COLOURS},
    {"mouse", "on or off: click, double click, wheel; Shift held selects text as before", set_mouse, write_mouse, OFF_ON},
    {"hints", "on or off: the keys in the last row", set_hints, write_hints, ON_OFF},
    {"welcome", "on or off: a line for newcomers on the first screen", set_welcome, write_welcome, ON_OFF},
};
const int SETTING_COUNT = sizeof SETTINGS / sizeof *SETTINGS;

bool command_set(State *state, const char *words)
{
    size_t length = strcspn(words, " ");
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strlen(SETTINGS[i].name) != length || strncmp(SETTINGS[i].name, words, length) != 0)
            continue;
        const char *word = words + length + strspn(words + length, " ");
        if (SETTINGS[i].set(state, word)) {
            state->settings_changed = true;
            state_say(state, "%s: %.60s", SETTINGS[i].name, word);
        } else
            state_complain(state, "%s is %s, not \"%.60s\"", SETTINGS[i].name, SETTINGS[i].values, word);
        return true;
    }
    return false;
}
