/* The update phase: gradients become a change of the parameters, step by recorded step.
 * Chapters 17 and 18. */
#ifndef TINY_MODEL_OPTIMIZER_OPTIMIZER_H
#define TINY_MODEL_OPTIMIZER_OPTIMIZER_H

#include "../model.h"
#include "../params.h"
#include "../tape.h"

/* Records the norm of all gradients, clipping if it bites, and the update of every parameter.
 *   model       its optimizer and training schedule count
 *   parameters  standing on the tape; those without a gradient are left alone, frozen ones too
 *   store       moments are read from [now], `.m`, `.v` and `.next` are written to [1 - now]; `.average` too where
 *               training.average keeps one, which begins as the parameters that training step 0 starts from
 *   training_step  0 for the first
 *   memory      the tape's arena and the store
 *   errors      through tape_attempt
 *   source      Loshchilov and Hutter 2019 (adamw), Kingma and Ba 2015 (adam) */
void optimizer_record(Tape *tape, const Model *model, const Parameters *parameters, const Store *store,
                      int training_step);

/* What one parameter's rule needs. */
typedef struct {
    Tape *tape;
    const Optimizer *optimizer;            /* with the learning rate and the decay that hold for this one, now */
    int parameter, gradient;               /* value ids */
    double *m_before, *v_before;           /* input */
    double *m, *v, *next;                  /* where the results go */
    int training_step;
    double most;                           /* next is cut there; INFINITY: nowhere */
} Update;

/* adam.c: m, v, m_hat, v_hat, denominator, direction, next; they return the id of next. */
int adam_record(const Update *update);
int adamw_record(const Update *update);
/* sgd.c: next. */
int sgd_record(const Update *update);

/* The last step of all three: p keep - lr direction, cut where it has a limit. The id of p.next. */
int take_step(const Update *update, int direction, double keep);

/* The gradient with weight_decay * parameter added, for adam and sgd. */
int decayed_gradient(const Update *update);

/* clipping.c: the global norm of the gradients; the factor below 1 that limits it, or -1. */
int gradient_norm_record(Tape *tape, const int *gradients, int count);
int clipping_factor_record(Tape *tape, int norm, double limit);

#endif
