/* What is typed: the search, the command line and the filter of the menu. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

static void open_mode(State *state, Mode mode)
{
    state->mode = mode;
    memset(state->input, 0, sizeof state->input);
    state->choice = 0;
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

/* The next value behind the output of this step whose name has the text in it, round the end. */
static int find_match(const State *state, const char *text)
{
    const Tape *tape = state_tape(state);
    int from = state_step(state)->output;
    for (int i = 1; i <= tape->value_count; i++) {
        int value = (from + i) % tape->value_count;
        if (tape_value(tape, value)->producer >= 0 && strstr(name_of(&state->session->names, value), text))
            return value;
    }
    return -1;
}

static void search(State *state, const char *typed)
{
    if (*typed)
        snprintf(state->search, sizeof state->search, "%s", typed);
    if (!*state->search) {
        state_complain(state, "type a part of a name to look for");
        return;
    }
    int value = find_match(state, state->search);
    if (value < 0) {
        state_complain(state, "no step makes a value with \"%s\" in its name", state->search);
        return;
    }
    int to = tape_value(state_tape(state), value)->producer;
    const char *round = to <= state->step ? ", from the start again" : "";
    state_jump(state, to);
    state_say(state, "found %.120s%s", name_of(&state->session->names, value), round);
}

/* The first step that reads a value that no step makes; -1 if none does. */
static int first_reader(const Tape *tape, int value)
{
    for (int step = 0; step < tape->step_count; step++)
        for (int i = 0; i < tape->steps[step].input_count; i++)
            if (tape->steps[step].inputs[i] == value)
                return step;
    return -1;
}

void command_go(State *state, const char *line)
{
    Error error = {0};
    Reference reference;
    if (!reference_parse(&state->session->names, line, &reference, &error)) {
        state_complain(state, "%s", error.text);
        return;
    }
    const Tape *tape = state_tape(state);
    int producer = tape_value(tape, reference.value)->producer;
    int to = producer >= 0 ? producer : first_reader(tape, reference.value);
    if (to < 0) {
        state_complain(state, "%.120s is an input that no step reads", name_of(&state->session->names, reference.value));
        return;
    }
    state_jump(state, to);
    if (producer < 0) {
        state_say(state, "no step makes %.100s; this is the first that reads it", name_of(&state->session->names, reference.value));
        return;
    }
    state->row = reference.row == ALL ? state->row : reference.row;
    state->col = reference.col == ALL ? state->col : reference.col;
    state->term = state->factor = 0;
}

static bool set_digits(State *state, const char *word)
{
    long digits;
    if (!parse_integer(word, 0, MOST_DIGITS, &digits))
        return false;
    state->digits = (int)digits;
    return true;
}

static bool set_option(State *state, const char *words)
{
    bool on = strcmp(words, "ascii on") == 0;
    if (!on && strcmp(words, "ascii off") != 0)
        return false;
    state->ascii = on;
    return true;
}

static bool run_search(State *state, const char *words)
{
    search(state, words);
    return true;
}

static bool run_quit(State *state, const char *words)
{
    state->quit = *words == '\0';
    return state->quit;
}

/* Commands that no key has; each gets the words behind its name and says if they are right. */
static const struct {
    const char *name, *usage;
    bool (*run)(State *state, const char *words);
} COMMANDS_TYPED[] = {
    {"digits", "digits N, 0 to 12", set_digits},
    {"set", "set ascii on or set ascii off", set_option},
    {"search", "search TEXT", run_search},
    {"quit", "quit", run_quit},
    {"q", "q", run_quit},
};

static bool run_typed(State *state, const char *line, size_t length)
{
    for (size_t i = 0; i < sizeof COMMANDS_TYPED / sizeof *COMMANDS_TYPED; i++) {
        if (strlen(COMMANDS_TYPED[i].name) != length || strncmp(COMMANDS_TYPED[i].name, line, length) != 0)
            continue;
        const char *words = line + length + strspn(line + length, " ");
        if (!COMMANDS_TYPED[i].run(state, words))
            state_complain(state, "write %s", COMMANDS_TYPED[i].usage);
        return true;
    }
    return false;
}

/* What the key of a command means in the present pane: `up` chooses a term in the cell. */
static const Key *key_here(const State *state, const Key *key)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].code == key->code && KEYS[i].pane == state->pane && !KEYS[i].command)
            return &KEYS[i];
    return key;
}

/* "next" or "next 5": a key of the table, pressed that often. */
static bool run_key(State *state, const char *line, size_t length)
{
    const Key *key = key_of_command(line, length);
    if (!key)
        return false;
    const char *words = line + length + strspn(line + length, " ");
    long times = 1;
    if (*words && !parse_integer(words, 1, 1000000, &times)) {
        state_complain(state, "write %s, or %s and how often", key->command, key->command);
        return true;
    }
    for (; times > 0 && !state->message[0] && !state->quit; times--)
        key_here(state, key)->run(state, key->code);
    return true;
}

void command_run(State *state, const char *line)
{
    char trimmed[INPUT_SIZE];
    snprintf(trimmed, sizeof trimmed, "%s", line + strspn(line, " "));
    for (size_t length = strlen(trimmed); length > 0 && trimmed[length - 1] == ' ';)
        trimmed[--length] = '\0';
    long step;
    size_t length = strcspn(trimmed, " ");
    int last = state_tape(state)->step_count - 1;
    if (!*trimmed || run_typed(state, trimmed, length) || run_key(state, trimmed, length))
        return;
    if (strspn(trimmed, "-0123456789") == strlen(trimmed)) {
        if (parse_integer(trimmed, 0, last, &step))
            state_jump(state, (int)step);
        else
            state_complain(state, "no step %s; steps go from 0 to %d", trimmed, last);
        return;
    }
    command_go(state, trimmed);
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
        search(state, typed);
    else
        command_run(state, typed);
}

/* Adds a character as UTF-8; what does not fit is refused. */
static void type(State *state, int point)
{
    char bytes[5] = {0};
    int count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const int leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (int i = count - 1; i > 0; i--, point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(leads[count] | point);
    if (count == 1)
        bytes[0] = (char)point;
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
    else if (code >= 0x20 && code < 0x110000 && code != 0x7f && !(code >= 0xd800 && code < 0xe000))
        type(state, code);
}
