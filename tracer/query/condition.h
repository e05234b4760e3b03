/* Conditions at which a walk stops: "|x| > 5", "nan", "max(weights) > 0.9", "frame softmax". */
#ifndef TRACER_QUERY_CONDITION_H
#define TRACER_QUERY_CONDITION_H

#include "tracer/session/names.h"

typedef enum {
    CONDITION_FRAME,      /* the step is in a frame of that name; its first step */
    CONDITION_RULE,       /* the first step of an application of that rule */
    CONDITION_VALUE,      /* the step makes that value */
    CONDITION_NUMBER,     /* a number of the output compares so */
    CONDITION_NAN,        /* a nan in the output */
    CONDITION_INFINITE,   /* an infinity in the output that no input has */
    CONDITION_INVARIANT   /* the last step of a frame one of whose invariants fails */
} ConditionKind;

typedef enum { MEASURE_ANY_SIZE, MEASURE_ANY, MEASURE_MAX, MEASURE_MIN, MEASURE_SUM, MEASURE_NORM } Measure;
typedef enum { COMPARE_ABOVE, COMPARE_BELOW } Comparison;

enum { CONDITION_TEXT = 96 };

/* A value: copying it is enough. */
typedef struct {
    ConditionKind kind;
    Measure measure;
    Comparison comparison;
    double number;
    char name[CONDITION_TEXT];  /* of the frame, rule or value; "" any */
    char text[CONDITION_TEXT];  /* as it was written */
} Condition;

/* Reads
 *   frame NAME | rule NAME | NAME of a value | nan | inf | invariant
 *   |x| > NUMBER | x > NUMBER | max(NAME) > NUMBER     also <, min, sum, norm; x is any value
 * A NAME alone is of a value or, if there is none, of a frame. A NAME of a value is a whole name or its end
 * ("weights", "head0.weights").
 *   errors  what cannot be read, names that do not exist (with the nearest) */
bool condition_parse(const Names *names, const char *text, Condition *out, Error *error);

/* True if `name` is `wanted` or ends with it behind a dot. */
bool name_ends(const char *name, const char *wanted);

/* Does it hold at this step? Looks only at the step's output and frame. */
bool condition_holds(const Condition *condition, const Names *names, int step);

/* The cell for which a condition on numbers holds at this step: the first, or the largest or smallest that it asks
 * for. Value -1: it is about no single cell. */
Reference condition_cell(const Condition *condition, const Names *names, int step);

/* "10.908 > 9 at squares[the,0]", "nan at scores[0,1]" of such a cell, into out[size]. */
const char *condition_told(const Condition *condition, const Names *names, Reference cell, int digits, char *out,
                           size_t size);

/* The next step behind `step` (direction 1) or before it (-1) where one of the conditions holds
 * and, in *which, the condition; -1 if there is none. */
int condition_find(const Condition *conditions, int count, const Names *names, int step, int direction, int *which);

#endif
