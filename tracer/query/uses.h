/* Who reads a cell, and with which factor. */
#ifndef TRACER_QUERY_USES_H
#define TRACER_QUERY_USES_H

#include "tiny_model/primitive.h"
#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* One term in which the cell is read. */
typedef struct {
    int step, row, col;     /* of the cell that reads it */
    Combine combine;        /* how: with a factor for sums, products, copies and differences */
    int at;                 /* its place in the term */
    double factor;          /* what it is multiplied by; of a quotient the other number */
    double contribution;    /* of the term */
} Use;

typedef struct {
    Use *list;              /* in the order of the steps, row by row */
    int count, capacity;
    bool failed;            /* out of memory: the list is not whole */
} Uses;

/* Every use of a cell. Only the cells that its row, column or place can reach are explained.
 *   memory  *uses, freed by uses_free
 *   errors  false: out of memory */
bool uses_find(const Tape *tape, Reference cell, Uses *uses);
void uses_free(Uses *uses);

/* "times -0.40", "divided by 2.1", "through exp". */
void use_how(const Tape *tape, const Use *use, int digits, bool ascii, Text *out);

#endif
