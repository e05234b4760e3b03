/* What a slip does instead of a step; see slip.h. */
#include "slip.h"

#include "tiny_model/primitives/families.h"

#include <string.h>

/* The change under way. */
typedef struct {
    Slice *slice;
    Instead *change;
    int scratch;     /* the next free value */
} Making;

/* One more operation; its output, or -1 if it does not fit. */
static int op(Making *to, const Primitive *primitive, const int *inputs, int count, Attributes attributes)
{
    Instead *change = to->change;
    Shape shape;
    if (change->count == CHANGE_OPS || count > OP_INPUTS || (primitive->arity >= 0 && primitive->arity != count))
        return -1;
    Op *made = &change->ops[change->count];
    *made = (Op){.primitive = primitive, .count = count, .output = to->scratch, .attributes = attributes};
    for (int i = 0; i < count; i++) {
        if (inputs[i] < 0)
            return -1;
        made->inputs[i] = inputs[i];
    }
    Step step = {.primitive = primitive, .inputs = made->inputs, .input_count = count, .output = to->scratch,
                 .attributes = attributes};
    if (!primitive->shape(&to->slice->tape, &step, &shape) ||
        (size_t)shape.rows * (size_t)shape.cols > to->slice->scratch_cells)
        return -1;
    Value *value = &to->slice->tape.values[to->scratch];
    value->rows = shape.rows;
    value->cols = shape.cols;
    value->counts = shape.counts;
    change->count++;
    return to->scratch++;
}

static int one(Making *to, const Primitive *primitive, int a, double constant)
{
    return op(to, primitive, &a, 1, (Attributes){.constants = {constant}});
}

static int two(Making *to, const Primitive *primitive, int a, int b)
{
    return op(to, primitive, (int[]){a, b}, 2, (Attributes){0});
}

static const Value *value_of(const Making *to, int id)
{
    return &to->slice->tape.values[id];
}

static int columns(Making *to, int a, int offset, int cols)
{
    return op(to, &SLICE_COLUMNS, &a, 1, (Attributes){.offset = offset, .cols = cols});
}

static int listed_rows(Making *to, int a, ListKind kind)
{
    int rows = value_of(to, a)->rows;
    return rows < 2 ? -1 : two(to, &GATHER_ROWS, a, slice_list(to->slice, kind, rows));
}

static int listed_columns(Making *to, int a, ListKind kind)
{
    return one(to, &TRANSPOSE, listed_rows(to, one(to, &TRANSPOSE, a, 0), kind), 0);
}

/* Of a count behind the next: id + 1, the last one goes to the first. */
static int next_id(Making *to, int a, ListKind kind)
{
    int size = to->slice->tape.axes[value_of(to, a)->counts].size;
    int list = size > 1 ? slice_list(to->slice, kind, size) : -1;
    if (list < 0)
        return -1;
    return one(to, &TRANSPOSE, two(to, &GATHER_ROWS, one(to, &TRANSPOSE, list, 0), a), 0);
}

static int twisted(Making *to, const Slip *slip, int a)
{
    if (a < 0)
        return -1;
    switch (slip->twist) {
    case TWIST_SCALE:
        return one(to, &SCALE, a, slip->number);
    case TWIST_PLUS:
        return one(to, &ADD_CONSTANT, a, slip->number);
    case TWIST_FUNCTION:
        return one(to, slip->primitive, a, 0);
    case TWIST_SQUARE:
        return two(to, &MULTIPLY, a, a);
    case TWIST_TURN:
        return one(to, &TRANSPOSE, a, 0);
    case TWIST_ROWS:
        return listed_rows(to, a, slip->list);
    case TWIST_COLUMNS:
        return listed_columns(to, a, slip->list);
    case TWIST_REST:
        return one(to, &ADD_CONSTANT, one(to, &SCALE, a, -1), 1);
    case TWIST_ONES:
        return one(to, &ADD_CONSTANT, one(to, &SCALE, a, 0), 1);
    case TWIST_CHANCE:
        return one(to, &EXP, one(to, &SCALE, a, -1), 0);
    case TWIST_SHARE:
        return two(to, &DIV_COL, a, one(to, &ROW_SUM, a, 0));
    case TWIST_SOFTMAX: {
        int exps = one(to, &EXP, a, 0);
        return two(to, &DIV_COL, exps, one(to, &ROW_SUM, exps, 0));
    }
    case TWIST_MASK:
        return op(to, &CAUSAL_MASK, &a, 1, (Attributes){.offset = (int)slip->number});
    case TWIST_NEXT_ID:
        return next_id(to, a, slip->list);
    }
    return -1;
}

static int as_asked(Making *to, const Step *step, const int *inputs, Attributes attributes)
{
    return op(to, step->primitive, inputs, step->input_count, attributes);
}

/* Only the listed terms of the sums that the step makes. */
static int only(Making *to, const Step *step, ListKind list)
{
    int a = step->inputs[0], rows = value_of(to, a)->rows, cols = value_of(to, a)->cols;
    if (step->primitive == &COLUMN_SUM)
        return one(to, &COLUMN_SUM, listed_rows(to, a, list), 0);
    if (step->primitive == &ROW_SUM && cols > 1) {
        bool single = list == LIST_FIRST || list == LIST_LAST;
        int offset = list == LIST_LAST ? cols - 1 : list == LIST_BUT_FIRST;
        return one(to, &ROW_SUM, columns(to, a, offset, single ? 1 : cols - 1), 0);
    }
    const Attributes *how = &step->attributes;
    if (step->primitive == &MATMUL && how->transposed[0] && !how->transposed[1] && rows > 1)
        return op(to, &MATMUL, (int[]){listed_rows(to, a, list), listed_rows(to, step->inputs[1], list)}, 2, *how);
    return -1;
}

/* Along the columns instead of the rows, written where the other would stand. */
static int other_axis(Making *to, const Step *step)
{
    static const Primitive *const pairs[][2] = {
        {&ROW_SUM, &COLUMN_SUM}, {&ROW_MAX, &COLUMN_MAX}, {&COLUMN_SUM, &ROW_SUM}, {&COLUMN_MAX, &ROW_MAX}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (step->primitive == pairs[i][0])
            return one(to, &TRANSPOSE, one(to, pairs[i][1], step->inputs[0], 0), 0);
    return -1;
}

/* z = g(y) with y = f(x) becomes f(g(x)): the step in front is done behind. */
static int exchanged(Making *to, const Step *step)
{
    int before = value_of(to, step->inputs[0])->producer;
    if (before < 0 || step->input_count > OP_INPUTS)
        return -1;
    const Step *first = &to->slice->tape.steps[before];
    if (first->input_count < 1 || first->input_count > OP_INPUTS)
        return -1;
    int inputs[OP_INPUTS] = {0};
    for (int i = 0; i < step->input_count; i++)
        inputs[i] = step->inputs[i];
    inputs[0] = first->inputs[0];
    int now = as_asked(to, step, inputs, step->attributes);
    for (int i = 0; i < first->input_count; i++)
        inputs[i] = first->inputs[i];
    inputs[0] = now;
    return as_asked(to, first, inputs, first->attributes);
}

static bool replace(const Slip *slip, Step *step)
{
    const Primitive *by = slip->primitive;
    if (by->arity < 0 || by->arity > step->input_count)
        return false;
    if (by == &MULTIPLY && step->primitive == &MATMUL)
        step->attributes = (Attributes){0};
    if (by == &ADD_CONSTANT)
        step->attributes.constants[0] = slip->number;
    step->primitive = by;
    step->input_count = by->arity;
    return true;
}

static bool turn(Making *to, const Slip *slip, Step *step, int *inputs)
{
    if (step->primitive->transposes)
        step->attributes.transposed[slip->input] = !step->attributes.transposed[slip->input];
    else
        inputs[slip->input] = one(to, &TRANSPOSE, inputs[slip->input], 0);
    return inputs[slip->input] >= 0;
}

/* Another input; of a square, which is made of one value, both, if the first is meant. */
static bool take(Making *to, const Slip *slip, const Step *step, int *inputs)
{
    bool square = step->input_count == 2 && inputs[0] == inputs[1] && slip->input == 0;
    inputs[slip->input] = slip->kind == SLIP_TAKE ? slip->other : twisted(to, slip, inputs[slip->input]);
    if (square)
        inputs[1] = inputs[0];
    return inputs[slip->input] >= 0;
}

bool slip_is_inside(const Slip *slip)
{
    SlipKind kind = slip->kind;
    return kind == SLIP_REPLACE || kind == SLIP_SWAP || kind == SLIP_TAKE || kind == SLIP_TURN ||
           kind == SLIP_CONSTANT || kind == SLIP_OFFSET || kind == SLIP_BEFORE;
}

/* Changes the step itself: its primitive, inputs, numbers. False if the slip does not fit. */
static bool change_inside(Making *to, const Slip *slip, Step *step, int *inputs)
{
    int first = inputs[0];
    switch (slip->kind) {
    case SLIP_REPLACE:
        return replace(slip, step);
    case SLIP_TURN:
        return turn(to, slip, step, inputs);
    case SLIP_TAKE:
    case SLIP_BEFORE:
        return take(to, slip, step, inputs);
    case SLIP_SWAP:
        inputs[0] = inputs[1];
        inputs[1] = first;
        return true;
    case SLIP_CONSTANT:
        step->attributes.constants[0] = slip->number;
        return true;
    case SLIP_OFFSET:
        step->attributes.offset += (int)slip->number;
        return true;
    case SLIP_SKIP:
    case SLIP_AXIS:
    case SLIP_TWICE:
    case SLIP_EXCHANGE:
    case SLIP_BYPASS:
    case SLIP_ONLY:
    case SLIP_WITH:
    case SLIP_AFTER:
        break;
    }
    return true;
}

static int twice(Making *to, const Step *step, int *inputs)
{
    inputs[step->primitive == &MATMUL] = as_asked(to, step, inputs, step->attributes);
    return as_asked(to, step, inputs, step->attributes);
}

/* The last operation makes what goes on; its value, or -1. */
static int made(Making *to, const Slip *slip, const Step *step, int *inputs)
{
    switch (slip->kind) {
    case SLIP_SKIP:
        return one(to, &COPY, inputs[slip->input], 0);
    case SLIP_BYPASS:
        return one(to, &COPY, slip->other, 0);
    case SLIP_AXIS:
        return other_axis(to, step);
    case SLIP_TWICE:
        return twice(to, step, inputs);
    case SLIP_EXCHANGE:
        return exchanged(to, step);
    case SLIP_ONLY:
        return only(to, step, slip->list);
    case SLIP_WITH:
        return two(to, slip->primitive, as_asked(to, step, inputs, step->attributes), slip->other);
    case SLIP_AFTER:
        return twisted(to, slip, as_asked(to, step, inputs, step->attributes));
    case SLIP_REPLACE:
    case SLIP_SWAP:
    case SLIP_TAKE:
    case SLIP_TURN:
    case SLIP_CONSTANT:
    case SLIP_OFFSET:
    case SLIP_BEFORE:
        break;
    }
    return as_asked(to, step, inputs, step->attributes);
}

/* `inside`: a slip that has changed the step before, or NULL. */
static bool change_step(Slice *slice, const Slip *inside, const Slip *slip, int s, int *scratch, Instead *change)
{
    Step step = slice->tape.steps[s];
    Making to = {.slice = slice, .change = change, .scratch = *scratch};
    int inputs[OP_INPUTS] = {0};
    *change = (Instead){.step = s};
    if (step.input_count < 1 || step.input_count > OP_INPUTS)
        return false;
    memcpy(inputs, step.inputs, (size_t)step.input_count * sizeof *inputs);
    step.inputs = inputs;
    if ((inside && !change_inside(&to, inside, &step, inputs)) || !change_inside(&to, slip, &step, inputs))
        return false;
    int last = made(&to, slip, &step, inputs);
    if (last < 0 || change->count == 0)
        return false;
    const Value *value = &slice->tape.values[last], *wanted = &slice->tape.values[step.output];
    if (value->rows != wanted->rows || value->cols != wanted->cols)
        return false;
    change->ops[change->count - 1].output = step.output;
    *scratch = to.scratch;
    return true;
}

bool slip_both(Slice *slice, const Slip *inside, const Slip *slip, int scratch, Instead *change)
{
    return change_step(slice, inside, slip, slip->step, &scratch, change);
}

bool slip_then(Slice *slice, const Slip *twist, int scratch, Instead *change)
{
    const Value *wanted = &slice->tape.values[slice->tape.steps[change->step].output];
    Making to = {.slice = slice, .change = change, .scratch = scratch + 1};
    Value *first = &slice->tape.values[scratch];
    first->rows = wanted->rows;
    first->cols = wanted->cols;
    first->counts = wanted->counts;
    change->ops[change->count - 1].output = scratch;
    int last = twisted(&to, twist, scratch);
    if (last < 0 || slice->tape.values[last].rows != wanted->rows || slice->tape.values[last].cols != wanted->cols)
        return false;
    change->ops[change->count - 1].output = slice->tape.steps[change->step].output;
    return true;
}

/* The same line of the same rule in another frame, with the same numbers in it. */
static bool are_alike(const Slice *slice, int a, int b)
{
    const Step *one_step = &slice->tape.steps[a], *other = &slice->tape.steps[b];
    if (one_step->frame == other->frame && a != b)
        return false;
    return one_step->primitive == other->primitive && one_step->phase == other->phase &&
           slice->place[a] == slice->place[b] && one_step->attributes.constants[0] == other->attributes.constants[0] &&
           slice->tape.frames[one_step->frame].rule == slice->tape.frames[other->frame].rule;
}

int slip_changes(Slice *slice, const Slip *slip, int scratch, Instead changes[MOST_INSTEAD])
{
    int count = 0;
    if (!slip->alike)
        return change_step(slice, NULL, slip, slip->step, &scratch, changes);
    for (int s = 0; s < slice->tape.step_count && count < MOST_INSTEAD; s++)
        count += are_alike(slice, s, slip->step) && change_step(slice, NULL, slip, s, &scratch, &changes[count]);
    return count;
}
