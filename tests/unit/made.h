/* Runs of model files that a test writes down itself, and what an independent implementation says of them. */
#ifndef TESTS_UNIT_MADE_H
#define TESTS_UNIT_MADE_H

#include "support.h"

#include <jansson.h>

typedef struct {
    Model model;
    Run run;
} MadeModel;

/* A model by its JSON; false and why it cannot be. `made_free` gives back what `made_run` has opened, `model_free` a
 * model alone. */
bool made_model(MadeModel *made, const char *json, Error *error);

/* The same and its first training step, which must be possible. */
void made_run(MadeModel *made, const char *json);

/* A preset and its parameters, nothing recorded yet. */
void made_preset(MadeModel *made, const char *preset);
void made_free(MadeModel *made);

/* The value of a name, which must be there. */
const Value *made_value(const Run *run, const char *name);

/* A file of golden/reference. */
json_t *reference_json(const char *path);

/* A number of a matrix, or of a list that is a column. */
double number_in(const json_t *matrix, int row, int col);

/* Every number of a value; it is not all 0. */
void expect_matrix(const Run *run, const char *name, const json_t *wanted, double tolerance);

/* Sets all parameters by name and records the step anew. */
void made_parameters(MadeModel *made, const json_t *parameters);

/* {"parameters", "values", "loss"} of a file: all values to 1e-12, at least `least` of them, and the loss. */
void expect_reference(MadeModel *made, const char *path, int least);

#endif
