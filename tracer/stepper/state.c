/* The stepper's state; see state.h. */
#include "state.h"

#include "keys.h"
#include "tracer/views/folding.h"

#include <stdarg.h>
#include <stdio.h>

void state_init(State *state, Lab *lab, Tutor tutor)
{
    *state = (State){.lab = lab};
    state->view = (ViewState){
        .session = lab_session(lab, TRUTH), .outline = lab_outline(lab, TRUTH), .lab = lab, .cursor.node = -1,
        .panes.focus = PANE_OPERATION, .settings = {.digits = DEFAULT_DIGITS, .delta = 0.001}, .guessing.revealed = -1,
        .keys = KEYS, .key_count = KEY_COUNT, .typed = TYPED_COMMANDS, .typed_count = TYPED_COMMAND_COUNT,
        .tutor = tutor,
    };
}

static void set_message(State *state, bool complains, const char *format, va_list arguments)
{
    vsnprintf(state->view.message.text, sizeof state->view.message.text, format, arguments);
    state->view.message.complains = complains;
}

void state_say(State *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_message(state, false, format, arguments);
    va_end(arguments);
}

void state_complain(State *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_message(state, true, format, arguments);
    va_end(arguments);
}

void state_jump(State *state, int step)
{
    int count = state_tape(&state->view)->step_count;
    CHECK(step >= 0 && step < count, "a jump to step %d of a tape of %d", step, count);
    /* Crumbs are made 0 and not only forgotten: equal states are equal bytes. */
    for (; state->trail.count > 0; state->trail.count--)
        state->trail.list[state->trail.count - 1] = (Crumb){0};
    state->view.cursor.step = step;
    state->view.cursor.node = -1;
    map_close(state);
}

void frame_toggle(State *state, int frame)
{
    bool open = !frame_open(&state->view, frame);
    for (int i = 0; i < state->view.folds.count; i++)
        if (state->view.folds.list[i].frame == frame)
            state->view.folds.list[i] = state->view.folds.list[--state->view.folds.count];
    if (open == holds_position(&state->view, frame)) /* as it is without a hand */
        return;
    if (state->view.folds.count == MOST_FOLDS)
        state_complain(state, "%d frames are folded by hand; take one back first", MOST_FOLDS);
    else
        state->view.folds.list[state->view.folds.count++] = (Fold){frame, open};
}

