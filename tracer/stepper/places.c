/* Marks and history; see places.h. */
#include "places.h"

#include "kept.h"

#include <stdio.h>
#include <string.h>

Place present_place(const State *state)
{
    return (Place){.step = state->step, .row = state->row, .col = state->col, .term = state->term, .factor = state->factor};
}

void history_keep(State *state, Place from, int at)
{
    if (from.step == state->step || state->history_at != at)
        return;
    if (state->history_at == MOST_HISTORY) {
        memmove(state->history, state->history + 1, (MOST_HISTORY - 1) * sizeof *state->history);
        state->history_at--;
    }
    state->history[state->history_at++] = from;
    memset(state->history + state->history_at, 0, (size_t)(MOST_HISTORY - state->history_at) * sizeof *state->history);
    state->history_count = state->history_at;
}

/* The place and the one in the history change places; a tape that has become shorter cuts it. */
static void exchange(State *state, Place *place)
{
    Place to = *place;
    int last = state_tape(state)->step_count - 1;
    *place = present_place(state);
    state_jump(state, to.step < last ? to.step : last);
    state->row = to.row;
    state->col = to.col;
    state->term = to.term;
    state->factor = to.factor;
}

void history_key(State *state, int code)
{
    if (code == '[' && state->history_at > 0)
        exchange(state, &state->history[--state->history_at]);
    else if (code == ']' && state->history_at < state->history_count)
        exchange(state, &state->history[state->history_at++]);
    else
        state_say(state, "no place %s this one in the history", code == '[' ? "before" : "behind");
}

void letter_key(State *state, int code)
{
    state->mode = MODE_LETTER;
    state->letter_for = code;
}

static void set_mark(State *state, int letter)
{
    KeptCell kept;
    if (!keep_cell(state, state_cell(state), &kept))
        return;
    state->marks[letter - 'a'] = kept;
    state_say(state, "mark %c: %.120s[%d,%d]", letter, kept.name, kept.row, kept.col);
}

static void go_mark(State *state, int letter)
{
    const KeptCell *mark = &state->marks[letter - 'a'];
    Reference cell = *mark->name ? kept_cell(state, mark) : (Reference){.value = -1};
    int producer = cell.value < 0 ? -1 : tape_value(state_tape(state), cell.value)->producer;
    if (producer < 0) {
        state_complain(state, *mark->name ? "mark %c is not on this tape" : "there is no mark %c; m and the letter sets it", letter);
        return;
    }
    state_jump(state, producer);
    state->row = cell.row;
    state->col = cell.col;
    state->term = state->factor = 0;
}

void letter_typed(State *state, int code)
{
    state->mode = MODE_WALK;
    if (code == KEY_IS_ESCAPE)
        return;
    if (code < 'a' || code > 'z')
        state_complain(state, "a mark is a letter from a to z");
    else if (state->letter_for == 'm')
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
    snprintf(state->write_to, sizeof state->write_to, "%s", file);
    state_say(state, "to be written: %.150s", file);
}

void write_key(State *state, int code)
{
    char file[64];
    (void)code;
    snprintf(file, sizeof file, "tracer-step-%d.svg", state->step);
    ask_for(state, file);
}

bool command_write(State *state, const char *words)
{
    if (*words)
        ask_for(state, words);
    return *words != '\0';
}
