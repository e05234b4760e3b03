/* Breakpoints and watched cells; see kept.h. */
#include "kept.h"
#include "tracer/views/folding.h"

#include <stdio.h>
#include <string.h>

bool pointed_cell(State *state, Reference *out)
{
    Explanation explanation = {0};
    bool whole = state_explain(&state->view, &explanation);
    *out = state_pointed(&state->view, &explanation);
    explanation_free(&explanation);
    if (!whole)
        state_complain(state, "out of memory");
    else if (out->value < 0)
        state_complain(state, "a constant of the step is no cell");
    return whole && out->value >= 0;
}

bool keep_cell(State *state, Reference cell, KeptCell *out)
{
    const char *name = name_of(&state->view.session->names, cell.value);
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

/* Behind the count everything is 0, here and in the other lists: states that mean the same are the
 * same bytes, which is how tests see that a refused command changed nothing. */
static void remove_break(State *state, int i)
{
    memmove(&state->view.breaks.list[i], &state->view.breaks.list[i + 1],
            (size_t)(--state->view.breaks.count - i) * sizeof *state->view.breaks.list);
    memset(&state->view.breaks.list[state->view.breaks.count], 0, sizeof *state->view.breaks.list);
}

/* Adds the breakpoint, or takes away the one that says the same. */
static void toggle_break(State *state, const Condition *condition)
{
    for (int i = 0; i < state->view.breaks.count; i++)
        if (strcmp(state->view.breaks.list[i].text, condition->text) == 0) {
            remove_break(state, i);
            state_say(state, "no breakpoint any more: %s", condition->text);
            return;
        }
    if (state->view.breaks.count == MOST_BREAKS) {
        state_complain(state, "there are %d breakpoints; :delete takes one away", MOST_BREAKS);
        return;
    }
    state->view.breaks.list[state->view.breaks.count++] = *condition;
    state_say(state, "breakpoint %d: %s", state->view.breaks.count, condition->text);
}

void break_key(State *state, int code)
{
    (void)code;
    const Node *node = &state->view.outline->nodes[tree_cursor(&state->view)];
    /* A frame by its path and a step by the name of its output, not by number: both are found again on another run. */
    bool tree = state->view.panes.focus == PANE_TREE, frame = tree && node->frame >= 0;
    int step = tree && !frame ? node->step : state->view.cursor.step;
    const Frame *of = frame ? &state_tape(&state->view)->frames[node->frame] : NULL;
    const char *name = of ? *of->path ? of->path : of->name
                          : name_of(&state->view.session->names, state_tape(&state->view)->steps[step].output);
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
    else if (condition_parse(&state->view.session->names, words, &condition, &error))
        toggle_break(state, &condition);
    else
        state_complain(state, "%s", error.text);
    return true;
}

bool command_delete(State *state, const char *words)
{
    long number;
    if (state->view.breaks.count == 0) {
        state_complain(state, "there is no breakpoint");
    } else if (!*words) {
        state_say(state, "%d breakpoint%s deleted", state->view.breaks.count, state->view.breaks.count == 1 ? "" : "s");
        while (state->view.breaks.count > 0)
            remove_break(state, state->view.breaks.count - 1);
    } else if (parse_integer(words, 1, state->view.breaks.count, &number)) {
        state_say(state, "deleted: %s", state->view.breaks.list[number - 1].text);
        remove_break(state, (int)number - 1);
    } else {
        state_complain(state, "no breakpoint \"%.40s\"; they go from 1 to %d", words, state->view.breaks.count);
    }
    return true;
}

static void remove_watch(State *state, int i)
{
    memmove(&state->view.watches.list[i], &state->view.watches.list[i + 1],
            (size_t)(--state->view.watches.count - i) * sizeof *state->view.watches.list);
    memset(&state->view.watches.list[state->view.watches.count], 0, sizeof *state->view.watches.list);
}

/* A cell is watched by its name, so that it is still the same cell after a nudge or at another training step. */
static void toggle_watch(State *state, Reference cell)
{
    KeptCell kept;
    char text[KEPT_NAME + 32];
    if (!keep_cell(state, cell, &kept))
        return;
    kept_text(&kept, text, sizeof text);
    for (int i = 0; i < state->view.watches.count; i++)
        if (memcmp(&state->view.watches.list[i], &kept, sizeof kept) == 0) {
            remove_watch(state, i);
            state_say(state, "no longer watched: %s", text);
            return;
        }
    if (state->view.watches.count == MOST_WATCHES) {
        state_complain(state, "%d cells are watched; :unwatch takes one away", MOST_WATCHES);
        return;
    }
    state->view.watches.list[state->view.watches.count++] = kept;
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
    else if (reference_parse_cell_near(&state->view.session->names, words, state_step(&state->view)->frame, &cell,
                                       &error))
        toggle_watch(state, cell);
    else
        state_complain(state, "%s", error.text);
    return true;
}

bool command_unwatch(State *state, const char *words)
{
    long number = 0;
    if (*words && !parse_integer(words, 1, state->view.watches.count, &number)) {
        state_complain(state, "no watched cell \"%.40s\"; there are %d", words, state->view.watches.count);
        return true;
    }
    /* Without a number all of them, and the last first: nothing moves up. */
    if (number)
        remove_watch(state, (int)number - 1);
    while (!*words && state->view.watches.count > 0)
        remove_watch(state, state->view.watches.count - 1);
    state_say(state, "%d cell%s still watched", state->view.watches.count,
              state->view.watches.count == 1 ? " is" : "s are");
    return true;
}
