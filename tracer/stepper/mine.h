/* An answer beside the run: the numbers that a student gave for some values, which of them are
 * right, and how the stepper opens on the first that are not. */
#ifndef TRACER_STEPPER_MINE_H
#define TRACER_STEPPER_MINE_H

#include "state.h"
#include "tracer/exercise/verdict.h"

typedef enum { CELL_NOT_ASKED, CELL_RIGHT, CELL_WRONG, CELL_BLANK, CELL_FOUND } MineCell; /* found: wrong or blank before */

/* One value of the answer. */
typedef struct {
    char name[KEPT_NAME];
    int rows, cols, decimals;
    double *numbers;         /* [rows x cols] */
    MineCell *cells;         /* likewise */
    int asked, wrong, blank; /* how many cells */
    bool follows;            /* all of it is right from wrong numbers of the student's own before it */
} MineValue;

typedef struct Mine {
    MineValue values[MOST_ASKED];
    int count;
    int training_step;       /* of the run that it is about */
    bool shown;              /* the numbers of the run too: nobody has to find them */
    const Mistake *mistake;  /* that makes these numbers; NULL: none is known */
    char says[400];          /* the verdict */
} Mine;

/* The answer with its verdict, against a recorded run.
 *   memory  *out, freed by mine_free
 *   errors  out of memory */
bool mine_init(Mine *out, const Variant *variant, const Answer *answer, const Verdict *verdict, const Session *session, Error *error);
void mine_free(Mine *mine);

/* Puts the answer beside the run: goes to the first wrong cell, in the order of the tape, or of the
 * value `at`, or to the cell `at`; says the verdict; plants the mistake that makes these numbers, to
 * be turned to.
 *   errors  a value that the answer is not about, one that no step makes or reads */
bool mine_open(State *state, Mine *mine, const char *at, Error *error);

/* What the student gave for a value of the run that is shown; NULL for nothing, and on the run beside. */
const MineValue *mine_of(const State *state, int value);

static inline MineCell mine_cell(const MineValue *value, int row, int col)
{
    return value ? value->cells[row * value->cols + col] : CELL_NOT_ASKED;
}

/* True if the number of the run is not to be told: this cell is still to be found. */
bool mine_hides(const State *state, int value, int row, int col);

/* What is told of the selected cell in the place of a number that is not to be told. */
const char *mine_hidden_text(const State *state, char *out, size_t size);

/* A number that is tried for the selected cell, which is hidden: the right one shows this cell, and no other. */
void mine_guess(State *state, double guess);

/* The same as mine_hides for what the original has where the run beside is shown. */
bool mine_hides_original(const State *state, int value, int row, int col);

#endif
