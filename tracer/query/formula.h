/* The arithmetic of a cell in words: "0.31 × 0.12 + (-0.40) × 0.88 = -0.3148". */
#ifndef TRACER_QUERY_FORMULA_H
#define TRACER_QUERY_FORMULA_H

#include "tiny_model/primitive.h"
#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* How formulas are written. */
typedef struct {
    int digits;      /* decimals */
    int most_terms;  /* of a sum; the middle is cut out beyond that; 0: all */
    bool ascii;
} FormulaStyle;

/* Adds the formula of a cell, its number included. explanation: of that cell, or an empty one
 * for a value without a producer. */
void cell_formula(const Names *names, int value, int row, int col, const Explanation *explanation,
                  FormulaStyle style, Text *out);

/* Adds one term: its cells joined by the sign of the primitive. */
void term_formula(const Names *names, const Step *step, const Term *term, FormulaStyle style, Text *out);

/* The part of a value's name behind the path of a frame, or behind what both share. */
const char *name_within(const Names *names, int value, const char *path);

/* Who writes what stands in the places of a notation: the i-th input, a constant. */
typedef struct {
    void (*operand)(const void *context, int i, Text *out);
    void (*number)(const void *context, double number, Text *out);
    const void *context;
} NotationWriter;

/* Adds a notation (see primitive.h) with the places filled in that the step has for it. */
void notation_add(const Step *step, const char *notation, const NotationWriter *writer, Text *out);
const char *notation_of(const Primitive *primitive, bool ascii);

/* Adds the step as an equation of names: "scores = Q × Kᵀ". Names are cut to what differs from
 * the frame of the step unless `whole`. */
void step_formula(const Names *names, int step, bool whole, bool ascii, Text *out);

/* "forward, block0 attention head0 softmax". */
void step_place(const Tape *tape, int step, Text *out);

#endif
