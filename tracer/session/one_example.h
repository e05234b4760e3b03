/* One of the data's examples alone: what is told of it is told of nothing else. */
#ifndef TRACER_SESSION_ONE_EXAMPLE_H
#define TRACER_SESSION_ONE_EXAMPLE_H

#include "tiny_model/model.h"

/* Makes the example `said` the model's only one, before model_finish.
 *   errors  those of example_check, where the examples are there already */
bool example_choose(Model *model, const char *said, Error *error);

/* There is such an example; of those that a model makes itself this is known behind model_finish.
 *   errors  a model without examples or classes; what is no number of one */
bool example_check(const Model *model, const char *said, Error *error);

#endif
