/* Gradient by route; see routes.h. The messages are on the tape, as X.grad.from.READER. */
#include "routes.h"

#include "formula.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The forward value that the call made whose way back recorded this step. */
static int sender_of(const Tape *tape, int gradient)
{
    int producer = tape_value(tape, gradient)->producer;
    if (producer < 0)
        return -1;
    const char *path = tape->frames[tape->steps[producer].frame].path;
    for (int i = 0; i < tape->call_count; i++)
        if (tape->frames[tape->calls[i].frame].path == path)
            return tape->calls[i].output;
    return -1;
}

int owner_of_gradient(const Tape *tape, int id)
{
    const Value *value = tape_value(tape, id);
    bool message = value->kind == KIND_GRADIENT && value->name.base >= 0 && strcmp(value->name.local, "grad") == 0;
    return message ? value->name.base : -1;
}

int routes_of(const Names *names, int value, int row, int col, Route out[MOST_ROUTES])
{
    const Tape *tape = names->tape;
    int gradient = tape_value(tape, value)->gradient, count = 0;
    double size = 0;
    /* Messages are made on the way back, so behind the value. */
    for (int id = value + 1; id < tape->value_count && count < MOST_ROUTES; id++) {
        const Name *name = &tape_value(tape, id)->name;
        if (name->from >= 0 && owner_of_gradient(tape, id) == value)
            out[count++] = (Route){.message = id, .through = name->from};
    }
    /* A single message is the gradient itself: there was nothing to be added. */
    if (count == 0 && gradient >= 0)
        out[count++] = (Route){.message = gradient, .through = sender_of(tape, gradient)};
    for (int i = 0; i < count; i++) {
        out[i].number = cell_of(tape_value(tape, out[i].message), row, col);
        size += fabs(out[i].number);
    }
    for (int i = 0; i < count; i++)
        /* Shares of sizes and not of the sum: two large messages that cancel have not each half of nothing. */
        out[i].share = size > 0 ? fabs(out[i].number) / size : 0;
    return count;
}

/* The call that made a value, or NULL. */
static const Call *maker_of(const Tape *tape, int value)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].output == value)
            return &tape->calls[i];
    return NULL;
}

static const Frame *frame_around(const Tape *tape, const Call *call)
{
    return &tape->frames[tape->frames[call->frame].parent];
}

const char *route_part(const Names *names, const Route *route, char *out, size_t size)
{
    const Tape *tape = names->tape;
    const Call *maker = route->through >= 0 ? maker_of(tape, route->through) : NULL;
    if (!maker)
        return route_name(names, route, out, size);
    const Frame *around = frame_around(tape, maker);
    if (maker->rule == &RESIDUAL)
        snprintf(out, size, "%s", maker->rule->name);
    else
        snprintf(out, size, "%s", *around->path ? around->name : tape->frames[maker->frame].name);
    return out;
}

const char *route_name(const Names *names, const Route *route, char *out, size_t size)
{
    const Tape *tape = names->tape;
    const Call *maker = route->through >= 0 ? maker_of(tape, route->through) : NULL;
    int to = tape_value(tape, route->message)->name.base;
    if (route->through < 0)
        snprintf(out, size, "the loss itself");
    else if (maker && maker->rule == &RESIDUAL)
        snprintf(out, size, "%s (%s)", maker->rule->name, frame_around(tape, maker)->path);
    else
        snprintf(out, size, "%s", name_within(names, route->through, to >= 0 ? tape_value(tape, to)->name.scope : ""));
    return out;
}
