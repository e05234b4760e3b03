/* What the files of a run share with each other and with nobody else. */
#ifndef TINY_MODEL_RUN_PARTS_H
#define TINY_MODEL_RUN_PARTS_H

#include "run.h"

/* What a recording of the run's training step asks of its scene. */
Scene run_scene(Run *run);

/* Begins the tape anew with the parameters that the training step starts from. */
void run_record_parameters(Tape *tape, Run *run);

/* Begins it with those that the model is used with, see run_used; the scene of a model that is not learning. */
Scene run_record_used(Tape *tape, Run *run);

/* Records once without numbers: this declares the parameters, finds a name that stands twice, and shapes
 * alone tell how much memory it takes beside the store.
 *   buffers  that the store will have, each of all parameters' cells */
bool run_declare(Run *run, void (*record)(Tape *, void *), int buffers, Error *error);

/* Records the forward phase of the run that is the context, from the beginning. */
void run_record_forward(Tape *tape, void *context);

/* The update of the recorded training step's successor without recording it, for run_pass: what was recorded is run
 * again on other numbers. Parameters and moments stand where a recording puts them; the run is not advanced.
 *   returns  false where that cannot be: nothing was recorded, it is not the same, or a number is none */
bool run_repeat(Run *run, Updated *updated);

/* The numbers of all parameters from the run's source. */
bool run_read_parameters(Run *run, Error *error);

/* Nobody changes what is recorded, or its numbers, on the way. */
bool run_is_plain(const Run *run);

/* Whether run_attempt leaves the numbers to run->computer. */
bool run_computes_later(const Run *run);

/* tape_attempt, where the steps may be computed later: `record` asks for numbers with tape_numbers, or has all of them
 * computed before it ends. */
bool run_attempt(Run *run, void (*record)(Tape *, void *), void *context, Error *error);

/* Whether every name that shall be frozen, or trained, is one of a parameter or the beginning of one; scene.c. */
bool run_names_are_there(const Run *run, Error *error);

#endif
