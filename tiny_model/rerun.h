/* The forward phase again with one cell moved, without recording it again: of the steps of a recorded tape only
 * those run that the cell can reach, in their order and with the same primitives, so that the loss is the one
 * that a recording would give, bit by bit. Chapter 16. */
#ifndef TINY_MODEL_RERUN_H
#define TINY_MODEL_RERUN_H

#include "run.h"

typedef struct {
    Run *run;
    int value;      /* id of what is moved: a parameter or an activation */
    int *steps;     /* [count] ids of the steps that depend on it, ascending */
    int count;
} Rerun;

/* Records the forward phase of `run` and finds the steps. The parameters of `run` are those of the moment.
 *   memory  rerun_free; the tape of `run` is overwritten
 *   errors  out of memory, a walk
 *   source  none */
bool rerun_begin(Rerun *rerun, Run *run, int value, Error *error);

/* The same on what is recorded already, and only as far as the value `until` takes it.
 *   memory  rerun_free
 *   errors  out of memory */
bool rerun_from(Rerun *rerun, Run *run, int value, int until, Error *error);

/* Runs the steps, once somebody changed numbers of the value. They are changed back in the same way. */
void rerun_steps(const Rerun *rerun);

/* The loss with a cell moved by h; the cell itself is put back. */
double rerun_loss(const Rerun *rerun, int row, int col, double h);

void rerun_free(Rerun *rerun);

#endif
