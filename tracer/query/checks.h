/* What was checked on request and is kept, so that drawing it again costs nothing: the
 * gradient of a cell over the step size, of a whole value, the loss ledger, parts taken out or exchanged. Each knows
 * what run it is about and is not shown beside another. */
#ifndef TRACER_QUERY_CHECKS_H
#define TRACER_QUERY_CHECKS_H

#include "effects.h"
#include "ledger.h"
#include "tiny_model/gradcheck.h"

/* The run that a check is about: its numbers, not its place in memory. */
typedef struct {
    int training_step, values;  /* values: 0 for no run */
    double loss;
} Stamp;

Stamp stamp_of(const Session *session);
bool stamp_is_of(const Stamp *stamp, const Session *session);

/* Operations on numbers that a learner waits for, some seconds of them; and those of the forward phase. */
#define PATIENCE 4e9
double forward_flops(const Tape *tape);

enum { LEDGER_KEPT = 64 };

typedef struct {
    Stamp curve_of, value_of, ledger_of;
    Reference cell;                       /* whose curve it is */
    ErrorCurve curve;
    Reference checked;                    /* the value, or a part of it */
    Gradcheck verdict;
    LedgerLine lines[LEDGER_KEPT];        /* the largest promises */
    int line_count, parameter_count;
    double promised, before, after;
    Stamp taken_of, patched_of;
    PartsTaken taken;
    PartsPatched patched;
} Checks;

#endif
