/* A run: a model, its parameters and the tape of one training step, which can be recorded
 * again with other numbers and advanced to the next. */
#ifndef TINY_MODEL_RUN_H
#define TINY_MODEL_RUN_H

#include "mistakes.h"
#include "params.h"
#include "repeat.h"
#include "sampling.h"
#include "system.h"
#include "tape.h"

/* Where the numbers of parameters come from, if they are not drawn. */
typedef struct {
    /* Fills out [rows x cols] of a parameter; false and *error if it cannot. */
    bool (*read)(void *context, const Parameter *parameter, double *out, Error *error);
    void *context;
} ParameterSource;

/* What one part of a walk leaves to the next. */
typedef struct {
    double *numbers;          /* [rows x cols], NULL: not walked yet */
    int rows, cols;
    char name[96];
} Stream;

/* What a router adds to the loss, kept for the part that has the loss. */
typedef struct {
    char name[96];
    double number;
} Price;

/* A model too big for one tape: only one part of it is recorded at a time. */
typedef struct {
    int part, count;          /* count 0: the whole training step is on the tape */
    Stream *streams;          /* [count], before each part */
    Price *prices[2];         /* [price_count] balance and z of every router so far; z without a name: not asked */
    int price_count;
    RouterLosses routers;     /* of the part that is on the tape */
    int left;                 /* value id: what the part leaves behind */
} Walk;

typedef struct {
    const Model *model;
    Parameters parameters;    /* their values stand first on the tape, in this order: value i is parameter i */
    Store store;
    Tape tape;
    int training_step;        /* 0 is the first */
    ParameterSource source;
    Walk walk;
    size_t takes;             /* bytes of its recording, parameters and moments, reckoned before anything is recorded */
    bool too_big;             /* it could not be prepared since its tape goes beyond the limit */
    int loss;                 /* value id of the loss on the tape; -1: the system has none */
    const Inside *inside;     /* what looking inside recorded, in the tape's arena; NULL: nothing */
    Repeat repeat;            /* of what is on the tape, for the next training steps */
    Computer computer;        /* of training steps whose steps may be computed later; nobody: as they are recorded */
} Run;

enum { TAPE_LIMIT_MB = 1024 };

/* Declares the parameters, draws them and makes sure that a training step fits the limit;
 * nothing is recorded yet. mistake may be NULL; both must outlive the run.
 *   errors  a model that is too big, a mistake that cannot be planted in it, out of memory */
bool run_init(Run *run, const Model *model, const Mistake *mistake, Error *error);

/* The same with numbers from a source, which must outlive the run. Where a training step is too big for one
 * tape and the system can be walked, the run is a walk: run_enter records it part by part.
 *   errors  those of the source too */
bool run_init_from(Run *run, const Model *model, const Mistake *mistake, ParameterSource source, Error *error);

/* A walk through any model whose system can be walked, however small.
 *   errors  a mistake (NULL: none), a batch or frozen parameters, which are of a whole training step; those of
 *           the source */
bool run_walk(Run *run, const Model *model, const Mistake *mistake, ParameterSource source, Error *error);

/* Records a part of a walk, and before it those that nobody has walked through; the tape of the part
 * before is gone. The same part is recorded to the same bits each time.
 *   part     0 <= part < walk.count
 *   memory   the tape of one part and its parameters; the streams between parts are kept
 *   errors   the source's, out of memory, a part that is beyond the limit */
bool run_enter(Run *run, int part, Error *error);

/* Whether the run is no walk, which has no training step; false and *error where it is one. */
bool run_is_whole(const Run *run, Error *error);

/* The same without drawing the parameters, for who copies them from another run: drawing a large
 * model takes as long as recording it. */
bool run_prepare(Run *run, const Model *model, const Mistake *mistake, Error *error);
void run_free(Run *run);

/* A second run of the same model at the same training step with the same parameters and
 * moments, not recorded. `of` must have been initialised; nothing is shared but the model and
 * the numbers that are imposed on the tape.
 *   errors  out of memory */
bool run_clone(Run *clone, const Run *of, Error *error);

/* Records the whole training step anew: forward, backward, update. */
bool run_record(Run *run, Error *error);

/* Records the forward phase only. */
bool run_forward(Run *run, Error *error);

/* Records up to the end of a phase. */
bool run_record_through(Run *run, Phase last, Error *error);

/* A text so far and how its next token is chosen. */
typedef struct {
    const int *tokens;   /* [count] ids */
    int count;
    int window;          /* the last so many are read, 1 <= window <= context */
    Sampling how;
    double number;       /* 0 <= number < 1, what chooses */
    Cache *cache;        /* NULL: nothing is kept. Else all 0 but for `room`, or as run_next left it */
} Next;

/* Records how the model, whose system must have a language, goes on with a text: the forward phase without
 * a loss, named `tokens` to `probabilities` as in a training step, then the frames `sampling` and `draw`.
 *   cache    if it holds all of the window but the last token, only that one is read, in a frame `token1`, `token2` ...
 *            behind what the tape has already, where drawing->token is the one that is read; else the tape is
 *            recorded anew and the cache filled
 *   drawing  of the token before; becomes that of this one
 *   errors   out of memory, a tape beyond the limit, logits that are no numbers; then the cache is empty */
bool run_next(Run *run, const Next *next, Drawing *drawing, Error *error);

/* The mean loss of all targets that training.validation keeps apart, with the parameters that the model is used with;
 * nothing is dropped out. What was recorded is gone. nan where nothing is kept apart.
 *   errors  out of memory, a tape beyond the limit */
bool run_validate(Run *run, double *loss, Error *error);

/* What a classifier makes of one of the data's examples: its probabilities, [classes]. As above.
 *   errors  out of memory, a tape beyond the limit */
bool run_classify(Run *run, int row, double *probabilities, Error *error);

/* Declares the parameters of a model without a number of them, however many there are.
 *   memory  parameters_free gives it back */
bool run_list_parameters(const Model *model, Parameters *out, Error *error);

/* The update becomes the parameters: on to the next training step. Record it afterwards. */
void run_advance(Run *run);

/* On to the next training step without recording this one, where nothing is changed or imposed on the way and either
 * the system can or this step is the recorded one with other numbers: then the numbers are those of a recorded step to
 * the last bit. Behind it the tape is not to be read. False: record it; so is a step whose loss is no number. */
bool run_pass(Run *run, Updated *updated);

/* On to training step `step`, which is not recorded, passing or recording those before it.
 * each(context, run) is called after every update and may be NULL; false from it stops the run there. */
bool run_reach(Run *run, int step, bool (*each)(void *context, const Run *run), void *context, Error *error);

/* Records training step 0, advances, records ... until training step `step` is recorded.
 * each(context, run) is called after every recording and may be NULL; false from it stops
 * the run there. */
bool run_to(Run *run, int step, bool (*each)(void *context, const Run *run), void *context, Error *error);

/* The loss that was recorded; nan where the system has none. */
double run_loss(const Run *run);

/* The norm of all gradients, before clipping; nan where only the forward phase was recorded. */
double run_gradient_norm(const Run *run);

/* The norm of what the update that was recorded adds to all parameters. */
double run_change_norm(const Run *run);

/* The numbers of a parameter that this training step starts from. */
double *run_parameter(Run *run, int parameter);

/* The numbers of all parameters that the model is used with by now, at their offsets: the moving average where one is
 * kept, else those that this training step starts from. Before the first update these are the same. */
double *run_used(const Run *run);

/* All that the training step starts from, as blocks of all parameters' cells: the parameters, m, v and, where one is
 * kept, the average; NULL behind the last. */
double *run_state(const Run *run, int part);

/* How many buffers of all parameters' cells the store of a run of this model has. */
int run_buffers(const Model *model);

#endif
