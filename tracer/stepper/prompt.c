/* What is typed: the search, the command line and the filter of the menu; typed_commands.c runs it. */
#include "keys.h"
#include "tiny_model/tokenizer/tokenizer.h"
#include "tracer/views/complete.h"

#include <string.h>

static void open_mode(State *state, Mode mode)
{
    state->view.prompt.mode = mode;
    memset(state->view.prompt.input, 0, sizeof state->view.prompt.input);
    state->view.prompt.choice = state->typed.at = 0;
    state->view.prompt.offering = state->view.prompt.all = false;
    memset(state->view.prompt.asked, 0, sizeof state->view.prompt.asked);
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
    MenuItem item;
    if (!menu_item(&state->view, state->view.prompt.choice, &item)) {
        state_complain(state, "nothing has \"%s\" in its name or help", state->view.prompt.input);
        return;
    }
    bool from_beginning = !*state->view.prompt.input && !state->view.prompt.all;
    open_mode(state, MODE_WALK);
    if (item.does && item.does->code == '?') {
        open_menu(state, '?');
        state->view.prompt.all = from_beginning;
    } else if (item.does) {
        /* The menu lists a key under the pane where it is told; it does what it does here. */
        key_here(state, item.does)->run(state, item.does->code);
    } else if (item.runs) {
        command_run(state, item.line);
    } else {
        open_command(state, ':');
        memcpy(state->view.prompt.input, item.line, sizeof item.line);
    }
}

bool choice_open(State *state, const char *line)
{
    if (strlen(line) >= sizeof state->view.prompt.asked)
        return false;
    open_mode(state, MODE_MENU);
    memcpy(state->view.prompt.asked, line, strlen(line));
    return true;
}

/* The line becomes the first of those that Up fetches. */
static void keep_line(State *state, const char *line)
{
    if (!*line || (state->typed.count && strcmp(state->typed.list[0], line) == 0))
        return;
    /* With a full list the oldest line falls off its end. */
    state->typed.count += state->typed.count < MOST_TYPED;
    memmove(state->typed.list[1], state->typed.list[0], (size_t)(state->typed.count - 1) * sizeof state->typed.list[0]);
    memcpy(state->typed.list[0], line, sizeof state->typed.list[0]);
}

static void fetch_line(State *state, int code)
{
    int to = state->typed.at + (code == KEY_IS_UP ? 1 : -1);
    if (to < 0 || to > state->typed.count)
        return;
    state->typed.at = to;
    memset(state->view.prompt.input, 0, sizeof state->view.prompt.input);
    if (to)
        memcpy(state->view.prompt.input, state->typed.list[to - 1], sizeof state->view.prompt.input);
}

/* Goes on with the line; where there are several ways, shows them. */
static void complete_input(State *state)
{
    Offers offers;
    complete(&state->view, state->view.prompt.input, &offers);
    complete_line(&offers, state->view.prompt.input, sizeof state->view.prompt.input);
    state->view.prompt.offering = offers.count > 1;
}

static void accept(State *state)
{
    if (state->view.prompt.mode == MODE_MENU) {
        run_choice(state);
        return;
    }
    Mode mode = state->view.prompt.mode;
    char typed[INPUT_SIZE];
    memcpy(typed, state->view.prompt.input, sizeof typed);
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
    size_t used = strlen(state->view.prompt.input);
    if (used + (size_t)count < sizeof state->view.prompt.input)
        memcpy(state->view.prompt.input + used, bytes, (size_t)count);
    state->view.prompt.choice = 0;
}

/* Takes the last character away; with nothing left the prompt closes. */
static void untype(State *state)
{
    size_t used = strlen(state->view.prompt.input);
    if (used == 0)
        open_mode(state, MODE_WALK);
    while (used > 0 && ((unsigned char)state->view.prompt.input[used - 1] & 0xc0) == 0x80)
        state->view.prompt.input[--used] = '\0';
    if (used > 0)
        state->view.prompt.input[used - 1] = '\0';
    state->view.prompt.choice = 0;
}

void prompt_key(State *state, int code)
{
    bool menu = state->view.prompt.mode == MODE_MENU;
    if (code == KEY_IS_ESCAPE || (menu && code == 'q' && !*state->view.prompt.input))
        open_mode(state, MODE_WALK);
    else if (code == KEY_IS_ENTER)
        accept(state);
    else if (code == KEY_IS_BACKSPACE)
        untype(state);
    else if (menu && code == '?' && !*state->view.prompt.input && !*state->view.prompt.asked) {
        state->view.prompt.all = true;
        state->view.prompt.choice = 0;
    } else if (menu && code == KEY_IS_UP)
        state->view.prompt.choice -= state->view.prompt.choice > 0;
    else if (menu && code == KEY_IS_DOWN)
        state->view.prompt.choice += state->view.prompt.choice + 1 < menu_count(&state->view);
    else if (state->view.prompt.mode == MODE_COMMAND && code == KEY_IS_TAB)
        complete_input(state);
    else if (state->view.prompt.mode == MODE_COMMAND && (code == KEY_IS_UP || code == KEY_IS_DOWN))
        fetch_line(state, code);
    else if (code >= 0x20 && code < 0x110000 && code != 0x7f && !(code >= 0xd800 && code < 0xe000))
        type(state, code);
}
