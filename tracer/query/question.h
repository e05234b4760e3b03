/* A question to vectors: a tape of its own, on which every number of the answer can be explained. */
#ifndef TRACER_QUERY_QUESTION_H
#define TRACER_QUERY_QUESTION_H

#include "pooled.h"
#include "tracer/session/vectors.h"

/* Sentences by the words that they have. */
typedef struct {
    char *text;                  /* the lines, each ended by NUL */
    const char **lines;          /* [count] */
    int count;
    int *words;                  /* [used] rows of the vectors that stand in them */
    int used;
    double *counts, *query;      /* [count x used], [used]; query NULL: nothing is asked */
    /* Where the lines begin with a class and a tab: */
    int *classes;                /* [count] */
    const char **labels;         /* [class_count], in the order of first appearance */
    int class_count;
} Sentences;

typedef enum { ASK_NEAREST, ASK_ANALOGY, ASK_SENTENCES, ASK_CLUSTERS, ASK_NEIGHBOURS, ASK_LOGISTIC, ASK_POOLED } Asking;

/* What was recorded of classes, as value ids. */
typedef struct {
    int rows;                    /* [lines x d], of length 1 */
    int query;                   /* [1 x d], or -1 */
    int answer;                  /* shares or probabilities [1 x classes], without a query [lines x classes] */
    int distance, nearest;       /* of neighbours, with a query: [lines x 1], [1 x k] */
    int loss;                    /* of logistic: [1 x columns] before the last step, or -1 */
} Classing;

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
    const Pooled *pooled;        /* the same sentences as a GPT reads them; of ASK_POOLED */
    bool inverse, raw;           /* of sentences; of clusters: rows as they are, not of length 1 */
    int k, first;                /* of clusters; of neighbours: k */
    int steps;                   /* of logistic */
    double rate;
    Classing classing;
} Question;

/* Records it. The caller sets what is asked; question_close gives everything back.
 *   errors  out of memory, more than a tape holds */
bool question_ask(Question *question, Error *error);
void question_close(Question *question);

/* The best of the answers that are not among `without`, best first, of equals the first: their columns.
 *   returns  how many, at most `most` */
int question_best(const Question *question, const int *without, int without_count, int *best, int most);

/* The lines of a text, and a query (NULL: none), as counts of words that have vectors.
 *   labelled  each line is a class, a tab and a text
 *   errors    out of memory, a text without lines, a query of which no word has a vector, a line without a class, a
 *             single class */
bool sentences_read(Sentences *sentences, const Vectors *vectors, const char *path, const char *query, bool labelled,
                    Error *error);
void sentences_free(Sentences *sentences);

/* classing.c: records the classes of the sentences or of the query, from their counts on. */
void question_classes(Tape *tape, Question *question, int table, int counts, int query);
/* Takes the classes off the lines. */
bool sentences_take_classes(Sentences *sentences, const char *path, Error *error);

#endif
