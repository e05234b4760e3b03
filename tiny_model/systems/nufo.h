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
    Sequence *sequences;     /* [examples] what of each history fits the context */
    int cut;                 /* histories whose oldest tokens did not */
} Nufo;

static inline const Nufo *nufo_of(const Model *model)
{
    return model->settings;
}

extern const ModelKey NUFO_KEYS[];
extern const FieldKey NUFO_FIELDS[];
void nufo_defaults(Model *model);
bool nufo_finish(Model *model, Error *error);

/* Two customers of five tokens and what became of them; and 3,000 customers for a whole training. */
void nufo_preset_nights(Model *model);
void nufo_preset_spending(Model *model);

#endif
