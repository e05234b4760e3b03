/* What the stepper shows: a position on a tape and some settings. A value: assignment copies it.
 * The lab that it points to must outlive it. A key that records another run (a nudge, a mistake,
 * a training step) replaces those of the lab: a copy of the state from before it is stale.
 *
 * What is on the screen depends on the position and the settings, never on the way there; only
 * the trail remembers the way, so that a capital undoes its lower-case letter exactly. */
#ifndef TRACER_STEPPER_STATE_H
#define TRACER_STEPPER_STATE_H

#include "tiny_model/primitive.h"
#include "tracer/article/passage.h"
#include "tracer/query/checks.h"
#include "tracer/query/condition.h"
#include "tracer/query/lab.h"

typedef enum { PANE_TREE, PANE_OPERATION, PANE_CELL, PANE_PANEL, PANE_ANY } Pane;
typedef enum { MODE_WALK, MODE_SEARCH, MODE_COMMAND, MODE_MENU, MODE_LETTER } Mode;

typedef enum { ZOOM_FULL, ZOOM_TWO_DIGITS, ZOOM_HEAT, ZOOMS } Zoom;
typedef enum { TELL_STEP, TELL_PAGE, TELL_LINE } Telling;

enum { TRAIL = 1024, WHY_DEPTH = 24, MOST_FOLDS = 64, INPUT_SIZE = 128, MESSAGE_SIZE = 200 };

/* Where a forward key came from. */
typedef struct {
    int step, to, node;
    int key;
} Mark;

/* Where a `why` was asked. */
typedef struct {
    int step, row, col, term, factor, line;
} Place;

/* A frame that was opened or folded by hand. */
typedef struct {
    int frame;
    bool open;
} Fold;

/* A cell by its name: it can be found on every run. */
enum { KEPT_NAME = 160, MOST_BREAKS = 16, MOST_WATCHES = 6, MOST_EDITS_KEPT = 32, MOST_MARKS = 26, MOST_HISTORY = 64, MOST_TYPED = 24 };
typedef struct {
    char name[KEPT_NAME];
    int row, col;
} KeptCell;

/* A number that was nudged, by an amount or to one. */
typedef struct {
    KeptCell cell;
    bool absolute;
    double amount;
} KeptEdit;

typedef struct {
    const Session *session;      /* what is shown: the truth or the run beside it */
    const Outline *outline;
    Lab *lab;                    /* owns both */
    const Passages *passages;    /* what the tutorial says */
    int side;                    /* TRUTH or OTHER */

    int step;               /* the position */
    int row, col;           /* the cell that is wanted; a smaller matrix shows its last one */
    int term, factor;       /* of the selected cell, wanted likewise */
    bool asks_term;         /* the pages tell of the marked cell of a term: of the one at */
    Place asked_at;         /* this place, as long as that is the place */
    int node;               /* the cursor in the tree: a node of the outline, or -1: the position */
    Place why[WHY_DEPTH];   /* the questions on the way here, the root first */
    int why_count;

    int page;               /* of the text panel: 0: none was asked for; else 1 + its place in the ring */
    int line;               /* of the page, wanted likewise: among those that lead somewhere, or how far it is scrolled */
    Telling asked;          /* what the last key was about: the plain mode tells it */
    Zoom zoom;              /* of matrices */
    bool by_size;           /* terms and uses, the largest first */
    Checks checks;          /* made on request */
    bool skip_copies;       /* following goes through steps that only copy */

    Pane pane;
    Mode mode;
    int digits;
    bool ascii;
    Fold folds[MOST_FOLDS];
    int fold_count;

    Condition breaks[MOST_BREAKS];
    int break_count;
    KeptCell watches[MOST_WATCHES];
    int watch_count;
    KeptEdit edits[MOST_EDITS_KEPT];
    int edit_count, edits_dropped; /* those behind the count can be put back */
    const Mistake *mistake;        /* of the run beside the truth */
    int compared;                  /* 1 + the training step beside the truth; 0: none */
    bool facing;                   /* the value at the cursor in both runs, in the place of the step */
    struct Mine *mine;             /* a student's answer, see mine.h; NULL: there is none */

    KeptCell marks[MOST_MARKS];  /* a to z; no name: not set */
    int letter_for;              /* 'm' or '\'': what the letter that is typed next is for */
    Place history[MOST_HISTORY]; /* places before this one, then those behind it */
    int history_count, history_at;
    char write_to[INPUT_SIZE];   /* a file that was asked for */

    bool hunting;                /* games, see games.h: the mistake is not named yet, */
    int hunts, hunts_found, accused;
    int checked;                 /* 1 + the frame whose checks were asked for in this hunt */
    int looked, looked_before;   /* steps in all hunts, and before this one */
    bool predicting;             /* results are hidden until guessed */
    int revealed;                /* the step whose result was guessed, or -1 */
    int guesses, guesses_right;

    double delta;                /* settings, see settings.h: what + adds */
    bool sequential;             /* colours tell the size alone */
    bool mouse;                  /* clicks are ours, and no longer the terminal's selection */
    bool no_hints;               /* the keys are not told at the bottom */
    bool no_welcome;             /* the first screen says nothing to newcomers */
    bool keeps_settings;         /* in a file, */
    bool settings_changed;       /* and they were not since */

    char input[INPUT_SIZE];      /* what is being typed */
    bool offering;               /* and what it can go on as is shown */
    char lines[MOST_TYPED][INPUT_SIZE]; /* of the command line, the last one first */
    int line_count, line_at;     /* line_at: 1 + the one that Up fetched; 0: none */
    char search[INPUT_SIZE];     /* what was looked for last */
    int choice;                  /* of the menu */
    char message[MESSAGE_SIZE];  /* about the last key; gone with the next */
    bool complains;              /* the message is an error */
    bool quit;

    Mark trail[TRAIL];
    int trail_count;
} State;

/* The first step, the operation pane. */
void state_init(State *state, Lab *lab);

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

/* The cell that keys act on: in the cell pane, and on a page that was asked for there, the marked one
 * of the chosen term (value -1: that is a constant), else the selected one. */
Reference state_pointed(const State *state, const Explanation *explanation);

/* The cell that the pages tell of: the marked one of the term about which `u`, `v` or `:panel` asked here, else
 * the selected one. */
Reference state_asked(const State *state);

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
