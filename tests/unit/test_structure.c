/* The shape of every tape: names, producers, frames. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_are_unique(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    int count = session.names.count;
    int parameters = session.run.parameters.count; /* each has at least a gradient and a value after the step */
    EXPECT(count == session.run.tape.value_count && parameters > 0 && count > 4 * parameters, "%d names", count);
    const char **names = malloc((size_t)count * sizeof *names);
    EXPECT(names, "out of memory");
    char text[300];
    for (int id = 0; id < count; id++) {
        names[id] = name_of(&session.names, id);
        EXPECT(tape_name(&session.run.tape, id, text, sizeof text) == strlen(names[id]) && strcmp(text, names[id]) == 0,
               "%s is called %s", names[id], text);
        EXPECT(*text && name_find(&session.names, text) == id, "%s is not found", text);
    }
    qsort(names, (size_t)count, sizeof *names, by_text);
    for (int i = 1; i < count; i++)
        EXPECT(strcmp(names[i - 1], names[i]) != 0, "two values are called %s", names[i]);
    free(names);
    session_close(&session);
}

static void values_are_made_once(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int produced = 0;
    for (int step = 0; step < tape->step_count; step++) {
        const Step *of = &tape->steps[step];
        EXPECT(of->output >= 0 && of->output < tape->value_count, "step %d makes value %d", step, of->output);
        EXPECT(step_output(tape, of)->producer == step, "value %d is made by steps %d and %d", of->output, step,
               step_output(tape, of)->producer);
        EXPECT(step == 0 || of->output > tape->steps[step - 1].output, "step %d is out of order", step);
        for (int i = 0; i < of->input_count; i++)
            EXPECT(of->inputs[i] >= 0 && of->inputs[i] < of->output, "step %d reads value %d before it is made", step,
                   of->inputs[i]);
        bool placed = of->label && *of->label && of->file && *of->file && of->line > 0;
        EXPECT(placed, "step %d has no place in the source", step);
    }
    for (int id = 0; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        bool from_outside = value->kind == KIND_PARAMETER || value->kind == KIND_INPUT;
        EXPECT(value->producer >= 0 || from_outside, "%s is made by nobody", name_of(&session.names, id));
        EXPECT(value->kind != KIND_PARAMETER || value->producer < 0, "the parameter %s is made by a step",
               name_of(&session.names, id));
        produced += value->producer >= 0;
    }
    EXPECT(produced == tape->step_count, "%d steps make %d values", tape->step_count, produced);
    session_close(&session);
}

/* No two values share a cell, so nothing is written over. */
typedef struct {
    const double *begin, *end;
} Stretch;

static int by_begin(const void *a, const void *b)
{
    const double *first = ((const Stretch *)a)->begin, *second = ((const Stretch *)b)->begin;
    return first < second ? -1 : first > second;
}

static void values_do_not_overlap(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int count = tape->value_count;
    Stretch *stretches = malloc((size_t)count * sizeof *stretches);
    EXPECT(stretches, "out of memory");
    for (int id = 0; id < count; id++) {
        const Value *value = tape_value(tape, id);
        stretches[id] = (Stretch){value->data, value->data + cells_of(value)};
    }
    qsort(stretches, (size_t)count, sizeof *stretches, by_begin);
    for (int i = 1; i < count; i++)
        EXPECT(stretches[i - 1].end <= stretches[i].begin, "two values share their cells");
    free(stretches);
    session_close(&session);
}

/* The deepest frame whose stretch holds the step. */
static int innermost_frame(const Tape *tape, int step)
{
    int found = -1;
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].first <= step && step <= tape->frames[frame].last &&
            (found < 0 || tape->frames[frame].depth > tape->frames[found].depth))
            found = frame;
    return found;
}

static void steps_stand_in_one_frame(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    for (int step = 0; step < tape->step_count; step++) {
        const Step *of = &tape->steps[step];
        EXPECT(of->frame == innermost_frame(tape, step), "step %d stands in frame %d, not %d", step,
               innermost_frame(tape, step), of->frame);
        EXPECT(of->phase == tape->frames[of->frame].phase, "step %d is of another phase than its frame", step);
        for (int frame = 0; frame < tape->frame_count; frame++) {
            bool inside = tape->frames[frame].first <= step && step <= tape->frames[frame].last;
            EXPECT(inside == tape_frame_within(tape, of->frame, frame), "step %d and frame %d", step, frame);
        }
    }
    session_close(&session);
}

/* first and last are those of the steps inside, of all descendants together. */
static void expect_ends(const Tape *tape, int frame)
{
    int first = -1, last = -1;
    for (int step = 0; step < tape->step_count; step++)
        if (tape_frame_within(tape, tape->steps[step].frame, frame)) {
            first = first < 0 ? step : first;
            last = step;
        }
    const Frame *of = &tape->frames[frame];
    if (first < 0)
        EXPECT(of->last < of->first, "frame %s has no steps, but ends", of->name);
    else
        EXPECT(of->first == first && of->last == last, "frame %s goes from %d to %d, its steps from %d to %d", of->name,
               of->first, of->last, first, last);
}

static void frames_are_nested(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int tops = 0;
    for (int frame = 0; frame < tape->frame_count; frame++) {
        const Frame *of = &tape->frames[frame];
        expect_ends(tape, frame);
        if (of->parent < 0) {
            EXPECT(of->depth == 0 && strcmp(of->name, phase_name((Phase)tops)) == 0, "frame %s is at the top", of->name);
            tops++;
            continue;
        }
        const Frame *parent = &tape->frames[of->parent];
        EXPECT(of->parent < frame && of->depth == parent->depth + 1, "frame %s is %d deep", of->name, of->depth);
        EXPECT(of->phase == parent->phase && of->first >= parent->first && of->last <= parent->last,
               "frame %s reaches out of %s", of->name, parent->name);
        char path[300];
        snprintf(path, sizeof path, "%s%s%s", parent->path, *parent->path ? "." : "", of->name);
        bool inside = of->rule && strcmp(of->path, parent->path) == 0; /* it has no name of its own */
        EXPECT(inside || strcmp(path, of->path) == 0, "frame %s in %s has the path %s", of->name, parent->path, of->path);
        for (int other = frame + 1; other < tape->frame_count; other++)
            EXPECT(tape->frames[other].parent != of->parent || tape->frames[other].first > of->last,
                   "frames %s and %s overlap", of->name, tape->frames[other].name);
    }
    EXPECT(tops == 3 && tape->frame == -1, "%d frames at the top", tops);
    session_close(&session);
}

int test_structure(void)
{
    TestList list = {0};
    tests_add_models(&list, names_are_unique, "names are unique");
    tests_add_models(&list, values_are_made_once, "values are made once");
    tests_add_models(&list, values_do_not_overlap, "values do not overlap");
    tests_add_models(&list, steps_stand_in_one_frame, "steps stand in one frame");
    tests_add_models(&list, frames_are_nested, "frames are nested");
    return tests_run(&list, "structure");
}
