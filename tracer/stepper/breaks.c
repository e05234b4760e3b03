/* Breakpoints and watched cells; see kept.h. */
#include "kept.h"

#include <stdio.h>
#include <string.h>

bool pointed_cell(State *state, Reference *out)
{
    Explanation explanation = {0};
    bool whole = state_explain(state, &explanation);
    *out = state_pointed(state, &explanation);
    explanation_free(&explanation);
    if (!whole)
        state_complain(state, "out of memory");
    else if (out->value < 0)
        state_complain(state, "a constant of the step is no cell");
    return whole && out->value >= 0;
}

bool keep_cell(State *state, Reference cell, KeptCell *out)
{
    const char *name = name_of(&state->session->names, cell.value);
    if (strlen(name) >= sizeof out->name) {
        state_complain(state, "the name of this value is too long to be kept");
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->name, name, strlen(name));
    out->row = cell.row;
    out->col = cell.col;
    return true;
}

Reference kept_cell(const State *state, const KeptCell *cell)
{
    Reference reference = {name_find(&state->session->names, cell->name), cell->row, cell->col};
    const Value *value = reference.value < 0 ? NULL : tape_value(state_tape(state), reference.value);
    if (value && (cell->row >= value->rows || cell->col >= value->cols))
        reference.value = -1;
    return reference;
}

const char *kept_text(const KeptCell *cell, char *text, size_t size)
{
    snprintf(text, size, "%s[%d,%d]", cell->name, cell->row, cell->col);
    return text;
}

static bool holds(const State *state, int i, int step)
{
    return condition_holds(&state->breaks[i], &state->session->names, step);
}

int break_at(const State *state, int step)
{
    for (int i = 0; i < state->break_count; i++)
        if (holds(state, i, step))
            return i;
    return -1;
}

bool break_within(const State *state, int first, int last)
{
    for (int i = 0; i < state->break_count; i++)
        for (int step = first; step <= last && state->breaks[i].kind <= CONDITION_VALUE; step++)
            if (holds(state, i, step))
                return true;
    return false;
}

static int find_break(const State *state, int direction)
{
    int which;
    return condition_find(state->breaks, state->break_count, &state->session->names, state->step, direction, &which);
}

int next_break(const State *state)
{
    return find_break(state, 1);
}

int previous_break(const State *state)
{
    return find_break(state, -1);
}

static void remove_break(State *state, int i)
{
    memmove(&state->breaks[i], &state->breaks[i + 1], (size_t)(--state->break_count - i) * sizeof *state->breaks);
    memset(&state->breaks[state->break_count], 0, sizeof *state->breaks);
}

/* Adds the breakpoint, or takes away the one that says the same. */
static void toggle_break(State *state, const Condition *condition)
{
    for (int i = 0; i < state->break_count; i++)
        if (strcmp(state->breaks[i].text, condition->text) == 0) {
            remove_break(state, i);
            state_say(state, "no breakpoint any more: %s", condition->text);
            return;
        }
    if (state->break_count == MOST_BREAKS) {
        state_complain(state, "there are %d breakpoints; :delete takes one away", MOST_BREAKS);
        return;
    }
    state->breaks[state->break_count++] = *condition;
    state_say(state, "breakpoint %d: %s", state->break_count, condition->text);
}

void break_key(State *state, int code)
{
    (void)code;
    const Node *node = &state->outline->nodes[tree_cursor(state)];
    bool tree = state->pane == PANE_TREE, frame = tree && node->frame >= 0;
    int step = tree && !frame ? node->step : state->step;
    const Frame *of = frame ? &state_tape(state)->frames[node->frame] : NULL;
    const char *name = of ? *of->path ? of->path : of->name : name_of(&state->session->names, state_tape(state)->steps[step].output);
    Condition condition = {.kind = of ? CONDITION_FRAME : CONDITION_VALUE};
    const char *word = of ? "frame " : "";
    if (strlen(word) + strlen(name) >= CONDITION_TEXT) {
        state_complain(state, "the name is too long for a breakpoint");
        return;
    }
    memcpy(condition.name, name, strlen(name));
    snprintf(condition.text, sizeof condition.text, "%s%.80s", word, name);
    toggle_break(state, &condition);
}

bool command_break(State *state, const char *words)
{
    Condition condition;
    Error error = {0};
    if (!*words)
        break_key(state, 'b');
    else if (condition_parse(&state->session->names, words, &condition, &error))
        toggle_break(state, &condition);
    else
        state_complain(state, "%s", error.text);
    return true;
}

bool command_delete(State *state, const char *words)
{
    long number;
    if (state->break_count == 0) {
        state_complain(state, "there is no breakpoint");
    } else if (!*words) {
        state_say(state, "%d breakpoint%s deleted", state->break_count, state->break_count == 1 ? "" : "s");
        while (state->break_count > 0)
            remove_break(state, state->break_count - 1);
    } else if (parse_integer(words, 1, state->break_count, &number)) {
        state_say(state, "deleted: %s", state->breaks[number - 1].text);
        remove_break(state, (int)number - 1);
    } else {
        state_complain(state, "no breakpoint \"%.40s\"; they go from 1 to %d", words, state->break_count);
    }
    return true;
}

static bool reads(const Step *step, int value)
{
    for (int i = 0; i < step->input_count; i++)
        if (step->inputs[i] == value)
            return true;
    return false;
}

static bool touches(const State *state, int step, int value)
{
    const Step *of = &state_tape(state)->steps[step];
    return of->output == value || reads(of, value);
}

bool watch_touched(const State *state, int step)
{
    for (int i = 0; i < state->watch_count; i++)
        if (touches(state, step, kept_cell(state, &state->watches[i]).value))
            return true;
    return false;
}

int touched_before(const State *state, int value)
{
    for (int step = state->step; step >= 0; step--)
        if (touches(state, step, value))
            return step;
    return -1;
}

int touched_after(const State *state, int value)
{
    for (int step = state->step + 1; step < state_tape(state)->step_count; step++)
        if (touches(state, step, value))
            return step;
    return -1;
}

static void remove_watch(State *state, int i)
{
    memmove(&state->watches[i], &state->watches[i + 1], (size_t)(--state->watch_count - i) * sizeof *state->watches);
    memset(&state->watches[state->watch_count], 0, sizeof *state->watches);
}

static void toggle_watch(State *state, Reference cell)
{
    KeptCell kept;
    char text[KEPT_NAME + 32];
    if (!keep_cell(state, cell, &kept))
        return;
    kept_text(&kept, text, sizeof text);
    for (int i = 0; i < state->watch_count; i++)
        if (memcmp(&state->watches[i], &kept, sizeof kept) == 0) {
            remove_watch(state, i);
            state_say(state, "no longer watched: %s", text);
            return;
        }
    if (state->watch_count == MOST_WATCHES) {
        state_complain(state, "%d cells are watched; :unwatch takes one away", MOST_WATCHES);
        return;
    }
    state->watches[state->watch_count++] = kept;
    state_say(state, "watched: %s", text);
}

void watch_key(State *state, int code)
{
    (void)code;
    Reference cell;
    if (pointed_cell(state, &cell))
        toggle_watch(state, cell);
}

bool command_watch(State *state, const char *words)
{
    Reference cell;
    Error error = {0};
    if (!*words)
        watch_key(state, 'w');
    else if (reference_parse_cell(&state->session->names, words, &cell, &error))
        toggle_watch(state, cell);
    else
        state_complain(state, "%s", error.text);
    return true;
}

bool command_unwatch(State *state, const char *words)
{
    long number = 0;
    if (*words && !parse_integer(words, 1, state->watch_count, &number)) {
        state_complain(state, "no watched cell \"%.40s\"; there are %d", words, state->watch_count);
        return true;
    }
    if (number)
        remove_watch(state, (int)number - 1);
    while (!*words && state->watch_count > 0)
        remove_watch(state, state->watch_count - 1);
    state_say(state, "%d cell%s still watched", state->watch_count, state->watch_count == 1 ? " is" : "s are");
    return true;
}
