/* An answer beside the run: judged, opened at the first cell that is wrong, and worked out again. */
#ifndef TRACER_STEPPER_MINE_H
#define TRACER_STEPPER_MINE_H

#include "state.h"
#include "tracer/exercise/verdict.h"
#include "tracer/views/own_answer.h"

/* The answer with its verdict, against a recorded run.
 *   memory  *out, freed by mine_free
 *   errors  out of memory */
bool mine_init(Mine *out, const Variant *variant, const Answer *answer, const Verdict *verdict, const Session *session,
               Error *error);
void mine_free(Mine *mine);

/* Puts the answer beside the run: goes to the first wrong cell, in the order of the tape, or of the
 * value `at`, or to the cell `at`; says the verdict; plants the mistake that makes these numbers, to
 * be turned to.
 *   errors  a value that the answer is not about, one that no step makes or reads */
bool mine_open(State *state, Mine *mine, const char *at, Error *error);

/* A number that is tried for the selected cell, which is hidden: the right one shows this cell, and no other. */
void mine_guess(State *state, double guess);

#endif
