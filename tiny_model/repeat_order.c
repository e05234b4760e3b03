/* The order in which a recorded training step is run again; see repeat.h.
 *
 * Steps are kept together by the frame right below a phase: an example of the batch is one lot of work, a layer that
 * all examples share another. The way back keeps its order. A lot of the way forward comes right before the first
 * one of the way back that wants it; where both are of one example they are one lot, and its numbers are read while
 * they are near. Contributions to the gradient of a parameter would be kept until the last has come; so what adds
 * them up is a lot behind each one that made some. */
#include "repeat.h"

#include "primitives/families.h"
#include "tape_parts.h"

#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1 };

typedef struct {
    const Tape *tape;
    int steps, threads;
    int *part;       /* [steps] which of the frames right below a phase, as recorded; in the end its group */
    bool *adds;      /* [steps] it adds up what was made elsewhere, and is run behind the last that made some of it */
    int *wanted;     /* [parts] the first part of the way back that wants it; itself on the way back */
    int *group;      /* [parts] parts that are run in one go, in the order of running; NOBODY: it only adds */
    int *at[2];      /* [groups] which lot it is, and which one adds up what it made; NOBODY: none */
    int *awaits;     /* [groups] it reads what was added up behind this one; NOBODY */
    int parts, groups;
} Order;

/* --- parts --- */

static void find_parts(Order *order)
{
    const Tape *tape = order->tape;
    for (int step = 0; step < order->steps; step++) {
        if (step == 0 || tape_outermost(tape, step) != tape_outermost(tape, step - 1))
            order->parts++;
        order->part[step] = order->parts - 1;
    }
}

/* The part behind which a step of the way back adds up; NOBODY: it stays where it is. */
static int adds_behind(const Order *order, int id)
{
    const Step *step = &order->tape->steps[id];
    int latest = NOBODY;
    if (step->phase != PHASE_BACKWARD || step->primitive != &ADD)
        return NOBODY;
    for (int i = 0; i < step->input_count; i++) {
        int maker = order->tape->values[step->inputs[i]].producer;
        if (maker >= 0 && order->tape->steps[maker].phase != PHASE_BACKWARD)
            return NOBODY;
        if (maker >= 0 && order->part[maker] > latest)
            latest = order->part[maker];
    }
    return latest == order->part[id] ? NOBODY : latest;
}

/* Parts that are left with nothing but what adds are in no group. */
static void find_sums(Order *order)
{
    for (int part = 0; part < order->parts; part++)
        order->group[part] = NOBODY;
    for (int step = 0; step < order->steps; step++) {
        int behind = adds_behind(order, step);
        order->adds[step] = behind >= 0;
        if (behind >= 0)
            order->part[step] = behind;
        else
            order->group[order->part[step]] = step;
    }
}

/* Who reads stands behind who is read: from the last step to the first, all readers of a part are known before it. */
static void find_who_wants(Order *order)
{
    for (int part = 0; part < order->parts; part++)
        order->wanted[part] = order->parts;
    for (int id = order->steps - 1; id >= 0; id--) {
        const Step *step = &order->tape->steps[id];
        int part = order->part[id];
        if (step->phase == PHASE_BACKWARD)
            order->wanted[part] = part;
        for (int i = 0; i < step->input_count; i++) {
            int maker = order->tape->values[step->inputs[i]].producer;
            int *read = maker >= 0 ? &order->wanted[order->part[maker]] : NULL;
            if (read && *read > order->wanted[part])
                *read = order->wanted[part];
        }
    }
}

/* --- groups --- */

/* first: [parts] the first step of each that stays in it. Whether two are the way there and back of one frame. */
static bool go_together(const Order *order, const int *first, int there, int back)
{
    const Tape *tape = order->tape;
    const char *path = tape->frames[tape_outermost(tape, first[there])].path;
    return *path && strcmp(path, tape->frames[tape_outermost(tape, first[back])].path) == 0;
}

static void find_groups(Order *order, int *first)
{
    memcpy(first, order->group, (size_t)order->parts * sizeof *first);
    for (int wants = 0; wants <= order->parts; wants++) {
        int before = NOBODY;
        for (int part = 0; part < order->parts && part <= wants; part++) {
            if (order->wanted[part] != wants || first[part] < 0)
                continue;
            bool joins = part == wants && before >= 0 && go_together(order, first, before, part);
            order->group[part] = joins ? order->groups - 1 : order->groups++;
            before = part;
        }
    }
}

static void find_awaited(Order *order)
{
    for (int group = 0; group < order->groups; group++)
        order->awaits[group] = order->at[0][group] = order->at[1][group] = NOBODY;
    for (int id = 0; id < order->steps; id++) {
        const Step *step = &order->tape->steps[id];
        int group = order->part[id] = order->group[order->part[id]];
        order->at[order->adds[id]][group] = 0;
        for (int i = 0; i < step->input_count && !order->adds[id]; i++) {
            int maker = order->tape->values[step->inputs[i]].producer;
            if (maker >= 0 && order->adds[maker] && order->part[maker] > order->awaits[group])
                order->awaits[group] = order->part[maker];
        }
    }
}

/* --- lots --- */

static void append(Order *order, Repeat *repeat, int group, bool adds)
{
    if (order->at[adds][group] == NOBODY)
        return;
    order->at[adds][group] = repeat->lot_count;
    repeat->lots[repeat->lot_count++] = (Lot){.group = group, .adds = adds};
}

/* What was added up comes as late as it may, so that nobody waits for it, but before as many have begun as there are
 * threads, lest who waits for it waits for those as well. */
static void find_lots(Order *order, Repeat *repeat)
{
    int added = 0;
    for (int group = 0; group < order->groups; group++) {
        while (added <= group - order->threads || added <= order->awaits[group])
            append(order, repeat, added++, true);
        append(order, repeat, group, false);
    }
    while (added < order->groups)
        append(order, repeat, added++, true);
}

static int lot_of(const Order *order, int step)
{
    return order->at[order->adds[step]][order->part[step]];
}

static void fill_lots(const Order *order, Repeat *repeat)
{
    for (int step = 0; step < order->steps; step++)
        repeat->lots[lot_of(order, step)].stint.end++;
    for (int i = 0, end = 0; i < repeat->lot_count; i++) {
        Stint *stint = &repeat->lots[i].stint;
        stint->first = end;
        end += stint->end;
        stint->end = stint->first;
    }
    for (int step = 0; step < order->steps; step++)
        repeat->order[repeat->lots[lot_of(order, step)].stint.end++] = step;
}

static void must_wait(Repeat *repeat, int lot, int others)
{
    if (others != lot && others >= repeat->lots[lot].stint.needs)
        repeat->lots[lot].stint.needs = others + 1;
}

/* Behind those that made what it reads, and behind those that have the same room: what adds up comes one after the
 * other, and a group behind the one that had its room before. */
static void find_needs(const Order *order, Repeat *repeat)
{
    for (int id = 0; id < order->steps; id++) {
        const Step *step = &order->tape->steps[id];
        for (int i = 0; i < step->input_count; i++) {
            int maker = order->tape->values[step->inputs[i]].producer;
            if (maker >= 0)
                must_wait(repeat, lot_of(order, id), lot_of(order, maker));
        }
    }
    for (int i = 0, last = NOBODY; i < repeat->lot_count; i++) {
        const Lot *lot = &repeat->lots[i];
        int before = lot->adds ? lot->group : lot->group - repeat->rooms;
        for (int k = 0; k < 2 && before >= 0; k++)
            if (order->at[k][before] < i)
                must_wait(repeat, i, order->at[k][before]);
        if (lot->adds) {
            must_wait(repeat, i, last);
            last = i;
        }
    }
}

bool repeat_order(Repeat *repeat, const Tape *tape, int threads)
{
    size_t steps = (size_t)repeat->whole.steps;
    int *ints = malloc((7 * steps + 1) * sizeof *ints);
    bool *adds = malloc(steps + 1);
    repeat->order = malloc((steps + 1) * sizeof *repeat->order);
    repeat->lots = malloc((2 * steps + 1) * sizeof *repeat->lots);
    bool whole = ints && adds && repeat->order && repeat->lots;
    if (whole) {
        Order order = {.tape = tape, .steps = (int)steps, .threads = threads, .part = ints, .adds = adds,
                       .wanted = ints + steps, .group = ints + 2 * steps, .awaits = ints + 3 * steps,
                       .at = {ints + 4 * steps, ints + 5 * steps}};
        repeat->lot_count = 0;
        repeat->rooms = threads > 1 ? threads + 1 : 1;
        find_parts(&order);
        find_sums(&order);
        find_who_wants(&order);
        find_groups(&order, ints + 6 * steps);
        find_awaited(&order);
        find_lots(&order, repeat);
        fill_lots(&order, repeat);
        find_needs(&order, repeat);
    }
    free(ints);
    free(adds);
    return whole;
}
