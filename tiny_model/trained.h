/* Weights that ship with the program, as text: a line with a name and its rows and columns, then a line a row. */
#ifndef TINY_MODEL_TRAINED_H
#define TINY_MODEL_TRAINED_H

#include "params.h"

/* Fills values [parameters->cells] with those of the preset induction.
 *   errors  a parameter that they lack, or that has another shape there
 *   source  tiny_model/data/induction.sh trained them */
bool trained_parameters(const Parameters *parameters, double *values, Error *error);

#endif
