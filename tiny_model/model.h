/* The description of a run: which system, its settings, its data, and how its parameters begin and move.
 * It is what a model file says with every key filled in; tables of keys drive reading, writing, checking
 * and `help model-file`. */
#ifndef TINY_MODEL_MODEL_H
#define TINY_MODEL_MODEL_H

#include "arena.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { INIT_PYTHON_GAUSS, INIT_NORMAL, INIT_DECIMAL, INIT_ZEROS, INIT_SPLITMIX, INIT_INDUCTION } InitKind;
typedef enum { RESEED_ONCE, RESEED_PER_STAGE } Reseed;
typedef enum { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW } OptimizerKind;
typedef enum { DECAY_ALL, DECAY_MATRICES } Decay;
typedef enum { SCHEDULE_CONSTANT, SCHEDULE_LINEAR, SCHEDULE_COSINE, SCHEDULE_WORD2VEC } Schedule;
typedef enum { LOADER_ROWS, LOADER_WINDOWS, LOADER_RANDOM } Loader;

enum { MOST_TOKENS = 4096, MOST_WIDTH = 8192, MOST_LAYERS = 64, MOST_TEXT = 1 << 24, MOST_VOCABULARY = 200000,
       MOST_EXAMPLES = 1000000, MOST_CLASSES = 1000, MOST_CATEGORY_COLUMNS = 16 };

/* A list of strings that a key holds. */
typedef struct {
    const char *const *list;
    int count;
} Texts;

/* MOST_TEXT: bytes. All members that a key writes are int, double, const char * or Texts, so that one table can. */
typedef struct {
    int kind;             /* InitKind */
    double seed;          /* whole, 0 to 2^53 */
    double std;
    int reseed;           /* Reseed */
    int decimals;         /* 1 to 9 */
} Init;

typedef struct {
    int kind;             /* OptimizerKind */
    double lr, beta1, beta2, eps, weight_decay;
    double clip_norm;     /* global gradient norm; INFINITY: no clipping */
    int decay;            /* Decay */
} Optimizer;

typedef struct {
    int batch;            /* examples a training step; 0: as many as the system takes by itself */
    int accumulate;       /* such batches an update */
    int steps;            /* updates of a whole training; 0: not said */
    int loader;           /* Loader */
    int length, stride;   /* of windows; 0: the context, the length */
    double shuffle;       /* seed of the order of examples; INFINITY: as they come */
    double validation;    /* share of the data, from the end, that nothing is learned from */
    double test;          /* a share behind it, that is looked at once */
    int validate_every;   /* updates; 0: forty times a training */
    int patience;         /* validations in a row that may be no better than the best; 0: any number */
    int keep_every;       /* updates between two checkpoints of a run; 0: twenty a training */
    int schedule;         /* Schedule */
    int warmup;           /* updates */
    double min_lr;        /* of the last update */
    double average;       /* most decay of the moving average of parameters; 0: there is none */
    Texts frozen;         /* names of parameters, or beginnings of names, that stay as they are */
} Training;

/* One number or list or text of an example: {"class": 1}, {"x": [0.5, 2]}. */
typedef struct {
    const char *key;
    const char *text;       /* or NULL */
    const double *numbers;  /* or NULL */
    int count;
} Field;

typedef struct {
    const Field *fields;
    int count;
} Example;

typedef struct {
    const char *text;        /* one document, or NULL */
    const Example *examples; /* or NULL */
    int example_count;
    int unseen_count;        /* behind them those that are only asked about: no class is known, nothing learned */
    const char *const *unseen; /* [unseen_count] whom they are of, or NULL */
    int only;                /* 1 + the one example that is taken; 0: all */
    Texts columns;           /* names of the features of rows that came from a csv, or none */
    Texts category_columns;  /* the same of the columns of categories */
    Texts categories[MOST_CATEGORY_COLUMNS]; /* of each column of categories of a csv what its ids stand for, or none */
    const char *weights;     /* whose vocabulary it must be, for what is told of a token that it lacks; or NULL */
    bool made;               /* the examples are the system's own: a model file says how they are made */
    bool may_change;         /* a token that the vocabulary lacks makes a new vocabulary, of these texts */
    const char *lacked;      /* that token, once it happened */
    bool replaced;           /* another text will take the place of this one, which need not be there then */
} Data;

typedef struct System System;
typedef struct ExampleTable ExampleTable; /* data/table.h */

typedef struct {
    const char *name;
    const System *system;
    void *settings;       /* the system's own struct, in the arena */
    Data data;
    Init init;
    Optimizer optimizer;
    Training training;
    bool selective;       /* only what `trained` names is trained; derived by the system */
    Texts trained;
    const ExampleTable *table;   /* what the system read of its examples as a table, or NULL */
    Arena arena;          /* everything that is pointed to */
} Model;

typedef enum { KEY_TEXT, KEY_FLAG, KEY_INTEGER, KEY_NUMBER, KEY_CHOICE, KEY_TEXTS } KeyType;

/* Where the value of a key lives: in the Model itself or in its system's settings. */
typedef enum { KEY_OF_MODEL, KEY_OF_SYSTEM } KeyPlace;

typedef struct {
    const char *group;           /* "" (the model itself), "data", "init", "optimizer", "training" */
    const char *key;
    KeyType type;
    KeyPlace place;
    size_t offset;
    double least, most;          /* KEY_INTEGER, KEY_NUMBER: the legal range, ends included; KEY_TEXTS: how many */
    bool above_least;            /* `least` itself is not legal */
    bool may_be_null;            /* null in a model file: INFINITY */
    bool may_be_absent;          /* its zero means "not said" and is not written: derived, or of no use here */
    bool is_file;                /* KEY_TEXT: a path, meant from where the model file is */
    bool younger;                /* not in the files of version 1: written only where it is not the default */
    const char *const *choices;  /* KEY_CHOICE: names in the order of the enum, ended by NULL */
    const char *meaning;         /* for the help */
} ModelKey;

/* The keys that every system has. */
/* The i-th of all keys of a model: its name, those of its system, those of every system; NULL behind the last. */
const ModelKey *model_key(const System *system, int i);

/* Where the value of a key lives in this model. */
void *model_member(const Model *model, const ModelKey *key);

/* The defaults of a system.
 *   memory  the model's arena
 *   errors  out of memory */
bool model_defaults(Model *model, const System *system, Error *error);

/* A copy whose own keys can be changed without touching the original; what both point to belongs to
 * the original, which must live longer.
 *   memory  the copy's arena
 *   errors  out of memory */
bool model_copy(Model *copy, const Model *of, Error *error);

/* A copy of text in the model's arena; NULL if out of memory. */
const char *model_text(Model *model, const char *text);

/* Derives what was left open, prepares the data and checks everything; false and *error naming the key
 * if the model cannot work. Call it once, after all keys are set. */
bool model_finish(Model *model, Error *error);

/* Gives the memory back. */
void model_free(Model *model);

/* A field of an example, or NULL. */
const Field *example_field(const Example *example, const char *key);

/* How fast parameters move in the update of a training step: warm-up, then constant, a line or a cosine. */
double learning_rate(const Model *model, int training_step);

/* The share of itself that the moving average of parameters keeps in the update of training step k: of the first ones
 * it is little, or what was drawn at random would stay in it: min(training.average, (1 + k) / (10 + k)). */
double average_decay(const Model *model, int training_step);

/* The models that ship. */
typedef struct {
    const char *name;
    const System *system;
    const char *good_for;
    void (*set)(Model *model);   /* after model_defaults, before model_finish */
    bool whole_training;         /* made to be trained for minutes, not to be read number by number; these come last */
} Preset;

extern const Preset PRESETS[];
extern const int PRESET_COUNT;
const Preset *preset_find(const char *name); /* NULL if there is none */

/* The defaults of the preset's system, then the preset. */
bool preset_open(Model *model, const Preset *preset, Error *error);

#endif
