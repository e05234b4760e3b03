/* A wrong answer searched for: every single slip in the steps of the exercise, then pairs of them as far
 * as the budget goes, computed from the printed numbers and compared with the answer. */
#ifndef TRACER_EXERCISE_SEARCH_H
#define TRACER_EXERCISE_SEARCH_H

#include "answer.h"
#include "slip.h"

enum { MOST_FOUND = 3 };

typedef struct {
    Slip slips[2];
    int count;
    double *cells;          /* what they make of the asked cells */
} Found;

typedef struct {
    const Variant *variant;
    const Answer *answer;
    Slice slice;
    Slips slips;
    struct Effect *effects; /* [slip] */
    double *allowed;        /* [cell] how far the answer may be off */
    unsigned wrong;         /* asked lines in which the answer is not the truth */
    int tried;
    Found found[MOST_FOUND];
    int found_count;
    int telling;            /* cells in which the first one differs from the truth */
} Search;

/* Records the truth of the variant again.
 *   memory  *search, freed by search_close
 *   errors  out of memory */
bool search_open(Search *search, Variant *variant, const Answer *answer, Error *error);
void search_close(Search *search);

/* Fills in `found`: those with other numbers than each other, within what the answer can tell. Both take their
 * operations from *effort, and end with it.
 *   errors  out of memory */
bool search_singles(Search *search, double *effort, Error *error);
bool search_pairs(Search *search, double *effort, Error *error);

/* Whether what was found can be named: one thing only, and enough cells tell it from the truth. */
bool search_is_sure(const Search *search);

/* Adds what was found, in words. */
void search_words(const Search *search, Text *out);

#endif
