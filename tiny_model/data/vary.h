/* The same examples with other numbers, for an exercise.
 *   errors  out of memory */
#ifndef TINY_MODEL_DATA_VARY_H
#define TINY_MODEL_DATA_VARY_H

#include "../model.h"
#include "../random.h"

/* Which fields of an example get other numbers. */
typedef bool FieldVaries(const Field *field);

bool is_features(const Field *field); /* "x" */

/* Numbers of one decimal, of both signs, from 0.1 to most / 10, row by row. Memory is the model's arena. */
bool examples_vary(Model *model, FieldVaries *varies, unsigned most, Random *random, Error *error);

#endif
