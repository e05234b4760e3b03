/* Moving along the tape. A lower-case letter goes forward and leaves a mark on the trail; its
 * capital goes back to that mark, and where there is none, back by the same rule. */
#include "games.h"
#include "kept.h"

/* The position that a movement leads to, or -1: there is none. */
typedef int Target(const State *state);

static void push_mark(State *state, int key, int to)
{
    if (state->trail_count == TRAIL) {
        for (int i = 1; i < TRAIL; i++)
            state->trail[i - 1] = state->trail[i];
        state->trail_count--;
    }
    state->trail[state->trail_count++] = (Mark){.step = state->step, .to = to, .node = state->node, .key = key};
}

static void forward(State *state, int key, Target *target)
{
    int to = target(state);
    if (to < 0) {
        state_say(state, "this is the last step");
        return;
    }
    push_mark(state, key, to);
    state->step = to;
    state->node = -1;
}

static void back(State *state, int key, Target *target)
{
    const Mark *last = state->trail_count ? &state->trail[state->trail_count - 1] : NULL;
    if (last && last->key == key && last->to == state->step) {
        state->step = last->step;
        state->node = last->node;
        state->trail[--state->trail_count] = (Mark){0};
        return;
    }
    int to = target(state);
    if (to < 0)
        state_say(state, "this is the first step");
    else
        state_jump(state, to);
}

static int last_step(const State *state)
{
    return state_tape(state)->step_count - 1;
}

static int beside(const State *state, int distance)
{
    int to = state->step + distance;
    return to >= 0 && to <= last_step(state) ? to : -1;
}

/* Steps of a phase's own frame count as if they stood one deeper: stepping over the gradient
 * of the loss does not step over the whole way back. */
static int depth_of(const Tape *tape, int step)
{
    int depth = tape->frames[tape->steps[step].frame].depth;
    return depth > 0 ? depth : 1;
}

/* True if stepping over stops at this step: no frame around it is folded by hand, and those that
 * are deeper than the position were opened by hand. */
static bool stops_at(const State *state, int step, int depth)
{
    const Tape *tape = state_tape(state);
    for (int frame = tape->steps[step].frame; frame >= 0; frame = tape->frames[frame].parent) {
        const Frame *around = &tape->frames[frame];
        const Fold *fold = frame_fold(state, frame);
        bool left_behind = state->step < around->first || state->step > around->last;
        if (left_behind && (fold ? !fold->open : around->depth > depth))
            return false;
    }
    return true;
}

static int over(const State *state, int direction)
{
    int depth = depth_of(state_tape(state), state->step), end = direction > 0 ? last_step(state) : 0;
    if (state->step == end)
        return -1;
    for (int step = state->step + direction; step >= 0 && step <= last_step(state); step += direction)
        if (stops_at(state, step, depth))
            return step;
    return end;
}

static int over_next(const State *state)
{
    return over(state, 1);
}

static int over_previous(const State *state)
{
    return over(state, -1);
}

int frame_stepped_over(const State *state)
{
    int to = over_next(state);
    if (to < 0 || to == state->step + 1)
        return -1;
    const Tape *tape = state_tape(state);
    int frame = tape->steps[state->step + 1].frame, outermost = frame;
    for (; frame >= 0; frame = tape->frames[frame].parent)
        if (state->step < tape->frames[frame].first && tape->frames[frame].last < to)
            outermost = frame;
    return outermost;
}

static int into_next(const State *state)
{
    return beside(state, 1);
}

static int into_previous(const State *state)
{
    return beside(state, -1);
}

/* The end of the current frame; from there that of the frame around it. */
static int finish_end(const State *state)
{
    const Tape *tape = state_tape(state);
    for (int frame = state_step(state)->frame; frame >= 0; frame = tape->frames[frame].parent)
        if (tape->frames[frame].last > state->step)
            return tape->frames[frame].last;
    return beside(state, 1);
}

static int finish_start(const State *state)
{
    int before = state_tape(state)->frames[state_step(state)->frame].first - 1;
    return before >= 0 ? before : state->step > 0 ? 0 : -1;
}

static int next_phase(const State *state)
{
    const Tape *tape = state_tape(state);
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].parent < 0 && tape->frames[frame].first > state->step && tape->frames[frame].first <= last_step(state))
            return tape->frames[frame].first;
    return state->step < last_step(state) ? last_step(state) : -1;
}

static int previous_phase(const State *state)
{
    const Tape *tape = state_tape(state);
    int found = -1;
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].parent < 0 && tape->frames[frame].first < state->step)
            found = tape->frames[frame].first;
    return found;
}

static int stop_ahead(const State *state)
{
    int to = next_break(state);
    return to >= 0 ? to : next_phase(state);
}

static int stop_behind(const State *state)
{
    int to = previous_break(state);
    return to >= 0 ? to : previous_phase(state);
}

void move_over(State *state, int code)
{
    if (code == 'N')
        back(state, 'n', over_previous);
    else
        forward(state, 'n', over_next);
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

void move_continue(State *state, int code)
{
    int from = state->step;
    if (code == 'C')
        back(state, 'c', stop_behind);
    else
        forward(state, 'c', stop_ahead);
    games_passed(state, from);
}

void move_ends(State *state, int code)
{
    int to = code == 'G' ? last_step(state) : 0;
    if (state->step == to)
        state_say(state, "this is the %s step", to ? "last" : "first");
    state_jump(state, to);
}
