/* Inputs for the samples of primitives and rules: fixed, irregular, of both signs, never 0. */
#include "primitive.h"

static int input(Tape *tape, const char *name, int rows, int cols, bool positive)
{
    double *data = tape_room(tape, rows, cols);
    unsigned state = 12345u + 977u * (unsigned)tape->value_count;
    for (int i = 0; data && i < rows * cols; i++) {
        state = state * 1664525u + 1013904223u;
        double size = 0.1 + 1.9 * (double)(state >> 9) / 8388608.0;
        data[i] = positive || state & 256u ? size : -size;
    }
    return tape_leaf(tape, KIND_INPUT, name, (Shape){rows, cols}, data);
}

int sample_input(Tape *tape, const char *name, int rows, int cols)
{
    return input(tape, name, rows, cols, false);
}

int sample_positive(Tape *tape, const char *name, int rows, int cols)
{
    return input(tape, name, rows, cols, true);
}

int sample_ids(Tape *tape, const char *name, int count, int below)
{
    double *data = tape_room(tape, 1, count);
    for (int i = 0; data && i < count; i++)
        data[i] = (i * i + 2 * i + 2) % below;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count}, data);
}
