/* What an exercise records behind the phases of the training step: sampling from the logits, a
 * gradient check. Recorded with the same primitives, on the same tape. */
#ifndef TRACER_EXERCISE_EXTRAS_H
#define TRACER_EXERCISE_EXTRAS_H

#include "tiny_model/run.h"

/* Records the extra of that name on the run's tape; nothing if it is NULL.
 *   memory  the tape's arena
 *   errors  no extra of that name, out of memory, a mistake that does not fit */
bool extra_record(const char *name, Run *run, Error *error);

#endif
