/* What if: the same training step with some numbers changed. */
#ifndef TRACER_QUERY_NUDGE_H
#define TRACER_QUERY_NUDGE_H

#include "compare.h"
#include "tracer/session/session.h"

/* One change: `amount` added to a cell of a parameter or an activation, or put in its place. */
typedef struct {
    Reference cell;
    bool absolute;
    double amount;
} Change;

typedef struct {
    Reference cell;           /* of the last change */
    double from, to;          /* its number in the truth and in the fork */
    double loss_before, loss_after;
    bool has_gradient;        /* every changed cell has one */
    double predicted;         /* gradients times changes; only if has_gradient */
    Differences differences;  /* between the truth and the fork */
    Run fork;                 /* recorded with the changes */
    Names names;              /* of the fork */
} Nudged;

enum { MOST_CHANGES = 64 };

/* True if the loss went another way than the straight line along the gradient: by more than a quarter of
 * what that promised, and by more than the rounding of the loss itself. The step is too large for it. */
bool nudge_too_large(double predicted, double actual, double loss);

/* Records a fork with changes, 1 to MOST_CHANGES of them, applied in their order.
 *   memory  *out, freed by nudged_free
 *   errors  what cannot be changed, out of memory */
bool nudge_cells(const Session *session, const Change *changes, int count, Nudged *out, Error *error);
void nudged_free(Nudged *nudged);

/* The parts of it, for who keeps the fork elsewhere. */

/* False and *error if the cell is none that can be changed so. */
bool change_check(const Session *session, const Change *change, Error *error);

/* Records a fresh clone of the session's run with the changes. */
bool changes_record(Run *fork, const Change *changes, int count, Error *error);

/* What the gradients of the session and the numbers that the fork came to promise of the loss:
 * the sum over all changed cells of gradient times change. False if a cell has no gradient. An
 * activation that is set and not moved hides what earlier changes do to it. */
bool changes_predict(const Session *session, const Change *changes, int count, double *predicted);

#endif
