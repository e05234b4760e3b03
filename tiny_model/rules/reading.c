/* From the rows of a sequence to what is said of all of it. Devlin et al. 2018 read the first row, Radford et al.
 * 2018 the last. Chapter 32.
 *
 *   read_row     y = x[t], for one t or several     dx is 0 but for these rows, which get dy
 *   stack_rows   y[i] = x_i                       x_i gets row i of dy */
#include "rule.h"

enum { SAVED_POSITIONS };

static int read_call(Tape *tape, int x, int positions, int y)
{
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .saved = {[SAVED_POSITIONS] = positions}});
}

int read_row(Tape *tape, const char *name, int x, int positions)
{
    tape_begin(tape, name, -1, &READ_ROW);
    return read_call(tape, x, positions, gather_rows(tape, RESULT(name), x, positions));
}

/* forward:  y = x[t] */
static void read_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    to->grad[0] = scatter_rows(tape, TO(to, 0, "dx"), dy, call->saved[SAVED_POSITIONS],
                               tape_value(tape, call->inputs[0])->rows);
}

static int positions_sample(Tape *tape, int first, int count)
{
    double *positions = tape_room(tape, 1, count);
    for (int i = 0; positions && i < count; i++)
        positions[i] = first + i;
    return tape_leaf(tape, KIND_INPUT, "positions", (Shape){1, count}, positions);
}

static int read_sample(Tape *tape, bool twice)
{
    return read_row(tape, "y", sample_weight(tape, "x", 4, 3), positions_sample(tape, twice ? 3 : 1, 1));
}

int stack_rows(Tape *tape, const char *name, const int *rows, int count, short axis)
{
    tape_begin(tape, name, -1, &STACK_ROWS);
    Label label = label_with_axes(RESULT(name), axis, AXIS_NONE, AXIS_NONE);
    int y = stack(tape, &label, rows, count);
    return tape_call(tape, (Call){.inputs = rows, .input_count = count, .output = y});
}

/* forward:  y[i] = x_i */
static void stack_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    for (int i = 0; i < call->input_count; i++) {
        if (!wants_gradient(to, i))
            continue;
        Label which = label_with_axes(HERE("row"), AXIS_NONE, AXIS_NONE, tape_value(tape, dy)->row_axis);
        which.repeat = i ? i + 1 : 0;
        int row = fill(tape, &which, i, 1, 1);
        to->grad[i] = gather_rows(tape, TO(to, i, "dx"), dy, row);
    }
}

static int stack_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 1, 3);
    short axis = tape_axis(tape, (Axis){"example", 3, NULL, false});
    int rows[] = {x, twice ? x : sample_weight(tape, "y", 1, 3), sample_weight(tape, "z", 1, 3)};
    return stack_rows(tape, "all", rows, 3, axis);
}

const Rule READ_ROW = {
    .words = "what is read speaks for the whole sequence",
    .words_back = "only what was read has a gradient, all other rows have 0",
    .name = "read_row", .chapter = 32, .forward = "y = x[t]", .back = "∂x[t] = ∂y, 0 in all other rows",
    .ascii_forward = "y = x[t]", .ascii_back = "dx[t] = dy, 0 in all other rows",
    .backward = read_backward, .sample = read_sample,
};
const Rule STACK_ROWS = {
    .words = "one row an example, one below the other",
    .words_back = "every example gets its own row of the gradient back",
    .name = "stack_rows", .chapter = 32, .forward = "y[i] = x of example i", .back = "∂x of example i = ∂y[i]",
    .ascii_forward = "y[i] = x of example i", .ascii_back = "dx of example i = dy[i]",
    .backward = stack_backward, .sample = stack_sample,
};
