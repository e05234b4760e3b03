/* Sentences as one row each, made of the rows that a GPT's last block leaves behind for their tokens. */
#ifndef TRACER_QUERY_POOLED_H
#define TRACER_QUERY_POOLED_H

#include "tracer/base/text.h"
#include "tracer/session/session.h"

typedef enum { POOL_MEAN, POOL_FIRST, POOL_LAST } Pooling;

/* The query is sentence 0, the lines come behind it. */
typedef struct {
    Pooling how;
    int count, width;
    int *begins;                 /* [count + 1] where the tokens of each begin */
    double *rows;                /* [tokens x width] */
    const char **tokens;         /* [tokens], in the arena */
    Arena arena;
} Pooled;

/* "mean", "first" or "last". */
bool pooling_of(const char *word, Pooling *how, Error *error);

/* The model of the session, as it stands, reads them.
 *   errors  those of sentence_run_open */
bool pooled_read(Pooled *pooled, const Session *session, const char *query, const char *const *lines, int count,
                 Error *error);
void pooled_free(Pooled *pooled);

/* Records the pooling, and the cosine of the query with each line: returns `cosine` [1 x count - 1]. */
int pooled_record(Tape *tape, const Pooled *pooled, const char *const *lines);

#endif
