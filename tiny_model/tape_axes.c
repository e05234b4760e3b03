/* What rows and columns stand for: the axes of a tape; see tape.h. There are about ten, so that looking
 * one up is a short walk. */
#include "tape_parts.h"

#include <string.h>

static bool same_axis(const Axis *a, const Axis *b)
{
    return a->size == b->size && a->labels == b->labels && a->place == b->place &&
           (a->name == b->name || strcmp(a->name, b->name) == 0);
}

static int axis_append(Tape *tape, Axis axis)
{
    tape->axes = tape_grown(tape, tape->axes, tape->axis_count, &tape->axis_capacity, sizeof(Axis));
    tape->axes[tape->axis_count] = axis;
    return tape->axis_count++;
}

/* What every tape begins with: no axis, and the code points. */
static void axes_begin(Tape *tape)
{
    axis_append(tape, (Axis){.name = ""});
    axis_append(tape, (Axis){.name = "letter"});
}

int tape_axis(Tape *tape, Axis axis)
{
    if (tape->axis_count == 0)
        axes_begin(tape);
    for (int id = tape->axis_count - 1; id >= AXIS_OWN; id--) /* the latest is the likeliest */
        if (same_axis(&tape->axes[id], &axis))
            return id;
    return axis_append(tape, axis);
}

int tape_axis_part(Tape *tape, int id, int size, int from)
{
    Axis axis = tape->axes[id];
    if (id < AXIS_OWN || (axis.size == size && from == 0))
        return id;
    axis.labels = axis.labels && from + size <= axis.size ? axis.labels + from : NULL;
    axis.size = size;
    return tape_axis(tape, axis);
}

void axes_set(Tape *tape, int id, const Shape *shape)
{
    if (tape->axis_count == 0)
        axes_begin(tape);
    int rows = tape_axis_part(tape, shape->row_axis, shape->rows, 0);
    int cols = tape_axis_part(tape, shape->col_axis, shape->cols, shape->from);
    Value *value = &tape->values[id];
    value->row_axis = rows;
    value->col_axis = cols;
    value->counts = shape->counts;
}
