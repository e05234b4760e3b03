/* The updates of a run that stand out: the largest losses, gradient norms and changes, found in one pass. */
#ifndef TRACER_SESSION_WORST_H
#define TRACER_SESSION_WORST_H

#include "run_folder.h"

/* WORST_ABOVE: loss minus the mean of the losses before it. The largest losses of a run are nearly always its first
 * ones; this tells which batch was hard for what the model knew by then. */
typedef enum { WORST_ABOVE, WORST_LOSS, WORST_NORM, WORST_CHANGE, WORST_KINDS } WorstKind;

enum { WORST_SHOWN = 5, WORST_BEFORE = 100 };

typedef struct {
    UpdateRecord update;
    double amount;
} WorstUpdate;

typedef struct {
    WorstUpdate list[WORST_KINDS][WORST_SHOWN]; /* the worst first */
    int count[WORST_KINDS];
    double before[WORST_BEFORE];                /* the last losses, round and round */
    int seen;
} Worst;

/* What a kind is called: "loss above the 100 before". */
const char *worst_name(WorstKind kind);

/* Takes the next update of the run into account. Start with a Worst that is all 0. */
void worst_add(Worst *worst, const UpdateRecord *update);

#endif
