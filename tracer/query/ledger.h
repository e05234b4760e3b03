/* The loss ledger: what the gradient promised of the update, parameter by parameter, beside what
 * the loss really did. */
#ifndef TRACER_QUERY_LEDGER_H
#define TRACER_QUERY_LEDGER_H

#include "tiny_model/gradcheck.h"
#include "tracer/session/session.h"

typedef struct {
    int parameter;       /* value id */
    double promised;     /* sum over its cells of g times (next - now) */
} LedgerLine;

typedef struct {
    LedgerLine *lines;   /* one for each parameter, the largest promise first */
    int count;
    double promised;     /* by all of them together */
    double before, after;/* the loss of this training step, and with the parameters that it left */
} Ledger;

/* Records the next training step's forward phase on a run of its own.
 *   memory  *ledger, freed by ledger_free
 *   errors  out of memory */
bool ledger_make(const Session *session, Ledger *ledger, Error *error);
void ledger_free(Ledger *ledger);

/* The error of central differences over the step size: the V that tells why 1e-5 is chosen. */
enum { CURVE_POINTS = 12 };
typedef struct {
    double h[CURVE_POINTS];          /* 1e-1 ... 1e-12 */
    double numerical[CURVE_POINTS];
    double relative[CURVE_POINTS];   /* against the recorded gradient, as gradcheck defines it */
    double recorded;
    int best;                        /* the point with the smallest error */
    Slope slope;                     /* the verdict, from two step sizes */
} ErrorCurve;

/* For a cell of a parameter or activation that has a gradient. */
bool error_curve(const Session *session, Reference cell, ErrorCurve *out, Error *error);

#endif
