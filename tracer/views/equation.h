/* Matrices with operators between them, in a room: side by side where they fit; else the operands
 * above the result; else one above the other; with fewer digits before anything has to scroll. */
#ifndef TRACER_VIEWS_EQUATION_H
#define TRACER_VIEWS_EQUATION_H

#include "matrix_layout.h"

enum { MOST_SHOWN = 4, OPERATOR_SIZE = 48 };

/* The operands that are shown, then the result; before each stands its operator. */
typedef struct {
    Matrix matrices[MOST_SHOWN];
    char operators[MOST_SHOWN][OPERATOR_SIZE];
    int count;
    bool headed;    /* the last has its heading wherever it stands */
} Equation;

/* Where each matrix comes to stand. */
typedef struct {
    Area areas[MOST_SHOWN];
    double seen;    /* share of the cells that can be seen, over all matrices */
    bool whole;
} Plan;

/* What is to be planned, with so many decimals. */
typedef Equation MakeEquation(const ViewState *state, const Explanation *explanation, int digits, bool ascii);

/* An arrangement that shows everything, with as many digits as that allows; where there is none,
 * the one with the most to see, with as few digits as still say something. */
Plan equation_plan(const ViewState *state, const Explanation *explanation, Area room, bool ascii, MakeEquation *make,
                   Equation *out);

void equation_draw(const ViewState *state, Grid *grid, Area area, const Equation *equation, const Plan *plan,
                   const Explanation *explanation);

#endif
