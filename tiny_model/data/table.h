/* A table of examples for yes or no: numbers, categories, plain numbers beside them, and two classes.
 *   memory  the model's arena
 *   source  none */
#ifndef TINY_MODEL_DATA_TABLE_H
#define TINY_MODEL_DATA_TABLE_H

#include "../system.h"
#include "classes.h"

struct ExampleTable {
    int features;              /* n, numbers of "x" */
    int columns;               /* of categories, of "category" */
    int sizes[MOST_CATEGORY_COLUMNS]; /* how many categories each has */
    int vector;                /* numbers of "vector", 0: there are none */
    Classes of;                /* the class of each example */
    int learned, kept;         /* examples before the first that is held out, before the first that is tested */
    double *mean, *deviation;  /* [features] of the examples that are learned from; NULL: not standardised */
};

/* Reads every example; model->table is this one from then on.
 *   most     how many categories a column has; 0: as many as the data have
 *   errors   naming the example: no "x" or another width, a number that is not finite, a category that is unknown or of
 *            another number of columns, more than two classes; shares that leave nothing to learn from; a feature that
 *            is the same everywhere and is to be standardised */
bool table_read(ExampleTable *table, Model *model, int most, bool standardised, Error *error);

/* Only which examples are learned from, held out and tested: for who asks neither for features nor for classes. */
bool table_parts(ExampleTable *table, Model *model, Error *error);

/* What a Classifier says of a model with a table: two classes and their labels, the examples of each part. */
int table_class_count(const Model *model);
const char *table_label(const Model *model, int class);
int table_count(const Model *model, DataPart part);
int table_row(const Model *model, DataPart part, int i);
int table_target(const Model *model, int row);

/* The rows of this training step, in the tape's arena; of the one that --example chose only that. */
int *table_batch(const Scene *scene, int *count);

/* Leaves of the open frame, for `count` rows of the data.
 *   numbers     "x" [B x n], rows of the axis `examples`
 *   categories  the ids of one column [1 x B], columns of that axis, counting in `counts`
 *   plain       "vector" [B x m]
 *   classes     0 or 1 [B x 1] */
int table_numbers(const Scene *scene, const char *name, const int *rows, int count, short examples);
int table_categories(const Scene *scene, const char *name, int column, const int *rows, int count, short examples,
                     short counts);
int table_vector(const Scene *scene, const char *name, const int *rows, int count, short examples);
int table_classes(const Scene *scene, const char *name, const int *rows, int count, short examples);

#endif
