/* The part of an exercise's recording that lies between what the sheet gives and what it asks for: the
 * steps and values of the tape with numbers of their own, so that a wrong formula costs only what is
 * behind it. Every number is made by the primitives that made the recorded ones. */
#ifndef TRACER_EXERCISE_SLICE_H
#define TRACER_EXERCISE_SLICE_H

#include "variant.h"

enum { CHANGE_OPS = 7, OP_INPUTS = 3, MOST_INSTEAD = 16, SLICE_LISTS = 96 };
enum { SLICE_SCRATCH = 2 * MOST_INSTEAD * CHANGE_OPS };

/* A step in the place of another; `output` is a scratch value, or the recorded output if it is the last. */
typedef struct {
    const Primitive *primitive;
    int inputs[OP_INPUTS], count, output;
    Attributes attributes;
} Op;

/* What is done instead of one step. */
typedef struct {
    int step;
    Op ops[CHANGE_OPS];
    int count;
} Instead;

/* Row numbers that a changed step takes: those one further on, those in front, ... */
typedef enum {
    LIST_DOWN, LIST_UP, LIST_BACKWARDS, LIST_FIRST, LIST_LAST, LIST_BUT_FIRST, LIST_BUT_LAST, LIST_KINDS
} ListKind;

typedef struct {
    const Tape *recorded;      /* the truth; outlives the slice and is not recorded again meanwhile */
    Tape tape;                 /* values: the slice's, then lists of rows, then scratch */
    int *original;             /* [value] its id on the recorded tape; -1: a part of a recorded step */
    unsigned *reach;           /* [value] the asked lines that depend on it, a bit each */
    int *readers;              /* [value] how many steps read it */
    bool *printed;             /* [value] stands on the sheet, or is asked for */
    int *place;                /* [step] of the recorded step in its frame: steps of two frames alike have the same */
    double **truth, **other;   /* [value] the recorded numbers, and room for changed ones */
    bool *changed;             /* [value] by the last slice_run */
    struct {
        ListKind kind;
        int size;
    } lists[SLICE_LISTS];
    int value_count, list_count;
    int asked[MOST_ASKED];     /* value, by line of the exercise */
    int current;               /* recorded step that is being copied */
    size_t scratch_cells;      /* room of a scratch value */
    double work;               /* operations counted so far */
    bool failed;               /* out of memory */
    Arena arena;
} Slice;

/* The variant's tape must be that of the truth.
 *   memory  *slice, freed by slice_close
 *   errors  out of memory */
bool slice_open(Slice *slice, const Variant *variant, Error *error);
void slice_close(Slice *slice);

/* The value that holds a list of the numbers of `size` rows; -1 if there is no room for it. */
int slice_list(Slice *slice, ListKind kind, int size);
static inline bool slice_is_list(const Slice *slice, int value)
{
    return value >= slice->value_count && value < slice->value_count + SLICE_LISTS;
}

static inline int slice_scratch(const Slice *slice)
{
    return slice->value_count + SLICE_LISTS;
}

/* Computes what is behind the changed steps; slice->changed says which values are other than recorded.
 * False if a change does not work on these numbers (an id without a row). */
bool slice_run(Slice *slice, const Instead *changes, int count);

#endif
