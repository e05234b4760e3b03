/* What a recording costs, by counting what its primitives do: of every frame, of every step, of all of it. Nothing here
 * knows what a model is: any tape can be counted. */
#ifndef TRACER_QUERY_COST_H
#define TRACER_QUERY_COST_H

#include "tiny_model/primitive.h"
#include "tracer/base/text.h"

typedef struct {
    double parameters;      /* cells of the parameters that it reads, each once */
    double products;        /* multiplications of matrix products, each with an addition */
    double flops;           /* operations on numbers, of products and of all else */
    double read, written;   /* bytes: each input of a step once, each output */
    double tape;            /* bytes of numbers that it leaves on the tape; a leaf where it is read first */
    double cache;           /* bytes of keys and values that could be kept while the text goes on */
} Cost;

typedef struct {
    Cost *frames;           /* [frame of the tape], with all that stands in it */
    Cost all;
} Costs;

/* Operations for each byte that is read or written; 0 where there are none. */
double cost_intensity(const Cost *cost);

/* Counts a whole tape.
 *   memory  its own, until costs_free
 *   errors  false: out of memory */
bool costs_count(const Tape *tape, Costs *out);
void costs_free(Costs *costs);

/* The same of one step alone. */
Cost step_cost(const Tape *tape, int step);

/* The columns of a table of costs, in order: what stands at the right of the stepper's tree too. */
typedef struct {
    const char *key;        /* as JSON has it: "multiply_adds" */
    const char *heading;    /* "mul-add" */
    int width;              /* of a column with a blank before it */
    const char *meaning;
    double (*of)(const Cost *cost);
} CostColumn;

extern const CostColumn COST_COLUMNS[];
extern const int COST_COLUMN_COUNT;

/* "off", then the keys of the columns, ended by NULL: what a reader may choose. */
extern const char *const COST_CHOICES[];

/* {"parameters": ..., ...}, one member a column. */
void cost_json(const Cost *cost, Text *out);

/* "16,640"; what has more than five digits as "106k" or "1.23M", so that columns stay narrow. */
enum { COST_TEXT = 24 };
char *cost_text(char out[COST_TEXT], double number);

/* All digits of a whole number, with commas. */
enum { COST_EXACT = 48 };
char *cost_exact(char out[COST_EXACT], double number);

#endif
