/* The lab: the runs that are recorded beside the one that it was opened with. The truth at
 * other training steps, forks with nudged cells, runs with a planted mistake, their differences,
 * and the losses seen. Deterministic: the same wishes give the same numbers, whatever was done
 * before. No clock, no terminal, no file. */
#ifndef TRACER_QUERY_LAB_H
#define TRACER_QUERY_LAB_H

#include "nudge.h"
#include "take.h"

enum { MOST_CHECKPOINTS = 64, AHEAD = 20, MOST_TRAINING = 100000 };

/* Parameters and moments before a training step. */
typedef struct {
    int step;
    double *numbers;    /* values, m, v */
} Checkpoint;

/* What is to be recorded beside the truth: a mistake, or changes, or another training step, or nothing. */
typedef struct {
    int training_step;
    const Change *changes;
    int change_count;
    const Mistake *mistake;
    int compared;             /* 1 + the training step that stands beside; 0: none */
} Wish;

/* A run for some training steps: its losses, and the norms of its gradients. */
typedef struct {
    double losses[AHEAD + 1], norms[AHEAD + 1];
} Ahead;

/* Another run beside the truth. */
typedef struct {
    Take *take;
    Differences differences;  /* of the truth against it */
    int *counterpart[2];      /* [side][value]: the value of that name on the other tape, or -1 */
    int *apart[2];            /* [side][step]: how many steps before it made something that moved */
    double *largest[2];       /* [side][value]: its largest difference; 0: unmoved, inf: other shape */
    bool trained;             /* it is the truth at another training step: nearly everything differs */
    double predicted;         /* of the loss, by the gradient */
    bool has_prediction;
    Ahead ahead[2];           /* with a mistake: how both go on from here */
} Beside;

typedef struct Lab {
    const Session *opened;
    const Outline *opened_outline;
    Session *walked;          /* the same as opened, where it is walked part by part; else NULL */
    Outline *walked_outline;
    Take *now;                /* the truth at another training step; NULL: as opened */
    Beside beside;            /* take is NULL if there is none */
    Checkpoint checkpoints[MOST_CHECKPOINTS];
    int checkpoint_count, checkpoint_stride;
    double *losses;           /* [training step], nan where none was seen */
    int loss_count;
} Lab;

enum { TRUTH, OTHER };

/* Keeps the parameters that a loaded session starts from. Once it is recorded, lab_begin. */
bool lab_init(Lab *lab, Session *session, Error *error);
bool lab_begin(Lab *lab, Outline *outline, Error *error);

/* Records another part of a walk in the place of the one that is there; outlines and names are made anew.
 *   errors  those of run_enter; then the part that was there is recorded again */
bool lab_enter(Lab *lab, int part, Error *error);
void lab_free(Lab *lab);

/* Records what is wished for; *error and everything as it was if that is not possible.
 * Pointers to sessions and outlines of before are no longer good. */
bool lab_record(Lab *lab, const Wish *wish, Error *error);

const Session *lab_session(const Lab *lab, int side);
const Outline *lab_outline(const Lab *lab, int side);

/* A cell as the other side has it; false if it has none, or the same. */
bool lab_differs(const Lab *lab, int side, int value, int row, int col, double *other);

/* True for the cells that are marked: those that moved; of two training steps, where all do, those
 * that changed at least three quarters as much as the one of the value that changed most. */
bool lab_stands_out(const Lab *lab, int side, int value, int row, int col);

/* How many of the steps from first to last make a value that differs. */
int lab_steps_apart(const Lab *lab, int side, int first, int last);

/* The first step of a side that makes something different, -1 if there is none. */
int lab_first_apart(const Lab *lab, int side);

/* The parts of lab_record and lab_free that are in run_beside.c. */
bool beside_record(const Session *truth, const Wish *wish, Beside *out, Error *error);
bool beside_compare(const Session *truth, Take *recorded, Beside *out, Error *error); /* takes what was recorded */
void beside_free(Beside *beside);

#endif
