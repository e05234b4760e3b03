/* Merges of byte pairs on a tape: a tokenizer that learns, or one that reads a text. */
#ifndef TRACER_QUERY_MERGING_H
#define TRACER_QUERY_MERGING_H

#include "tracer/session/names.h"

/* The id of the step that makes merge r of the first text, or -1 behind the last. */
int merge_step(const Tape *tape, int r);

/* How many merges there are; 0: nothing is merged on this tape. */
int merge_count(const Tape *tape);

/* The words before merge r, the value that its step reads; r may be merge_count: those that are left. */
int merge_words(const Tape *tape, int r);

/* How often each word occurs [P x 1], or -1 where each stands for itself. */
int merge_occurrences(const Tape *tape);

/* How many tokens a row of words has. */
int merge_row_length(const Value *words, int row);

#endif
