/* A student's answer, read; see own_answer.h. */
#include "own_answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The value of the answer with that name; NULL if there is none. */
const MineValue *mine_find(const Mine *mine, const char *name)
{
    for (int i = 0; mine && i < mine->count; i++)
        if (strcmp(mine->values[i].name, name) == 0)
            return &mine->values[i];
    return NULL;
}

const MineValue *mine_of(const ViewState *state, int value)
{
    /* The numbers are about one training step of the truth; beside it they would accuse the wrong run. */
    bool about_this = state->mine && state->side == TRUTH && training_step(state) == state->mine->training_step;
    return about_this ? mine_find(state->mine, name_of(&state->session->names, value)) : NULL;
}

static bool hides(const ViewState *state, const MineValue *value, int row, int col)
{
    MineCell cell = mine_cell(value, row, col);
    return (cell == CELL_WRONG || cell == CELL_BLANK) && !state->mine->shown &&
           state->guessing.revealed != state->cursor.step;
}

bool mine_hides(const ViewState *state, int value, int row, int col)
{
    return hides(state, mine_of(state, value), row, col);
}

/* Where the run beside is shown its numbers may be seen, but "originally ..." would tell the hidden ones. */
bool mine_hides_original(const ViewState *state, int value, int row, int col)
{
    const MineValue *own = mine_find(state->mine, name_of(&state->session->names, value));
    return own && training_step(state) == state->mine->training_step && row < own->rows && col < own->cols &&
           hides(state, own, row, col);
}

const char *mine_hidden_text(const ViewState *state, char *out, size_t size)
{
    Reference cell = state_cell(state);
    const MineValue *own = mine_of(state, cell.value);
    char number[NUMBER_SIZE];
    double given = own->numbers[cell.row * own->cols + cell.col];
    if (isnan(given))
        snprintf(out, size, "This cell is blank. Work it out: i, then a number; :reveal shows it");
    else
        snprintf(out, size, "Your %s is not right. Work it out again: i, then a number; :reveal shows it",
                 number_text(number, given, own->decimals));
    return out;
}
