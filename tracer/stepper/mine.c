/* An answer beside the run; see mine.h. */
#include "mine.h"

#include "runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a student reads needs no more than a line. */
enum { SAID = MESSAGE_SIZE - 40 };

_Static_assert((int)MOST_ANSWERED >= (int)MOST_ASKED, "an answer has a value for every line that is asked");

static bool add_value(Mine *mine, const char *name, const Session *session, int decimals, Error *error)
{
    const Value *value = tape_value(&session->run.tape, name_find(&session->names, name));
    MineValue *out = &mine->values[mine->count++];
    *out = (MineValue){.rows = value->rows, .cols = value->cols, .decimals = decimals};
    snprintf(out->name, sizeof out->name, "%s", name);
    out->numbers = calloc(cells_of(value), sizeof *out->numbers);
    out->cells = calloc(cells_of(value), sizeof *out->cells);
    return (out->numbers && out->cells) || error_memory(error);
}

static void put_cell(MineValue *value, const AskedCell *cell, double number, double truth)
{
    int at = cell->row * value->cols + cell->col;
    /* As the checker judges: to one unit of the last decimal that the sheet asks for. */
    bool right = units_apart(number, truth, cell->decimals) <= RIGHT_UNITS;
    value->numbers[at] = number;
    value->cells[at] = isnan(number) ? CELL_BLANK : right ? CELL_RIGHT : CELL_WRONG;
    value->asked++;
    value->blank += isnan(number);
    value->wrong += !right && !isnan(number);
}

/* Right from wrong numbers of one's own is not the place where it went wrong. */
static void find_followers(Mine *mine, const Variant *variant, const Verdict *verdict)
{
    const char *root = verdict->within_sheet ? variant->exercise->asked[verdict->root].name : "";
    for (int i = 0; verdict->kind == VERDICT_FOLLOWS && i < mine->count; i++)
        mine->values[i].follows = strcmp(mine->values[i].name, root) != 0;
}

bool mine_init(Mine *out, const Variant *variant, const Answer *answer, const Verdict *verdict, const Session *session,
               Error *error)
{
    *out = (Mine){.training_step = session->run.training_step};
    for (int i = 0; i < variant->cell_count; i++) {
        const AskedCell *cell = &variant->cells[i];
        const char *name = variant->exercise->asked[cell->line].name;
        if (!mine_find(out, name) && !add_value(out, name, session, cell->decimals, error)) {
            mine_free(out);
            return false;
        }
        put_cell((MineValue *)mine_find(out, name), cell, answer->cells[i], variant->truth[i]);
    }
    find_followers(out, variant, verdict);
    out->mistake = verdict->suspect_count ? verdict->suspects[0] : NULL;
    snprintf(out->says, sizeof out->says, "%s", verdict->says);
    return true;
}

void mine_free(Mine *mine)
{
    for (int i = 0; i < mine->count; i++) {
        free(mine->values[i].numbers);
        free(mine->values[i].cells);
    }
    *mine = (Mine){0};
}

static void found(MineValue *value, int row, int col)
{
    MineCell *cell = &value->cells[row * value->cols + col];
    value->wrong -= *cell == CELL_WRONG;
    value->blank -= *cell == CELL_BLANK;
    *cell = CELL_FOUND;
}

void mine_guess(State *state, double guess)
{
    Reference cell = state_cell(&state->view);
    MineValue *own = (MineValue *)mine_of(&state->view, cell.value);
    char number[NUMBER_SIZE];
    bool right = units_apart(guess, cell_of(state_output(&state->view), cell.row, cell.col), own->decimals) <=
                 RIGHT_UNITS;
    state->view.guessing.guesses++;
    state->view.guessing.right += right;
    number_text(number, guess, own->decimals);
    if (right)
        found(own, cell.row, cell.col);
    if (right && own->wrong + own->blank)
        state_say(state, "right: %s; %d more to find", number, own->wrong + own->blank);
    else
        state_say(state, right ? "right: %s; this result is all found" : "%s is not right either; :reveal shows it",
                  number);
}

/* How bad a value is: where a wrong one stands is the place to look at, then where a blank one does. */
static int rank(const MineValue *value)
{
    return value->wrong && !value->follows ? 0 : value->blank ? 1 : 2;
}

/* Of those that are as bad, the first on the tape. */
static const MineValue *first_to_see(const State *state, const Mine *mine)
{
    const Names *names = &state->view.session->names;
    const MineValue *best = &mine->values[0];
    for (int i = 1; i < mine->count; i++) {
        const MineValue *value = &mine->values[i];
        if (rank(value) < rank(best) ||
            (rank(value) == rank(best) && name_find(names, value->name) < name_find(names, best->name)))
            best = value;
    }
    return best;
}

static void first_cell(const MineValue *value, int *row, int *col)
{
    static const MineCell order[] = {CELL_WRONG, CELL_BLANK, CELL_RIGHT};
    for (int i = 0; i < 3; i++)
        for (int at = 0; at < value->rows * value->cols; at++)
            if (value->cells[at] == order[i]) {
                *row = at / value->cols;
                *col = at % value->cols;
                return;
            }
}

/* "your numbers are softmax taken down the columns; x shows that run beside the right one" */
static void say_verdict(State *state)
{
    bool beside = state->lab->beside.take;
    state_say(state, "%.*s%s", SAID, state->view.mine->says, beside ? "; x shows that run" : "");
}

/* Where to stand: the cell that was asked for, else the first wrong one of the value or of all. */
static bool place_of(const State *state, const char *at, Reference *out, Error *error)
{
    const Names *names = &state->view.session->names;
    const MineValue *value = first_to_see(state, state->view.mine);
    *out = (Reference){.value = -1, .row = ALL, .col = ALL};
    if (at && !reference_parse(names, at, out, error))
        return false;
    if (at && !mine_find(state->view.mine, name_of(names, out->value)))
        return error_set(error, EXIT_USED_WRONGLY, "the answer is not about %.100s but about %.100s",
                         name_of(names, out->value), value->name);
    if (at)
        value = mine_find(state->view.mine, name_of(names, out->value));
    out->value = name_find(names, value->name);
    if (out->row == ALL || out->col == ALL)
        first_cell(value, &out->row, &out->col);
    return true;
}

bool mine_open(State *state, Mine *mine, const char *at, Error *error)
{
    char cell[KEPT_NAME + 32];
    Reference place;
    state->view.mine = mine;
    if (!place_of(state, at, &place, error))
        return false;
    /* The run that makes these wrong numbers is put beside, not shown: first the student's own place. */
    if (mine->mistake &&
        !stage(state, &(Staging){.training_step = training_step(&state->view), .mistake = mine->mistake}))
        return error_set(error, EXIT_USED_WRONGLY, "%s", state->view.message.text);
    command_go(state, cell_text(&state->view.session->names, place.value, place.row, place.col, cell, sizeof cell));
    if (state->view.message.complains)
        return error_set(error, EXIT_USED_WRONGLY, "%s", state->view.message.text);
    say_verdict(state);
    return true;
}
