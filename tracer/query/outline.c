/* The outline; see outline.h. */
#include "outline.h"

#include "first_met.h"

#include <stdlib.h>

static int append(Outline *outline, int frame, int step, int parent, int depth)
{
    outline->nodes[outline->count] = (Node){.frame = frame, .step = step, .parent = parent, .depth = depth};
    return outline->count++;
}

/* Frames stand in the order in which they were opened: those that begin at or before a step, an
 * empty one included, come before it. */
static void fill(Outline *outline, const Tape *tape)
{
    int frame = 0;
    for (int step = 0; step <= tape->step_count; step++) {
        for (; frame < tape->frame_count && tape->frames[frame].first <= step; frame++) {
            const Frame *opened = &tape->frames[frame];
            int parent = opened->parent < 0 ? -1 : outline->of_frame[opened->parent];
            outline->of_frame[frame] = append(outline, frame, -1, parent, opened->depth);
        }
        if (step == tape->step_count)
            break;
        int holder = tape->steps[step].frame;
        outline->of_step[step] = append(outline, -1, step, outline->of_frame[holder], tape->frames[holder].depth + 1);
    }
}

/* Where each subtree ends: behind its last node, found from the back. */
static void find_ends(Outline *outline)
{
    for (int i = 0; i < outline->count; i++)
        outline->nodes[i].end = i + 1;
    /* Children stand behind their frame, so from the back every end is known when its parent needs it. */
    for (int i = outline->count - 1; i >= 0; i--) {
        int parent = outline->nodes[i].parent;
        if (parent >= 0 && outline->nodes[parent].end < outline->nodes[i].end)
            outline->nodes[parent].end = outline->nodes[i].end;
    }
}

bool outline_init(Outline *outline, const Tape *tape, Error *error)
{
    size_t frames = (size_t)tape->frame_count, steps = (size_t)tape->step_count;
    *outline = (Outline){
        .nodes = malloc((frames + steps + 1) * sizeof *outline->nodes),
        .of_frame = malloc((frames + 1) * sizeof *outline->of_frame),
        .of_step = malloc((steps + 1) * sizeof *outline->of_step),
        .first = malloc((steps + 1) * sizeof *outline->first),
    };
    if (!outline->nodes || !outline->of_frame || !outline->of_step || !outline->first ||
        !first_met(tape, outline->first) || !costs_count(tape, &outline->costs)) {
        outline_free(outline);
        return error_memory(error);
    }
    fill(outline, tape);
    find_ends(outline);
    return true;
}

void outline_free(Outline *outline)
{
    free(outline->nodes);
    free(outline->of_frame);
    free(outline->of_step);
    free(outline->first);
    costs_free(&outline->costs);
    *outline = (Outline){0};
}
