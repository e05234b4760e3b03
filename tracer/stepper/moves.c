/* Moving along the tape. A lower-case letter goes forward and leaves a mark on the trail; its
 * capital goes back to that mark, and where there is none, back by the same rule. */
#include "games.h"
#include "runs.h"
#include "kept.h"
#include "tracer/views/folding.h"
#include "tracer/views/hiding.h"
#include "tracer/views/map.h"
#include "tracer/views/step_over.h"

enum { TOLD_DIGITS = 3 };

/* The position that a movement leads to, or -1: there is none. */
typedef int Target(const ViewState *view);

static void push_crumb(State *state, int key, int to)
{
    if (state->trail.count == TRAIL) {
        for (int i = 1; i < TRAIL; i++)
            state->trail.list[i - 1] = state->trail.list[i];
        state->trail.count--;
    }
    state->trail.list[state->trail.count++] = (Crumb){.step = state->view.cursor.step, .to = to,
                                                      .node = state->view.cursor.node, .key = key,
                                                      .row = state->view.cursor.row, .col = state->view.cursor.col,
                                                      .map = map_shown(&state->view)};
}

/* From the map n leads to the step itself: nobody shall miss the first one. */
static void forward(State *state, int key, Target *target)
{
    int to = key == 'n' && map_shown(&state->view) ? state->view.cursor.step : target(&state->view);
    if (to < 0 && !state->view.tour && part_beside(state, 1))
        return;
    if (to < 0) {
        state_say(state, state->view.tour ? "here the tour ends; Esc leaves it, then n walks on"
                                          : "this is the last step");
        return;
    }
    push_crumb(state, key, to);
    map_close(state);
    state->view.cursor.step = to;
    state->view.cursor.node = -1;
}

static void back(State *state, int key, Target *target)
{
    const Crumb *last = state->trail.count ? &state->trail.list[state->trail.count - 1] : NULL;
    /* A crumb is good for its own key, and at the place that it led to. */
    if (last && last->key == key && last->to == state->view.cursor.step) {
        state->view.cursor.step = last->step;
        state->view.cursor.node = last->node;
        if (key == 'c') { /* which may have landed on another cell */
            state->view.cursor.row = last->row;
            state->view.cursor.col = last->col;
        }
        if (last->map)
            map_open(state);
        state->trail.list[--state->trail.count] = (Crumb){0};
        return;
    }
    int to = target(&state->view);
    if (to < 0 && !state->view.tour && part_beside(state, -1))
        return;
    if (to < 0)
        state_say(state, state->view.tour ? "this is where the tour begins"
                                          : "this is the first step; a shows the map");
    else
        state_jump(state, to);
}

static int beside(const ViewState *view, int distance)
{
    int to = view->cursor.step + distance;
    return to >= 0 && to <= last_step(view) ? to : -1;
}

static int into_next(const ViewState *view)
{
    return beside(view, 1);
}

static int into_previous(const ViewState *view)
{
    return beside(view, -1);
}

/* The end of the current frame; from there that of the frame around it. */
static int finish_end(const ViewState *view)
{
    const Tape *tape = state_tape(view);
    for (int frame = state_step(view)->frame; frame >= 0; frame = tape->frames[frame].parent)
        if (tape->frames[frame].last > view->cursor.step)
            return tape->frames[frame].last;
    return beside(view, 1);
}

/* Before the frame and not at its start: where a debugger's reverse-finish stops, at the call. */
static int finish_start(const ViewState *view)
{
    int before = state_tape(view)->frames[state_step(view)->frame].first - 1;
    return before >= 0 ? before : view->cursor.step > 0 ? 0 : -1;
}

/* Frames without a parent are the phases; one of them may be empty and begin behind the last step. */
static int next_phase(const ViewState *view)
{
    const Tape *tape = state_tape(view);
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].parent < 0 && tape->frames[frame].first > view->cursor.step &&
            tape->frames[frame].first <= last_step(view))
            return tape->frames[frame].first;
    return view->cursor.step < last_step(view) ? last_step(view) : -1;
}

static int previous_phase(const ViewState *view)
{
    const Tape *tape = state_tape(view);
    int found = -1;
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].parent < 0 && tape->frames[frame].first < view->cursor.step)
            found = tape->frames[frame].first;
    return found;
}

static int stop_ahead(const ViewState *view)
{
    int to = next_break(view);
    return to >= 0 ? to : next_phase(view);
}

static int stop_behind(const ViewState *view)
{
    int to = previous_break(view);
    return to >= 0 ? to : previous_phase(view);
}

void move_over(State *state, int code)
{
    if (code == 'N')
        back(state, 'n', state->view.tour ? tour_behind : over_previous);
    else
        forward(state, 'n', state->view.tour ? tour_ahead : over_next);
}

void move_into(State *state, int code)
{
    if (code == 'S')
        back(state, 's', into_previous);
    else
        forward(state, 's', into_next);
}

void move_finish(State *state, int code)
{
    if (code == 'F')
        back(state, 'f', finish_start);
    else
        forward(state, 'f', finish_end);
}

/* On the cell for which the breakpoint at the position holds, if it is about one. */
static void land_on_cell(State *state)
{
    int stop = break_at(&state->view, state->view.cursor.step);
    const Names *names = &state->view.session->names;
    Reference cell = {.value = -1};
    char told[MESSAGE_SIZE];
    if (stop >= 0)
        cell = condition_cell(&state->view.breaks.list[stop], names, state->view.cursor.step);
    if (cell.value < 0 || result_hidden(&state->view))
        return;
    state->view.cursor.row = cell.row;
    state->view.cursor.col = cell.col;
    state->view.cursor.term = state->view.cursor.factor = 0;
    int digits = state->view.settings.digits < TOLD_DIGITS ? state->view.settings.digits : TOLD_DIGITS;
    state_say(state, "%s", condition_told(&state->view.breaks.list[stop], names, cell, digits, told, sizeof told));
}

void move_continue(State *state, int code)
{
    int from = state->view.cursor.step, crumbs = state->trail.count;
    if (code == 'C')
        back(state, 'c', stop_behind);
    else
        forward(state, 'c', stop_ahead);
    bool undone = code == 'C' && crumbs > 0 && state->trail.count == crumbs - 1;
    if (state->view.cursor.step != from && !undone)
        land_on_cell(state);
    /* With a breakpoint on invariants `c` has looked at every step between; in a hunt that counts. */
    games_passed(state, from);
}

void move_ends(State *state, int code)
{
    int to = code == 'G' ? last_step(&state->view) : 0;
    if (state->view.cursor.step == to)
        state_say(state, "this is the %s step", to ? "last" : "first");
    state_jump(state, to);
}
