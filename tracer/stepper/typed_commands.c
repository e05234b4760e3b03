/* The command line: commands that no key has, keys by their name, steps, names and cells. */
#include "games.h"
#include "runs.h"
#include "kept.h"
#include "places.h"
#include "tracer/query/uses.h"
#include "tracer/session/short_names.h"

#include <stdio.h>
#include <string.h>

/* The next value behind the output of this step whose name has the text in it, round the end. */
static int find_match(const State *state, const char *text)
{
    const Tape *tape = state_tape(&state->view);
    int from = state_step(&state->view)->output;
    /* Values without a producer are passed over: there is no step to go to. */
    for (int i = 1; i <= tape->value_count; i++) {
        int value = (from + i) % tape->value_count;
        if (tape_value(tape, value)->producer >= 0 && strstr(name_of(&state->view.session->names, value), text))
            return value;
    }
    return -1;
}

void command_search(State *state, const char *typed)
{
    if (*typed)
        snprintf(state->typed.search, sizeof state->typed.search, "%s", typed);
    if (!*state->typed.search) {
        state_complain(state, "type a part of a name to look for");
        return;
    }
    int value = find_match(state, state->typed.search);
    if (value < 0) {
        state_complain(state, "no step makes a value with \"%s\" in its name", state->typed.search);
        return;
    }
    int to = tape_value(state_tape(&state->view), value)->producer;
    const char *round = to <= state->view.cursor.step ? ", from the start again" : "";
    state_jump(state, to);
    state_say(state, "found %.120s%s", name_of(&state->view.session->names, value), round);
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

/* Points at a cell that the step reads: the term of the first output cell that does. */
static void point_at(State *state, Reference cell)
{
    Uses uses;
    Explanation explanation = {0};
    bool found = uses_find(state_tape(&state->view), cell, &uses) && uses.count > 0 &&
                 uses.list[0].step == state->view.cursor.step;
    if (found) {
        state->view.cursor.row = uses.list[0].row;
        state->view.cursor.col = uses.list[0].col;
        found = state_explain(&state->view, &explanation);
    }
    if (found && term_choose(state, &explanation, cell))
        state->view.panes.focus = PANE_CELL;
    explanation_free(&explanation);
    uses_free(&uses);
}

/* The next frame behind the position that has this path, round the end; -1 if there is none. A dot
 * at the end of the path, where completion leaves one, is no part of it. */
static int find_frame(const State *state, const char *path)
{
    const Tape *tape = state_tape(&state->view);
    size_t length = strlen(path);
    int first = -1;
    length -= length > 0 && path[length - 1] == '.';
    for (int i = 0; i < tape->frame_count; i++) {
        const Frame *frame = &tape->frames[i];
        if (length == 0 || frame->last < frame->first || strlen(frame->path) != length ||
            strncmp(frame->path, path, length) != 0)
            continue;
        if (frame->first > state->view.cursor.step)
            return i;
        first = first < 0 ? i : first;
    }
    return first;
}

/* A frame is called as in the tree: to its first step, and with the same again to the way back. */
static bool go_frame(State *state, const char *path)
{
    int frame = find_frame(state, path);
    if (frame < 0)
        return false;
    const Frame *found = &state_tape(&state->view)->frames[frame];
    state_jump(state, found->first);
    state_say(state, "the frame %.100s, %s", found->path, phase_name(found->phase));
    return true;
}

void command_go(State *state, const char *line)
{
    Error error = {0};
    Reference reference = {0};
    char said[MESSAGE_SIZE];
    part_of_line(state, line);
    const Names *names = &state->view.session->names;
    if (!reference_parse_near(names, line, state_step(&state->view)->frame, &reference, &error)) {
        if (!go_frame(state, line) && !(reference.fits > 1 && choice_open(state, line)))
            state_complain(state, "%s", error.text);
        return;
    }
    const Tape *tape = state_tape(&state->view);
    int producer = tape_value(tape, reference.value)->producer;
    /* Parameters and inputs are made by no step; where they are first read they can be seen at least. */
    int to = producer >= 0 ? producer : first_reader(tape, reference.value);
    if (to < 0) {
        state_complain(state, "%.120s is an input that no step reads",
                       name_of(&state->view.session->names, reference.value));
        return;
    }
    state_jump(state, to);
    state->view.cursor.term = state->view.cursor.factor = 0;
    if (producer < 0) {
        Reference cell = {reference.value, reference.row == ALL ? 0 : reference.row,
                          reference.col == ALL ? 0 : reference.col};
        point_at(state, cell);
        state_say(state, "no step makes %.100s; this is the first that reads it",
                  name_of(&state->view.session->names, reference.value));
        return;
    }
    state->view.cursor.row = reference.row == ALL ? state->view.cursor.row : reference.row;
    state->view.cursor.col = reference.col == ALL ? state->view.cursor.col : reference.col;
    if (*short_name_said(names, reference, said, sizeof said))
        state_say(state, "%s", said);
}

bool command_set(State *state, const char *words)
{
    size_t length = strcspn(words, " ");
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strlen(SETTINGS[i].name) != length || strncmp(SETTINGS[i].name, words, length) != 0)
            continue;
        const char *word = words + length + strspn(words + length, " ");
        if (SETTINGS[i].set(&state->view.settings, word)) {
            state->settings_file.changed = true;
            state_say(state, "%s: %.60s", SETTINGS[i].name, word);
        } else
            state_complain(state, "%s is %s, not \"%.60s\"", SETTINGS[i].name, SETTINGS[i].values, word);
        return true;
    }
    return false;
}

static bool set_digits(State *state, const char *word)
{
    char words[INPUT_SIZE + 8];
    snprintf(words, sizeof words, "digits %s", word);
    return command_set(state, words);
}

static bool run_search(State *state, const char *words)
{
    command_search(state, words);
    return true;
}

/* Breakpoints, watches and edits are listed on a page. */
static bool run_notebook(State *state, const char *words)
{
    return *words == '\0' && panel_open(state, "notebook");
}

static bool run_undo(State *state, const char *words)
{
    if (*words)
        return false;
    drop_key(state, 'd');
    return true;
}

static bool run_quit(State *state, const char *words)
{
    state->errand.quit = *words == '\0';
    return state->errand.quit;
}

const TypedCommand TYPED_COMMANDS[] = {
    {"digits", "digits N, 0 to 12", set_digits, ""},
    {"set",
     "set NAME VALUE: digits N, delta NUMBER, ascii on|off, colours diverging|sequential, mouse, "
     "hints or welcome on|off",
     command_set, "SETTING VALUE"},
    {"settings", "settings", run_notebook, ""},
    {"search", "search TEXT", run_search, ""},
    {"gradcheck", "gradcheck and the name of a value", command_gradcheck, "NAME"},
    {"learn", "learn", command_learn, ""},
    {"tour", "tour and which: attention, gradient, update: one matter in five minutes; tour off", command_tour,
     "TOUR|off"},
    {"patch", "patch and another text: what of it matters where", command_patch, ""},
    {"panel", "panel and the name of a page", command_panel, "PAGE"},
    {"break", "break and where: frame NAME, rule NAME, a value, |x| > 5, nan, invariant", command_break,
     "frame FRAME|rule RULE|NAME|nan|inf|invariant"},
    {"delete", "delete, or delete and the number of a breakpoint", command_delete, ""},
    {"breaks", "breaks", run_notebook, ""},
    {"watch", "watch NAME[r,c]", command_watch, "NAME"},
    {"unwatch", "unwatch, or unwatch and its number", command_unwatch, ""},
    {"watches", "watches", run_notebook, ""},
    {"nudge", "nudge NAME[r,c] DELTA or nudge NAME[r,c]=V", command_nudge, "NAME"},
    {"set-cell", "set-cell V: what if this cell were V", command_set_cell, ""},
    {"=", "= V, the same", command_set_cell, ""},
    {"undo", "undo", run_undo, ""},
    {"edits", "edits", run_notebook, ""},
    {"mistake", "mistake and its id, as tracer mistakes lists them", command_mistake, "MISTAKE"},
    {"mark", "mark and a letter, a to z", command_mark, ""},
    {"jump", "jump and the letter of a mark", command_jump, ""},
    {"m", "m and a letter, a to z", command_mark, ""},
    {"'", "' and the letter of a mark", command_jump, ""},
    {"write", "write FILE, ending in .txt, .svg, .png or .pdf", command_write, ""},
    {"truth", "truth", command_truth, ""},
    {"bug", "bug, or bug and a number that chooses it", command_bug, ""},
    {"found", "found", command_found, ""},
    {"predict", "predict on or predict off", command_predict, "on|off"},
    {"guess", "guess NUMBER, guess + or -, guess largest", command_guess, "+|-|largest"},
    {"reveal", "reveal", command_reveal, ""},
    {"compare", "compare and the number of another training step, to stand beside this one; compare off",
     command_compare, "off"},
    {"training", "training and the number of a training step", command_training, ""},
    {"quit", "quit", run_quit, ""},
    {"q", "q", run_quit, ""},
};
const int TYPED_COMMAND_COUNT = sizeof TYPED_COMMANDS / sizeof *TYPED_COMMANDS;

static bool run_typed(State *state, const char *line, size_t length)
{
    for (int i = 0; i < TYPED_COMMAND_COUNT; i++) {
        const TypedCommand *command = &TYPED_COMMANDS[i];
        if (strlen(command->name) != length || strncmp(command->name, line, length) != 0)
            continue;
        const char *words = line + length + strspn(line + length, " ");
        if (!command->run(state, words))
            state_complain(state, "write %s", command->usage);
        return true;
    }
    return false;
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
    if (key->code == '}' || key->code == '{') { /* in one leap: each stop on the way would be a message */
        char step[24];
        snprintf(step, sizeof step, "%ld", training_step(&state->view) + (key->code == '}' ? times : -times));
        if (!command_training(state, step))
            state_complain(state, "there is no training step %s", step);
        return true;
    }
    /* Whatever a key has to say ends the repetition: at the last step, "next 1000" would say the same 900 times. */
    for (; times > 0 && !state->view.message.text[0] && !state->errand.quit; times--)
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
    size_t length = *trimmed == '=' ? 1 : strcspn(trimmed, " ");
    int last = state_tape(&state->view)->step_count - 1;
    if (!*trimmed || run_typed(state, trimmed, length) || run_key(state, trimmed, length))
        return;
    /* Names come last: a command wins over a value that is called like it ("text"). */
    if (strspn(trimmed, "-0123456789") == strlen(trimmed)) {
        if (parse_integer(trimmed, 0, last, &step))
            state_jump(state, (int)step);
        else
            state_complain(state, "no step %s; steps go from 0 to %d", trimmed, last);
        return;
    }
    command_go(state, trimmed);
}
