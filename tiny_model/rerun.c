/* The forward phase again from one value on; see rerun.h. */
#include "rerun.h"

#include "primitive.h"
#include "tape_parts.h"

#include <stdlib.h>

/* A step depends on the value if one of its inputs is it or was made by such a step. */
static bool depends(const Step *step, const bool *moved)
{
    for (int i = 0; i < step->input_count; i++)
        if (moved[step->inputs[i]])
            return true;
    return false;
}

bool rerun_from(Rerun *rerun, Run *run, int value, int until, Error *error)
{
    const Tape *tape = &run->tape;
    int last = tape_value(tape, until)->producer;
    *rerun = (Rerun){.run = run, .value = value};
    bool *moved = calloc((size_t)tape->value_count, sizeof *moved);
    rerun->steps = malloc(((size_t)tape->step_count + 1) * sizeof *rerun->steps);
    if (!moved || !rerun->steps) {
        free(moved);
        rerun_free(rerun);
        return error_memory(error);
    }
    moved[value] = true;
    for (int step = 0; step <= last; step++)
        if (depends(&tape->steps[step], moved)) {
            moved[tape->steps[step].output] = true;
            rerun->steps[rerun->count++] = step;
        }
    free(moved);
    return true;
}

bool rerun_begin(Rerun *rerun, Run *run, int value, Error *error)
{
    return run_forward(run, error) && rerun_from(rerun, run, value, run->loss, error);
}

void rerun_steps(const Rerun *rerun)
{
    const Tape *tape = &rerun->run->tape;
    for (int i = 0; i < rerun->count; i++) {
        const Step *step = &tape->steps[rerun->steps[i]];
        step->primitive->run(tape, step);
        if (tape->given_count)
            givens_put(tape, step->output);
    }
}

double rerun_loss(const Rerun *rerun, int row, int col, double h)
{
    const Tape *tape = &rerun->run->tape;
    const Value *value = tape_value(tape, rerun->value);
    double *cell = &value->data[(size_t)row * (size_t)value->cols + (size_t)col], before = *cell;
    *cell = before + h;
    rerun_steps(rerun);
    double loss = run_loss(rerun->run); /* which may be what is moved */
    *cell = before;
    return loss;
}

void rerun_free(Rerun *rerun)
{
    free(rerun->steps);
    *rerun = (Rerun){0};
}
