/* Formulas of a slice as they stand on paper: the notation of the primitives, the shortest names that tell its
 * values apart, and the formula itself of what has no name. */
#ifndef TRACER_EXERCISE_SLIP_FORMULA_H
#define TRACER_EXERCISE_SLIP_FORMULA_H

#include "slip.h"

/* What formulas are written from: the slice, and the operations of a change if it is the wrong one. */
typedef struct {
    const Slips *slips;
    const Instead *change;  /* NULL: the right formula */
    int inputs[OP_INPUTS + 1]; /* of the operation being written */
    const bool *transposed;
    bool bare;              /* within the parentheses of a function already */
    int depth;
} Writing;

/* Each adds to *out. nested: within another formula, in parentheses if it is not a single name. */
void formula_value(const Writing *writing, int value, bool nested, Text *out);
void formula_step(const Writing *writing, const Step *step, bool nested, Text *out);

/* A short decimal as it is, a root or a fraction of the model's numbers by its name. */
void formula_number(const Writing *writing, double number, Text *out);

/* "one further on" */
const char *list_says(ListKind kind);

#endif
