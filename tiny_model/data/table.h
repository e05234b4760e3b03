/* A table of examples for yes or no: numbers, categories, plain numbers beside them, and two classes.
 *   memory  the model's arena
 *   source  none */
#ifndef TINY_MODEL_DATA_TABLE_H
#define TINY_MODEL_DATA_TABLE_H

#include "../system.h"
#include "classes.h"

typedef struct {
    int features;              /* n, numbers of "x" */
    int columns;               /* of categories, of "category" */
    int sizes[MOST_CATEGORY_COLUMNS]; /* how many categories each has */
    int vector;                /* numbers of "vector", 0: there are none */
    Classes of;                /* the class of each example */
    int learned, kept;         /* examples before the first that is held out, before the first that is tested */
    double *mean, *deviation;  /* [features] of the examples that are learned from; NULL: not standardised */
} Table;

/* Reads every example.
 *   most     how many categories a column has; 0: as many as the data have
 *   errors   naming the example: no "x" or another width, a number that is not finite, a category that is unknown or of
 *            another number of columns, more than two classes; shares that leave nothing to learn from; a feature that
 *            is the same everywhere and is to be standardised */
bool table_read(Table *table, Model *model, int most, bool standardised, Error *error);

/* The examples that a part of the data has: how many, and the i-th. */
int table_count(const Table *table, const Model *model, DataPart part);
int table_row(const Table *table, DataPart part, int i);

/* Leaves of the open frame, for `count` rows of the data.
 *   numbers     "x" [B x n], rows of the axis `examples`
 *   categories  the ids of one column [1 x B], columns of that axis, counting in `counts`
 *   plain       "vector" [B x m]
 *   classes     0 or 1 [B x 1] */
int table_numbers(const Table *table, const Scene *scene, const char *name, const int *rows, int count, short examples);
int table_categories(const Scene *scene, const char *name, int column, const int *rows, int count, short examples,
                     short counts);
int table_vector(const Table *table, const Scene *scene, const char *name, const int *rows, int count, short examples);
int table_classes(const Table *table, const Scene *scene, const char *name, const int *rows, int count, short examples);

#endif
