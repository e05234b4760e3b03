/* A training step of an independent implementation: {"model": a model file, "weights": {NAME: rows}, "values": {NAME:
 * rows}}. */
#ifndef TESTS_UNIT_SECOND_H
#define TESTS_UNIT_SECOND_H

#include "support.h"

#include <jansson.h>

typedef struct {
    Model model;
    Run run;
    json_t *root;
} Second;

/* Reads the file and the model, sets every parameter that it names, and records.
 *   more   keys that change its "model", as JSON, or NULL */
void second_open(Second *second, const char *path, const char *more);
void second_close(Second *second);

/* A value that must be on the tape, and whether one is. */
const Value *second_value(const Second *second, const char *name);
bool second_has(const Second *second, const char *name);

/* Every value of the file is on the tape, with these numbers; returns how many they are. */
int second_expect_all(const Second *second, double tolerance);

/* The numbers of a matrix in JSON are those of a value. */
void second_expect(const Value *value, const char *name, const json_t *rows, double tolerance);

#endif
