/* A slip: one thing done wrong in one step of a formula, or alike in all steps of that kind. Slips are
 * made from the steps themselves, whatever they are; no list says which mistakes there are. */
#ifndef TRACER_EXERCISE_SLIP_H
#define TRACER_EXERCISE_SLIP_H

#include "slice.h"
#include "tracer/base/text.h"

typedef enum {
    SLIP_SKIP,       /* input `input` goes on as it is */
    SLIP_REPLACE,    /* `primitive` in its place */
    SLIP_SWAP,       /* the two inputs have changed places */
    SLIP_TAKE,       /* value `other` in the place of input `input` */
    SLIP_TURN,       /* input `input` transposed where it is not, or the other way round */
    SLIP_AXIS,       /* a sum or a maximum taken along the other axis */
    SLIP_CONSTANT,   /* another constant */
    SLIP_OFFSET,     /* a slice or a mask that begins `number` further on */
    SLIP_TWICE,      /* once more on the result */
    SLIP_EXCHANGE,   /* done after the step behind it */
    SLIP_BYPASS,     /* the rule's input is taken for its result */
    SLIP_ONLY,       /* only some of the terms of a sum: list `list` */
    SLIP_WITH,       /* value `other` joined to the result by `primitive` */
    SLIP_AFTER,      /* a twist of the result */
    SLIP_BEFORE      /* a twist of input `input`, here only */
} SlipKind;

/* What may be done to a matrix beside. */
typedef enum {
    TWIST_SCALE, TWIST_PLUS, TWIST_FUNCTION, TWIST_SQUARE, TWIST_TURN, TWIST_ROWS, TWIST_COLUMNS, TWIST_REST,
    TWIST_ONES, TWIST_CHANCE, TWIST_SHARE, TWIST_SOFTMAX, TWIST_MASK, TWIST_NEXT_ID
} Twist;

typedef struct {
    SlipKind kind;
    Twist twist;
    int step, input, other;
    const Primitive *primitive;
    ListKind list;
    double number;
    bool alike;      /* in all steps with this label */
    short rank;      /* how far-fetched it is; 1: not at all */
} Slip;

/* A number that stands in the model, and how it is written: "sqrt(d_k)". */
typedef struct {
    double number;
    char words[48];
    bool plain;      /* the number itself, neither its root nor its inverse */
    int of;          /* the number whose root or inverse it is */
} Known;

enum { MOST_KNOWN = 64 };

typedef struct {
    Slice *slice;
    Quantity quantities[MOST_QUANTITIES];
    int quantity_count;
    Known known[MOST_KNOWN];
    int known_count;
    Slip *slips;
    int *first;      /* [step + 1] while they are listed */
    int count, capacity;
    bool failed;
} Slips;

/* slip_numbers.c: fills in what is known; the number as it is known, or NULL. */
void slips_know(Slips *slips, const Variant *variant);
const Known *known_as(const Slips *slips, double number);

/* All slips of a slice, the likeliest first.
 *   memory  *slips, freed by slips_free
 *   errors  out of memory */
bool slips_list(Slips *slips, Slice *slice, const Variant *variant, Error *error);
void slips_free(Slips *slips);

/* What the slip does instead of the recorded steps: changes[count]; 0 if it does not fit. The scratch
 * values begin at `scratch`. */
int slip_changes(Slice *slice, const Slip *slip, int scratch, Instead changes[MOST_INSTEAD]);

/* Does the slip change the step itself, so that another may be made in what it has become? */
bool slip_is_inside(const Slip *slip);

/* Both in one step, the first of them inside; false if they do not fit. */
bool slip_both(Slice *slice, const Slip *inside, const Slip *slip, int scratch, Instead *change);

/* Puts a twist behind what another slip does in the same step; false if it does not fit. */
bool slip_then(Slice *slice, const Slip *twist, int scratch, Instead *change);

/* slip_words.c: adds "beta was subtracted instead of added: norm = scaled - beta where norm = scaled + beta
 * belongs". */
void slip_words(const Slips *slips, const Slip *slip, Text *out);

#endif
