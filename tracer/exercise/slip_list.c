/* Which slips there are in a slice: every kind at every step, with the numbers that stand in the model,
 * the values that stand beside; see slip.h. */
#include "slip.h"

#include "tiny_model/primitives/families.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Functions and signs that are taken for each other. */
static const Primitive *const FAMILIES[][11] = {
    {&ADD, &SUBTRACT, &MULTIPLY, &DIVIDE},
    {&ADD_ROW, &SUB_ROW, &MUL_ROW, &DIV_ROW},
    {&SUB_COL, &MUL_COL, &DIV_COL},
    {&SCALE, &DIVIDE_BY, &ADD_CONSTANT},
    {&EXP, &LOG, &SQRT, &TANH, &ERF, &SIGMOID, &RELU, &POSITIVE, &SINE, &COSINE},
    {&ROW_SUM, &ROW_MAX},
    {&COLUMN_SUM, &COLUMN_MAX},
    {&MATMUL, &MULTIPLY},
};

static void append(Slips *slips, Slip slip)
{
    if (slips->count == slips->capacity) {
        int more = slips->capacity ? 2 * slips->capacity : 1024;
        Slip *moved = realloc(slips->slips, (size_t)more * sizeof *moved);
        if (!moved) {
            slips->failed = true;
            return;
        }
        slips->slips = moved;
        slips->capacity = more;
    }
    slips->slips[slips->count++] = slip;
}

/* The same in all steps alike, if there are several: it comes first, as a habit. */
static void offer(Slips *slips, Slip slip, bool several)
{
    if (several) {
        Slip alike = slip;
        alike.alike = true;
        append(slips, alike);
    }
    append(slips, slip);
}

/* Of an exercise with more steps not every value is tried in the place of every other. */
enum { MANY_STEPS = 100 };

static const Value *value_of(const Slips *slips, int id)
{
    return &slips->slice->tape.values[id];
}

static bool same_shape(const Value *a, const Value *b)
{
    return a->rows == b->rows && a->cols == b->cols;
}

static void list_replacements(Slips *slips, Slip at, const Step *step, bool several)
{
    enum { FAMILY_COUNT = sizeof FAMILIES / sizeof *FAMILIES, MEMBERS = sizeof *FAMILIES / sizeof **FAMILIES };
    at.kind = SLIP_REPLACE;
    for (int f = 0; f < FAMILY_COUNT; f++) {
        bool mine = false;
        for (int m = 0; m < MEMBERS; m++)
            mine = mine || FAMILIES[f][m] == step->primitive;
        for (int m = 0; mine && m < MEMBERS && FAMILIES[f][m]; m++) {
            at.primitive = FAMILIES[f][m];
            at.rank = at.primitive == &ADD_CONSTANT ? 2 : f < 3 ? 0 : 1;
            at.number = at.primitive == &ADD_CONSTANT ? -step->attributes.constants[0] : 0;
            /* A value less itself, or by itself, is nobody's formula. */
            bool itself = step->input_count == 2 && step->inputs[0] == step->inputs[1] && at.primitive != &ADD;
            if (at.primitive != step->primitive && !itself && (step->primitive != &MULTIPLY || at.primitive != &MATMUL))
                offer(slips, at, several);
        }
    }
    /* A sum in which one side is taken away, a difference in which it is not. */
    at = (Slip){.kind = SLIP_BEFORE, .twist = TWIST_SCALE, .number = -1, .step = at.step, .input = 1};
    if (step->primitive == &SUB_COL)
        offer(slips, at, several);
    at.input = 0;
    if (step->primitive == &ADD)
        offer(slips, at, several);
}

static bool has_constant(const Primitive *primitive)
{
    return primitive == &SCALE || primitive == &DIVIDE_BY || primitive == &ADD_CONSTANT || primitive == &CAUSAL_MASK ||
           primitive == &IS_BELOW;
}

/* Other numbers: the same one turned, doubled, without its root; one less in a count; those of the model and of the
 * steps beside. */
static void list_constants(Slips *slips, Slip at, const Step *step, bool several)
{
    double k = step->attributes.constants[0], count = rint(1 / k);
    const double own[] = {-k, 1 / k, k * k, sqrt(fabs(k)), 1 - k, 2 - k, 1 / (count - 1), k + 1, k - 1, 2 * k, k / 2, 1,
                          10 * k, k / 10, 100 * k, k / 100, 3 * k, k / 3, k * k * k, k * k * k * k, 1 / (k * k),
                          1 / (count + 1),
                          /* 1 - b^t for another t */
                          1 - (1 - k) * (1 - k), 1 - sqrt(fabs(1 - k)), 1 - pow(fabs(1 - k), 1.5)};
    const double tiny[] = {1e-5, 1e-6, 1e-8};
    const double masks[] = {0, 1, -1, -10, -100, -1000, -10000, -1e9, INFINITY};
    bool mask = step->primitive == &CAUSAL_MASK;
    size_t most = mask ? sizeof masks / sizeof *masks : sizeof own / sizeof *own;
    at.kind = SLIP_CONSTANT;
    for (size_t i = 0; i < most; i++) {
        at.number = mask ? masks[i] : own[i];
        at.rank = mask || i < 4 || i == 6 ? 1 : i < 9 ? 2 : 3;
        if (step->primitive == &IS_BELOW && i >= 7)
            at.rank = 1;
        bool fits = mask || (isfinite(at.number) && (step->primitive != &IS_BELOW || at.number == rint(at.number)));
        if (at.number != k && fits)
            offer(slips, at, several);
    }
    at.rank = 2;
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny && step->primitive == &ADD_CONSTANT && k < 1; i++) {
        at.number = tiny[i];
        offer(slips, at, several);
    }
    for (int i = 0; i < slips->known_count && !mask; i++) {
        at.number = slips->known[i].number;
        if (slips->known[i].plain || step->primitive != &IS_BELOW)
            offer(slips, at, several);
    }
    for (int s = 0; s < slips->slice->tape.step_count && !mask; s++) {
        const Step *other = &slips->slice->tape.steps[s];
        at.number = other->attributes.constants[0];
        if (has_constant(other->primitive) && other->primitive != &CAUSAL_MASK && at.number != k)
            offer(slips, at, several);
    }
}

/* Which values are made of this step's result. */
static void mark_behind(const Slice *slice, int s, bool *behind)
{
    memset(behind, 0, (size_t)slice->value_count * sizeof *behind);
    behind[slice->tape.steps[s].output] = true;
    for (int other = s + 1; other < slice->tape.step_count; other++)
        for (int i = 0; i < slice->tape.steps[other].input_count; i++)
            if (behind[slice->tape.steps[other].inputs[i]])
                behind[slice->tape.steps[other].output] = true;
}

/* A value of the same form that stands beside, on the sheet or in the formula; not one that is made of this step. */
static void list_others(Slips *slips, Slip at, const Step *step, const bool *behind, bool several)
{
    const Slice *slice = slips->slice;
    at.kind = SLIP_TAKE;
    for (at.input = 0; at.input < step->input_count; at.input++) {
        const Value *own = value_of(slips, step->inputs[at.input]);
        for (at.other = 0; at.other < slice->value_count; at.other++) {
            const Value *other = value_of(slips, at.other);
            if (slice->tape.step_count > MANY_STEPS && !slice->printed[at.other])
                continue;
            /* Single numbers are equal too easily. */
            if (slice->original[at.other] < 0 || behind[at.other] || at.other == step->inputs[at.input] ||
                (own->counts > 0) != (other->counts > 0) || cells_of(own) == 1)
                continue;
            at.rank = slice->printed[at.other] && slice->printed[step->inputs[at.input]] ? 1 : 2;
            if (same_shape(own, other) || step->primitive == &MATMUL)
                offer(slips, at, several && slice->readers[step->inputs[at.input]] > 1);
        }
    }
}

/* A value that does not belong into the formula joined to the result. */
static void list_joined(Slips *slips, Slip at, const Step *step, const bool *behind)
{
    static const Primitive *const joins[] = {&ADD,     &SUBTRACT, &MULTIPLY, &DIVIDE, &ADD_ROW,
                                             &MUL_ROW, &DIV_ROW,  &MUL_COL,  &DIV_COL};
    const Slice *slice = slips->slice;
    const Value *own = value_of(slips, step->output);
    if (slice->tape.step_count > MANY_STEPS)
        return;
    at.kind = SLIP_WITH;
    at.rank = 5;
    for (at.other = 0; at.other < slice->value_count && own->counts == 0 && cells_of(own) > 1; at.other++) {
        const Value *other = value_of(slips, at.other);
        if (slice->original[at.other] < 0 || behind[at.other] || other->counts > 0)
            continue;
        bool whole = same_shape(own, other), row = other->rows == 1 && other->cols == own->cols,
             column = other->cols == 1 && other->rows == own->rows;
        for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
            at.primitive = joins[i];
            if (i < 4 ? whole : i < 7 ? row && !whole : column && !whole)
                append(slips, at);
        }
    }
}

/* What may be done to a result or to an input. */
static void list_twists(Slips *slips, Slip at, const Value *value, int worse, bool several)
{
    bool ids = value->counts > 0;
    const struct {
        Twist twist;
        double number;
        const Primitive *primitive;
        ListKind list;
        short rank;
        bool fits;
    } twists[] = {
        {TWIST_SCALE, -1, NULL, 0, 1, !ids}, {TWIST_SCALE, 0, NULL, 0, 2, true}, {TWIST_SQUARE, 0, NULL, 0, 3, !ids},
        {TWIST_TURN, 0, NULL, 0, 2, value->rows == value->cols && value->rows > 1},
        {TWIST_FUNCTION, 0, &SQRT, 0, 3, !ids}, {TWIST_REST, 0, NULL, 0, 3, !ids},
        {TWIST_FUNCTION, 0, &EXP, 0, 3, !ids}, {TWIST_FUNCTION, 0, &LOG, 0, 3, !ids},
        {TWIST_FUNCTION, 0, &RELU, 0, 3, !ids}, {TWIST_FUNCTION, 0, &TANH, 0, 3, !ids},
        {TWIST_PLUS, 1, NULL, 0, ids ? 1 : 3, true}, {TWIST_PLUS, -1, NULL, 0, ids ? 1 : 3, true},
        {TWIST_ONES, 0, NULL, 0, 3, !ids}, {TWIST_CHANCE, 0, NULL, 0, 3, !ids},
        {TWIST_ROWS, 0, NULL, LIST_UP, 3, value->rows > 1}, {TWIST_ROWS, 0, NULL, LIST_DOWN, 3, value->rows > 1},
        {TWIST_ROWS, 0, NULL, LIST_BACKWARDS, 4, value->rows > 1},
        {TWIST_COLUMNS, 0, NULL, LIST_DOWN, 3, value->cols > 1}, {TWIST_COLUMNS, 0, NULL, LIST_UP, 3, value->cols > 1},
        {TWIST_COLUMNS, 0, NULL, LIST_BACKWARDS, 4, value->cols > 1},
        {TWIST_MASK, 0, NULL, 0, 3, value->rows == value->cols && value->rows > 1},
        {TWIST_MASK, 1, NULL, 0, 3, value->rows == value->cols && value->rows > 1},
        {TWIST_SHARE, 0, NULL, 0, 3, value->cols > 1 && !ids}, {TWIST_SOFTMAX, 0, NULL, 0, 3, value->cols > 1 && !ids},
        {TWIST_NEXT_ID, 0, NULL, LIST_DOWN, 1, ids}, {TWIST_NEXT_ID, 0, NULL, LIST_UP, 1, ids},
    };
    for (size_t i = 0; i < sizeof twists / sizeof *twists; i++) {
        at.twist = twists[i].twist;
        at.number = twists[i].number;
        at.primitive = twists[i].primitive;
        at.list = twists[i].list;
        at.rank = (short)(twists[i].rank + worse);
        if (twists[i].fits)
            offer(slips, at, several);
    }
    at.twist = TWIST_SCALE;
    for (int i = 0; i < slips->known_count && !ids; i++) {
        at.number = slips->known[i].number;
        at.rank = (short)(2 + worse);
        offer(slips, at, several);
    }
}

/* The first input of the rule's frame is taken for what the rule makes. */
static void list_bypass(Slips *slips, Slip at, const Step *step)
{
    const Tape *tape = &slips->slice->tape;
    int first = at.step;
    while (first > 0 && tape->steps[first - 1].frame == step->frame)
        first--;
    at.kind = SLIP_BYPASS;
    at.rank = 2;
    for (int i = 0; i < tape->steps[first].input_count && first < at.step; i++) {
        at.other = tape->steps[first].inputs[i];
        if (same_shape(value_of(slips, at.other), value_of(slips, step->output)))
            append(slips, at);
    }
}

static void list_of_inputs(Slips *slips, Slip at, const Step *step, bool several)
{
    const Value *out = value_of(slips, step->output);
    for (at.input = 0; at.input < step->input_count; at.input++) {
        const Value *in = value_of(slips, step->inputs[at.input]);
        if (same_shape(in, out)) {
            at.kind = SLIP_SKIP;
            at.rank = 1;
            offer(slips, at, several);
        }
        at.kind = SLIP_TURN;
        at.rank = 1;
        if (step->primitive == &MATMUL || (in->rows == in->cols && in->rows > 1))
            offer(slips, at, several);
        at.kind = SLIP_BEFORE;
        /* Read once only, it is the same as behind the step that made it. */
        if (slips->slice->readers[step->inputs[at.input]] > 1 || slips->slice->printed[step->inputs[at.input]] ||
            in->producer < 0)
            list_twists(slips, at, in, 1, several);
    }
}

static void list_others_axes(Slips *slips, Slip at, bool several)
{
    for (int list = LIST_FIRST; list < LIST_KINDS; list++) {
        at.kind = SLIP_ONLY;
        at.list = (ListKind)list;
        at.rank = 3;
        offer(slips, at, several);
    }
    at.rank = 2;
    at.kind = SLIP_AXIS;
    offer(slips, at, several);
    at.kind = SLIP_EXCHANGE;
    offer(slips, at, several);
    at.kind = SLIP_TWICE;
    at.rank = 3;
    offer(slips, at, several);
}

/* A slice or a mask that begins elsewhere; of the rows that meet when they are scattered only the first or last. */
static void list_offsets(Slips *slips, Slip at, const Step *step, bool several)
{
    int most = step->primitive == &SCATTER_ROWS ? 1 : 2;
    if (step->primitive != &CAUSAL_MASK && step->primitive != &SLICE_COLUMNS && step->primitive != &SCATTER_ROWS)
        return;
    at.kind = SLIP_OFFSET;
    for (int by = -1; by <= most; by++) {
        at.number = by;
        if (by)
            offer(slips, at, several);
    }
}

static void list_step(Slips *slips, int s, bool *behind)
{
    const Slice *slice = slips->slice;
    const Step *step = &slice->tape.steps[s];
    Slip at = {.step = s, .rank = 1};
    bool several = false;
    for (int s2 = 0; s2 < slice->tape.step_count; s2++) {
        const Step *other = &slice->tape.steps[s2];
        several = several || (other->frame != step->frame && other->primitive == step->primitive &&
                              slice->place[s2] == slice->place[s]);
    }
    if (step->input_count < 1 || step->input_count > OP_INPUTS)
        return;
    mark_behind(slice, s, behind);
    list_of_inputs(slips, at, step, several);
    list_replacements(slips, at, step, several);
    at.kind = SLIP_SWAP;
    if (step->input_count == 2)
        offer(slips, at, several);
    if (has_constant(step->primitive))
        list_constants(slips, at, step, several);
    list_offsets(slips, at, step, several);
    list_others(slips, at, step, behind, several);
    list_joined(slips, at, step, behind);
    list_others_axes(slips, at, several);
    list_bypass(slips, at, step);
    at.kind = SLIP_AFTER;
    list_twists(slips, at, value_of(slips, step->output), 0, several);
}

/* By rank, those of later steps first: they are nearer to what is asked. qsort could change the order of equals. */
static void sort(Slips *slips)
{
    Slip *sorted = malloc(((size_t)slips->count + 1) * sizeof *sorted);
    int count = 0;
    for (short rank = 0; sorted && rank < 16; rank++)
        for (int step = slips->slice->tape.step_count - 1; step >= 0; step--)
            for (int i = slips->first[step]; i < slips->first[step + 1]; i++)
                if (slips->slips[i].rank == rank)
                    sorted[count++] = slips->slips[i];
    slips->failed = slips->failed || !sorted;
    if (sorted) {
        free(slips->slips);
        slips->slips = sorted;
    }
}

bool slips_list(Slips *slips, Slice *slice, const Variant *variant, Error *error)
{
    *slips = (Slips){.slice = slice};
    bool *behind = calloc((size_t)slice->value_count + 1, sizeof *behind);
    slips->first = calloc((size_t)slice->tape.step_count + 2, sizeof *slips->first);
    slips->failed = !behind || !slips->first;
    slips_know(slips, variant);
    for (int s = 0; s < slice->tape.step_count && !slips->failed; s++) {
        slips->first[s] = slips->count;
        list_step(slips, s, behind);
        slips->first[s + 1] = slips->count;
    }
    if (!slips->failed)
        sort(slips);
    free(behind);
    free(slips->first);
    slips->first = NULL;
    if (slips->failed)
        slips_free(slips);
    return !slips->failed || error_memory(error);
}

void slips_free(Slips *slips)
{
    free(slips->slips);
    slips->slips = NULL;
    slips->count = 0;
}
