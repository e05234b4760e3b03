/* Questions to a table of vectors, recorded like everything else: who is near whom, which word completes an
 * analogy, which sentence is meant, what belongs together. Nothing is learned from them. */
#ifndef TINY_MODEL_LIKENESS_H
#define TINY_MODEL_LIKENESS_H

#include "tape.h"

/* The cosine of a query [1 x d] and every row of a table [V x d]: the value `cosine` [1 x V]. A row of zeros is like
 * nothing: 0. */
int likeness_to_rows(Tape *tape, int table, int query);

/* Row `id` of a table, named. */
int likeness_row(Tape *tape, const char *name, int table, int id);

/* first - second + third of unit rows: what is to king as woman is to man. The value `query`. */
int likeness_analogy(Tape *tape, int table, const int ids[3]);

/* Sentences as the mean of the unit vectors of their words, and the cosine of the query with each: `cosine` [1 x N].
 *   counts     [N x V] how often each word stands in each sentence
 *   query      [1 x V]
 *   inverse    weigh words by ln((1 + N) / (1 + df)) + 1, df the sentences that have the word */
int likeness_sentences(Tape *tape, int table, int counts, int query, bool inverse);

/* Only those means: returns `sentences` [N x d], and *query becomes `query` [1 x d]; -1: there is none. */
int likeness_texts(Tape *tape, int table, int counts, int *query, bool inverse);

/* k means of rows [N x d]: rounds until nobody moves, at most `most`. Starts with row `first` and then, again and
 * again, with the row that is furthest from those before; ties go to the lowest index; a cluster without rows keeps its
 * middle.
 *   start    [k] rows to start with, or NULL
 *   returns  the value `nearest` [N x 1] of the last round */
int likeness_clusters(Tape *tape, int rows, int k, const int *start, int first, int most);

/* likeness_classes.c: the class of a query [1 x d] from the k rows [N x d] that are nearest to it.
 *   classes  [N x 1] ids, their `counts` the axis of C classes
 *   returns  `distance` [N x 1], `nearest` [1 x k] rows, `shares` [1 x C] of those */
typedef struct {
    int distance, nearest, shares;
} Neighbours;
Neighbours likeness_neighbours(Tape *tape, int rows, int query, int classes, int k);

/* Logistic regression: gradient descent on all rows at once, from 0, each step a frame.
 *   x [N x d], y [N x C] of 0 and 1: every column is a question of its own
 *   returns  w [d x C] and b [1 x C] after the last step, the loss [1 x C] before it, -1 without steps */
typedef struct {
    int w, b, loss;
} Logistic;
Logistic likeness_logistic(Tape *tape, int x, int y, double rate, int steps);

/* What it says of queries [Q x d]: `answer` [Q x C]. */
int likeness_probability(Tape *tape, Logistic of, int query);

#endif
