/* The tape; see tape.h. Recording is hot: a step costs some tens of nanoseconds beside
 * its arithmetic, so names stay in pieces and nothing is copied that can be pointed to. */
#include "tape.h"

#include "mistakes.h"
#include "primitive.h"
#include "tape_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tape_give_up(Tape *tape)
{
    CHECK(tape->escape, "recording failed outside of tape_attempt: %s", tape->error ? tape->error->text : "");
    longjmp(*tape->escape, 1);
}

static void charge(Tape *tape, size_t bytes)
{
    tape->bytes += bytes;
    if (tape->limit && tape->bytes > tape->limit) {
        error_set(tape->error, EXIT_USED_WRONGLY, "the tape would take more than %zu MB", tape->limit >> 20);
        tape_give_up(tape);
    }
}

void *tape_piece(Tape *tape, size_t bytes)
{
    charge(tape, arena_taken(bytes));
    void *piece = arena_alloc(&tape->arena, bytes);
    if (!piece) {
        error_memory(tape->error);
        tape_give_up(tape);
    }
    return piece;
}

void *tape_grown(Tape *tape, void *array, int count, int *capacity, size_t size)
{
    charge(tape, size);
    if (count < *capacity)
        return array;
    int more = *capacity ? *capacity * 2 : 256;
    void *moved = realloc(array, (size_t)more * size);
    if (!moved) {
        error_memory(tape->error);
        tape_give_up(tape);
    }
    *capacity = more;
    return moved;
}

bool tape_attempt(Tape *tape, void (*record)(Tape *, void *), void *context, Error *error)
{
    jmp_buf escape;
    tape->escape = &escape;
    tape->error = error;
    bool whole = setjmp(escape) == 0;
    if (whole)
        record(tape, context);
    tape->escape = NULL;
    tape->error = NULL;
    tape->known = NULL;
    return whole;
}

void tape_rewind(Tape *tape)
{
    arena_rewind(&tape->arena);
    tape->value_count = tape->step_count = tape->frame_count = tape->call_count = 0;
    tape->axis_count = tape->kept_axes;
    tape->frame = -1;
    tape->bytes = (size_t)tape->kept_axes * sizeof(Axis);
    tape->mistake_hits = 0;
    tape->computed = 0;
    if (!tape->known)
        tape->recordings++;
}

size_t tape_memory(const Tape *tape)
{
    return tape->bytes + (size_t)(tape->value_capacity - tape->value_count) * sizeof *tape->values +
           (size_t)(tape->step_capacity - tape->step_count) * sizeof *tape->steps +
           (size_t)(tape->frame_capacity - tape->frame_count) * sizeof *tape->frames +
           (size_t)(tape->call_capacity - tape->call_count) * sizeof *tape->calls +
           (size_t)(tape->axis_capacity - tape->axis_count) * sizeof *tape->axes;
}

void tape_free(Tape *tape)
{
    arena_free(&tape->arena);
    free(tape->values);
    free(tape->steps);
    free(tape->frames);
    free(tape->calls);
    free(tape->axes);
    names_seen_free(tape);
    *tape = (Tape){.frame = -1};
}

double *tape_room(Tape *tape, int rows, int cols)
{
    size_t bytes = (size_t)rows * (size_t)cols * sizeof(double);
    if (!tape->dry)
        return tape_piece(tape, bytes);
    charge(tape, arena_taken(bytes));
    return NULL;
}

const char **tape_labels(Tape *tape, int count)
{
    return tape_piece(tape, (size_t)count * sizeof(const char *) + 1);
}

double **tape_pointers(Tape *tape, int count)
{
    return tape_piece(tape, (size_t)count * sizeof(double *) + 1);
}

int *tape_ints(Tape *tape, int count, int initial)
{
    int *ints = tape_piece(tape, (size_t)count * sizeof *ints + 1);
    for (int i = 0; i < count; i++)
        ints[i] = initial;
    return ints;
}

static int value_append(Tape *tape, Value value)
{
    if (tape->axis_count == 0)
        axes_begin(tape);
    tape->values = tape_grown(tape, tape->values, tape->value_count, &tape->value_capacity, sizeof(Value));
    value.gradient = -1;
    tape->values[tape->value_count] = value;
    int id = tape->value_count++;
    if (tape->dry)
        name_once(tape, id);
    return id;
}

static int leaf_append(Tape *tape, Value value)
{
    if (tape->known)
        return known_leaf(tape, &value);
    int id = value_append(tape, value);
    if (tape->given_count)
        givens_put(tape, id);
    return id;
}

static int outside(Tape *tape, Kind kind, const char *scope, const char *local, Shape shape, double *data)
{
    CHECK(shape.rows > 0 && shape.cols > 0, "%s is %d x %d", local, shape.rows, shape.cols);
    int id = leaf_append(tape, (Value){.rows = shape.rows,
                                       .cols = shape.cols,
                                       .data = data,
                                       .kind = kind,
                                       .producer = -1,
                                       .name = {.scope = scope, .local = local, .base = -1, .from = -1}});
    Value *value = &tape->values[id];
    value->row_axis = shape.row_axis;
    value->col_axis = shape.col_axis;
    value->counts = shape.counts;
    return id;
}

int tape_leaf(Tape *tape, Kind kind, const char *local, Shape shape, double *data)
{
    return outside(tape, kind, tape->frame < 0 ? "" : tape->frames[tape->frame].path, local, shape, data);
}

int tape_parameter(Tape *tape, const char *scope, const char *local, Shape shape, double *data)
{
    return outside(tape, KIND_PARAMETER, scope, local, shape, data);
}

int tape_leaf_of(Tape *tape, int base, const char *suffix, double *data)
{
    const Value *of = &tape->values[base];
    return leaf_append(tape, (Value){.rows = of->rows, .cols = of->cols, .data = data, .kind = KIND_INPUT,
                                     .producer = -1, .name = {.local = suffix, .base = base, .from = -1},
                                     .row_axis = of->row_axis, .col_axis = of->col_axis});
}

static Name name_of(const Tape *tape, const Label *label)
{
    Name name = {.scope = "", .local = label->local, .base = label->base, .from = label->from,
                 .repeat = label->repeat, .backward = tape->phase == PHASE_BACKWARD && label->kind != LABEL_PLAINLY};
    int frame = label->kind == LABEL_RESULT ? tape->frames[tape->frame].parent : tape->frame;
    if (frame >= 0)
        name.scope = tape->frames[frame].path;
    return name;
}

static _Noreturn void wrong_shapes(const Tape *tape, const Step *step)
{
    char shapes[200];
    int used = 0;
    for (int i = 0; i < step->input_count && used < 150; i++) {
        const Value *input = &tape->values[step->inputs[i]];
        used += snprintf(shapes + used, sizeof shapes - (size_t)used, " %dx%d", input->rows, input->cols);
    }
    check_failed(step->file, step->line, "%s cannot take%s", step->primitive->name, used ? shapes : " nothing");
}

static const int *kept(Tape *tape, const int *ids, int count)
{
    int *copy = tape_piece(tape, (size_t)count * sizeof *copy + 1);
    for (int i = 0; i < count; i++)
        copy[i] = ids[i];
    return copy;
}

/* Axes that the recorder names stand in the place of those that the shape rule found. */
static void name_axes(Shape *shape, const Label *named)
{
    if (named->row_axis)
        shape->row_axis = named->row_axis;
    if (named->counts)
        shape->counts = named->counts;
    if (named->col_axis) {
        shape->col_axis = named->col_axis;
        shape->part = false;
    }
}

int tape_step_as_told(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                      Attributes attributes)
{
    if (tape->known)
        return known_step(tape, primitive, inputs, count, &attributes);
    tape->steps = tape_grown(tape, tape->steps, tape->step_count, &tape->step_capacity, sizeof(Step));
    Step *step = &tape->steps[tape->step_count];
    *step = (Step){.primitive = primitive, .inputs = kept(tape, inputs, count), .input_count = count,
                   .output = tape->value_count, .frame = tape->frame, .phase = tape->phase, .attributes = attributes,
                   .label = label->tag, .file = label->file, .line = label->line};
    Shape shape;
    if ((primitive->arity >= 0 && count != primitive->arity) || !primitive->shape(tape, step, &shape))
        wrong_shapes(tape, step);
    if (label->row_axis | label->col_axis | label->counts)
        name_axes(&shape, label);
    if (shape.part && shape.col_axis)
        shape.col_axis = tape_axis_part(tape, shape.col_axis, shape.cols, shape.from);
    bool apart = label->apart || label->place;
    double *data = !apart ? tape_room(tape, shape.rows, shape.cols) : tape->dry ? NULL : label->place;
    value_append(tape, (Value){.rows = shape.rows,
                               .cols = shape.cols,
                               .data = data,
                               .name = name_of(tape, label),
                               .row_axis = shape.row_axis,
                               .col_axis = shape.col_axis,
                               .counts = shape.counts,
                               .kind = tape->kind,
                               .producer = tape->step_count++});
    if (!tape->dry && !tape->computer.compute)
        primitive->run(tape, step);
    if (tape->given_count)
        givens_put(tape, step->output);
    if (tape->nudge_count)
        nudge_apply(tape, step->output);
    return step->output;
}

int tape_step(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
              Attributes attributes)
{
    if (tape->mistake)
        return mistake_step(tape, primitive, label, inputs, count, attributes);
    return tape_step_as_told(tape, primitive, label, inputs, count, attributes);
}

int tape_call(Tape *tape, Call call)
{
    call.frame = tape->frame;
    call.rule = tape->frames[tape->frame].rule;
    if (tape->known) {
        known_call(tape, &call);
    } else {
        tape->calls = tape_grown(tape, tape->calls, tape->call_count, &tape->call_capacity, sizeof(Call));
        call.inputs = kept(tape, call.inputs, call.input_count);
        tape->calls[tape->call_count++] = call;
    }
    tape_end(tape);
    return call.output;
}

const char *phase_name(Phase phase)
{
    static const char *const names[] = {"forward", "backward", "update"};
    return names[phase];
}

const char *kind_name(Kind kind)
{
    static const char *const names[] = {"parameter", "activation", "gradient", "optimizer", "input"};
    return names[kind];
}
