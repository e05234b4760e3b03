/* The stations of a training step; see stations.h. */
#include "stations.h"

/* Groups are what they hold; a frame without a rule is a station if it holds steps of its own. */
static bool has_own_steps(const Tape *tape, int frame)
{
    const Frame *of = &tape->frames[frame];
    return of->last >= of->first && of->parent >= 0 && tape->steps[of->first].frame == frame;
}

static bool alike(const Tape *tape, int a, int b)
{
    return tape->frames[a].phase == tape->frames[b].phase && tape->frames[a].rule == tape->frames[b].rule;
}

static bool holds_first(const Frame *frame, const bool *first)
{
    for (int step = frame->first; step <= frame->last; step++)
        if (first[step])
            return true;
    return false;
}

/* The station of the same kind: of frames outside of all rules, the last one. */
static int kind_of(const Tape *tape, const Stations *stations, int frame)
{
    for (int i = stations->count - 1; i >= 0; i--)
        if (stations->list[i].frame <= frame && alike(tape, stations->list[i].frame, frame))
            return i;
    return -1;
}

Stations stations_find(const Tape *tape, const bool *first)
{
    Stations found = {0};
    for (int frame = 0; frame < tape->frame_count; frame++) {
        if (!has_own_steps(tape, frame))
            continue;
        int kind = kind_of(tape, &found, frame);
        bool is_new = kind < 0 || (!tape->frames[frame].rule && holds_first(&tape->frames[frame], first));
        if (is_new && found.count < MOST_STATIONS)
            found.list[found.count++] = (Station){frame, 1};
        else if (kind >= 0)
            found.list[kind].alike++;
    }
    return found;
}

int station_of(const Tape *tape, const Stations *stations, int step)
{
    for (int frame = tape->steps[step].frame; frame >= 0; frame = tape->frames[frame].parent) {
        int kind = has_own_steps(tape, frame) ? kind_of(tape, stations, frame) : -1;
        if (kind >= 0)
            return kind;
    }
    return -1;
}
