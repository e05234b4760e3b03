/* What the menu lists; see key_help.h. */
#include "key_help.h"

#include "tracer/session/short_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Ten keys are enough for the first hour; the last line leads to the others. */
static const struct {
    int code;
    const char *key, *name, *help;
} BEGINNING[] = {
    {'n', "n N", "on, back", "the next operation that is new, with a sentence about it; N goes back"},
    {KEY_IS_DOWN, "arrows", "cell", "choose a cell of the result"},
    {KEY_IS_ENTER, "Enter", "why", "why is it what it is? again: to where the marked term comes from"},
    {KEY_IS_BACKSPACE, "Backspace", "return", "back to where that was asked"},
    {'s', "s S", "into", "to the very next step, into what n steps over; S goes back"},
    {'c', "c C", "phase", "to the next phase: forward, backward, update; C goes back"},
    {'t', "t T", "tutorial", "what the tutorial says about this step; T goes back"},
    {'a', "a", "map", "the whole training step at a glance"},
    {':', ":", "command", "go to a name; :tour attention shows around"},
    {'q', "q", "quit", "closes what is open, then leaves"},
    {'?', "?", "all keys", "every key, command and setting; or type what you look for"},
};
enum { BEGINNING_COUNT = sizeof BEGINNING / sizeof *BEGINNING };

/* True if the words have the filter in them, in whatever case. */
static bool has(const char *words, const char *filter)
{
    size_t length = strlen(filter);
    for (; words && *words; words++) {
        size_t same = 0;
        while (same < length && tolower((unsigned char)words[same]) == tolower((unsigned char)filter[same]))
            same++;
        if (same == length)
            return true;
    }
    return words && length == 0;
}

/* The first key with that code that does it in the present pane. */
static const Key *key_with(const ViewState *state, int code)
{
    for (int i = 0; i < state->key_count; i++)
        if (state->keys[i].code == code && state->keys[i].command)
            return &state->keys[i];
    return NULL;
}

static bool beginning_item(const ViewState *state, int n, MenuItem *out)
{
    if (n >= BEGINNING_COUNT)
        return false;
    *out = (MenuItem){.name = BEGINNING[n].name, .help = BEGINNING[n].help,
                      .does = key_with(state, BEGINNING[n].code)};
    snprintf(out->key, sizeof out->key, "%s", BEGINNING[n].key);
    return true;
}

/* The name is found again by whoever wants it: the line is its text. */
static bool name_item(const ViewState *state, int n, MenuItem *out)
{
    int meant[MOST_MEANT], fits;
    const Names *names = &state->session->names;
    char name[INPUT_SIZE];
    size_t length = strcspn(state->prompt.asked, "[");
    snprintf(name, sizeof name, "%.*s", (int)length, state->prompt.asked);
    int count = short_name_meant(names, name, state_step(state)->frame, meant, &fits);
    for (int i = 0; i < count; i++)
        if (has(name_of(names, meant[i]), state->prompt.input) && n-- == 0) {
            const Value *value = tape_value(names->tape, meant[i]);
            *out = (MenuItem){.name = "", .help = name_of(names, meant[i]), .runs = true};
            snprintf(out->key, sizeof out->key, "%d x %d", value->rows, value->cols);
            snprintf(out->line, sizeof out->line, "%s%s", name_of(names, meant[i]), state->prompt.asked + length);
            return true;
        }
    return false;
}

/* Names that have the filter in them stand before help that has. */
typedef enum { BY_NAME, BY_HELP } Found;

static bool is_found(Found by, bool name, bool help)
{
    return by == BY_NAME ? name : help && !name;
}

static bool key_item(const Key *key, const char *filter, Found by, MenuItem *out)
{
    char text[16];
    key_text(key->code, text);
    if (!key->command || !is_found(by, has(key->command, filter) || has(key->hint, filter) || strcmp(text, filter) == 0,
                                   has(key->help, filter)))
        return false;
    *out = (MenuItem){.name = key->command, .help = key->help, .does = key};
    snprintf(out->key, sizeof out->key, "%s", text);
    return true;
}

static bool typed_item(const TypedCommand *typed, const char *filter, Found by, MenuItem *out)
{
    if (strlen(typed->name) < 2 || !is_found(by, has(typed->name, filter), has(typed->usage, filter)))
        return false;
    *out = (MenuItem){.key = ":", .name = typed->name, .help = typed->usage};
    snprintf(out->line, sizeof out->line, "%s ", typed->name);
    return true;
}

static bool setting_item(const Setting *setting, const char *filter, Found by, MenuItem *out)
{
    if (!is_found(by, has(setting->name, filter), has(setting->values, filter)))
        return false;
    *out = (MenuItem){.key = ":set", .name = setting->name, .help = setting->values};
    snprintf(out->line, sizeof out->line, "set %s ", setting->name);
    return true;
}

bool menu_item(const ViewState *state, int n, MenuItem *out)
{
    const char *filter = state->prompt.input;
    if (*state->prompt.asked)
        return name_item(state, n, out);
    if (!*filter && !state->prompt.all)
        return beginning_item(state, n, out);
    for (Found by = BY_NAME; by <= BY_HELP; by++) {
        for (int i = 0; i < state->key_count; i++)
            if (key_item(&state->keys[i], filter, by, out) && n-- == 0)
                return true;
        for (int i = 0; i < state->typed_count; i++)
            if (typed_item(&state->typed[i], filter, by, out) && n-- == 0)
                return true;
        for (int i = 0; i < SETTING_COUNT; i++)
            if (setting_item(&SETTINGS[i], filter, by, out) && n-- == 0)
                return true;
    }
    return false;
}

int menu_count(const ViewState *state)
{
    MenuItem item;
    int count = 0;
    while (menu_item(state, count, &item))
        count++;
    return count;
}
