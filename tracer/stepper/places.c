/* Marks and history; see places.h. */
#include "places.h"

#include "kept.h"

#include <stdio.h>
#include <string.h>

void history_keep(State *state, Place from, int at)
{
    if (from.step == state->view.cursor.step || state->jumps.at != at)
        return;
    if (state->jumps.at == MOST_JUMPS) {
        memmove(state->jumps.list, state->jumps.list + 1, (MOST_JUMPS - 1) * sizeof *state->jumps.list);
        state->jumps.at--;
    }
    state->jumps.list[state->jumps.at++] = from;
    /* As in a browser: a jump from a place that one came back to forgets what was ahead of it. */
    memset(state->jumps.list + state->jumps.at, 0, (size_t)(MOST_JUMPS - state->jumps.at) * sizeof *state->jumps.list);
    state->jumps.count = state->jumps.at;
}

/* The place and the one in the history change places; a tape that has become shorter cuts it. */
static void exchange(State *state, Place *place)
{
    Place to = *place;
    int last = state_tape(&state->view)->step_count - 1;
    *place = present_place(&state->view);
    state_jump(state, to.step < last ? to.step : last);
    state->view.cursor.row = to.row;
    state->view.cursor.col = to.col;
    state->view.cursor.term = to.term;
    state->view.cursor.factor = to.factor;
}

void history_key(State *state, int code)
{
    if (code == '[' && state->jumps.at > 0)
        exchange(state, &state->jumps.list[--state->jumps.at]);
    else if (code == ']' && state->jumps.at < state->jumps.count)
        exchange(state, &state->jumps.list[state->jumps.at++]);
    else
        state_say(state, "no place %s this one in the history", code == '[' ? "before" : "behind");
}

void letter_key(State *state, int code)
{
    state->view.prompt.mode = MODE_LETTER;
    state->view.prompt.letter_for = code;
}

static void set_mark(State *state, int letter)
{
    KeptCell kept;
    if (!keep_cell(state, state_cell(&state->view), &kept))
        return;
    state->view.marks[letter - 'a'] = kept;
    state_say(state, "mark %c: %.120s[%d,%d]", letter, kept.name, kept.row, kept.col);
}

/* To the step that made the value: on another run that may be another one. */
static void go_mark(State *state, int letter)
{
    const KeptCell *mark = &state->view.marks[letter - 'a'];
    Reference cell = *mark->name ? kept_cell(&state->view, mark) : (Reference){.value = -1};
    int producer = cell.value < 0 ? -1 : tape_value(state_tape(&state->view), cell.value)->producer;
    if (producer < 0) {
        state_complain(state,
                       *mark->name ? "mark %c is not on this tape" : "there is no mark %c; m and the letter sets it",
                       letter);
        return;
    }
    state_jump(state, producer);
    state->view.cursor.row = cell.row;
    state->view.cursor.col = cell.col;
    state->view.cursor.term = state->view.cursor.factor = 0;
}

void letter_typed(State *state, int code)
{
    state->view.prompt.mode = MODE_WALK;
    if (code == KEY_IS_ESCAPE)
        return;
    if (code < 'a' || code > 'z')
        state_complain(state, "a mark is a letter from a to z");
    else if (state->view.prompt.letter_for == 'm')
        set_mark(state, code);
    else
        go_mark(state, code);
}

static bool one_letter(const char *words)
{
    return words[0] >= 'a' && words[0] <= 'z' && words[1] == '\0';
}

bool command_mark(State *state, const char *words)
{
    if (one_letter(words))
        set_mark(state, *words);
    return one_letter(words);
}

bool command_jump(State *state, const char *words)
{
    if (one_letter(words))
        go_mark(state, *words);
    return one_letter(words);
}

/* The file is written by who runs the stepper; here it is only asked for. */
static void ask_for(State *state, const char *file)
{
    snprintf(state->errand.write_to, sizeof state->errand.write_to, "%s", file);
    state_say(state, "to be written: %.150s", file);
}

void write_key(State *state, int code)
{
    char file[64];
    (void)code;
    snprintf(file, sizeof file, "tracer-step-%d.svg", state->view.cursor.step);
    ask_for(state, file);
}

bool command_write(State *state, const char *words)
{
    if (*words)
        ask_for(state, words);
    return *words != '\0';
}
