/* Tokens that were drawn; see drawings.h. */
#include "drawings.h"

#include "parts.h"
#include "tiny_model/primitive.h"
#include "tiny_model/primitives/families.h"

#include <string.h>

/* The i-th step that looks where a point on a rod falls. */
static int draw_step(const Tape *tape, int i)
{
    for (int step = 0; step < tape->step_count; step++)
        if (tape->steps[step].primitive == &FIRST_ABOVE && i-- == 0)
            return step;
    return -1;
}

static bool same_numbers(const Value *a, const Value *b)
{
    return a->cols == b->cols && memcmp(a->data, b->data, cells_of(a) * sizeof(double)) == 0;
}

static void add_stage(const Tape *tape, DrawnToken *out, int value, const char *name)
{
    DrawnStage *last = out->stage_count ? &out->stages[out->stage_count - 1] : NULL;
    /* What changes nothing is no stage: a temperature of 1. */
    bool idle = last && same_numbers(tape_value(tape, last->value), tape_value(tape, value));
    if (idle || out->stage_count == MOST_DRAWN_STAGES)
        return;
    const Primitive *primitive = tape->steps[tape_value(tape, value)->producer].primitive;
    out->stages[out->stage_count++] = (DrawnStage){value, name, primitive == &DIV_COL};
}

/* Whether a step of the frame itself makes numbers of another stage. */
static bool makes_stage(const Primitive *primitive)
{
    return primitive == &GATHER_ROWS || primitive == &DIVIDE_BY || primitive == &SCALE || primitive == &DIV_COL;
}

/* The steps of a frame, and of each frame in it the last that makes a row like the chances. */
static void find_stages(const Tape *tape, int frame, DrawnToken *out)
{
    const Value *like = tape_value(tape, out->probabilities);
    const Frame *around = &tape->frames[frame];
    int pending = -1;
    for (int step = around->first; step <= around->last; step++) {
        const Step *of = &tape->steps[step];
        const Value *value = tape_value(tape, of->output);
        bool own = of->frame == frame;
        if (pending >= 0 && of->frame != tape->steps[pending].frame) {
            add_stage(tape, out, tape->steps[pending].output, tape->frames[tape->steps[pending].frame].name);
            pending = -1;
        }
        if (value->rows != 1 || value->cols != like->cols || value->col_axis != like->col_axis)
            continue;
        if (!own)
            pending = step;
        else if (makes_stage(of->primitive))
            add_stage(tape, out, of->output, of->label);
    }
    if (pending >= 0)
        add_stage(tape, out, tape->steps[pending].output, tape->frames[tape->steps[pending].frame].name);
}

bool drawn_token(const Tape *tape, int i, DrawnToken *out)
{
    int step = draw_step(tape, i);
    if (step < 0)
        return false;
    const Step *draw = &tape->steps[step];
    int ends = draw->inputs[0], rod = tape_value(tape, ends)->producer;
    *out = (DrawnToken){.step = step, .ends = ends, .point = draw->inputs[1], .token = draw->output};
    if (rod < 0 || tape->steps[rod].primitive != &RUNNING_SUM)
        return false;
    out->probabilities = tape->steps[rod].inputs[0];
    int made = tape_value(tape, out->probabilities)->producer, beside = tape->frames[draw->frame].parent;
    int frame = made < 0 ? -1 : tape->steps[made].frame;
    while (frame >= 0 && tape->frames[frame].parent != beside)
        frame = tape->frames[frame].parent;
    if (frame < 0)
        return false;
    find_stages(tape, frame, out);
    return out->stage_count > 0;
}

int drawn_at(const Tape *tape, int step)
{
    DrawnToken token;
    int i = 0;
    for (; drawn_token(tape, i, &token); i++)
        if (token.step >= step)
            return i;
    return i - 1;
}

/* The frame of a map without that of the token it was read for: "block0.attention.head0". */
static const char *head_of(const Tape *tape, int map)
{
    return tape->frames[tape->frames[tape->steps[tape_value(tape, map)->producer].frame].parent].home;
}

int read_for_token(const Tape *tape, int i)
{
    int first = part_map(tape, 0), map;
    for (int at = 0; first >= 0 && (map = part_map(tape, at)) >= 0; at++)
        if (strcmp(head_of(tape, map), head_of(tape, first)) == 0 && i-- == 0)
            return map;
    return -1;
}
