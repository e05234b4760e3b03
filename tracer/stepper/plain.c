/* The plain mode: the same commands, line by line, answered in sentences. For screen readers,
 * logs, expect, and terminals that cannot move the cursor. */
#include "keys.h"
#include "stepper.h"

#include "tracer/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool tell(const State *state, Error *error)
{
    Text text = {0};
    step_sentence(state, &text);
    bool whole = !text.failed || error_memory(error);
    if (whole)
        fwrite(text.data, 1, text.length, stdout);
    text_free(&text);
    return whole && !ferror(stdout);
}

static bool tell_everything(State *state, Error *error)
{
    for (int step = 0; step < state_tape(state)->step_count; step++) {
        state->step = step;
        if (!tell(state, error))
            break;
    }
    return error->code == 0 && stdout_finish(error);
}

static void print_keys(void)
{
    printf("a line is a key or its name, and how often; or :command, /search\n");
    for (int i = 0; i < KEY_COUNT; i++) {
        char text[16];
        if (KEYS[i].command)
            printf("%-12s %-18s %s\n", key_text(KEYS[i].code, text), KEYS[i].command, KEYS[i].help);
    }
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
    while (--times > 0 && !state->message[0] && !state->quit && state->mode == MODE_WALK)
        stepper_key(state, code);
    return true;
}

/* Runs a line and clears what only a screen needs. */
static void run_line(State *state, const char *line)
{
    state->message[0] = '\0';
    state->complains = false;
    if (*line == ':')
        command_run(state, line + 1);
    else if (*line == '/') {
        char command[INPUT_SIZE + 8];
        snprintf(command, sizeof command, "search %s", line + 1);
        command_run(state, command);
    } else if (!run_as_key(state, line)) {
        command_run(state, line);
    }
}

static bool answer(State *state, const char *line, Error *error)
{
    int from = state->step;
    run_line(state, line);
    if (state->mode == MODE_MENU)
        print_keys();
    else if (state->mode != MODE_WALK)
        state_complain(state, "write %s and the rest in one line", state->mode == MODE_SEARCH ? "/" : ":");
    if (state->complains) {
        fflush(stdout);
        fprintf(stderr, "tracer: %s\n", state->message);
    } else if (state->mode == MODE_WALK && !state->quit) {
        if (state->message[0])
            printf("%s\n", state->message);
        bool stayed = state->message[0] && state->step == from;
        if (!stayed && !tell(state, error))
            return false;
    }
    state->mode = MODE_WALK;
    return !ferror(stdout) && fflush(stdout) == 0;
}

bool plain_run(State *state, Error *error)
{
    bool ask = isatty(STDIN_FILENO);
    char *line = NULL;
    size_t capacity = 0;
    if (ask) {
        printf("help lists the commands, q quits\n");
        if (!tell(state, error))
            return stdout_finish(error);
    }
    bool first = true, going = true;
    while (going && !state->quit) {
        if (ask) {
            printf("> ");
            fflush(stdout);
        }
        ssize_t length = getline(&line, &capacity, stdin);
        if (length < 0)
            break;
        if (first && !ask)
            going = tell(state, error);
        first = false;
        line[strcspn(line, "\r\n")] = '\0';
        if (going && line[strspn(line, " ")])
            going = answer(state, line + strspn(line, " "), error);
    }
    free(line);
    if (first && !ask)
        return tell_everything(state, error);
    return error->code == 0 && stdout_finish(error);
}
