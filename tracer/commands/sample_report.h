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

/* A cell that is to be explained behind every token. */
typedef struct {
    const char *name;
    int steps;         /* the latest token is in the frame of this number; 0: the tape was recorded anew */
    bool goes_on;      /* more tokens will follow on the same tape */
    bool json;
    int digits;
} WhyAsked;

/* The arithmetic of a cell, that of the latest token's frame where it has it.
 *   errors  a name that the tape does not have, out of memory */
bool sample_why(const Run *run, const WhyAsked *asked, Text *out, Error *error);

/* Whether the cell is one that a later token will record. */
bool sample_comes_later(const WhyAsked *asked);

/* What reading took, and what the cache saved of it; nothing where only one token was asked for. */
void sample_work(const Generation *generation, Text *out);

/* Writes what is there at once and empties it.
 *   errors  output that cannot be written */
bool sample_put(Text *out, Error *error);

/* Says which token came and from what, and explains a cell where one is asked for.
 *   errors  a name that the tape does not have, out of memory, output that cannot be written */
bool sample_tell_token(Sample *sample, Error *error);

/* The text and what it cost; as JSON its tokens too, and why there are no more. */
bool sample_tell_text(Sample *sample, Error *error);

void sample_free(Sample *sample);

#endif
