/* A session: the run that the options chose, recorded, with the names of its values. */
#ifndef TRACER_SESSION_SESSION_H
#define TRACER_SESSION_SESSION_H

#include "names.h"
#include "tiny_model/run.h"
#include "tracer/base/nearest.h"
#include "tracer/base/text.h"

/* Options that choose the run; NULL where the user gave none. */
typedef struct {
    const char *model;    /* preset or file; NULL: tiny */
    const char *text;
    const char *file;     /* a text file in the place of the model's text */
    const char *tokens;   /* "3,1,4": ids in the place of a text */
    const char *weights;  /* safetensors */
    const char *adapter;  /* safetensors of what is trained beside frozen weights */
    const char *unseen;   /* a csv of rows that are only asked about */
    const char *example;  /* the number of one example of the data, which alone is taken */
    const char *from;     /* somebody else's model: a folder or file of tensors */
    const char *folder;   /* of a run that was kept: its model and its checkpoints */
    const char *mistake;
    const char *ablate;   /* parts that add nothing, or their mean: "block1.head0,block0.mlp=mean" */
    const char *patch;    /* a part, and a position, that has the numbers of another text: "block1.head0@3" */
    const char *clean;    /* that text; ids where the run has ids */
    bool inside;          /* with what looking inside records */
    const char *write;    /* options of sample: the tape of a text that is written; then `text` is its prompt */
    bool asks;            /* of sample: what `tokens` are where the model answers them, as with `write` */
    const char *draw;     /* options of draw: the tape of pictures that are painted */
    const char *at;       /* a name that is asked for: of a model that is walked, the part that it is in */
    int step;             /* training step, 0 is the first */
    bool step_given;      /* else it is where a kept run ended */
    const struct Resize *resize; /* other sizes than the model's own, see resize.h; NULL */
} RunOptions;

typedef struct {
    RunOptions options;
    Model model;
    const Mistake *mistake;
    struct Foreign *foreign; /* NULL unless options.from */
    struct RunFolder *kept;  /* NULL unless options.folder */
    Run run;
    Names names;
    struct Imposed *imposed; /* NULL unless options.ablate or options.patch */
    Arena labels;         /* of axes that its tape names */
    bool sheet;           /* the numbers are those of a worksheet: some are imposed, there is one training step */
} Session;

/* The second half of session_load. Closes the session if it fails. */
bool session_prepare(Session *session, Error *error);

/* Loads and checks the model; the run is not recorded yet. */
bool session_load(Session *session, const RunOptions *options, Error *error);

/* A preset or a model file alone, checked; nothing is drawn, so it may be of any size. model_free it. */
bool session_model(Model *model, const char *name, Error *error);

/* Only the model, checked: without a number of its parameters, however many they are. */
bool session_describe(Session *session, const RunOptions *options, Error *error);

/* session_load, then records up to the training step that was asked for and indexes the names. */
bool session_open(Session *session, const RunOptions *options, Error *error);

/* What to say behind the id of a mistake that does not exist, into out[NEAREST_TEXT]. */
const char *mistake_nearest(const char *id, char *out);

/* Records the part of a walk that a value's name belongs to; does nothing where the whole training step is
 * on the tape, or the part is there already.
 *   errors  those of run_enter; a name that belongs to no part is answered when it is looked up */
bool session_enter(Session *session, const char *name, Error *error);

/* The second half of session_open, for who does something in between. Closes the session if it fails. */
bool session_record(Session *session, Error *error);

/* Puts a run of the session's model to the last checkpoint of its folder at or before a training step, unless the
 * run stands between the two already. False and *error if it cannot; nothing to do where there is no folder. */
bool session_restore(const Session *session, int step, Run *run, Error *error);

/* Indexes the names after the run was recorded by hand. */
bool session_index(Session *session, Error *error);
void session_close(Session *session);

/* False and *error where the model has no loss: there is no gradient, no update and no later training step. */
bool session_learns(const Session *session, Error *error);

/* True if any of the options was given: the run is not just the usual one. */
bool session_chosen(const RunOptions *options);

/* Adds the options as they would be typed: " --model by-hand --step 3". */
void session_command_line(const RunOptions *options, Text *out);

#endif
