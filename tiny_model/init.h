/* The first numbers of the parameters. */
#ifndef TINY_MODEL_INIT_H
#define TINY_MODEL_INIT_H

#include "model.h"
#include "params.h"
#include "random.h"

/* One more number of a class; not for splitmix, whose numbers are counted. */
double init_draw(Random *random, const Init *init, ParameterClass class);

/* Fills values [parameters->cells] as model->init says; gaps stay as they are.
 *   memory   none
 *   errors   those of trained.h, for induction
 *   source   Python's random; splitmix64 for splitmix */
bool init_parameters(const Parameters *parameters, const Init *init, double *values, Error *error);

/* Those that begin as others take the numbers of these. */
void init_copies(const Parameters *parameters, double *values);

#endif
