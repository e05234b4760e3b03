/* An answer beside the run: the numbers that a student gave for some values, and which of them are right. */
#ifndef TRACER_VIEWS_OWN_ANSWER_H
#define TRACER_VIEWS_OWN_ANSWER_H

#include "view_state.h"

enum { MOST_ANSWERED = 12 };

/* found: wrong or blank before */
typedef enum { CELL_NOT_ASKED, CELL_RIGHT, CELL_WRONG, CELL_BLANK, CELL_FOUND } MineCell;

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
    MineValue values[MOST_ANSWERED];
    int count;
    int training_step;       /* of the run that it is about */
    bool shown;              /* the numbers of the run too: nobody has to find them */
    const Mistake *mistake;  /* that makes these numbers; NULL: none is known */
    char says[400];          /* the verdict */
} Mine;

/* The value of the answer with that name; NULL if there is none. */
const MineValue *mine_find(const Mine *mine, const char *name);

/* What the student gave for a value of the run that is shown; NULL for nothing, and on the run beside. */
const MineValue *mine_of(const ViewState *state, int value);

/* True if the number of the run is not to be told: this cell is still to be found. */
bool mine_hides(const ViewState *state, int value, int row, int col);

/* What is told of the selected cell in the place of a number that is not to be told. */
const char *mine_hidden_text(const ViewState *state, char *out, size_t size);

/* The same as mine_hides for what the original has where the run beside is shown. */
bool mine_hides_original(const ViewState *state, int value, int row, int col);

static inline MineCell mine_cell(const MineValue *value, int row, int col)
{
    return value ? value->cells[row * value->cols + col] : CELL_NOT_ASKED;
}

#endif
