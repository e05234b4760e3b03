/* The plain mode: the same commands, line by line, answered in sentences. For screen readers,
 * logs, expect, and terminals that cannot move the cursor. */
#include "games.h"
#include "lines.h"
#include "places.h"
#include "settings_file.h"
#include "stepper.h"
#include "terminal.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/views/map.h"
#include "tracer/views/notes.h"
#include "tracer/views/saying.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The screen that :write FILE.txt writes. */
enum { PLAIN_ROWS = 40, PLAIN_COLS = 120 };

static bool tell(const State *state, Error *error)
{
    Text text = {0};
    if (state->errand.tell == TELL_STEP)
        step_sentence(state, &text);
    else
        page_sentences(state, &text);
    bool whole = print_text(&text, error);
    text_free(&text);
    return whole;
}

/* The notes that were not there before. */
static void tell_notes(const State *state, const Notes *before)
{
    Notes now;
    notes_make(&state->view, state->view.settings.ascii, &now);
    for (int i = 0; i < now.count; i++) {
        bool known = false;
        for (int j = 0; j < before->count; j++)
            known |= before->lines[j].data && now.lines[i].data &&
                     strcmp(before->lines[j].data, now.lines[i].data) == 0;
        if (!known && now.lines[i].data)
            print("%s\n", now.lines[i].data);
    }
    notes_free(&now);
}

/* What is said about the position, unless that was said before. */
static bool tell_saying(const State *state, const Text *before, Error *error)
{
    Text now = {0};
    saying_add(&state->view, &now);
    bool whole = !now.failed || error_memory(error);
    if (whole && now.data && !(before && before->data && strcmp(before->data, now.data) == 0))
        print("%s\n", now.data);
    text_free(&now);
    return whole;
}

/* What there is to say before the first command: the map is told and closed, commands are about the step. */
static bool tell_start(State *state, Error *error)
{
    Notes none = {0};
    if (state->view.message.text[0])
        print("%s\n", state->view.message.text);
    bool whole = true;
    if (map_shown(&state->view)) {
        whole = tell(state, error);
        print("\n");
    }
    map_close(state);
    state->errand.tell = TELL_STEP;
    whole = whole && tell(state, error) && tell_saying(state, NULL, error);
    tell_notes(state, &none);
    return whole && !ferror(stdout);
}

/* The walk, from where it was opened to its end. */
static bool tell_everything(State *state, Error *error)
{
    bool going = tell_start(state, error);
    while (going && ++state->view.cursor.step < state_tape(&state->view)->step_count)
        going = tell(state, error);
    return error->code == 0 && stdout_finish(error);
}

static void print_keys(void)
{
    print("a line is a key or its name, and how often; or :command, /search\n");
    for (int i = 0; i < KEY_COUNT; i++) {
        char text[16];
        if (KEYS[i].command)
            print("%-12s %-18s %s\n", key_text(KEYS[i].code, text), KEYS[i].command, KEYS[i].help);
    }
    for (int i = 0; i < TYPED_COMMAND_COUNT; i++)
        print(":%s\n", TYPED_COMMANDS[i].usage);
}

/* "n", "n 5", "<Enter>": a key and how often; false if the line is none. */
static bool run_as_key(State *state, const char *line)
{
    const char *rest = line;
    int code = key_parse(&rest);
    long times = 1;
    bool blank = *rest == '\0' || *rest == ' ';
    rest += strspn(rest, " ");
    if (code <= 0 || !blank || (*rest && !parse_integer(rest, 1, 1000000, &times)))
        return false;
    if (code >= '0' && code <= '9')
        return false;
    stepper_key(state, code);
    while (--times > 0 && !state->view.message.text[0] && !state->errand.quit && state->view.prompt.mode == MODE_WALK)
        stepper_key(state, code);
    return true;
}

/* A line of the command line; a step that it leads to is counted like that of a key. */
static void run_command(State *state, const char *line)
{
    Place from = present_place(&state->view);
    int at = state->jumps.at;
    command_run(state, line);
    games_count(state, from.step);
    history_keep(state, from, at);
}

/* Runs a line and clears what only a screen needs. */
static void run_line(State *state, const char *line)
{
    state->view.message.text[0] = '\0';
    state->view.message.complains = false;
    state->errand.tell = TELL_STEP;
    if (*line == ':')
        run_command(state, line + 1);
    else if (*line == '/') {
        char command[INPUT_SIZE + 8];
        snprintf(command, sizeof command, "search %s", line + 1);
        run_command(state, command);
    } else if (!run_as_key(state, line)) {
        run_command(state, line);
    }
}

/* Where a screen opens a choice. */
static void complain_of_several(State *state)
{
    MenuItem item;
    char names[MESSAGE_SIZE] = "";
    for (int i = 0; menu_item(&state->view, i, &item); i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "", item.help);
    state_complain(state, "several names end so, write one: %s", names);
    memset(state->view.prompt.asked, 0, sizeof state->view.prompt.asked);
    state->view.prompt.mode = MODE_WALK;
}

static bool answer(State *state, const char *line, Error *error)
{
    int from = state->view.cursor.step;
    bool whole = true;
    Notes before;
    Text said = {0};
    notes_make(&state->view, state->view.settings.ascii, &before);
    if (!map_shown(&state->view))
        saying_add(&state->view, &said);
    run_line(state, line);
    settings_save(state);
    view_write(state, PLAIN_ROWS, PLAIN_COLS);
    if (*state->view.prompt.asked)
        complain_of_several(state);
    else if (state->view.prompt.mode == MODE_MENU)
        print_keys();
    else if (state->view.prompt.mode != MODE_WALK)
        state_complain(state, "write %s and the rest in one line",
                       state->view.prompt.mode == MODE_SEARCH   ? "/"
                       : state->view.prompt.mode == MODE_LETTER ? "mark or jump"
                                                                : ":");
    if (state->view.message.complains) {
        fflush(stdout);
        complain(state->view.message.text);
    } else if (state->view.prompt.mode == MODE_WALK && !state->errand.quit) {
        if (state->view.message.text[0])
            print("%s\n", state->view.message.text);
        /* A key that could not move has said why; the same sentence again would hide that. */
        bool stayed = state->view.message.text[0] && state->view.cursor.step == from;
        if (!stayed && !(tell(state, error) && (state->errand.tell != TELL_STEP || tell_saying(state, &said, error))))
            whole = false;
        tell_notes(state, &before);
    }
    notes_free(&before);
    text_free(&said);
    state->view.prompt.mode = MODE_WALK;
    return whole && !ferror(stdout) && fflush(stdout) == 0;
}

/* Answers every line; false once one could not be answered. */
static bool answer_lines(State *state, Lines *lines, bool asks, bool *any, Error *error)
{
    bool going = true;
    for (const char *line; going && !state->errand.quit && (line = lines_next(lines)); *any = true) {
        if (!*any && !asks)
            going = tell_start(state, error);
        if (going && line[strspn(line, " ")])
            going = answer(state, line + strspn(line, " "), error);
    }
    return going;
}

bool plain_run(State *state, Error *error)
{
    bool asks = isatty(STDIN_FILENO), any = false;
    Lines *lines = lines_open(state, asks, terminal_usable());
    if (!lines)
        return error_memory(error);
    if (asks)
        print("help lists the commands, Tab completes them, q quits\n");
    if (!asks || tell_start(state, error))
        answer_lines(state, lines, asks, &any, error);
    lines_close(lines);
    /* Nothing to read at all, as with </dev/null: who asked for sentences gets the whole walk. */
    if (!any && !asks && !state->view.mine)
        return tell_everything(state, error);
    if (!any && !asks)
        tell_start(state, error);
    return error->code == 0 && stdout_finish(error);
}
