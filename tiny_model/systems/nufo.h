/* A transformer that reads a customer's transactions, and a table beside it; what the files of the system share. */
#ifndef TINY_MODEL_SYSTEMS_NUFO_H
#define TINY_MODEL_SYSTEMS_NUFO_H

#include "gpt.h"
#include "tabular.h"

typedef enum { FUSION_JOINT, FUSION_LATE } Fusion;
typedef enum { OBJECTIVE_CLASS, OBJECTIVE_NEXT } Objective;
typedef enum { CUSTOMERS_GIVEN, CUSTOMERS_MADE } CustomersKind;

typedef struct {
    Gpt gpt;                 /* the transformer */
    Tabular tabular;
    ExampleTable table;
    int fusion, objective;
    int make, count, first;  /* CustomersKind; how many, from which on */
    double seed;
    int merges;              /* of the descriptions of a reader's payments */
    Texts pieces;            /* the tokens of such payments, or none */
    const int *tokens_of_pieces; /* [gpt.bpe->piece_count] the token of each; TOKEN_PIECE: it is unknown */
    Sequence *sequences;     /* [examples, unseen ones too] what of each history fits the context */
    int cut;                 /* histories whose oldest tokens did not */
    bool reads_padding;      /* a planted mistake */
} Nufo;

static inline const Nufo *nufo_of(const Model *model)
{
    return model->settings;
}

extern const ModelKey NUFO_KEYS[];
extern const FieldKey NUFO_FIELDS[];
void nufo_defaults(Model *model);
bool nufo_finish(Model *model, Error *error);

/* Learns how descriptions of payments are cut: byte pairs that occur twice at least, at most `merges` of them. Then
 * nufo->pieces are the tokens there are: those of made customers without their merchants, one for a byte that no
 * description has, the bytes, what was merged.
 *   descriptions  `length` bytes and a NUL, one a line
 *   memory        the model's arena
 *   errors        out of memory */
bool nufo_learn_pieces(Model *model, const char *descriptions, size_t length, int merges, Error *error);

/* Adds the tokens of one description; out->list is freed by the caller. */
bool nufo_cut(const Nufo *nufo, const char *description, TokenIds *out, Error *error);

/* Two customers of five tokens and what became of them; and 3,000 customers for a whole training. */
void nufo_preset_nights(Model *model);
void nufo_preset_spending(Model *model);

#endif
