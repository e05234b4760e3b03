/* What the files that compare fusions share with each other and with nobody else. */
#ifndef TRACER_SESSION_FUSION_PARTS_H
#define TRACER_SESSION_FUSION_PARTS_H

#include "fusion.h"
#include "session.h"
#include "training.h"
#include "tracer/base/progress.h"

enum { FUSION_SEED = 101, FUSION_TABLE_COST = 4 }; /* of an update of a table, in customers through a transformer */

/* Customers of one seed: those with a class first, tested ones behind those learned from, then those whose histories
 * alone are read. */
typedef struct {
    int learned, tested, unlabelled;
    int d_model, layers;
    int pretraining, joint, table, rounds;   /* updates, and trees */
} Sizes;

typedef struct {
    const Sizes *sizes;
    Fusions *out;
    Error *error;
    Progress progress;
    int done, all;             /* customers that went through a transformer, about */
    double *vectors;           /* [learned + tested x d_model] */
    double *scores, *room, *classes; /* [tested] */
    double *pretrained;        /* the transformer's parameters as pretraining left them, in the order of its run */
    double *best;              /* parameters of the best validation so far */
    double best_loss;
} Comparison;

/* So many customers more went through a transformer. */
void fusion_passed(Comparison *of, int customers);

/* The area of the scores of those tested. */
void fusion_note_area(Comparison *of, Rung rung);

/* labelled: a fifth of those learned from chooses when to stop, and the tested ones stand behind them. */
void fusion_set_training(const Comparison *of, Training *training, int steps, int batch, bool labelled);
double fusion_test_share(const Sizes *sizes);

/* Finishes the model and draws its parameters; gives both back. */
bool fusion_begin(Comparison *of, Session *session);
void fusion_end(Session *session);

/* Trains all steps of the model file; where some are kept for validation, the parameters become those of its best. */
bool fusion_fit(Comparison *of, Session *session);

/* Asks of those tested. */
bool fusion_test_run(Comparison *of, Session *session, Rung rung);

/* fusion_tables.c; vectors: with the row that a frozen transformer has for each. */
bool fusion_compare_table(Comparison *of, Rung rung, bool vectors);
bool fusion_compare_trees(Comparison *of, Rung rung, bool vectors);

#endif
