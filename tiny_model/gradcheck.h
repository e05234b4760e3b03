/* The gradient check: does the recorded gradient tell the truth? Every cell is moved up and
 * down a little, the steps of the forward phase that it reaches run again (rerun.h), and the change of the
 * loss is compared. Chapter 16.
 *
 *   D(h) = (loss(x + h) - loss(x - h)) / 2h                 off by h^2 and by rounding / h
 *   numerical = D(h) + (D(h) - D(2h)) / 3                   Richardson: without the h^2
 *   uncertainty = |numerical - D(h)| + rounding / h         what the extrapolation moved, and what digits allow
 *   relative error = |a - n| / max(|a|, |n|, 1e-3)          a recorded, n numerical
 *
 * At a kink (ReLU at exactly 0) the slopes on the two sides differ however small h is, and no
 * difference can judge what the gradient should be. */
#ifndef TINY_MODEL_GRADCHECK_H
#define TINY_MODEL_GRADCHECK_H

#include "rerun.h"

typedef enum {
    SLOPE_HOLDS,                  /* the relative error is at most GRADCHECK_TOLERANCE */
    SLOPE_WRONG,
    SLOPE_AT_KINK,                /* cannot be judged: the one-sided slopes differ */
    SLOPE_UNSURE                  /* cannot be judged: no step size tells it exactly enough */
} SlopeVerdict;

/* One cell. */
typedef struct {
    double recorded, numerical, uncertainty;
    double left, right;           /* the one-sided slopes; of a cell that holds at once: 0 */
    double relative;              /* error */
    SlopeVerdict verdict;
} Slope;

typedef struct {
    int cells;                    /* checked */
    int wrong, kinks, unsure;     /* the others hold */
    double max_abs, max_rel;      /* of the cells that can be judged */
    int worst_row, worst_col;     /* where max_rel is; without a cell that can be judged, the first */
    int kink_row, kink_col;       /* the first cell that cannot be judged */
    double recorded, numerical;   /* at the worst */
    bool ok;                      /* no cell is wrong */
} Gradcheck;

static const double GRADCHECK_STEP = 1e-5, GRADCHECK_TOLERANCE = 1e-6;

/* Checks the cells of `value`, an id on run->tape with a gradient: those of a row, of a column, or
 * with EVERY in their places all; run must be recorded whole
 * and `scratch` be a second run of the same model at the same training step, whose tape is
 * overwritten. The parameters of `scratch` must equal those of `run`, and do so afterwards.
 *   errors  out of memory */
enum { EVERY = -1 };
bool gradcheck_value(const Run *run, Run *scratch, int value, int row, int col, Gradcheck *result, Error *error);

/* Adds the cells of the rows from <= r < to, and of one column or EVERY, to *result, which begins as
 * {.ok = true}; `rerun` was begun for the value on a second run as above.
 *   errors  none */
void gradcheck_rows(const Run *run, const Rerun *rerun, int from, int to, int col, Gradcheck *result);

/* Adds what was found in later cells. */
void gradcheck_add(Gradcheck *result, const Gradcheck *more);

/* One cell of the value that `rerun` was begun for. */
Slope gradcheck_slope(const Run *run, const Rerun *rerun, int row, int col);

/* How many cells were judged. */
int gradcheck_judged(const Gradcheck *result);

/* The plain numerical derivative D(h) of the loss by one cell. */
double gradcheck_cell(const Rerun *rerun, int row, int col, double h);

#endif
