/* Gradient by route; see routes.h. The messages are on the tape, as X.grad.from.READER. */
#include "routes.h"

#include "tiny_model/primitive.h"

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

int routes_of(const Names *names, int value, int row, int col, Route out[MOST_ROUTES])
{
    const Tape *tape = names->tape;
    int gradient = tape_value(tape, value)->gradient, count = 0;
    double size = 0;
    /* Messages are made on the way back, so behind the value. */
    for (int id = value + 1; id < tape->value_count && count < MOST_ROUTES; id++) {
        const Name *name = &tape_value(tape, id)->name;
        if (name->base == value && name->from >= 0 && strcmp(name->local, "grad") == 0)
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

const char *route_name(const Names *names, const Route *route, char *out, size_t size)
{
    if (route->through < 0) {
        snprintf(out, size, "the loss itself");
        return out;
    }
    const char *name = name_of(names, route->through), *head = strstr(name, ".head"), *dot = strrchr(name, '.');
    if (head)
        snprintf(out, size, "%s", head + 1);
    else if (dot && strcmp(dot, ".residual") == 0)
        snprintf(out, size, "residual (%.*s)", (int)(dot - name), name);
    else
        snprintf(out, size, "%s", name);
    return out;
}
