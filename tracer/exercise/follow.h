/* Follow-through from one exercise to the next: the student's own numbers of an earlier exercise in
 * the place of those that the sheet prints. */
#ifndef TRACER_EXERCISE_FOLLOW_H
#define TRACER_EXERCISE_FOLLOW_H

#include "answer.h"

/* The value of the earlier answer at `path` that this variant has among its given ones. found is
 * false where there is none: another draw, only a part of the value asked, a file that cannot be read.
 *   memory  own->data, freed by the caller
 *   errors  out of memory */
bool follow_read(const Exercises *exercises, const Variant *variant, const char *path, Given *own, bool *found,
                 Error *error);

#endif
