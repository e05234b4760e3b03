/* The parameters of a model: which there are, where their numbers live, and the two moments
 * that the optimizer keeps of each. */
#ifndef TINY_MODEL_PARAMS_H
#define TINY_MODEL_PARAMS_H

#include "arena.h"
#include "error.h"

#include <stddef.h>

typedef enum { PARAMETER_WEIGHT, PARAMETER_BIAS, PARAMETER_GAMMA, PARAMETER_BETA } ParameterClass;

typedef struct {
    const char *scope, *local;   /* "block0.attention.head0", "W_Q"; scope may be "" */
    int rows, cols;
    ParameterClass class;
    int stage;                   /* init.reseed per_stage seeds again where this changes */
    bool drawn_transposed;       /* per_stage draws it in the published [out x in] order */
    size_t offset;               /* of its first number in a buffer of all */
} Parameter;

/* In the order of `names`, which is the order of drawing. */
typedef struct {
    Parameter *list;
    int count, capacity;
    size_t cells;                /* length of a buffer of all, gaps for alignment included */
    size_t limit;                /* most cells */
    Arena arena;                 /* of the scopes */
} Parameters;

/* Appends one. scope is copied unless it is that of the last one; local must be a constant.
 *   errors  false: beyond the limit, *error is left as it was; out of memory */
bool parameters_add(Parameters *parameters, Parameter parameter, Error *error);
void parameters_free(Parameters *parameters);

/* Writes the full name; returns its length. */
size_t parameter_name(const Parameter *parameter, char *text, size_t size);

/* Two buffers of each: the update of one training step is written where the next one reads. */
typedef struct {
    double *values[2], *m[2], *v[2]; /* each `cells` doubles, in one block */
    int now;                         /* which of the two this training step reads */
} Store;

/* All zero; false if out of memory. */
bool store_init(Store *store, size_t cells, Error *error);
void store_free(Store *store);

#endif
