/* The loop that trains: update after update on one tape, with looks at what was kept apart, checkpoints, and an end
 * that loses nothing. Memory does not grow with the number of updates. */
#ifndef TRACER_SESSION_TRAINING_H
#define TRACER_SESSION_TRAINING_H

#include "run_folder.h"
#include "session.h"

typedef enum {
    END_DONE,          /* as many updates as were asked for */
    END_INTERRUPTED,   /* Ctrl-C, or who watches has seen enough */
    END_PATIENCE,      /* the validation loss got no better for training.patience looks */
    END_NOT_FINITE     /* the loss, or a gradient, is no number any more */
} TrainingEnd;

typedef struct {
    int last;             /* the training step that is recorded last: updates before it are made */
    int threads;          /* that compute; 0: as many as are useful */
    RunFolder *folder;    /* where the run is kept, or NULL */
    /* Called with every training step; false ends the training there. May be NULL. The first and the last are recorded,
     * and those that `reads` wants (NULL: no others); the rest are passed where they can be (run_pass): then the run
     * stands behind them and its tape is not to be read. */
    bool (*reads)(const void *context, int step);
    bool (*each)(void *context, const Run *run, const UpdateRecord *update);
    void *context;
} TrainingPlan;

/* From the training step that the session stands at, recorded or not, to plan->last, which is left recorded. While
 * it runs SIGINT, SIGTERM and SIGHUP end it after the update that is being made.
 *   errors  those of recording and of writing. That a number is not finite is none: *end says so */
bool training_run(Session *session, const TrainingPlan *plan, TrainingEnd *end, Error *error);

/* The first step of a recorded tape that made nan or inf where nobody had one before, and the cell; -1: none. What a
 * mask sets to -inf is meant. */
int training_first_not_finite(const Tape *tape, int *row, int *col);

/* How many updates lie between two looks at the validation, and between two checkpoints, of `updates` in all. */
int training_validates_every(const Model *model, int updates);
int training_keeps_every(const Model *model, int updates);

#endif
