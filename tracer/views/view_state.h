/* What views read, and nothing else: which run is shown, where the learner is in it, how it is to be shown, what was
 * kept and what is not to be told. Each part is a struct of its own; whoever steps changes them, a view gets all of
 * it as const. A value: assignment copies it. The lab that it points to must outlive it. */
#ifndef TRACER_VIEWS_VIEW_STATE_H
#define TRACER_VIEWS_VIEW_STATE_H

#include "lesson.h"
#include "settings.h"
#include "tiny_model/primitive.h"
#include "tracer/query/checks.h"
#include "tracer/query/condition.h"
#include "tracer/query/lab.h"

enum {
    WHY_DEPTH = 24, MOST_FOLDS = 64, INPUT_SIZE = 128, MESSAGE_SIZE = 200, KEPT_NAME = 160, MOST_BREAKS = 16,
    MOST_WATCHES = 6, MOST_EDITS_KEPT = 32, MOST_MARKS = 26
};

/* Where the learner is on the tape. */
typedef struct {
    int step;               /* the position */
    int row, col;           /* the cell that is wanted; a smaller matrix shows its last one */
    int term, factor;       /* of the selected cell, wanted likewise */
    int node;               /* the cursor in the tree: a node of the outline, or -1: the position */
} Cursor;

/* A place to come back to. */
typedef struct {
    int step, row, col, term, factor, line;
} Place;

/* The questions on the way here, the root first, and the one that was asked here. */
typedef struct {
    Place why[WHY_DEPTH];
    int count;
    bool asks_term;         /* the pages tell of the marked cell of a term: of the one at */
    Place asked_at;         /* this place, as long as that is the place */
    bool skip_copies;       /* following goes through steps that only copy */
} Questions;

typedef enum { PANE_TREE, PANE_OPERATION, PANE_CELL, PANE_PANEL, PANE_ANY } Pane;
typedef enum { ZOOM_FULL, ZOOM_TWO_DIGITS, ZOOM_HEAT, ZOOM_SHADE, ZOOM_PICTURE } Zoom;

/* What the panes show. */
typedef struct {
    Pane focus;
    int page;               /* of the text panel: 0: none was asked for; else 1 + its place in the ring */
    int line;               /* of the page, wanted: among those that lead somewhere, or how far it is scrolled */
    Zoom zoom;              /* of matrices */
    bool by_size;           /* terms and uses, the largest first */
    bool facing;            /* the value at the cursor in both runs, in the place of the step */
} Panes;

/* Frames that were opened or folded by hand; the others are open around the position. */
typedef struct {
    int frame;
    bool open;
} Fold;

typedef struct {
    Fold list[MOST_FOLDS];
    int count;
} Folds;

typedef enum { MODE_WALK, MODE_SEARCH, MODE_COMMAND, MODE_MENU, MODE_LETTER } Mode;

/* What is being typed in the last row, and what for. */
typedef struct {
    Mode mode;
    char input[INPUT_SIZE];
    bool offering;          /* what it can go on as is shown */
    int choice;             /* of the menu */
    bool all;               /* the menu lists every key, and not those to begin with */
    char asked[INPUT_SIZE]; /* a short name of several: the menu lists them */
    int letter_for;         /* 'm' or '\'': what the letter that is typed next is for */
} Prompt;

/* About the last key; gone with the next. */
typedef struct {
    char text[MESSAGE_SIZE];
    bool complains;         /* it is an error */
} Message;

/* A cell by its name: it can be found on every run. */
typedef struct {
    char name[KEPT_NAME];
    int row, col;
} KeptCell;

/* Where c stops; numbered from 1 for the learner. */
typedef struct {
    Condition list[MOST_BREAKS];
    int count;
} Breakpoints;

/* Cells whose numbers stand in the notes at every step. */
typedef struct {
    KeptCell list[MOST_WATCHES];
    int count;
} Watches;

/* A number that was nudged, by an amount or to one. */
typedef struct {
    KeptCell cell;
    bool absolute;
    double amount;
} KeptEdit;

/* Why another run stands beside the truth: nudged numbers, a mistake, or another training step. */
typedef struct {
    KeptEdit edits[MOST_EDITS_KEPT];
    int count, dropped;     /* those behind the count can be put back */
    const Mistake *mistake;
    int compared;           /* 1 + the training step beside the truth; 0: none */
} Fork;

/* The game "find the bug": a mistake is planted and not named. */
typedef struct {
    bool going;
    int hunts, found, accused;
    int checked;               /* 1 + the frame whose checks were asked for in this hunt */
    int looked, looked_before; /* steps in all hunts, and before this one */
} Hunt;

/* The game "predict first": results are hidden until guessed. */
typedef struct {
    bool going;
    int revealed;           /* the step whose result was guessed, or -1 */
    int guesses, right;
} Guessing;

/* All of it. Views read it through the functions below and those of folding.h, notebook.h, hiding.h, own_answer.h. */
typedef struct {
    const Session *session;     /* what is shown: the truth or the run beside it */
    const Outline *outline;
    const Lab *lab;             /* owns both */
    int side;                   /* TRUTH or OTHER */

    Cursor cursor;
    int tour;                   /* 1 + the tour that is made; 0: none */
    Questions questions;
    Panes panes;
    Folds folds;
    Settings settings;
    Prompt prompt;
    Message message;

    Breakpoints breaks;
    Watches watches;
    KeptCell marks[MOST_MARKS]; /* a to z; no name: not set */
    Fork fork;
    Checks checks;              /* made on request */
    Hunt hunt;
    Guessing guessing;
    const struct Mine *mine;    /* a student's answer, see own_answer.h; NULL: there is none */

    const struct Key *keys;     /* what can be pressed and typed, see key_help.h */
    int key_count;
    const struct TypedCommand *typed;
    int typed_count;
    Tutor tutor;
} ViewState;

static inline const Tape *state_tape(const ViewState *state)
{
    return &state->session->run.tape;
}

static inline const Step *state_step(const ViewState *state)
{
    return &state_tape(state)->steps[state->cursor.step];
}

static inline const Value *state_output(const ViewState *state)
{
    const Tape *tape = state_tape(state);
    return &tape->values[tape->steps[state->cursor.step].output];
}

static inline int last_step(const ViewState *state)
{
    return state_tape(state)->step_count - 1;
}

/* That of the truth. */
static inline int training_step(const ViewState *state)
{
    return lab_session(state->lab, TRUTH)->run.training_step;
}

/* The selected cell of the step's output. */
Reference state_cell(const ViewState *state);

/* The cell that keys act on: in the cell pane, and on a page that was asked for there, the marked one
 * of the chosen term (value -1: that is a constant), else the selected one. */
Reference state_pointed(const ViewState *state, const Explanation *explanation);

/* The cell that the pages tell of: the marked one of the term about which `u`, `v` or `:panel` asked here, else
 * the selected one. */
Reference state_asked(const ViewState *state);

/* Explains the selected cell; explanation_free it. False if there was not enough memory. */
bool state_explain(const ViewState *state, Explanation *out);

/* The chosen term, or NULL if the cell has none, and the chosen of its cells. */
const Term *state_term(const ViewState *state, const Explanation *explanation);
int state_factor(const ViewState *state, const Term *term);

/* The place that is shown now. */
Place present_place(const ViewState *state);

#endif
