/* What the files of looking inside share with each other and with nobody else: stream.c finds, lens.c,
 * attribution.c and looks.c record. */
#ifndef TINY_MODEL_INSIDE_INSIDE_PARTS_H
#define TINY_MODEL_INSIDE_INSIDE_PARTS_H

#include "inside.h"

#include "../record.h"
#include "../rules/rule.h"

/* A head as the tape has it: what it reads, and the matrix that all heads of its block share. */
typedef struct {
    int weights, values, output;  /* value ids: softmax, V, weights V */
    int w_o, offset;              /* its rows of W_O begin there; w_o -1: none is known */
    const char *name;
    int block;                    /* how many blocks with attention stand before its own */
} FoundHead;

/* What was found before anything is recorded. */
typedef struct {
    int first_call;
    int w, b;                     /* of the head; b -1: none */
    bool tied;
    Call norm;                    /* before it; rule NULL: none */
    FoundHead *heads;
    int head_count;
    Inside *inside;
} Found;

/* The call that made a value, behind `first`; NULL: none did. */
const Call *call_of(const Tape *tape, int value, int first);

/* Fills in levels, parts and heads; false where there is nothing to look into. */
bool inside_find(Tape *tape, int logits, int first_call, Found *found);

void record_lens(Tape *tape, const Found *found);
void record_attribution(Tape *tape, const Found *found);
void record_looks(Tape *tape, const Found *found);

/* x [T x d] or a row of it times the head's matrix. */
int through_head(Tape *tape, const Label *label, const Found *found, int x);

/* What a head's rows of W_O make of x [T x d_k]: `label` [T x d]. */
int through_output(Tape *tape, const Label *label, const FoundHead *head, int x);

/* The token axis of the sequence, and how many tokens it has. */
static inline int tokens_of(const Tape *tape, const Found *found)
{
    return tape_value(tape, found->inside->logits)->rows;
}

#endif
