/* What the stepper shows: a position on a tape and some settings. A value: assignment copies it.
 * The session and the outline that it points to must outlive it and are only read.
 *
 * What is on the screen depends on the position and the settings, never on the way there; only
 * the trail remembers the way, so that a capital undoes its lower-case letter exactly. */
#ifndef TRACER_STEPPER_STATE_H
#define TRACER_STEPPER_STATE_H

#include "outline.h"
#include "tiny_model/primitive.h"
#include "tracer/session.h"

typedef enum { PANE_TREE, PANE_OPERATION, PANE_CELL, PANE_ANY } Pane;
typedef enum { MODE_WALK, MODE_SEARCH, MODE_COMMAND, MODE_MENU } Mode;

enum { TRAIL = 1024, WHY_DEPTH = 24, MOST_FOLDS = 64, INPUT_SIZE = 128, MESSAGE_SIZE = 200 };

/* Where a forward key came from. */
typedef struct {
    int step, to, node;
    int key;
} Mark;

/* Where a `why` was asked. */
typedef struct {
    int step, row, col, term, factor;
} Place;

/* A frame that was opened or folded by hand. */
typedef struct {
    int frame;
    bool open;
} Fold;

typedef struct {
    const Session *session;
    const Outline *outline;

    int step;               /* the position */
    int row, col;           /* the cell that is wanted; a smaller matrix shows its last one */
    int term, factor;       /* of the selected cell, wanted likewise */
    int node;               /* the cursor in the tree: a node of the outline, or -1: the position */
    Place why[WHY_DEPTH];   /* the questions on the way here, the root first */
    int why_count;

    Pane pane;
    Mode mode;
    int digits;
    bool ascii;
    Fold folds[MOST_FOLDS];
    int fold_count;

    char input[INPUT_SIZE];      /* what is being typed */
    char search[INPUT_SIZE];     /* what was looked for last */
    int choice;                  /* of the menu */
    char message[MESSAGE_SIZE];  /* about the last key; gone with the next */
    bool complains;              /* the message is an error */
    bool quit;

    Mark trail[TRAIL];
    int trail_count;
} State;

/* The first step, the operation pane. */
void state_init(State *state, const Session *session, const Outline *outline);

/* Applies a key of keys.h, or the character with that code point. */
void stepper_key(State *state, int key);

void state_say(State *state, const char *format, ...) __attribute__((format(printf, 2, 3)));
void state_complain(State *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the trail, as after a jump. */
void state_jump(State *state, int step);

static inline const Tape *state_tape(const State *state)
{
    return &state->session->run.tape;
}

static inline const Step *state_step(const State *state)
{
    return &state_tape(state)->steps[state->step];
}

static inline const Value *state_output(const State *state)
{
    const Tape *tape = state_tape(state);
    return &tape->values[tape->steps[state->step].output];
}

/* The selected cell of the step's output. */
Reference state_cell(const State *state);

/* Explains the selected cell; explanation_free it. False if there was not enough memory. */
bool state_explain(const State *state, Explanation *out);

/* The chosen term, or NULL if the cell has none, and the chosen of its cells. */
const Term *state_term(const State *state, const Explanation *explanation);
int state_factor(const State *state, const Term *term);

/* True if the frame shows what it holds: opened by hand, or around the position and not folded
 * by hand. */
bool frame_open(const State *state, int frame);

/* The frame's fold by hand, or NULL. */
const Fold *frame_fold(const State *state, int frame);

/* Folds an open frame, opens a folded one. */
void frame_toggle(State *state, int frame);

/* The nearest node around `node` that is visible, itself included. */
int visible_node(const State *state, int node);

/* The next visible node behind or before a visible one, or -1. */
int next_visible(const State *state, int node);
int previous_visible(const State *state, int node);

/* The node that the cursor of the tree stands on; it is visible. */
int tree_cursor(const State *state);

#endif
