/* A system: what a model file describes. One file in systems/ says everything about it: its keys, its
 * data, what it records, its planted mistakes. Above it nobody knows which system a tape is of. */
#ifndef TINY_MODEL_SYSTEM_H
#define TINY_MODEL_SYSTEM_H

#include "data/ngrams.h"
#include "inside/inside.h"
#include "mistakes.h"
#include "model.h"
#include "params.h"
#include "random.h"
#include "sizes.h"
#include "systems/list.h"
#include "tape.h"

/* What the routers of a recording have to add to the loss: value ids of numbers [1 x 1]; z -1 where nobody asks. */
typedef struct {
    int *balance, *z;
    int count;
} RouterLosses;

/* Everything that a recording needs. */
typedef struct {
    Tape *tape;
    const Model *model;
    Parameters *parameters;
    int training_step;    /* which batch, which random numbers; 0 is the first */
    bool declaring;       /* the dry pass in which parameters are asked for the first time */
    bool learning;        /* false where the model is only used: dropout and the like are off */
    int stage;            /* of init.reseed per_stage: the stretch that new parameters belong to */
    bool frozen;          /* parameters asked for now are not trained */
    bool fresh;           /* parameters asked for now are new in fine-tuning */
    bool trained;         /* parameters asked for now are, whatever the system selects */
    bool copied;          /* parameters asked for now begin as those of the same name outside of the outermost frame */
    unsigned sites;       /* places so far that drew random numbers */
    const Inside **inside; /* where what looking inside recorded is told, of the first sequence; NULL: nowhere */
    RouterLosses routers;
} Scene;

/* A parameter by its name, under the open frame without the sequences of a batch: "W_Q", "norm.gamma".
 * Declared the first time, found from then on; the same name again is the same parameter.
 *   shape    rows, columns and their axes
 *   returns  its value id
 *   errors   another shape than before is our bug; too many numbers leave through tape_attempt */
int parameter(Scene *scene, const char *name, Shape shape, ParameterClass class);

/* The same under its whole name, wherever it is asked for: a parameter that others use too. */
int shared_parameter(Scene *scene, const char *name, Shape shape, ParameterClass class);

/* A parameter that is not drawn but begins with a number in every cell, whatever the init. */
int parameter_of(Scene *scene, const char *name, Shape shape, double begin);

/* A parameter, by its value id, is cut at `most` behind each update: no part of the gradient. INFINITY: it is not. */
void parameter_limit(Scene *scene, int value, double most);

/* One that is drawn with a standard deviation of its own. */
int parameter_spread(Scene *scene, const char *name, Shape shape, double deviation);

/* Random numbers that belong to one place of one training step, whatever was drawn before: those of
 * Python's random.Random(init.seed + (training_step << 32) + (site << 64)), site > 0. */
void scene_random(const Scene *scene, unsigned site, Random *random);

/* A mask of 0 and 1 as a leaf of the open frame, 0 with probability p, drawn from the next place. */
int scene_mask(Scene *scene, const char *name, Shape shape, double p);

/* x, of which a share p is dropped while the model is learning: 0 where the numbers of this place, drawn row by row,
 * are below p. Places count from 1 in the order of recording. x itself where nothing is dropped. */
int scene_dropout(Scene *scene, const char *name, int x, double p);

/* The examples of this training step: `count` rows that begin at `first` and go round at the end, or those
 * of a list. */
typedef struct {
    int first, count, of;
    const int *rows;      /* [count], in the tape's arena; NULL: in order */
} Batch;

/* Which examples the model's loader gives this training step. With "shuffle" every epoch e visits each once, in
 * the order of Python's random.Random(shuffle + (e << 32)).shuffle(); loader random draws them anew, with
 * replacement, from random.Random(seed + (training_step << 32)), where seed is that of "shuffle", else of "init".
 *   of     how many examples there are
 *   usual  how many a step takes where training.batch does not say */
Batch scene_batch(const Scene *scene, int of, int usual);

static inline int batch_row(Batch batch, int i)
{
    return batch.rows ? batch.rows[i] : (batch.first + i) % batch.of;
}

/* A number that stands in a system and that wrong formulas multiply or divide by. */
typedef struct {
    const char *symbol;   /* "d_k" */
    const char *meaning;  /* "the number of tokens", or NULL */
    int number;
} Quantity;

enum { MOST_QUANTITIES = 12 };

/* One kind of field that examples may have. */
typedef enum { FIELD_NUMBERS, FIELD_NUMBER, FIELD_INTEGER, FIELD_TEXT, FIELD_TEXT_OR_IDS } FieldType;

typedef struct {
    const char *key;
    FieldType type;
    const char *meaning;
} FieldKey;

/* The keys and values of the tokens that were read, as value ids on the tape that read them: what is asked of them
 * again for the next token. Rows are tokens; they are never changed, only followed by more. */
typedef struct {
    int read;              /* tokens whose keys and values these are; 0: nothing is there yet */
    int slots;             /* pairs of them: a head or a group of heads each */
    int *keys, *values;    /* [slots] [read x d_k] each, in the tape's arena */
    double **key_room, **value_room; /* [slots] [room x d_k] where they grow in place; NULL: not yet, or not alone */
    int room;              /* tokens that will be read at most */
    int steps;             /* tokens that were read one by one */
    int positions, waves;  /* value ids: the places read last [1 x n], sinusoidal positions; or -1 */
    int memory;            /* value id: what a decoder's cross-attention looks at [M x d_c] */
} Cache;

/* What a system can do that goes on with a text. */
typedef struct {
    /* Whether this model goes on with a text at all; NULL: it does. */
    bool (*speaks)(const Model *model);
    /* What is asked, where that is not how the answer begins: the source of a translation, as a text or as ids [count]
     * that outlive the writing; both NULL: that of the model's own first example. NULL: a text begins what is written.
     *   memory  the model's arena
     *   errors  a word that is not in the vocabulary, nothing at all, too much */
    bool (*ask)(Model *model, const char *text, const int *ids, int count, Error *error);
    /* The ids of a prompt, as the model's own text would begin; text NULL: how that text begins.
     *   memory  the arena
     *   errors  a token that is not in the vocabulary, nothing at all */
    bool (*prompt)(const Model *model, const char *text, Arena *arena, int **ids, int *count, Error *error);
    /* Records what the model makes of ids; the logits [count x V], their columns an axis of the vocabulary.
     *   cache   NULL, or what to fill with the keys and values of all of them; its `room` is said */
    int (*logits)(Scene *scene, const int *ids, int count, Cache *cache);
    /* Records what it makes of one more, behind those that the cache holds; its keys and values join them.
     *   ids      all of them, cache->read + 1
     *   token    the value id of the last [1 x 1]
     *   returns  its logits [1 x V] */
    int (*next)(Scene *scene, const int *ids, int token, Cache *cache);
    /* Whether what was read stays as it is when a token follows: without that there is nothing to keep. */
    bool (*keeps)(const Model *model);
    /* Multiplications, each with an addition, in the matrix products of `count` tokens behind `before` others; -1: it
     * depends on the numbers, only the tape knows. Then nothing is kept either: every token is read again. */
    long long (*products)(const Model *model, int count, int before);
    int (*context)(const Model *model);
    /* The text of a token, or NULL where ids have none. */
    const char *(*token)(const Model *model, int id);
    /* The bytes of a token, which may be no whole character, or NULL as above. */
    const char *(*bytes)(const Model *model, int id, int *length);
    /* The id that stands before a text or behind it, or -1. */
    int (*begins)(const Model *model);
    int (*ends)(const Model *model);
    bool (*words)(const Model *model);   /* tokens are words: blanks between them */
    int (*size)(const Model *model);     /* of the vocabulary */
    /* The i-th stretch of what is learned from, or of what is kept apart, and how many bytes of text it is, 0 where
     * ids have none; false behind the last. */
    bool (*part)(const Model *model, bool held, int i, Ids *ids, int *bytes);
} Language;

/* How a model that is too big for one tape is walked: part after part, forward only. What routers add to scene->routers
 * in one part stands there again in the last one, which has the loss. */
typedef struct {
    int (*count)(const Model *model);
    /* The part that a value's name belongs to; -1: none. */
    int (*part_of)(const Model *model, const char *name);
    /* Records one part.
     *   stream   what the part before left behind, or -1 in part 0
     *   loss     the id of the loss, filled in by the part that has it
     *   returns  the id of what it leaves behind */
    int (*record)(Scene *scene, int part, int stream, int *loss);
} Walkable;

/* What an update that was not recorded did. */
typedef struct {
    double loss;                /* before it, to the last bit that of the tape */
    double gradient_norm;       /* before clipping; that of word2vec is added up in another order than on the tape */
    double change;              /* the norm of what it added to all parameters */
} Updated;

/* What is learned from, what is kept for validation, what is looked at once in the end. */
typedef enum { PART_LEARNED, PART_HELD, PART_TESTED } DataPart;
enum { DATA_PARTS = 3 };

/* What a system can do that says the class of an example. */
typedef struct {
    /* How many classes this model tells apart; 0: it is no classifier. */
    int (*classes)(const Model *model);
    const char *(*label)(const Model *model, int class); /* or NULL: it is a number */
    int (*count)(const Model *model, DataPart part);
    int (*row)(const Model *model, DataPart part, int i); /* which of the data's examples that is */
    int (*target)(const Model *model, int row);           /* its class */
    /* Records what the model makes of an example of the data: the probabilities [1 x C]. */
    int (*record)(Scene *scene, int row);
} Classifier;

/* What is said of a picture: ids of the system's words, the last of which may be padding. */
typedef struct {
    const int *ids;
    int count;
} Caption;

/* What a model is told of n pictures. */
typedef struct {
    int classes;             /* a leaf of ids [1 x n], or -1 */
    const Caption *captions; /* a list, or NULL: it reads none */
    const int *which;        /* [n] places in it */
    const int *rows;         /* [n] value ids of what was read of them [tokens x width] */
} Conditioning;

/* What a system can do that paints pictures from noise: see painting.h. */
typedef struct {
    /* D, of the noise that becomes a picture of so many rows and columns. */
    int (*numbers)(const Model *model, int *rows, int *cols);
    /* C, of which a picture can be asked to be one; 0: none. */
    int (*classes)(const Model *model);
    const char *(*class_name)(const Model *model, int class); /* or NULL: it has only its number */
    int (*classes_leaf)(Scene *scene, const int *ids, int count, short examples);
    /* The caption that says nothing; NULL, as what returns it may be: this model is told nothing in words. */
    const Caption *(*silence)(const Model *model);
    /* A caption's ids. And the i-th of those that --caption all stands for, NULL behind the last.
     *   memory  the arena, the model's own
     *   errors  naming words that it does not know */
    bool (*caption)(const Model *model, const char *text, Arena *arena, Caption *out, Error *error);
    const char *(*usual_caption)(const Model *model, int i);
    /* Reads the captions of `count` pictures under the open frame: value ids into rows [count]. */
    void (*read)(Scene *scene, const Conditioning *told, int count, int *rows);
    /* `velocity` [n x D] under the open frame, at places x [n x D] and times t [n x 1]. */
    int (*velocity)(Scene *scene, int x, int t, const Conditioning *told);
    /* The pictures [n x rows cols] that x are codes of, under the open frame; x itself where x are pictures. */
    int (*picture)(Scene *scene, int x);
} Painter;

/* What a system can do that keeps pictures as codes of a few numbers. */
typedef struct {
    /* k, of the code of a picture of so many rows and columns; 0: this model has none. */
    int (*numbers)(const Model *model, int *rows, int *cols);
    /* `picture` [n x rows cols] of codes z [n x k], under the open frame. */
    int (*picture)(Scene *scene, int z);
} Coder;

/* How good a training in rounds is by now. */
typedef struct {
    double loss, area;            /* of the rows that are learned from: mean, and under the curve; nan of one class */
    double held_loss, held_area;  /* of those kept apart, nan where there are none */
} RoundMeasures;

enum { MOST_ROUND_PARTS = 8 };

/* A training that grows by rounds and has no gradient to record: to the last bit what the tape of all its rounds says,
 * for as many rows as a reader has.
 *   memory  the state's own, until `end`
 *   errors  out of memory, in `begin` */
typedef struct {
    int (*count)(const Model *model);
    void *(*begin)(const Model *model, Error *error);
    void (*next)(void *state);
    RoundMeasures (*measure)(void *state, bool areas); /* areas false: nan */
    void (*end)(void *state);
    /* Of rows that were not there when it began: their names, what class 1 is called (NULL: nothing else), what the
     * last round adds to their margins [count], round 0 what they are before any, and the probability of class 1. */
    const Texts *(*features)(const Model *model);
    const char *(*class_one)(const Model *model);
    void (*unseen)(const void *state, int round, const double *numbers, int count, double *margins);
    double (*probability)(double margin);
    /* What a round has grown, for files: its parts by name, ended by NULL, each `part_size` numbers; those of the last
     * round; and a round that was grown before in the place of `next`, false where it is none of this model's. The
     * margin before the first round. */
    const char *const *parts;
    int (*part_size)(const Model *model);
    void (*give)(const void *state, int part, double *out);
    bool (*take)(void *state, const double *const *numbers);
    double (*base)(const Model *model);
} RoundTraining;

struct System {
    const char *name;
    const char *good_for;
    size_t size;                     /* of its settings */
    const ModelKey *keys;            /* ended by a key NULL */
    const FieldKey *fields;          /* of its examples, ended by a key NULL */
    bool without_loss;               /* nothing is trained by gradients */
    bool numbers_later;              /* `forward` looks at what it records only with tape_numbers */
    bool flat;                       /* its keys stand at the top of a model file, not in "model" and "data" */
    void (*defaults)(Model *model);
    bool (*finish)(Model *model, Error *error);
    bool (*read_texts)(Model *model, Error *error); /* makes what they say of a vocabulary its own; or NULL */
    int (*forward)(Scene *scene);    /* the id of the loss [1 x 1], or -1 where there is none */
    /* The update of one training step without a tape, for systems whose trainings have so many that recording each
     * is out of the question: the arithmetic of what `forward` and the optimizer record, in the same order of
     * additions, so that `values` are the tape's to the last bit (a test says so). NULL: run_pass and recording do.
     *   values   all parameters, changed in place
     *   returns  false where this model's updates must be recorded; nothing has changed then */
    bool (*update)(const Model *model, const Parameters *parameters, double *values, int training_step,
                   Updated *updated);
    /* How many examples training.validation keeps apart; and records one of them. NULL: it keeps none.
     *   returns  the losses of its targets [targets x 1] */
    int (*held_out)(const Model *model);
    int (*held_out_losses)(Scene *scene, int i);
    /* Other data of the same kind for an exercise; `size` is what the exercise says of it, or 0.
     *   errors  out of memory */
    bool (*vary)(Model *model, Random *random, int size, Error *error);
    int (*quantities)(const Model *model, Quantity out[MOST_QUANTITIES]);
    /* What closed formulas need to reckon what a reading costs; NULL, or false: this model is beyond them. */
    bool (*sizes)(const Model *model, ModelSizes *out);
    const Language *language;        /* or NULL */
    const Language *answers;         /* how it answers a text that is asked, where it does not go on with it; or NULL */
    const Classifier *classifier;    /* or NULL */
    const Painter *painter;          /* or NULL */
    const Coder *coder;              /* or NULL */
    /* A parameter of weights that this model leaves out: the head, where classes are told. NULL: none. */
    bool (*leaves_out)(const Model *model, const char *name);
    const Texts *(*named_parts)(const Model *model); /* that a key wants to be trained; or NULL */
    const RoundTraining *rounds;            /* or NULL */
    const Walkable *parts;           /* or NULL */
    const Mistake *mistakes;         /* its own, beside those of its rules */
    int mistake_count;
};

extern const System *const SYSTEMS[];
extern const int SYSTEM_COUNT;
/* Its language, where the model goes on with texts; or NULL. */
static inline const Language *model_language(const Model *model)
{
    const Language *language = model->system->language;
    return language && language->speaks && !language->speaks(model) ? NULL : language;
}

/* What it writes with: it goes on with a text or answers one; or NULL. */
static inline const Language *model_writes(const Model *model)
{
    return model->system->answers ? model->system->answers : model->system->language;
}

#define DECLARE_SYSTEM(name) extern const System name;
SYSTEM_LIST(DECLARE_SYSTEM)
const System *system_find(const char *name); /* NULL if there is none */

#endif
