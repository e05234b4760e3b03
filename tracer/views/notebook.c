/* What the learner keeps, read; see notebook.h. */
#include "notebook.h"

#include <stdio.h>
#include <string.h>

/* The name may be gone from this tape, or its value have become smaller: a mistake, another training
 * step, another run. */
Reference kept_cell(const ViewState *state, const KeptCell *cell)
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

static bool holds(const ViewState *state, int i, int step)
{
    return condition_holds(&state->breaks.list[i], &state->session->names, step);
}

int break_at(const ViewState *state, int step)
{
    for (int i = 0; i < state->breaks.count; i++)
        if (holds(state, i, step))
            return i;
    return -1;
}

/* Only places: whether a number is large enough would have to be looked at for every step that a
 * folded frame holds, at every key. */
bool break_within(const ViewState *state, int first, int last)
{
    for (int i = 0; i < state->breaks.count; i++)
        for (int step = first; step <= last && state->breaks.list[i].kind <= CONDITION_VALUE; step++)
            if (holds(state, i, step))
                return true;
    return false;
}

static int find_break(const ViewState *state, int direction)
{
    int which;
    return condition_find(state->breaks.list, state->breaks.count, &state->session->names, state->cursor.step,
                          direction, &which);
}

int next_break(const ViewState *state)
{
    return find_break(state, 1);
}

int previous_break(const ViewState *state)
{
    return find_break(state, -1);
}

static bool reads(const Step *step, int value)
{
    for (int i = 0; i < step->input_count; i++)
        if (step->inputs[i] == value)
            return true;
    return false;
}

static bool touches(const ViewState *state, int step, int value)
{
    const Step *of = &state_tape(state)->steps[step];
    return of->output == value || reads(of, value);
}

bool watch_touched(const ViewState *state, int step)
{
    for (int i = 0; i < state->watches.count; i++)
        if (touches(state, step, kept_cell(state, &state->watches.list[i]).value))
            return true;
    return false;
}

int touched_before(const ViewState *state, int value)
{
    for (int step = state->cursor.step; step >= 0; step--)
        if (touches(state, step, value))
            return step;
    return -1;
}

int touched_after(const ViewState *state, int value)
{
    for (int step = state->cursor.step + 1; step < state_tape(state)->step_count; step++)
        if (touches(state, step, value))
            return step;
    return -1;
}

/* What the lab can do, the command line can do: the edits are told as a command that makes the same fork. */
void edits_command(const ViewState *state, Text *out)
{
    RunOptions options = lab_session(state->lab, TRUTH)->options;
    /* A worksheet's run is none that options could open, so that the edits alone are told. */
    options.step = state->session->sheet ? 0 : training_step(state);
    text_add(out, state->session->sheet ? "on the worksheet:" : "tracer nudge");
    session_command_line(&options, out);
    for (int i = 0; i < state->fork.count; i++) {
        const KeptEdit *edit = &state->fork.edits[i];
        char cell[KEPT_NAME + 32 + NUMBER_SIZE], number[NUMBER_SIZE], value[NUMBER_SIZE + 1];
        kept_text(&edit->cell, cell, KEPT_NAME + 32);
        snprintf(value, sizeof value, "=%s", number_exact(number, edit->amount));
        snprintf(cell + strlen(cell), sizeof cell - strlen(cell), "%s", edit->absolute ? value : "");
        text_shell_word(out, cell);
        if (!edit->absolute)
            text_add(out, " %s", number);
    }
}
