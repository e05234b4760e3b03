/* The gradient check: does the recorded gradient tell the truth? Every cell is moved up and
 * down a little, the forward phase is recorded again, and the change of the loss is compared.
 * Chapter 16.
 *
 *   numerical = (loss(x + h) - loss(x - h)) / 2h
 *   relative error = |a - n| / max(|a|, |n|, 1e-3)          a recorded, n numerical */
#ifndef TINY_MODEL_GRADCHECK_H
#define TINY_MODEL_GRADCHECK_H

#include "run.h"

typedef struct {
    int cells;                    /* checked */
    double max_abs, max_rel;
    int worst_row, worst_col;     /* where max_rel is */
    double recorded, numerical;   /* there */
    bool ok;                      /* max_rel below GRADCHECK_TOLERANCE, no nan */
} Gradcheck;

static const double GRADCHECK_STEP = 1e-5, GRADCHECK_TOLERANCE = 1e-6;

/* Checks the cells of `value`, an id on run->tape with a gradient: those of a row, of a column, or
 * with EVERY in their places all; run must be recorded whole
 * and `scratch` be a second run of the same model at the same training step, whose tape is
 * overwritten. The parameters of `scratch` must equal those of `run`, and do so afterwards.
 *   errors  out of memory */
enum { EVERY = -1 };
bool gradcheck_value(const Run *run, Run *scratch, int value, int row, int col, Gradcheck *result, Error *error);

/* The numerical derivative of the loss by one cell, with step size h. */
bool gradcheck_cell(Run *scratch, int value, int row, int col, double h, double *derivative, Error *error);

#endif
