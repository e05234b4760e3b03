/* A question to vectors: a tape of its own, on which every number of the answer can be explained. */
#ifndef TRACER_QUERY_QUESTION_H
#define TRACER_QUERY_QUESTION_H

#include "tracer/session/vectors.h"

/* Sentences by the words that they have. */
typedef struct {
    char *text;                  /* the lines, each ended by NUL */
    const char **lines;          /* [count] */
    int count;
    int *words;                  /* [used] rows of the vectors that stand in them */
    int used;
    double *counts, *query;      /* [count x used], [used] */
} Sentences;

typedef enum { ASK_NEAREST, ASK_ANALOGY, ASK_SENTENCES, ASK_CLUSTERS } Asking;

typedef struct {
    Tape tape;
    Names names;
    int cosine;                  /* [1 x answers], or -1 */
    int nearest, distances;      /* of clusters: [count x 1], [count x k] */
    /* What is asked: */
    const Vectors *vectors;
    Asking asking;
    int ids[3];
    const Sentences *sentences;
    bool inverse, raw;           /* of sentences; of clusters: rows as they are, not of length 1 */
    int k, first;
} Question;

/* Records it. The caller sets what is asked; question_close gives everything back.
 *   errors  out of memory, more than a tape holds */
bool question_ask(Question *question, Error *error);
void question_close(Question *question);

/* The best of the answers that are not among `without`, best first, of equals the first: their columns.
 *   returns  how many, at most `most` */
int question_best(const Question *question, const int *without, int without_count, int *best, int most);

/* The lines of a text, and a query, as counts of words that have vectors.
 *   errors  out of memory, a text without lines, a query of which no word has a vector */
bool sentences_read(Sentences *sentences, const Vectors *vectors, const char *path, const char *query, Error *error);
void sentences_free(Sentences *sentences);

#endif
