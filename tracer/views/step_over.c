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

/* True if stepping over stops at this step: no frame around it is folded by hand, and those that
 * are deeper than the position were opened by hand. */
static bool stops_at(const ViewState *state, int step, int depth)
{
    const Tape *tape = state_tape(state);
    for (int frame = tape->steps[step].frame; frame >= 0; frame = tape->frames[frame].parent) {
        const Frame *around = &tape->frames[frame];
        const Fold *fold = frame_fold(state, frame);
        bool left_behind = state->cursor.step < around->first || state->cursor.step > around->last;
        if (left_behind && (fold ? !fold->open : around->depth > depth))
            return false;
    }
    return true;
}

static int over(const ViewState *state, int direction)
{
    int depth = depth_of(state_tape(state), state->cursor.step), end = direction > 0 ? last_step(state) : 0;
    if (state->cursor.step == end)
        return -1;
    for (int step = state->cursor.step + direction; step >= 0 && step <= last_step(state); step += direction)
        if (stops_at(state, step, depth))
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
    int frame = tape->steps[state->cursor.step + 1].frame, outermost = frame;
    for (; frame >= 0; frame = tape->frames[frame].parent)
        if (state->cursor.step < tape->frames[frame].first && tape->frames[frame].last < to)
            outermost = frame;
    return outermost;
}
