/* Going over what is recorded already; see tape_over in tape.h. A training step is mostly the last one with other
 * numbers: then its steps need not be written down again, and neither need those of the way back, which follow from
 * the calls. What a step computes hangs on its primitive, inputs and attributes, and which parameter is meant on the
 * names of frames. */
#include "tape_parts.h"

#include <stdlib.h>
#include <string.h>

static void must(Tape *tape, bool same)
{
    if (!same)
        tape_give_up(tape);
}

static bool same_ids(const int *one, const int *other, int count)
{
    int i = 0;
    while (i < count && one[i] == other[i])
        i++;
    return i == count;
}

static bool same_attributes(const Attributes *one, const Attributes *other)
{
    return memcmp(one->constants, other->constants, sizeof one->constants) == 0 &&
           one->transposed[0] == other->transposed[0] && one->transposed[1] == other->transposed[1] &&
           one->offset == other->offset && one->rows == other->rows && one->cols == other->cols;
}

int known_leaf(Tape *tape, const Value *leaf)
{
    Value *known = &tape->values[tape->value_count];
    must(tape, tape->value_count < tape->known->values && known->producer < 0 && known->kind == leaf->kind &&
                   known->rows == leaf->rows && known->cols == leaf->cols);
    known->data = leaf->data;
    return tape->value_count++;
}

int known_step(Tape *tape, const Primitive *primitive, const int *inputs, int count, const Attributes *attributes)
{
    const Step *known = &tape->steps[tape->step_count];
    must(tape, tape->step_count < tape->known->steps && known->primitive == primitive &&
                   known->output == tape->value_count && known->frame == tape->frame && known->input_count == count &&
                   same_ids(known->inputs, inputs, count) && same_attributes(&known->attributes, attributes));
    tape->step_count++;
    return tape->value_count++;
}

/* Whether `whole` is the name and, if it is not negative, the index: parameters are found by the names of frames. */
static bool is_called(const char *whole, const char *name, int index)
{
    size_t length = strlen(name);
    if (index < 0)
        return strcmp(whole, name) == 0;
    return strncmp(whole, name, length) == 0 && strtol(whole + length, NULL, 10) == index;
}

int known_frame(Tape *tape, const char *name, int index, const Rule *rule)
{
    const Frame *known = &tape->frames[tape->frame_count];
    must(tape, tape->frame_count < tape->known->frames && known->parent == tape->frame && known->rule == rule &&
                   known->phase == tape->phase && is_called(known->name, name, index));
    return tape->frame = tape->frame_count++;
}

void known_call(Tape *tape, const Call *call)
{
    const Call *known = &tape->calls[tape->call_count];
    must(tape, tape->call_count < tape->known->calls && known->frame == call->frame && known->output == call->output &&
                   known->input_count == call->input_count &&
                   same_ids(known->inputs, call->inputs, call->input_count) &&
                   same_ids(known->saved, call->saved, CALL_SAVED) &&
                   same_attributes(&known->attributes, &call->attributes));
    tape->call_count++;
}

void tape_over(Tape *tape, const Extent *known, void (*record)(Tape *, void *), void *context)
{
    tape->known = known;
    record(tape, context);
    tape->known = NULL;
}

Extent tape_extent(const Tape *tape)
{
    return (Extent){tape->value_count, tape->step_count, tape->frame_count, tape->call_count, tape->axis_count};
}

void tape_reach(Tape *tape, const Extent *extent)
{
    tape->value_count = extent->values;
    tape->step_count = extent->steps;
    tape->frame_count = extent->frames;
    tape->call_count = extent->calls;
    tape->axis_count = extent->axes;
}
