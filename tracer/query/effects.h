/* Parts taken out, and parts exchanged with another text, of the run that is shown: made on request beside it and kept
 * by the ids of its tape. See intervention.h. */
#ifndef TRACER_QUERY_EFFECTS_H
#define TRACER_QUERY_EFFECTS_H

#include "intervention.h"

enum { EFFECTS_KEPT = 48, METRIC_TOLD = 120 };

typedef struct {
    int part;               /* among the parts that looking inside found */
    int position;           /* of the text; taken out: -1, everywhere */
    double first, second;   /* taken out: how much more the loss is, set to zero, to the mean; exchanged: how much of
                               the difference comes back, in truth and by the gradient */
} PartEffect;

/* In the order of the model; those behind the last that is kept are left out. */
typedef struct {
    double loss;
    PartEffect list[EFFECTS_KEPT];
    int count, left_out;
} PartsTaken;

/* The largest first; what changes nothing is left out. */
typedef struct {
    char asked[METRIC_TOLD]; /* "the logit of b behind position 4, less that of d" */
    double clean, own;       /* that, on the clean text and on the one of the run */
    PartEffect list[EFFECTS_KEPT];
    int count, left_out;
} PartsPatched;

/* All run the model again for each part (and position), on a copy: the session stays as it is.
 *   errors  nothing to look into, too much to wait for, out of memory; the clean text does not fit, or the answer does
 *           not differ
 *   memory  patching_free; its parts are those of `own` */
bool parts_taken(const Session *session, PartsTaken *out, Error *error);
bool patching_between(const Session *own, const Session *clean, Patching *out, char asked[METRIC_TOLD], Error *error);
bool parts_patched(const Session *session, const char *clean, PartsPatched *out, Error *error);

#endif
