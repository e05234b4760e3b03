/* Planted mistakes of boosted trees. Chapter 28. */
#include "trees.h"

#include "../primitives/families.h"

/* As for squared errors: every row weighs 1. */
static int hessian_of_ones(Tape *tape, const Asked *step)
{
    const Value *p = tape_value(tape, step->inputs[0]);
    return mistake_make(tape, &FILL, step->label, NULL, 0, (Attributes){.constants = {1}, .rows = p->rows, .cols = 1});
}

/* Every member but the last may be parted from the next, also where their numbers are equal. */
static int between_equals(Tape *tape, const Asked *step)
{
    int places = tape_value(tape, step->inputs[1])->cols - 1;
    return mistake_make(tape, &SLICE_COLUMNS, step->label, &step->inputs[1], 1, (Attributes){.cols = places});
}

static int probability_for_margin(Tape *tape, const Asked *step)
{
    int p = mistake_make(tape, &SIGMOID, PART("squashed"), &step->inputs[0], 1, (Attributes){0});
    return mistake_make(tape, &ADD, step->label, (int[]){p, step->inputs[1]}, 2, (Attributes){0});
}

const Mistake TREES_MISTAKES[] = {
    {"trees.leaf_sign", "a leaf's value has the sign of its gradient: the step goes uphill", 1,
     {{EDIT_SKIP, PHASE_FORWARD, .rule = &LEAF_VALUE, .label = "best"}}},
    {"trees.hessian_of_ones", "every row's second derivative is taken as 1, as for squared errors, not p (1 - p)", 1,
     {{EDIT_RECORD, PHASE_FORWARD, .frame = "round*", .label = "hessian", .on = &MULTIPLY, .record = hessian_of_ones}}},
    {"trees.lambda_forgotten", "lambda is missing in the term of the node before the cut", 1,
     {{EDIT_SKIP, PHASE_FORWARD, .label = "whole.weight"}}},
    {"trees.rate_twice", "the learning rate shortens a leaf's value twice", 1,
     {{EDIT_TWICE, PHASE_FORWARD, .rule = &LEAF_VALUE, .label = "value"}}},
    {"trees.between_equals", "a cut is tried between two rows with the same number", 1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "possible", .on = &CAN_PART, .record = between_equals}}},
    {"trees.probabilities_added", "leaf values are added to the probabilities, not to the margins", 1,
     {{EDIT_RECORD, PHASE_FORWARD, .frame = "round*", .label = "margin", .on = &ADD,
       .record = probability_for_margin}}},
};
_Static_assert(sizeof TREES_MISTAKES / sizeof *TREES_MISTAKES == TREES_MISTAKE_COUNT, "as trees.h says");
