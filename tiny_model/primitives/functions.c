/* A function of one number in every cell. Chapters 7 and 11. */
#include "families.h"

#include "../elementary/elementary.h"
#include "../kernel.h"

#include <math.h>

static inline double relu(double x)
{
    return x > 0.0 || x != x ? x : 0.0; /* nan stays nan */
}

/* The slope of relu; 0 at 0. */
static inline double positive(double x)
{
    return x > 0.0 ? 1.0 : x != x ? x : 0.0;
}

#define FUNCTION(name, function) \
    KERNEL static void name##_loop(double *restrict out, const double *a, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) \
            out[i] = function(a[i]); \
    } \
    RUN_AND_EXPLAIN(name, function)

/* A function that is called, not part of the loop. */
#define CALLED(name, function) \
    static void name##_loop(double *out, const double *a, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) \
            out[i] = function(a[i]); \
    } \
    RUN_AND_EXPLAIN(name, function)

#define RUN_AND_EXPLAIN(name, function) \
    static void name##_run(const Tape *tape, const Step *step) \
    { \
        const Value *out = step_output(tape, step); \
        name##_loop(out->data, step_input(tape, step, 0)->data, cells_of(out)); \
    } \
    static void name##_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out) \
    { \
        explain_term(out, function(cell_of(step_input(tape, step, 0), row, col))); \
        explain_cell(out, tape, step->inputs[0], row, col); \
    }

enum { ERF_BLOCK = 16 };

/* A block of arguments within 1, as most are, does without the half of erf that is for the others. */
KERNEL static void erf_loop(double *restrict out, const double *a, size_t n)
{
    for (size_t begin = 0; begin < n; begin += ERF_BLOCK) {
        size_t end = n - begin < ERF_BLOCK ? n : begin + ERF_BLOCK;
        uint64_t beyond = 0;
        for (size_t i = begin; i < end; i++)
            beyond |= size_of(a[i]) < 1.0 ? 0 : 1;
        for (size_t i = begin; i < end && !beyond; i++)
            out[i] = erf_below_one(a[i]);
        for (size_t i = begin; i < end && beyond; i++)
            out[i] = erf_of(a[i]);
    }
}

#define SAMPLE(name, primitive, sample_kind) \
    static void name##_sample(Tape *tape) \
    { \
        int a = sample_kind(tape, "a", 4, 5); \
        tape_step(tape, &primitive, HERE("out"), (int[]){a}, 1, (Attributes){0}); \
    }

#define ENTRY(constant, text, sign, says, cost) \
    const Primitive constant = { \
        .name = #text, .symbol = sign, .ascii = sign, .meaning = says, .notation = sign "({a})", .arity = 1, \
        .combine = COMBINE_FUNCTION, .reach = {REACH_CELL}, .flops = cost, \
        .shape = shape_as_first, .run = text##_run, .explain = text##_explain, .sample = text##_sample, \
    };

FUNCTION(exp, exp_of)
FUNCTION(log, log_of)
FUNCTION(sqrt, sqrt)
FUNCTION(tanh, tanh_of)
RUN_AND_EXPLAIN(erf, erf_of)
FUNCTION(sigmoid, sigmoid_of)
FUNCTION(log_sigmoid, log_sigmoid_of)
FUNCTION(relu, relu)
FUNCTION(positive, positive)
CALLED(sin, sin_of)
CALLED(cos, cos_of)

SAMPLE(exp, EXP, sample_input)
SAMPLE(log, LOG, sample_positive)
SAMPLE(sqrt, SQRT, sample_positive)
SAMPLE(tanh, TANH, sample_input)
SAMPLE(erf, ERF, sample_input)
SAMPLE(sigmoid, SIGMOID, sample_input)
SAMPLE(log_sigmoid, LOG_SIGMOID, sample_input)
SAMPLE(relu, RELU, sample_input)
SAMPLE(positive, POSITIVE, sample_input)
SAMPLE(sin, SINE, sample_input)
SAMPLE(cos, COSINE, sample_input)

ENTRY(EXP, exp, "exp", "out[r,c] = e to the power a[r,c]", 10)
ENTRY(LOG, log, "log", "out[r,c] = natural logarithm of a[r,c]", 10)
ENTRY(SQRT, sqrt, "sqrt", "out[r,c] = square root of a[r,c]", 1)
ENTRY(TANH, tanh, "tanh", "out[r,c] = hyperbolic tangent of a[r,c]", 20)
ENTRY(ERF, erf, "erf", "out[r,c] = error function of a[r,c]", 20)
ENTRY(SIGMOID, sigmoid, "sigmoid", "out[r,c] = 1 / (1 + exp(-a[r,c]))", 12)
ENTRY(LOG_SIGMOID, log_sigmoid, "log sigmoid", "out[r,c] = ln(1 / (1 + exp(-a[r,c])))", 25)
ENTRY(RELU, relu, "relu", "out[r,c] = a[r,c] where it is positive, else 0", 1)
ENTRY(POSITIVE, positive, "positive", "out[r,c] = 1 where a[r,c] is positive, else 0", 1)
ENTRY(SINE, sin, "sin", "out[r,c] = sine of a[r,c]", 20)
ENTRY(COSINE, cos, "cos", "out[r,c] = cosine of a[r,c]", 20)
