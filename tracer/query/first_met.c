/* Every operation once; see first_met.h. What makes an operation another one is the line that recorded it: linear
 * with a bias has a line more than linear without. */
#include "first_met.h"

#include <stdlib.h>
#include <string.h>

/* The first step of every kind, by its hash; NULL: a free place. */
typedef struct {
    const Step **slots;
    size_t size, used;
} Kinds;

static const Rule *rule_of(const Tape *tape, const Step *step)
{
    return tape->frames[step->frame].rule;
}

static bool same_kind(const Tape *tape, const Step *a, const Step *b)
{
    return a->phase == b->phase && a->primitive == b->primitive && a->line == b->line &&
           rule_of(tape, a) == rule_of(tape, b) && strcmp(a->file, b->file) == 0;
}

static const Step **place_of(const Kinds *kinds, const Tape *tape, const Step *step)
{
    size_t place = ((size_t)step->line * 31 + (size_t)step->phase) * 2654435761u % kinds->size;
    while (kinds->slots[place] && !same_kind(tape, kinds->slots[place], step))
        place = (place + 1) % kinds->size;
    return &kinds->slots[place];
}

/* Makes room for one more; false if there is no memory. */
static bool make_room(Kinds *kinds, const Tape *tape)
{
    if (2 * kinds->used < kinds->size)
        return true;
    Kinds more = {.size = kinds->size ? 2 * kinds->size : 512, .used = kinds->used};
    more.slots = calloc(more.size, sizeof *more.slots);
    for (size_t i = 0; more.slots && i < kinds->size; i++)
        if (kinds->slots[i])
            *place_of(&more, tape, kinds->slots[i]) = kinds->slots[i];
    if (!more.slots)
        return false;
    free(kinds->slots);
    *kinds = more;
    return true;
}

/* Whether no frame before this one is of its rule and phase. Asked for new kinds of steps only, which are few. */
static bool rule_is_new(const Tape *tape, int frame)
{
    const Frame *of = &tape->frames[frame];
    for (int i = 0; i < frame && of->rule; i++)
        if (tape->frames[i].rule == of->rule && tape->frames[i].phase == of->phase)
            return false;
    return of->rule != NULL;
}

bool first_met(const Tape *tape, bool *first)
{
    Kinds kinds = {0};
    bool whole = true;
    memset(first, 0, (size_t)tape->step_count * sizeof *first);
    for (int id = 0; whole && id < tape->step_count; id++) {
        const Step *step = &tape->steps[id];
        whole = make_room(&kinds, tape);
        const Step **place = whole ? place_of(&kinds, tape, step) : NULL;
        if (!place || *place)
            continue;
        *place = step;
        kinds.used++;
        const Frame *frame = &tape->frames[step->frame];
        bool all = rule_is_new(tape, step->frame);
        for (int i = all ? frame->first : id; i <= (all ? frame->last : id); i++)
            first[i] = true;
    }
    free(kinds.slots);
    return whole;
}
