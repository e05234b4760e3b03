/* What tracer sample says of every token, and of the whole text. */
#ifndef TRACER_COMMANDS_SAMPLE_REPORT_H
#define TRACER_COMMANDS_SAMPLE_REPORT_H

#include "tracer/session/generate.h"

/* A token that could have come, in the order of the logits. */
typedef struct {
    int id;
    double logit, softmax;      /* what the model says */
    double probability;         /* after temperature and cuts */
    double from, to;            /* its piece of the rod */
} Candidate;

typedef struct {
    Generation generation;
    Candidate *candidates;      /* [vocabulary] */
    const char *why;            /* a cell to explain, or NULL */
    bool json;
    int digits;
    Text out;                   /* what is said of the latest token */
} Sample;

/* Says which token came and from what, and explains a cell where one is asked for.
 *   errors  a name that the tape does not have, out of memory, output that cannot be written */
bool sample_tell_token(Sample *sample, Error *error);

/* The text and what it cost; as JSON its tokens too, and why there are no more. */
bool sample_tell_text(Sample *sample, Error *error);

void sample_free(Sample *sample);

#endif
