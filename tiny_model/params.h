/* The parameters of a model: which there are, where their numbers live, and the two moments
 * that the optimizer keeps of each. */
#ifndef TINY_MODEL_PARAMS_H
#define TINY_MODEL_PARAMS_H

#include "arena.h"
#include "error.h"
#include "tape.h"

#include <stddef.h>

/* PARAMETER_TURNED is a weight that init.reseed per_stage draws in the published [out x in] order. Word vectors are
 * weights that init.kind splitmix draws as word2vec does: (u - 1/2) / columns from uniforms of the seed, CONTEXTS from
 * those of the seed behind it; ZEROS begin at 0 there and in init.kind normal, CONSTANT at `begin` always; SPREAD is a
 * weight whose standard deviation is `begin`, not that of init. */
typedef enum {
    PARAMETER_WEIGHT,
    PARAMETER_TURNED,
    PARAMETER_BIAS,
    PARAMETER_GAMMA,
    PARAMETER_BETA,
    PARAMETER_VECTORS,
    PARAMETER_CONTEXTS,
    PARAMETER_ZEROS,
    PARAMETER_CONSTANT,
    PARAMETER_SPREAD,
    PARAMETER_ADAPTER,      /* drawn after all others, which so begin as they would without it */
    PARAMETER_ADAPTER_ZERO  /* a matrix that begins at 0 */
} ParameterClass;

typedef struct {
    const char *name;            /* "block0.attention.head0.W_Q" */
    const char *scope, *local;   /* its parts before and behind the last dot; scope may be "" */
    int rows, cols;
    Axis row_axis, col_axis;
    short row_axis_id, col_axis_id; /* on the tape, once it keeps them */
    ParameterClass class;
    int stage;                   /* init.reseed per_stage seeds again where this changes */
    double begin;                /* of PARAMETER_CONSTANT and PARAMETER_SPREAD */
    bool limited;                /* each update is cut at `most` */
    double most;
    bool frozen;                 /* no gradient, no moments, no update */
    bool fresh;                  /* new in fine-tuning: weights of what it is made of need not have it */
    int begins_as;               /* 1 + the index of the parameter whose first numbers it takes; 0: its own */
    size_t offset;               /* of its first number in a buffer of all */
    int value;                   /* its id on the tape that is recorded now */
} Parameter;

/* In the order in which they were asked for, which is that of `names` and of drawing. */
typedef struct {
    Parameter *list;
    int count, capacity;
    size_t cells;                /* length of a buffer of all, gaps for alignment included */
    size_t limit;                /* most cells */
    bool too_many;               /* one more was asked for than the limit holds */
    int next;                    /* where the one after the last that was found stands */
    Arena arena;                 /* of the names */
} Parameters;

/* What errors say of a model whose numbers do not fit. */
#define BEYOND_THE_LIMIT "1 GB"

/* Appends one; name, scope, local and offset are set here.
 *   errors  beyond the limit, then too_many is set; out of memory */
bool parameters_add(Parameters *parameters, const char *name, Parameter parameter, Error *error);

/* The index of scope.name (scope may be ""), or -1. Quick where they are looked up in order. */
int parameters_find(Parameters *parameters, const char *scope, const char *name);
void parameters_free(Parameters *parameters);

/* Whether a name is `whole` or stands under it: block1.mlp.W_1 under block1, not block10.mlp.W_1. */
bool name_is_under(const char *name, const char *whole);

/* Writes the full name; returns its length. */
size_t parameter_name(const Parameter *parameter, char *text, size_t size);

/* Of a store: of parameters and moments, and of their moving average where there is one. */
enum { STORE_BUFFERS = 6, AVERAGE_BUFFERS = 2 };

/* Two buffers of each: the update of one training step is written where the next one reads. */
typedef struct {
    double *values[2], *m[2], *v[2]; /* each `cells` doubles, in one block */
    double *average[2];              /* behind them, or NULL: no average is kept */
    int now;                         /* which of the two this training step reads */
} Store;

/* All zero; false if out of memory. */
bool store_init(Store *store, size_t cells, bool averaged, Error *error);
/* Only the values that are read now. */
bool store_init_values(Store *store, size_t cells, Error *error);
void store_free(Store *store);

#endif
