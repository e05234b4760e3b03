/* A run that is kept in a folder: the model, a line for every update, and checkpoints from which any training step
 * can be recorded again.
 *
 *   model.json             the complete model file, its text and vocabulary in it
 *   run.json               how far the run got, which checkpoints there are, the best validation
 *   log.jsonl              one object an update, as `train --json` prints it, and how far the parameters moved
 *   step-000400.safetensors  what training step 400 starts from: P, P.m, P.v for every parameter P, and
 *                          P.average where training.average keeps one
 *   best.safetensors       the parameters with the lowest validation loss
 *
 * Every random number is drawn from [seed, training step, place], so the training step is the state of all
 * generators. Everything but the log is written beside first: a file is whole, or the one before. */
#ifndef TRACER_SESSION_RUN_FOLDER_H
#define TRACER_SESSION_RUN_FOLDER_H

#include "tiny_model/run.h"
#include "tracer/base/text.h"

#include <stdio.h>

/* What is known of one training step of a run. */
typedef struct {
    int step;
    double loss, learning_rate, gradient_norm;
    double change;        /* norm of what the update adds to the parameters */
    double validation;    /* nan where it was not looked at */
} UpdateRecord;

/* One object with a newline behind it. */
void update_json(const UpdateRecord *update, Text *out);

typedef struct RunFolder {
    char *path;
    int step;             /* how far the run got: the training step of its last checkpoint */
    int *kept;            /* training steps that have a checkpoint, ascending */
    int kept_count;
    int best_step;        /* -1: nothing was validated */
    double best_validation;
    int since_best;       /* validations since then */
    FILE *log;            /* open while the run is written */
} RunFolder;

/* Makes the folder for a new run of the model.
 *   force   a run that is there already goes; nothing else in the folder is touched
 *   errors  a run that is there, a folder that holds other things, no rights */
bool run_folder_make(RunFolder *folder, const char *path, const Model *model, bool force, Error *error);

/* Opens the folder of a run.
 *   errors  no folder, no run in it, a run.json that is cut off or says what cannot be */
bool run_folder_open(RunFolder *folder, const char *path, Error *error);

/* Goes on writing to a run that was opened: what the log has from training step `step` on is taken out. */
bool run_folder_continue(RunFolder *folder, int step, Error *error);
void run_folder_close(RunFolder *folder);

/* The path of a file in it, into out[size]. */
const char *run_folder_file(const RunFolder *folder, const char *name, char *out, size_t size);

/* Adds an update to the log. */
bool run_folder_note(RunFolder *folder, const UpdateRecord *update, Error *error);

/* Keeps what the run's training step starts from. */
bool run_folder_keep(RunFolder *folder, const Run *run, Error *error);

/* Keeps the parameters as the best ones so far. */
bool run_folder_keep_best(RunFolder *folder, const Run *run, double validation, Error *error);

/* The last checkpoint at or before a training step, -1 if there is none. */
int run_folder_before(const RunFolder *folder, int step);

/* Puts the run back to what the checkpoint of that training step holds, to the last bit.
 *   errors  a file that is gone, cut off, or of another model; then nothing is changed */
bool run_folder_restore(const RunFolder *folder, int step, Run *run, Error *error);

/* Calls each() for every line of the log that is whole, in order; false from it ends that.
 *   errors  no log */
bool run_folder_read_log(const RunFolder *folder, void (*each)(void *context, const UpdateRecord *update),
                         void *context, Error *error);

#endif
