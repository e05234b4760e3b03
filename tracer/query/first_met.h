/* The walk of somebody who wants to see every operation once: the steps at which something is met for the first
 * time. Where a rule is applied for the first time in its phase these are all steps of it; elsewhere the step alone,
 * as where a later linear has a bias. It depends on the tape and on nothing else. */
#ifndef TRACER_QUERY_FIRST_MET_H
#define TRACER_QUERY_FIRST_MET_H

#include "tiny_model/tape.h"

/* Fills first[step_count]: whether a step is on that walk.
 *   errors  false if there is no memory */
bool first_met(const Tape *tape, bool *first);

#endif
