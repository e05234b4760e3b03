/* The steps between given and asked values; see slice.h. */
#include "slice.h"

#include "tiny_model/primitives/families.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 4, STEP_WORK = 60 };

static void *room(Slice *slice, size_t count, size_t size)
{
    void *piece = arena_alloc(&slice->arena, count * size + 1);
    if (piece)
        memset(piece, 0, count * size + 1);
    slice->failed = slice->failed || !piece;
    return piece;
}


/* Which values are needed: those asked for, and backwards from them up to what is given. */
static void mark_needed(const Variant *variant, const bool *given, bool *needed)
{
    const Tape *tape = &variant->run.tape;
    for (int i = 0; i < variant->exercise->asked_count; i++)
        needed[tape_find(tape, variant->exercise->asked[i].name)] = true;
    for (int id = tape->value_count - 1; id >= 0; id--) {
        int producer = tape->values[id].producer;
        for (int i = 0; needed[id] && !given[id] && producer >= 0 && i < tape->steps[producer].input_count; i++)
            needed[tape->steps[producer].inputs[i]] = true;
        needed[id] = needed[id] || given[id];
    }
}

static int append_value(Slice *slice, Value value, int original, bool printed)
{
    int id = slice->tape.value_count++;
    value.producer = -1;
    slice->tape.values[id] = value;
    slice->truth[id] = value.data ? value.data : room(slice, cells_of(&value), sizeof(double));
    slice->other[id] = room(slice, cells_of(&value), sizeof(double));
    slice->tape.values[id].data = slice->truth[id];
    slice->original[id] = original;
    slice->printed[id] = printed;
    return id;
}

static void append_step(Slice *slice, Step step, const int *inputs, int output)
{
    int *own = room(slice, (size_t)step.input_count, sizeof *own);
    if (!own)
        return;
    memcpy(own, inputs, (size_t)step.input_count * sizeof *own);
    step.inputs = own;
    step.output = output;
    slice->place[slice->tape.step_count] = slice->current - slice->recorded->frames[step.frame].first;
    slice->tape.values[output].producer = slice->tape.step_count;
    slice->tape.steps[slice->tape.step_count++] = step;
}

/* A line of the textbook within a step of the optimizer, which the recorder has as one. */
static int part(Slice *slice, const Step *of, const Primitive *primitive, double constant, int a, int b)
{
    Value value = *step_output(slice->recorded, of);
    value.data = NULL;
    int id = append_value(slice, value, -1, false);
    Step step = {.primitive = primitive, .input_count = b < 0 ? 1 : 2, .attributes = {.constants = {constant}},
                 .frame = of->frame, .phase = of->phase, .label = of->label};
    append_step(slice, step, (int[]){a, b < 0 ? 0 : b}, id);
    return id;
}

/* The last of them makes the recorded value. */
static void last_part(Slice *slice, const Step *of, const Primitive *primitive, double constant, int a, int b,
                      int output)
{
    Step step = {.primitive = primitive, .input_count = b < 0 ? 1 : 2, .attributes = {.constants = {constant}},
                 .frame = of->frame, .phase = of->phase, .label = of->label};
    append_step(slice, step, (int[]){a, b < 0 ? 0 : b}, output);
}

/* average(a, b; k) = k a + (1 - k) b, root+(a; k) = sqrt(a) + k, step(a, b; k, k2) = k a - k2 b */
static bool append_parts(Slice *slice, const Step *step, const int *in, int output)
{
    double k = step->attributes.constants[0], k2 = step->attributes.constants[1];
    if (step->primitive == &MOVING_AVERAGE || step->primitive == &MOVING_AVERAGE_OF_SQUARES) {
        bool squares = step->primitive == &MOVING_AVERAGE_OF_SQUARES;
        int fresh = squares ? part(slice, step, &MULTIPLY, 0, in[1], in[1]) : in[1];
        int before = part(slice, step, &SCALE, k, in[0], -1), now = part(slice, step, &SCALE, 1 - k, fresh, -1);
        last_part(slice, step, &ADD, 0, before, now, output);
    } else if (step->primitive == &ROOT_PLUS) {
        last_part(slice, step, &ADD_CONSTANT, k, part(slice, step, &SQRT, 0, in[0], -1), -1, output);
    } else if (step->primitive == &DECAYED_STEP) {
        int kept = part(slice, step, &SCALE, k, in[0], -1), way = part(slice, step, &SCALE, k2, in[1], -1);
        last_part(slice, step, &SUBTRACT, 0, kept, way, output);
    } else if (step->primitive == &COLUMN_SUM_OF_SQUARES) {
        Step square = *step;
        Value value = *step_input(slice->recorded, step, 0);
        value.data = NULL;
        int id = append_value(slice, value, -1, false);
        square.primitive = &MULTIPLY;
        square.input_count = 2;
        append_step(slice, square, (int[]){in[0], in[0]}, id);
        last_part(slice, step, &COLUMN_SUM, 0, id, -1, output);
    } else {
        return false;
    }
    return true;
}

static void copy_needed(Slice *slice, const bool *needed, const bool *given, int *mapped)
{
    const Tape *tape = slice->recorded;
    for (int id = 0; id < tape->value_count; id++) {
        if (!needed[id])
            continue;
        int producer = tape->values[id].producer, inputs[256];
        const Step *step = producer >= 0 && !given[id] ? &tape->steps[producer] : NULL;
        /* More than that is no line that a student computes: it stands as it is. */
        if (step && step->input_count > (int)(sizeof inputs / sizeof *inputs))
            step = NULL;
        for (int i = 0; step && i < step->input_count; i++)
            inputs[i] = mapped[step->inputs[i]];
        /* A value stands behind the parts that make it. */
        mapped[id] = slice->tape.value_count + (step ? MOST_PARTS : 0);
        slice->current = producer;
        int room_for_parts = slice->tape.value_count;
        slice->tape.value_count = mapped[id];
        append_value(slice, tape->values[id], id, given[id]);
        int end = slice->tape.value_count;
        slice->tape.value_count = room_for_parts;
        if (step && !append_parts(slice, step, inputs, mapped[id]))
            append_step(slice, *step, inputs, mapped[id]);
        while (slice->tape.value_count < mapped[id]) /* unused places are values that nobody reads */
            slice->original[slice->tape.value_count++] = -2;
        slice->tape.value_count = end;
    }
}

/* Which asked lines a value goes into, and how many read it. */
static void find_reach(Slice *slice, int asked_count)
{
    for (int i = 0; i < asked_count; i++) {
        slice->reach[slice->asked[i]] |= 1u << i;
        slice->printed[slice->asked[i]] = true;
    }
    for (int s = slice->tape.step_count - 1; s >= 0; s--) {
        const Step *step = &slice->tape.steps[s];
        for (int i = 0; i < step->input_count; i++) {
            slice->reach[step->inputs[i]] |= slice->reach[step->output];
            slice->readers[step->inputs[i]]++;
        }
    }
}

static void make_scratch(Slice *slice)
{
    size_t largest = 1;
    for (int id = 0; id < slice->value_count; id++)
        if (slice->original[id] != -2 && cells_of(&slice->tape.values[id]) > largest)
            largest = cells_of(&slice->tape.values[id]);
    slice->scratch_cells = 2 * largest;
    for (int i = 0; i < SLICE_SCRATCH; i++) {
        int id = slice_scratch(slice) + i;
        slice->other[id] = room(slice, slice->scratch_cells, sizeof(double));
        slice->tape.values[id] = (Value){.data = slice->other[id], .producer = -1, .gradient = -1};
        slice->original[id] = -1;
    }
}

static bool copy(Slice *slice, const Variant *variant, bool *needed, bool *given, int *mapped)
{
    const Tape *tape = slice->recorded;
    size_t most = 0;
    for (int id = 0; id < tape->value_count; id++)
        given[id] = false;
    for (int i = 0; i < variant->given_count; i++) {
        int id = tape_find(tape, variant->givens[i].name);
        if (id >= 0)
            given[id] = true;
    }
    mark_needed(variant, given, needed);
    for (int id = 0; id < tape->value_count; id++)
        most += needed[id];
    size_t values = most * (MOST_PARTS + 1) + SLICE_LISTS + SLICE_SCRATCH, steps = most * (MOST_PARTS + 1);
    slice->tape = (Tape){.frame = -1, .axes = tape->axes, .axis_count = tape->axis_count, .frames = tape->frames,
                         .frame_count = tape->frame_count};
    slice->tape.values = room(slice, values, sizeof *slice->tape.values);
    slice->tape.steps = room(slice, steps, sizeof *slice->tape.steps);
    slice->original = room(slice, values, sizeof *slice->original);
    slice->place = room(slice, steps, sizeof *slice->place);
    slice->reach = room(slice, values, sizeof *slice->reach);
    slice->readers = room(slice, values, sizeof *slice->readers);
    slice->printed = room(slice, values, sizeof *slice->printed);
    slice->truth = room(slice, values, sizeof *slice->truth);
    slice->other = room(slice, values, sizeof *slice->other);
    slice->changed = room(slice, values, sizeof *slice->changed);
    if (slice->failed)
        return false;
    copy_needed(slice, needed, given, mapped);
    slice->value_count = slice->tape.value_count;
    for (int i = 0; i < variant->exercise->asked_count; i++)
        slice->asked[i] = mapped[tape_find(tape, variant->exercise->asked[i].name)];
    find_reach(slice, variant->exercise->asked_count);
    make_scratch(slice);
    return true;
}

/* The recorder has no numbers of the parts of its steps. */
static void run_parts(Slice *slice)
{
    for (int s = 0; s < slice->tape.step_count; s++)
        if (slice->original[slice->tape.steps[s].output] == -1)
            slice->tape.steps[s].primitive->run(&slice->tape, &slice->tape.steps[s]);
}

bool slice_open(Slice *slice, const Variant *variant, Error *error)
{
    const Tape *tape = &variant->run.tape;
    *slice = (Slice){.recorded = tape};
    size_t count = (size_t)tape->value_count + 1;
    bool *needed = calloc(count, sizeof *needed), *given = calloc(count, sizeof *given);
    int *mapped = calloc(count, sizeof *mapped);
    bool whole = needed && given && mapped && copy(slice, variant, needed, given, mapped) && !slice->failed;
    free(needed);
    free(given);
    free(mapped);
    if (whole)
        run_parts(slice);
    else
        slice_close(slice);
    return whole || error_memory(error);
}

void slice_close(Slice *slice)
{
    arena_free(&slice->arena);
    *slice = (Slice){0};
}

static double list_number(ListKind kind, int i, int size)
{
    switch (kind) {
    case LIST_DOWN:
        return (i + 1) % size;
    case LIST_UP:
        return (i + size - 1) % size;
    case LIST_BACKWARDS:
    case LIST_LAST:
        return size - 1 - i;
    case LIST_BUT_FIRST:
        return i + 1;
    case LIST_FIRST:
    case LIST_BUT_LAST:
    case LIST_KINDS:
        break;
    }
    return i;
}

int slice_list(Slice *slice, ListKind kind, int size)
{
    int i = 0;
    while (i < slice->list_count && (slice->lists[i].kind != kind || slice->lists[i].size != size))
        i++;
    int id = slice->value_count + i;
    if (i < slice->list_count)
        return id;
    int count = kind == LIST_FIRST || kind == LIST_LAST ? 1 : kind >= LIST_BUT_FIRST ? size - 1 : size;
    double *data = i < SLICE_LISTS && count > 0 ? room(slice, (size_t)count, sizeof *data) : NULL;
    if (!data)
        return -1;
    for (int r = 0; r < count; r++)
        data[r] = list_number(kind, r, size);
    slice->lists[i].kind = kind;
    slice->lists[i].size = size;
    slice->list_count++;
    slice->truth[id] = data;
    slice->original[id] = -1;
    slice->tape.values[id] = (Value){.rows = 1, .cols = count, .data = data, .producer = -1, .gradient = -1};
    return id;
}

/* Does every row of a stand in the table b? */
static bool rows_found(const Value *a, const Value *b)
{
    size_t cols = (size_t)a->cols, bytes = cols * sizeof(double);
    for (int r = 0; r < a->rows; r++) {
        int other = 0;
        while (other < b->rows && memcmp(a->data + (size_t)r * cols, b->data + (size_t)other * cols, bytes) != 0)
            other++;
        if (other == b->rows)
            return false;
    }
    return true;
}

/* Words of whole ids below a number, a row each; behind the end of a word there is nothing but -1. */
static bool are_words(const Value *words, int most)
{
    for (int p = 0; p < words->rows; p++)
        for (int i = 0; i < words->cols; i++) {
            double id = cell_of(words, p, i);
            bool ended = i > 0 && cell_of(words, p, i - 1) == -1;
            if (!(id >= -1 && id < most && id == floor(id)) || (ended && id != -1))
                return false;
        }
    return true;
}

/* Have all ids a row, a column? What a rule would never ask for is our bug there, and a student's slip here. */
static bool ids_fit(const Tape *tape, const Step *step)
{
    const Primitive *primitive = step->primitive;
    bool by_rows = primitive == &GATHER_ROWS, scatter = primitive == &SCATTER_ROWS, pick = primitive == &PICK;
    bool gather_cells = primitive == &GATHER_CELLS, cells = gather_cells || primitive == &SCATTER_CELLS;
    if (primitive == &COUNT_PAIRS)
        return are_words(step_input(tape, step, 0), step_output(tape, step)->rows);
    if (primitive == &FIND_ROWS)
        return rows_found(step_input(tape, step, 0), step_input(tape, step, 1));
    if (!by_rows && !scatter && !pick && !cells && primitive != &ONE_HOT)
        return primitive != &SPLIT_WORDS;
    const Value *ids = step_input(tape, step, primitive == &ONE_HOT ? 0 : 1), *out = step_output(tape, step);
    double most = gather_cells ? (double)cells_of(step_input(tape, step, 0))
                  : cells      ? (double)cells_of(out)
                  : by_rows    ? step_input(tape, step, 0)->rows
                  : scatter    ? out->rows
                  : pick       ? step_input(tape, step, 0)->cols
                               : out->cols;
    for (size_t i = 0; i < cells_of(ids); i++)
        if (!(ids->data[i] >= 0 && ids->data[i] < most && ids->data[i] == floor(ids->data[i])))
            return false;
    return true;
}

static bool run_step(Slice *slice, const Step *step)
{
    int out = step->output;
    const Value *first = step->input_count ? step_input(&slice->tape, step, 0) : NULL;
    slice->tape.values[out].data = slice->other[out];
    slice->changed[out] = true;
    slice->work += STEP_WORK + (double)cells_of(&slice->tape.values[out]) +
                   (step->primitive == &MATMUL ? (double)cells_of(first) * slice->tape.values[out].cols : 0);
    if (!ids_fit(&slice->tape, step))
        return false;
    step->primitive->run(&slice->tape, step);
    return true;
}

static bool run_change(Slice *slice, const Instead *change)
{
    for (int i = 0; i < change->count; i++) {
        const Op *op = &change->ops[i];
        Step step = {.primitive = op->primitive, .inputs = op->inputs, .input_count = op->count, .output = op->output,
                     .attributes = op->attributes};
        if (!run_step(slice, &step))
            return false;
    }
    return true;
}

static bool reads_changed(const Slice *slice, const Step *step)
{
    for (int i = 0; i < step->input_count; i++)
        if (slice->changed[step->inputs[i]])
            return true;
    return false;
}

bool slice_run(Slice *slice, const Instead *changes, int count)
{
    for (int id = 0; id < slice->value_count; id++)
        if (slice->changed[id]) {
            slice->tape.values[id].data = slice->truth[id];
            slice->changed[id] = false;
        }
    int first = slice->tape.step_count;
    for (int i = 0; i < count; i++)
        first = changes[i].step < first ? changes[i].step : first;
    for (int s = first; s < slice->tape.step_count; s++) {
        const Instead *change = NULL;
        for (int i = 0; i < count; i++)
            change = changes[i].step == s ? &changes[i] : change;
        const Step *step = &slice->tape.steps[s];
        bool worked = change ? run_change(slice, change) : !reads_changed(slice, step) || run_step(slice, step);
        if (!worked)
            return false;
    }
    return true;
}
