/* What if: the same training step with one number changed. */
#ifndef TRACER_QUERY_NUDGE_H
#define TRACER_QUERY_NUDGE_H

#include "compare.h"
#include "tracer/session.h"

typedef struct {
    Reference cell;
    double from, to;
    double loss_before, loss_after;
    bool has_gradient;
    double predicted;         /* gradient times change; only if has_gradient */
    Differences differences;  /* between the truth and the fork */
    Run fork;                 /* recorded with the change */
    Names names;              /* of the fork */
} Nudged;

/* `cell` of a parameter or an activation, `amount` added to it or put in its place.
 *   memory  *out, freed by nudged_free
 *   errors  what cannot be changed, out of memory */
bool nudge_cell(const Session *session, Reference cell, bool absolute, double amount, Nudged *out, Error *error);
void nudged_free(Nudged *nudged);

#endif
