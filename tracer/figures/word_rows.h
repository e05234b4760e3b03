/* Words in the name of a figure, "king man woman": the rows of the table that has them. */
#ifndef TRACER_FIGURES_WORD_ROWS_H
#define TRACER_FIGURES_WORD_ROWS_H

#include "figure.h"

/* The first parameter whose rows are words; -1: there is none. */
int word_table(const Session *session);

/* Their rows, in the list's memory. Returns how many there are.
 *   errors  a word that the table lacks, with the nearest; out of memory: 0 */
int word_rows(const Spec *spec, DrawList *list, const int **rows, Error *error);

/* For .usual: the first of some lists of words of which the table has all, else its first words, `count` of them. */
bool usual_words(const Session *session, const char *const *lists, int count, char *name, size_t size);

/* For .watched and .fits. */
bool watched_words(const Session *session, char *name, size_t size);
bool has_words(const Session *session, const char **why);

/* The cosine of two rows; 0 where one is nothing. */
double row_cosine(const double *a, const double *b, int cols);

#endif
