/* The plan by which a recorded training step is run again; see repeat.h.
 *
 * A recording keeps every number, 30 to 100 MB for a batch, which no cache holds: much of its time is spent on memory.
 * Here a number is kept as long as a step to come reads it, and the next one takes its place. Contributions to the
 * gradient of a parameter would be kept until the last has come; so a sum is made as soon as what it adds is there. */
#include "repeat.h"

#include "primitive.h"
#include "primitives/families.h"

#include <limits.h>
#include <stdlib.h>

/* Places are whole lines of the cache, and one more, lest rows of matrices meet in the same corner of it. So many steps
 * ahead the processor is told what will be looked at. */
enum { LINE_CELLS = 8, AHEAD = 8, NOBODY = -1, ALWAYS = INT_MAX };

/* Places of one size that are free: the one on top, and below each the next. */
typedef struct {
    size_t cells;
    int top;            /* a value that had the place, or NOBODY */
} Shelf;

typedef struct {
    const Tape *tape;
    Repeat *repeat;
    int *last;          /* [values] where in the order it is read last; NOBODY: nowhere, ALWAYS: it stays */
    int *below;         /* [values] on a shelf */
    size_t *place;      /* [values] where its numbers begin */
    Shelf *shelves;
    int shelf_count;
    size_t cells;       /* taken up by all places */
} Plan;

/* --- the order --- */

/* The step behind which a step is run: itself, a sum the last of those that made what it adds. */
static int behind(const Tape *tape, const Step *step, const int *at, int self)
{
    int latest = NOBODY;
    if (step->phase != PHASE_BACKWARD || step->primitive != &ADD)
        return self;
    for (int i = 0; i < step->input_count; i++) {
        int maker = tape->values[step->inputs[i]].producer;
        if (maker >= 0 && at[maker] > latest)
            latest = at[maker];
    }
    return latest < 0 ? self : latest;
}

/* at, first, next: [steps] each; a step behind which others are run has those in a list, in the order of recording. */
static void find_order(const Tape *tape, int steps, int *at, int *first, int *next, int *order)
{
    for (int step = 0; step < steps; step++) {
        at[step] = behind(tape, &tape->steps[step], at, step);
        first[step] = NOBODY;
    }
    for (int step = steps - 1; step >= 0; step--) {
        next[step] = first[at[step]];
        first[at[step]] = step;
    }
    int count = 0;
    for (int step = 0; step < steps; step++)
        for (int id = first[step]; id >= 0; id = next[id])
            order[count++] = id;
}

/* --- the places --- */

static size_t cells_for(const Value *value)
{
    return (cells_of(value) + LINE_CELLS - 1) / LINE_CELLS * LINE_CELLS + LINE_CELLS;
}

static Shelf *shelf_of(Plan *plan, const Value *value)
{
    size_t cells = cells_for(value);
    int i = 0;
    while (i < plan->shelf_count && plan->shelves[i].cells != cells)
        i++;
    if (i == plan->shelf_count)
        plan->shelves[plan->shelf_count++] = (Shelf){cells, NOBODY};
    return &plan->shelves[i];
}

static void take_place(Plan *plan, int value)
{
    Shelf *shelf = shelf_of(plan, &plan->tape->values[value]);
    if (shelf->top >= 0) {
        plan->place[value] = plan->place[shelf->top];
        shelf->top = plan->below[shelf->top];
        return;
    }
    plan->place[value] = plan->cells;
    plan->cells += shelf->cells;
}

static void give_back(Plan *plan, int value)
{
    Shelf *shelf = shelf_of(plan, &plan->tape->values[value]);
    plan->below[value] = shelf->top;
    shelf->top = value;
    plan->last[value] = ALWAYS; /* once */
}

static void find_last_readers(Plan *plan, int kept)
{
    const Tape *tape = plan->tape;
    const Extent *whole = &plan->repeat->whole;
    for (int value = 0; value < whole->values; value++)
        plan->last[value] = tape->values[value].producer < 0 ? ALWAYS : NOBODY;
    plan->last[kept] = ALWAYS;
    for (int value = 0; value < whole->values; value++)
        if (tape->values[value].kind == KIND_PARAMETER && tape->values[value].gradient >= 0)
            plan->last[tape->values[value].gradient] = ALWAYS;
    for (int i = 0; i < whole->steps; i++) {
        const Step *step = &tape->steps[plan->repeat->order[i]];
        for (int k = 0; k < step->input_count; k++)
            if (plan->last[step->inputs[k]] != ALWAYS)
                plan->last[step->inputs[k]] = i;
    }
}

static void find_places(Plan *plan)
{
    for (int i = 0; i < plan->repeat->whole.steps; i++) {
        const Step *step = &plan->tape->steps[plan->repeat->order[i]];
        take_place(plan, step->output);
        for (int k = 0; k < step->input_count; k++)
            if (plan->last[step->inputs[k]] == i)
                give_back(plan, step->inputs[k]);
        if (plan->last[step->output] == NOBODY)
            give_back(plan, step->output);
    }
}

static bool move_in(Plan *plan, Tape *tape)
{
    double *numbers = aligned_alloc(LINE_CELLS * sizeof *numbers, (plan->cells + LINE_CELLS) * sizeof *numbers);
    if (!numbers)
        return false;
    plan->repeat->numbers = numbers;
    for (int i = 0; i < plan->repeat->whole.steps; i++) {
        int value = tape->steps[i].output;
        tape->values[value].data = numbers + plan->place[value];
    }
    return true;
}

/* --- the whole --- */

/* Copies the ids behind each other, and says where the next ones go. */
static int *keep_side_by_side(int *ids, const int **inputs, int count)
{
    for (int k = 0; k < count; k++)
        ids[k] = (*inputs)[k];
    *inputs = ids;
    return ids + count;
}

/* Ids of inputs stand apart in the arena, each between the numbers of its neighbours. */
static bool gather_inputs(Repeat *repeat, Tape *tape)
{
    size_t count = 0;
    for (int i = 0; i < repeat->whole.steps; i++)
        count += (size_t)tape->steps[i].input_count;
    for (int i = 0; i < repeat->whole.calls; i++)
        count += (size_t)tape->calls[i].input_count;
    int *ids = repeat->inputs = malloc((count + 1) * sizeof *ids);
    for (int i = 0; ids && i < repeat->whole.steps; i++)
        ids = keep_side_by_side(ids, &tape->steps[i].inputs, tape->steps[i].input_count);
    for (int i = 0; ids && i < repeat->whole.calls; i++)
        ids = keep_side_by_side(ids, &tape->calls[i].inputs, tape->calls[i].input_count);
    return ids;
}

static bool order_and_places(Repeat *repeat, Tape *tape, int kept)
{
    size_t steps = (size_t)repeat->whole.steps, values = (size_t)repeat->whole.values;
    int *ints = malloc((3 * steps + 2 * values + 1) * sizeof *ints);
    Plan plan = {.tape = tape, .repeat = repeat, .last = ints, .below = ints ? ints + values : NULL,
                 .place = malloc((values + 1) * sizeof *plan.place),
                 .shelves = malloc((steps + 1) * sizeof *plan.shelves)};
    repeat->order = malloc((steps + 1) * sizeof *repeat->order);
    bool whole = ints && plan.place && plan.shelves && repeat->order;
    if (whole) {
        int *lists = ints + 2 * values;
        find_order(tape, (int)steps, lists, lists + steps, lists + 2 * steps, repeat->order);
        find_last_readers(&plan, kept);
        find_places(&plan);
        whole = move_in(&plan, tape);
    }
    free(ints);
    free(plan.place);
    free(plan.shelves);
    return whole;
}

static void forget(Repeat *repeat)
{
    free(repeat->order);
    free(repeat->inputs);
    free(repeat->numbers);
    repeat->order = repeat->inputs = NULL;
    repeat->numbers = NULL;
    repeat->planned = 0;
}

bool repeat_plan(Repeat *repeat, Tape *tape, int kept, bool later)
{
    forget(repeat);
    if ((!later && !order_and_places(repeat, tape, kept)) || !gather_inputs(repeat, tape))
        return false;
    repeat->planned = repeat->recording;
    return true;
}

static void look_ahead(const Tape *tape, const int *order)
{
    const Step *step = &tape->steps[order[AHEAD]];
    __builtin_prefetch(&tape->values[step->output]);
    for (int i = 0; i < step->input_count && i < 3; i++)
        __builtin_prefetch(&tape->values[step->inputs[i]]);
    __builtin_prefetch(&tape->steps[order[2 * AHEAD]]);
    __builtin_prefetch(&tape->steps[order[2 * AHEAD]].label);
}

void repeat_steps(const Repeat *repeat, Tape *tape)
{
    int steps = repeat->whole.steps;
    if (!repeat->order) {
        tape_compute(tape);
        return;
    }
    for (int i = 0; i < steps; i++) {
        const Step *step = &tape->steps[repeat->order[i]];
        if (i + 2 * AHEAD < steps)
            look_ahead(tape, repeat->order + i);
        step->primitive->run(tape, step);
    }
    tape->computed = steps;
}

void repeat_free(Repeat *repeat)
{
    forget(repeat);
    arena_free(&repeat->arena);
    *repeat = (Repeat){0};
}
