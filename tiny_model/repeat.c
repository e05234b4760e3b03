/* The plan by which a recorded training step is run again; see repeat.h.
 *
 * A recording keeps every number, 30 to 100 MB for a batch, which no cache holds: much of its time is spent on memory.
 * Here a number is kept as long as a step to come reads it, and the next one takes its place. Several threads must not
 * take each other's: every room is one of lots that come one after the other, whoever runs them, and a place is
 * given on only where all who read it are among these. */
#include "repeat.h"

#include "primitive.h"

#include <limits.h>
#include <stdlib.h>

/* Places are whole lines of the cache, and one more, lest rows of matrices meet in the same corner of it. So many steps
 * ahead the processor is told what will be looked at. */
enum { LINE_CELLS = 8, AHEAD = 8, NOBODY = -1, ALWAYS = INT_MAX };

/* Places of one size in one room that are free: the one on top, and below each the next. */
typedef struct {
    int room;
    size_t cells;
    int top;            /* a value that had the place, or NOBODY */
} Shelf;

typedef struct {
    const Tape *tape;
    Repeat *repeat;
    int *room;          /* [values] of who makes it */
    int *last;          /* [values] where in the order it is read last; NOBODY: nowhere, ALWAYS: it stays */
    int *below;         /* [values] on a shelf */
    size_t *place;      /* [values] where its numbers begin */
    Shelf *shelves;
    int shelf_count;
    size_t cells;       /* taken up by all places */
} Plan;

/* --- the rooms --- */

/* The room of a group and, where there are several, one for all that adds up. */
static int room_of(const Repeat *repeat, const Lot *lot)
{
    return lot->adds && repeat->rooms > 1 ? repeat->rooms : lot->group % repeat->rooms;
}

/* Whether a lot comes in a row with those that a room is of; what adds up does behind its group, too. */
static bool is_in_row(const Repeat *repeat, const Lot *lot, int room)
{
    return room == repeat->rooms ? lot->adds : lot->group % repeat->rooms == room;
}

/* Runs for every step in its order. */
static void each_step(Plan *plan, void (*visit)(Plan *, const Lot *, const Step *, int))
{
    const Repeat *repeat = plan->repeat;
    for (int k = 0; k < repeat->lot_count; k++)
        for (int i = repeat->lots[k].stint.first; i < repeat->lots[k].stint.end; i++)
            visit(plan, &repeat->lots[k], &plan->tape->steps[repeat->order[i]], i);
}

/* --- the places --- */

static size_t cells_for(const Value *value)
{
    return (cells_of(value) + LINE_CELLS - 1) / LINE_CELLS * LINE_CELLS + LINE_CELLS;
}

static Shelf *shelf_of(Plan *plan, int value)
{
    size_t cells = cells_for(&plan->tape->values[value]);
    int room = plan->room[value], i = 0;
    while (i < plan->shelf_count && (plan->shelves[i].cells != cells || plan->shelves[i].room != room))
        i++;
    if (i == plan->shelf_count)
        plan->shelves[plan->shelf_count++] = (Shelf){room, cells, NOBODY};
    return &plan->shelves[i];
}

static void take_place(Plan *plan, int value)
{
    Shelf *shelf = shelf_of(plan, value);
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
    Shelf *shelf = shelf_of(plan, value);
    plan->below[value] = shelf->top;
    shelf->top = value;
    plan->last[value] = ALWAYS; /* once */
}

static void look_who_reads(Plan *plan, const Lot *lot, const Step *step, int i)
{
    plan->room[step->output] = room_of(plan->repeat, lot);
    for (int k = 0; k < step->input_count; k++) {
        int *last = &plan->last[step->inputs[k]];
        if (*last != ALWAYS)
            *last = is_in_row(plan->repeat, lot, plan->room[step->inputs[k]]) ? i : ALWAYS;
    }
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
    each_step(plan, look_who_reads);
}

static void find_place(Plan *plan, const Lot *lot, const Step *step, int i)
{
    (void)lot;
    take_place(plan, step->output);
    for (int k = 0; k < step->input_count; k++)
        if (plan->last[step->inputs[k]] == i)
            give_back(plan, step->inputs[k]);
    if (plan->last[step->output] == NOBODY)
        give_back(plan, step->output);
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

static bool places_found(Repeat *repeat, Tape *tape, int kept)
{
    size_t steps = (size_t)repeat->whole.steps, values = (size_t)repeat->whole.values;
    int *ints = malloc((3 * values + 1) * sizeof *ints);
    Plan plan = {.tape = tape, .repeat = repeat, .room = ints, .last = ints ? ints + values : NULL,
                 .below = ints ? ints + 2 * values : NULL, .place = malloc((values + 1) * sizeof *plan.place),
                 .shelves = malloc((steps + 1) * sizeof *plan.shelves)};
    bool whole = ints && plan.place && plan.shelves;
    if (whole) {
        find_last_readers(&plan, kept);
        each_step(&plan, find_place);
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
    free(repeat->lots);
    free(repeat->inputs);
    free(repeat->numbers);
    repeat->order = repeat->inputs = NULL;
    repeat->lots = NULL;
    repeat->numbers = NULL;
    repeat->planned = 0;
}

bool repeat_plan(Repeat *repeat, Tape *tape, int kept, int threads)
{
    forget(repeat);
    if (!repeat_order(repeat, tape, threads) || !places_found(repeat, tape, kept) || !gather_inputs(repeat, tape))
        return false;
    repeat->planned = repeat->recording;
    repeat->threads = threads;
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

void repeat_some(const Tape *tape, const int *order, int count)
{
    for (int i = 0; i < count; i++) {
        const Step *step = &tape->steps[order[i]];
        if (i + 2 * AHEAD < count)
            look_ahead(tape, order + i);
        step->primitive->run(tape, step);
    }
}

void repeat_steps(const Repeat *repeat, Tape *tape)
{
    if (repeat->threads > 1)
        tape->computer.repeat(tape->computer.context, tape, repeat);
    else
        repeat_some(tape, repeat->order, repeat->whole.steps);
    tape->computed = repeat->whole.steps;
}

void repeat_free(Repeat *repeat)
{
    forget(repeat);
    arena_free(&repeat->arena);
    *repeat = (Repeat){0};
}
