/* What is typed: the search, the command line and the filter of the menu; typed_commands.c runs it. */
#include "complete.h"
#include "keys.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <stdio.h>
#include <string.h>

static void open_mode(State *state, Mode mode)
{
    state->mode = mode;
    memset(state->input, 0, sizeof state->input);
    state->choice = state->line_at = 0;
    state->offering = false;
}

void open_search(State *state, int code)
{
    (void)code;
    open_mode(state, MODE_SEARCH);
}

void open_command(State *state, int code)
{
    (void)code;
    open_mode(state, MODE_COMMAND);
}

void open_menu(State *state, int code)
{
    (void)code;
    open_mode(state, MODE_MENU);
}

static void run_choice(State *state)
{
    const Key *key = menu_key(state, state->choice);
    if (!key) {
        state_complain(state, "no key has \"%s\" in its help", state->input);
        return;
    }
    state->mode = MODE_WALK;
    memset(state->input, 0, sizeof state->input);
    key_here(state, key)->run(state, key->code);
}

/* The line becomes the first of those that Up fetches. */
static void keep_line(State *state, const char *line)
{
    if (!*line || (state->line_count && strcmp(state->lines[0], line) == 0))
        return;
    state->line_count += state->line_count < MOST_TYPED;
    memmove(state->lines[1], state->lines[0], (size_t)(state->line_count - 1) * sizeof state->lines[0]);
    memcpy(state->lines[0], line, sizeof state->lines[0]);
}

static void fetch_line(State *state, int code)
{
    int to = state->line_at + (code == KEY_IS_UP ? 1 : -1);
    if (to < 0 || to > state->line_count)
        return;
    state->line_at = to;
    memset(state->input, 0, sizeof state->input);
    if (to)
        memcpy(state->input, state->lines[to - 1], sizeof state->input);
}

/* Goes on with the line; where there are several ways, shows them. */
static void complete_input(State *state)
{
    Offers offers;
    complete(state, state->input, &offers);
    complete_line(&offers, state->input, sizeof state->input);
    state->offering = offers.count > 1;
}

static void accept(State *state)
{
    if (state->mode == MODE_MENU) {
        run_choice(state);
        return;
    }
    Mode mode = state->mode;
    char typed[INPUT_SIZE];
    memcpy(typed, state->input, sizeof typed);
    open_mode(state, MODE_WALK);
    if (mode == MODE_SEARCH)
        command_search(state, typed);
    else {
        keep_line(state, typed);
        command_run(state, typed);
    }
}

/* Adds a character as UTF-8; what does not fit is refused. */
static void type(State *state, int point)
{
    char bytes[4];
    int count = utf8_encode((unsigned)point, bytes);
    size_t used = strlen(state->input);
    if (used + (size_t)count < sizeof state->input)
        memcpy(state->input + used, bytes, (size_t)count);
    state->choice = 0;
}

/* Takes the last character away; with nothing left the prompt closes. */
static void untype(State *state)
{
    size_t used = strlen(state->input);
    if (used == 0)
        open_mode(state, MODE_WALK);
    while (used > 0 && ((unsigned char)state->input[used - 1] & 0xc0) == 0x80)
        state->input[--used] = '\0';
    if (used > 0)
        state->input[used - 1] = '\0';
    state->choice = 0;
}

void prompt_key(State *state, int code)
{
    bool menu = state->mode == MODE_MENU;
    if (code == KEY_IS_ESCAPE || (menu && code == 'q' && !*state->input))
        open_mode(state, MODE_WALK);
    else if (code == KEY_IS_ENTER)
        accept(state);
    else if (code == KEY_IS_BACKSPACE)
        untype(state);
    else if (menu && code == KEY_IS_UP)
        state->choice -= state->choice > 0;
    else if (menu && code == KEY_IS_DOWN)
        state->choice += state->choice + 1 < menu_count(state);
    else if (state->mode == MODE_COMMAND && code == KEY_IS_TAB)
        complete_input(state);
    else if (state->mode == MODE_COMMAND && (code == KEY_IS_UP || code == KEY_IS_DOWN))
        fetch_line(state, code);
    else if (code >= 0x20 && code < 0x110000 && code != 0x7f && !(code >= 0xd800 && code < 0xe000))
        type(state, code);
}
