/* What a shape costs, reckoned and not counted: parameters, operations, bytes, days. Every line is a formula that can
 * be said aloud; golden/reference/accounting.json has the numbers of another implementation. */
#ifndef TRACER_QUERY_RECKON_H
#define TRACER_QUERY_RECKON_H

#include "cost.h"
#include "tiny_model/sizes.h"

/* Of one reading of `tokens` tokens. */
typedef struct {
    ModelSizes sizes;
    long long tokens;
    SizesNumbers numbers;
    SizesProducts products;
    double linear, attention;    /* FLOPs forward: all but scores and weighted sums; those */
    double attention_causal;     /* of those what a mask lets through */
    double forward, train;       /* FLOPs: 2 a multiplication; and the way back, which takes twice as many */
    double train_per_token, six_n, palm; /* FLOPs for each token: of this, and of two rules of thumb */
    double attention_share;
    double cache_f16;            /* bytes */
    double activations_f16;      /* bytes that the way back needs, of one block */
} Reckoning;

/* A text longer than the shape's own context makes a table of positions grow. tokens 0: its context. */
Reckoning reckon(const ModelSizes *sizes, long long tokens);

/* Bytes for each parameter. */
enum {
    BYTES_F32 = 4,       /* alone */
    BYTES_ADAMW_F32 = 16,/* with gradient, m and v; in mixed precision 2 + 2 + 4 + 4 + 4 are as many */
    BYTES_ADAMW_F64 = 32,
    BYTES_TRACER = 56    /* here: f64, and m_hat, v_hat and the next parameters are kept too */
};

/* Lines of the reckoning, each with the key that it has as JSON. */
typedef struct {
    const char *key;
    double (*of)(const Reckoning *reckoning);
} ReckonedLine;
extern const ReckonedLine RECKONED[];
extern const int RECKONED_COUNT;

/* What somebody can pay for. */
typedef struct {
    double parameters;      /* N */
    double tokens;          /* D */
    double devices, peak;   /* FLOPs a second of each, at best */
    double utilisation;     /* the share of that which is reached */
    double memory, each;    /* bytes of a device, and for each parameter */
} Budget;

double budget_flops(const Budget *budget);    /* 6 N D */
double budget_seconds(const Budget *budget, double flops);
double budget_most_parameters(const Budget *budget);

/* Devices by name; peak in FLOPs a second, bandwidth and memory in bytes. */
typedef struct {
    const char *name, *words;
    double peak, bandwidth, memory;
} Device;
extern const Device DEVICES[];
extern const int DEVICE_COUNT;
const Device *device_find(const char *name, Error *error);

/* Counted on a tape beside reckoned from the sizes. */
typedef struct {
    double parameters, forward, backward, cache; /* numbers, multiplications twice, bytes in f64 */
} Comparable;

/* What closed formulas say of the sequences that a tape reads: those that its embeddings look up. The way back takes
 * twice as many multiplications as forward, if every parameter learns. */
Comparable reckon_tape(const Tape *tape, const ModelSizes *sizes);
Comparable count_tape(const Tape *tape, const Costs *costs);

/* Whether all parameters of a tape that has a way back learn. */
bool all_learn(const Tape *tape);

#endif
