/* The settings; see settings.h. */
#include "settings.h"

#include "tracer/query/cost.h"

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

/* The second of two words is "true"; hints and welcome are kept as what is left out, so that a state
 * of zeros has them. */
static const char *const OFF_ON[] = {"off", "on", NULL}, *const ON_OFF[] = {"on", "off", NULL};
static const char *const COLOURS[] = {"diverging", "sequential", NULL};

static bool set_digits(Settings *settings, const char *word)
{
    long digits;
    bool right = parse_integer(word, 0, MOST_DIGITS, &digits);
    if (right)
        settings->digits = (int)digits;
    return right;
}

static bool set_delta(Settings *settings, const char *word)
{
    double delta;
    bool right = parse_number(word, &delta) && delta > 0;
    if (right)
        settings->delta = delta;
    return right;
}

static bool set_ascii(Settings *settings, const char *word)
{
    return choice(word, OFF_ON, &settings->ascii);
}

static bool set_colours(Settings *settings, const char *word)
{
    return choice(word, COLOURS, &settings->sequential);
}

static bool set_mouse(Settings *settings, const char *word)
{
    return choice(word, OFF_ON, &settings->mouse);
}

static bool set_hints(Settings *settings, const char *word)
{
    return choice(word, ON_OFF, &settings->no_hints);
}

static bool set_welcome(Settings *settings, const char *word)
{
    return choice(word, ON_OFF, &settings->no_welcome);
}

static bool set_cost(Settings *settings, const char *word)
{
    for (int i = 0; COST_CHOICES[i]; i++)
        if (strcmp(word, COST_CHOICES[i]) == 0) {
            settings->cost = i;
            return true;
        }
    return false;
}

static void write_digits(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%d", settings->digits);
}

static void write_delta(const Settings *settings, char out[NUMBER_SIZE])
{
    number_exact(out, settings->delta);
}

static void write_ascii(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", OFF_ON[settings->ascii]);
}

static void write_colours(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", COLOURS[settings->sequential]);
}

static void write_mouse(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", OFF_ON[settings->mouse]);
}

static void write_hints(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", ON_OFF[settings->no_hints]);
}

static void write_welcome(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", ON_OFF[settings->no_welcome]);
}

static void write_cost(const Settings *settings, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%s", COST_CHOICES[settings->cost]);
}

const Setting SETTINGS[] = {
    {"digits", "a number from 0 to 12", set_digits, write_digits, NULL},
    {"delta", "a number above 0, what + adds", set_delta, write_delta, NULL},
    {"ascii", "on or off", set_ascii, write_ascii, OFF_ON},
    {"colours", "diverging or sequential", set_colours, write_colours, COLOURS},
    {"mouse", "on or off: click, double click, wheel; Shift held selects text as before", set_mouse, write_mouse,
     OFF_ON},
    {"hints", "on or off: the keys in the last row", set_hints, write_hints, ON_OFF},
    {"welcome", "on or off: a line for newcomers on the first screen", set_welcome, write_welcome, ON_OFF},
    {"cost", "off, flops, multiply_adds, tape_bytes ...: a column in the tree", set_cost,
     write_cost, COST_CHOICES},
};
const int SETTING_COUNT = sizeof SETTINGS / sizeof *SETTINGS;
