/* What rows and columns stand for: the axes of a tape; see tape.h. There are about ten, so that looking
 * one up is a short walk. */
#include "tape_parts.h"

#include <string.h>

enum { MOST_AXES = 32000 };

static bool same_axis(const Axis *a, const Axis *b)
{
    return a->size == b->size && a->labels == b->labels && a->place == b->place &&
           (a->name == b->name || strcmp(a->name, b->name) == 0);
}

static short axis_append(Tape *tape, Axis axis)
{
    tape->axes = tape_grown(tape, tape->axes, tape->axis_count, &tape->axis_capacity, sizeof(Axis));
    tape->axes[tape->axis_count] = axis;
    CHECK(tape->axis_count < MOST_AXES, "a tape has more than %d axes", MOST_AXES);
    return (short)tape->axis_count++;
}

void axes_begin(Tape *tape)
{
    axis_append(tape, (Axis){.name = ""});
    axis_append(tape, (Axis){.name = "letter"});
}

short tape_axis(Tape *tape, Axis axis)
{
    if (tape->axis_count == 0)
        axes_begin(tape);
    for (int id = tape->axis_count - 1; id >= AXIS_OWN; id--) /* the latest is the likeliest */
        if (same_axis(&tape->axes[id], &axis))
            return (short)id;
    return axis_append(tape, axis);
}

short tape_axis_part(Tape *tape, int id, int size, int from)
{
    Axis axis = tape->axes[id];
    if (id < AXIS_OWN || (axis.size == size && from == 0))
        return (short)id;
    axis.labels = axis.labels && from + size <= axis.size ? axis.labels + from : NULL;
    axis.size = size;
    return tape_axis(tape, axis);
}
