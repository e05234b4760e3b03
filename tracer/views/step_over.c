/* Stepping over; see step_over.h. */
#include "step_over.h"

#include "folding.h"

/* Steps of a phase's own frame count as if they stood one deeper: stepping over the gradient
 * of the loss does not step over the whole way back. */
static int depth_of(const Tape *tape, int step)
{
    int depth = tape->frames[tape->steps[step].frame].depth;
    return depth > 0 ? depth : 1;
}

/* On the walk that shows every operation once and ends at the last step, as far as no hand changed it: a frame that
 * was opened is on it. It depends on the place alone, so N finds every place of n again. */
static bool on_walk(const ViewState *state, int step)
{
    const Fold *own = frame_fold(state, state_tape(state)->steps[step].frame);
    return state->outline->first[step] || step == last_step(state) || (own && own->open);
}

/* True if stepping over stops at this step: no frame around it is folded by hand, and it is on the walk. Who has
 * left the walk, with s or by a jump, steps as in a debugger, past frames that are deeper than the position. */
static bool stops_at(const ViewState *state, int step, int depth, bool walks)
{
    const Tape *tape = state_tape(state);
    bool deeper = false;
    for (int frame = tape->steps[step].frame; frame >= 0; frame = tape->frames[frame].parent) {
        const Frame *around = &tape->frames[frame];
        const Fold *fold = frame_fold(state, frame);
        bool left_behind = state->cursor.step < around->first || state->cursor.step > around->last;
        if (left_behind && fold && !fold->open)
            return false;
        deeper |= left_behind && !fold && around->depth > depth;
    }
    return on_walk(state, step) || (!walks && !deeper);
}

static int over(const ViewState *state, int direction)
{
    int depth = depth_of(state_tape(state), state->cursor.step), end = direction > 0 ? last_step(state) : 0;
    bool walks = on_walk(state, state->cursor.step);
    if (state->cursor.step == end)
        return -1;
    for (int step = state->cursor.step + direction; step >= 0 && step <= last_step(state); step += direction)
        if (stops_at(state, step, depth, walks))
            return step;
    return end;
}

int over_next(const ViewState *state)
{
    return over(state, 1);
}

int over_previous(const ViewState *state)
{
    return over(state, -1);
}

int frame_stepped_over(const ViewState *state)
{
    int to = over_next(state);
    if (to < 0 || to == state->cursor.step + 1)
        return -1;
    const Tape *tape = state_tape(state);
    int frame = tape->steps[state->cursor.step + 1].frame, outermost = -1;
    for (; frame >= 0; frame = tape->frames[frame].parent)
        if (state->cursor.step < tape->frames[frame].first && tape->frames[frame].last < to)
            outermost = frame;
    return outermost;
}
