/* The same customers by what is known of them: tables alone, a frozen transformer's row beside them, both learned
 * together; and the most that can be known.
 *
 * Customers are made by formula (tiny_model/data/transactions.h). Some are learned from, a fifth of these only choose
 * when to stop, others are tested; the transformer is pretrained on the histories of others still. */
#ifndef TRACER_SESSION_FUSION_H
#define TRACER_SESSION_FUSION_H

#include "tiny_model/error.h"

#include <stdbool.h>

/* In the order in which they are told. */
typedef enum {
    RUNG_TABULAR,     /* numbers and categories: waves, embeddings, cross layers */
    RUNG_TREES,       /* the same, boosted trees */
    RUNG_RANDOM,      /* late fusion with a transformer that has learned nothing */
    RUNG_LATE,        /* with the pretrained one, frozen */
    RUNG_LATE_TREES,  /* the same row into boosted trees */
    RUNG_JOINT,       /* the pretrained transformer learns from the class too */
    RUNG_ORACLE,      /* who knows the formula */
    RUNG_COUNT
} Rung;

typedef struct {
    double area[RUNG_COUNT], error[RUNG_COUNT]; /* under the curve of those tested, and its standard error */
    int learned, tested;                        /* customers */
    int yes;                                    /* of those tested */
    double pretraining_from, pretraining_to;    /* mean loss of a batch of histories, first and last */
    int pretraining, joint;                     /* updates */
    double seconds;
} Fusions;

/* "tabular", "late" ..., and what it is in a few words. */
const char *rung_name(Rung rung);
const char *rung_words(Rung rung);

/* Makes, trains and tests all of them, with a bar on standard error. The same numbers to the last bit every time.
 *   quick   fewer customers, a smaller transformer: half a minute instead of some
 *   errors  out of memory */
bool fusion_compare(bool quick, Fusions *out, Error *error);

/* The standard error of an area under the curve: Hanley and McNeil 1982.
 *   yes, no   how many of each class; nan where one of them is nobody */
double area_error(double area, int yes, int no);

#endif
