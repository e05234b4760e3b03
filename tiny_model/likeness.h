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

/* k means of rows [N x d]: rounds until nobody moves, at most `most`. Starts with row `first` and then, again and
 * again, with the row that is furthest from those before; ties go to the lowest index; a cluster without rows keeps its
 * middle.
 *   start    [k] rows to start with, or NULL
 *   returns  the value `nearest` [N x 1] of the last round */
int likeness_clusters(Tape *tape, int rows, int k, const int *start, int first, int most);

#endif
