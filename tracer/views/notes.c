/* The notes; see notes.h. */
#include "notes.h"

#include "hiding.h"
#include "notebook.h"
#include "own_answer.h"

#include "facing.h"

#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVE_WIDTH = 16 };

void curve_text(const double *numbers, int count, int digits, bool ascii, Text *out)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {"_", ".", "-", "~", "=", "+", "*", "#"};
    enum { LEVELS = sizeof blocks / sizeof *blocks };
    double low = INFINITY, high = -INFINITY;
    char number[NUMBER_SIZE];
    for (int i = 0; i < count; i++) {
        low = numbers[i] < low ? numbers[i] : low;
        high = numbers[i] > high && isfinite(numbers[i]) ? numbers[i] : high;
    }
    char lowest[NUMBER_SIZE];
    bool flat = strcmp(number_text(number, high, digits), number_text(lowest, low, digits)) == 0;
    text_add(out, "%s ", number_text(number, numbers[0], digits));
    for (int i = 0; i < count; i++) {
        /* Levels are relative to the lowest and highest number shown: a curve tells the course, its ends tell
         * the size. */
        double share = high > low ? (numbers[i] - low) / (high - low) : 0;
        int level = share >= 0 && share < 1 ? (int)(share * LEVELS) : LEVELS - 1;
        level = flat && isfinite(numbers[i]) ? 0 : level; /* what reads the same is not drawn as a rise */
        text_add(out, "%s", isnan(numbers[i]) ? " " : ascii ? plain[level] : blocks[level]);
    }
    text_add(out, " %s", number_text(number, numbers[count - 1], digits));
}

static Text *add_note(Notes *notes)
{
    return &notes->lines[notes->count < MOST_NOTES - 1 ? notes->count++ : MOST_NOTES - 1];
}

static const char *shown_side(const ViewState *state)
{
    return state->side == TRUTH ? "ORIGINAL" : state->fork.mistake ? "MISTAKE" : "FORK";
}

/* "FORK: loss 1.7918 to 1.7750: -0.0168, predicted -0.0170; 2 edits; x the other": what a narrow screen
 * must not cut stands first. */
static void note_loss(const ViewState *state, Notes *notes)
{
    const Beside *beside = &state->lab->beside;
    const Run *truth = &lab_session(state->lab, TRUTH)->run, *other = &beside->take->session.run;
    double before = run_loss(truth), after = run_loss(other);
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    /* Promised and real change often agree in three decimals; with fewer than four nothing would be seen. */
    int digits = state->settings.digits > 4 ? state->settings.digits : 4;
    Text *line = add_note(notes);
    if (state->fork.compared)
        text_add(line, "TRAINING STEP %d, %d to %d", state->session->run.training_step, truth->training_step,
                 other->training_step);
    else if (state->fork.mistake)
        text_add(line, "%s, %s", shown_side(state), state->fork.mistake->id);
    else
        text_add(line, "%s", shown_side(state));
    if (truth->loss >= 0 && other->loss >= 0)
        text_add(line, ": loss %s to %s: %s", number_text(a, before, digits), number_text(b, after, digits),
                 number_signed(c, after - before, digits));
    if (beside->has_prediction)
        text_add(line, ", predicted %s%s", number_signed(a, beside->predicted, digits),
                 nudge_too_large(beside->predicted, after - before, before) ? " (step too large: v)" : "");
    if (state->fork.count)
        text_add(line, "; %d edit%s", state->fork.count, state->fork.count == 1 ? "" : "s");
    text_add(line, "; x the other");
}

/* "this cell +0.3100, originally +0.1200; ": of the cell that keys act on. */
static void add_both(const ViewState *state, const Facing *facing, Text *line)
{
    char mine[NUMBER_SIZE], theirs[NUMBER_SIZE];
    Reference cell = facing->cell;
    /* On a term keys act on the cell that is marked in it, so that is the cell to be told of. */
    bool marked = cell.value != state_step(state)->output;
    char name[KEPT_NAME + 32];
    const char *path = state_tape(state)->frames[state_step(state)->frame].path, *what = "this cell";
    if (marked && cell.value >= 0) {
        snprintf(name, sizeof name, "%s[%d,%d]", name_within(&state->session->names, cell.value, path), cell.row,
                 cell.col);
        what = name;
    }
    if (cell.value < 0) {
        text_add(line, "a constant of the step; ");
    } else if (!marked && result_hidden(state)) {
        text_add(line, "this cell is hidden; ");
    } else if (state->side == OTHER && mine_hides_original(state, cell.value, cell.row, cell.col)) {
        text_add(line, "%s %s; ", what,
                 number_signed(mine, cell_of(tape_value(state_tape(state), cell.value), cell.row, cell.col),
                               state->settings.digits));
    } else if (!facing->values[0]) {
        int other = state->lab->beside.counterpart[state->side][cell.value];
        const Value *there = other < 0 ? NULL : tape_value(&lab_session(state->lab, 1 - state->side)->run.tape, other);
        if (there)
            text_add(line, "the other is %d x %d; ", there->rows, there->cols);
        else
            text_add(line, "the other has no such value; ");
    } else {
        double here = cell_of(facing->values[facing->shown], cell.row, cell.col);
        double there = cell_of(facing->values[1 - facing->shown], cell.row, cell.col);
        if (here == there || (isnan(here) && isnan(there)))
            text_add(line, "%s is the same; ", what);
        else
            text_add(line, "%s %s, %s %s; ", what, number_signed(mine, here, state->settings.digits),
                     state->fork.compared   ? facing->called[1 - facing->shown]
                     : state->side == OTHER ? "originally"
                                            : "beside",
                     number_signed(theirs, there, state->settings.digits));
    }
}

static void note_first(const ViewState *state, Notes *notes)
{
    /* Of two training steps nearly everything differs from the first step on. */
    int first = state->fork.compared ? -1 : lab_first_apart(state->lab, state->side);
    Text *line = add_note(notes);
    Explanation explanation = {0};
    if (state_explain(state, &explanation)) {
        Facing facing = facing_of(state, &explanation);
        add_both(state, &facing, line);
    }
    explanation_free(&explanation);
    if (first >= 0) {
        const Step *step = &state_tape(state)->steps[first];
        const char *path = state_tape(state)->frames[step->frame].path;
        text_add(line, "first step %d %s; ", first, name_within(&state->session->names, step->output, path));
    }
    if (state->fork.compared)
        text_add(line, state->panes.facing ? "* changed most" : "| side by side");
    else
        text_add(line, "%d of %d differ", state->lab->beside.differences.moved,
                 lab_session(state->lab, TRUTH)->names.count);
}

static void add_ahead(const double *right, const double *wrong, bool ascii, Text *line)
{
    enum { POINTS = AHEAD / 2 + 1 };
    const double *const sides[] = {right, wrong};
    double seen[POINTS];
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < POINTS; i++)
            /* Every second one: two curves and their words have to fit on a screen of 80 columns. */
            seen[i] = sides[side][2 * i];
        text_add(line, side == TRUTH ? "right " : ", wrong ");
        curve_text(seen, POINTS, 2, ascii, line);
    }
}

static void note_ahead(const ViewState *state, bool ascii, Notes *notes)
{
    const Ahead *ahead = state->lab->beside.ahead;
    Text *losses = add_note(notes);
    text_add(losses, state->session->sheet ? "this model, %d steps of training: " : "%d training steps on: ", AHEAD);
    add_ahead(ahead[TRUTH].losses, ahead[OTHER].losses, ascii, losses);
    Text *norms = add_note(notes);
    text_add(norms, state->session->sheet ? "norm of its gradients:            " : "norm of gradients:    ");
    add_ahead(ahead[TRUTH].norms, ahead[OTHER].norms, ascii, norms);
}

/* "YOUR ANSWER: 4 of 16 cells are not right; this cell: yours 0.310, not right" */
static void note_mine(const ViewState *state, Notes *notes)
{
    static const char *const judged[] = {
        [CELL_NOT_ASKED] = "is not asked", [CELL_RIGHT] = ", right",  [CELL_WRONG] = ", not right",
        [CELL_BLANK] = "is blank",         [CELL_FOUND] = "is found",
    };
    Reference cell = state_cell(state);
    const MineValue *own = mine_of(state, cell.value);
    char number[NUMBER_SIZE];
    if (!own)
        return;
    Text *line = add_note(notes);
    text_add(line, "YOUR ANSWER: ");
    if (own->follows)
        text_add(line, "right, from your own numbers before it");
    else if (own->wrong)
        text_add(line, "%d of %d cells not right", own->wrong, own->asked);
    else
        text_add(line, own->blank ? "%d of %d cells blank" : "right", own->blank, own->asked);
    MineCell kind = mine_cell(own, cell.row, cell.col);
    bool given = kind == CELL_RIGHT || kind == CELL_WRONG;
    text_add(line, given ? "; this cell: yours %s" : "; this cell ",
             given ? number_text(number, own->numbers[cell.row * own->cols + cell.col], own->decimals) : "");
    text_add(line, "%s", own->follows && kind == CELL_WRONG ? ", follows from them" : judged[kind]);
}

/* The losses of the training steps that were seen, the last of them up to here. */
static void note_training(const ViewState *state, bool ascii, Notes *notes)
{
    const Lab *lab = state->lab;
    int step = state->session->run.training_step, end = lab->loss_count,
        first = end > CURVE_WIDTH ? end - CURVE_WIDTH : 0;
    if (step < first)
        first = step;
    end = end < first + CURVE_WIDTH ? end : first + CURVE_WIDTH;
    /* The curve begins where a loss was seen; holes in it stay blank. */
    while (first < end - 1 && isnan(lab->losses[first]))
        first++;
    if (end - first < 2)
        return;
    Text *line = add_note(notes);
    text_add(line, "training step %d, { } change it; losses %d to %d: ", step, first, end - 1);
    curve_text(lab->losses + first, end - first, state->settings.digits < 3 ? state->settings.digits : 3, ascii, line);
}

/* "w1 block0.mlp.W_1[2,1] = +0.3100, read at 41, next 77" */
static void note_watch(const ViewState *state, int i, Notes *notes)
{
    const KeptCell *kept = &state->watches.list[i];
    Reference cell = kept_cell(state, kept);
    char text[KEPT_NAME + 32], number[NUMBER_SIZE];
    Text *line = add_note(notes);
    text_add(line, "w%d %s", i + 1, kept_text(kept, text, sizeof text));
    if (cell.value < 0) {
        text_add(line, " is not on this tape");
        return;
    }
    const Value *value = tape_value(state_tape(state), cell.value);
    int before = touched_before(state, cell.value), after = touched_after(state, cell.value);
    /* A cell has its number on the tape from the beginning; here it is told as if it came with its step. */
    if (value->producer > state->cursor.step)
        text_add(line, " not made yet, step %d makes it", value->producer);
    else if (cell_hidden(state, cell))
        text_add(line, " is hidden");
    else
        text_add(line, " = %s", number_signed(number, cell_of(value, cell.row, cell.col), state->settings.digits));
    if (before >= 0)
        text_add(line, ", %s%s %d", before == value->producer ? "made at" : "read at",
                 before == state->cursor.step ? " this step" : "", before);
    if (after >= 0 && after != value->producer)
        text_add(line, ", next %d", after);
}

void notes_make(const ViewState *state, bool ascii, Notes *out)
{
    *out = (Notes){0};
    if (state->hunt.going)
        text_add(add_note(out), "find the bug: %d step%s looked at; :found says that it is made at this step",
                 state->hunt.looked - state->hunt.looked_before,
                 state->hunt.looked - state->hunt.looked_before == 1 ? "" : "s");
    note_mine(state, out);
    if (beside_shown(state)) {
        note_loss(state, out);
        note_first(state, out);
        if (state->fork.mistake)
            note_ahead(state, ascii, out);
    }
    note_training(state, ascii, out);
    for (int i = 0; i < state->watches.count; i++)
        note_watch(state, i, out);
}

void notes_free(Notes *notes)
{
    for (int i = 0; i < MOST_NOTES; i++)
        text_free(&notes->lines[i]);
    *notes = (Notes){0};
}

int notes_rows(const ViewState *state, int rows)
{
    Notes notes;
    notes_make(state, state->settings.ascii, &notes);
    int count = notes.count, most = rows < 20 ? 1 : rows / 5;
    notes_free(&notes);
    return count < most ? count : most;
}

void notes_view(const ViewState *state, Grid *grid, Area area)
{
    Notes notes;
    notes_make(state, grid->ascii, &notes);
    for (int i = 0; i < notes.count && i < area.rows; i++)
        if (notes.lines[i].data && !notes.lines[i].failed)
            grid_put_cut(grid, area, i, 0, area.cols, STYLE(BOLD), notes.lines[i].data);
        else
            grid->failed = true;
    notes_free(&notes);
}
