/* What the planted mistakes of looking inside record in the place of a step. Chapter 29. */
#ifndef TINY_MODEL_INSIDE_WRONG_LOOKS_H
#define TINY_MODEL_INSIDE_WRONG_LOOKS_H

#include "../mistakes.h"

/* Scores: the mask of duplicates; the mask of induction one query late, and the mean over the queries that it says
 * something of; the mean over all queries. */
int hits_of_duplicates(Tape *tape, const Asked *step);
int hits_one_late(Tape *tape, const Asked *step);
int mean_one_late(Tape *tape, const Asked *step);
int mean_over_all(Tape *tape, const Asked *step);

/* The lens: the head on the stream as it is; mean and std of the finished stream. */
int stream_without_norm(Tape *tape, const Asked *step);
int with_final_mean(Tape *tape, const Asked *step);
int with_final_std(Tape *tape, const Asked *step);

/* Attribution: a part divided by its own std. */
int with_own_std(Tape *tape, const Asked *step);

#endif
