/* The run that is shown: the truth or what stands beside it, mistakes, training steps; see runs.h. */
#include "runs.h"

#include <stdio.h>
#include <string.h>

Spot spot_of(const State *state)
{
    const Tape *tape = state_tape(state);
    Spot spot = {.frames = tape->frame_count, .steps = tape->step_count};
    snprintf(spot.name, sizeof spot.name, "%s", name_of(&state->session->names, state_step(state)->output));
    return spot;
}

void side_show(State *state, int side, const Spot *spot)
{
    state->side = side == OTHER && state->lab->beside.take ? OTHER : TRUTH;
    state->session = lab_session(state->lab, state->side);
    state->outline = lab_outline(state->lab, state->side);
    const Tape *tape = state_tape(state);
    if (tape->step_count == spot->steps && tape->frame_count == spot->frames)
        return;
    int value = name_find(&state->session->names, spot->name), last = tape->step_count - 1;
    int producer = value < 0 ? -1 : tape_value(tape, value)->producer;
    state_jump(state, producer >= 0 ? producer : state->step < last ? state->step : last);
    memset(state->folds, 0, sizeof state->folds);
    memset(state->why, 0, sizeof state->why);
    state->fold_count = state->why_count = 0;
}

/* The edit on the truth; its graph is the same at every training step as far as edits reach. */
static bool change_of(const State *state, const KeptEdit *edit, Change *out)
{
    *out = (Change){.absolute = edit->absolute, .amount = edit->amount};
    out->cell = (Reference){name_find(&lab_session(state->lab, TRUTH)->names, edit->cell.name), edit->cell.row, edit->cell.col};
    return out->cell.value >= 0;
}

bool stage(State *state, int training_step, const KeptEdit *edits, int count, const Mistake *mistake)
{
    Change changes[MOST_EDITS_KEPT];
    Wish wish = {.training_step = training_step, .changes = changes, .change_count = count, .mistake = mistake};
    Spot spot = spot_of(state);
    Error error = {0};
    for (int i = 0; i < count; i++)
        if (!change_of(state, &edits[i], &changes[i])) {
            state_complain(state, "the truth has no %.120s", edits[i].cell.name);
            return false;
        }
    if (!lab_record(state->lab, &wish, &error)) {
        state_complain(state, "%s", error.text);
        return false;
    }
    state->mistake = mistake;
    side_show(state, state->side, &spot);
    return true;
}

int training_step(const State *state)
{
    return state->session->run.training_step;
}

void side_key(State *state, int code)
{
    (void)code;
    Spot spot = spot_of(state);
    if (!state->lab->beside.take)
        state_say(state, "nothing stands beside the original; + and - nudge a cell, :mistake plants a mistake");
    else if (state->hunting)
        state_say(state, "the truth is hidden while a bug is hunted; :truth gives up");
    else
        side_show(state, 1 - state->side, &spot);
}

static void go_training(State *state, long step)
{
    if (state->session->sheet)
        state_say(state, "a worksheet has one training step; step without --mine has them all");
    else if (step < 0)
        state_say(state, "this is the first training step");
    else if (stage(state, (int)step, state->edits, state->edit_count, state->mistake))
        state_say(state, "training step %ld, the same place", step);
}

void training_key(State *state, int code)
{
    int step = training_step(state) + (code == '}' ? 1 : -1);
    if (step > MOST_TRAINING)
        state_complain(state, "no more than %d training steps", MOST_TRAINING);
    else
        go_training(state, step);
}

bool command_training(State *state, const char *words)
{
    long step;
    if (!parse_integer(words, 0, MOST_TRAINING, &step))
        return false;
    go_training(state, step);
    return true;
}

static void forget_edits(State *state)
{
    memset(state->edits, 0, sizeof state->edits);
    state->edit_count = state->edits_dropped = 0;
}

bool plant(State *state, const Mistake *mistake)
{
    if (!stage(state, training_step(state), NULL, 0, mistake))
        return false;
    forget_edits(state);
    state->hunting = false;
    Spot spot = spot_of(state);
    side_show(state, OTHER, &spot);
    return true;
}

/* To a step of the run beside, and there to the cell that differs most. */
static void go_apart(State *state, int step)
{
    const Differences *differences = &state->lab->beside.differences;
    state_jump(state, step);
    for (int i = 0; i < differences->count; i++)
        if (differences->list[i].other == state_step(state)->output) {
            state->row = differences->list[i].row;
            state->col = differences->list[i].col;
        }
    state->term = state->factor = 0;
}

bool command_mistake(State *state, const char *words)
{
    const Mistake *mistake = mistake_find(words);
    if (!*words)
        return false;
    if (!mistake) {
        state_complain(state, "no mistake is called \"%.60s\"; tracer mistakes lists them", words);
        return true;
    }
    if (!plant(state, mistake))
        return true;
    int first = lab_first_apart(state->lab, OTHER);
    if (first >= 0)
        go_apart(state, first);
    state_say(state, first >= 0 ? "here the two part: %s" : "nothing differs in this training step: %s", mistake->message);
    return true;
}

/* Back to the truth alone; a bug that was hunted is told. */
static void give_up(State *state)
{
    const Mistake *hunted = state->hunting ? state->mistake : NULL;
    if (!stage(state, training_step(state), NULL, 0, NULL))
        return;
    forget_edits(state);
    state->hunting = false;
    if (hunted)
        state_say(state, "it was %s: %s", hunted->id, hunted->message);
}

bool command_truth(State *state, const char *words)
{
    if (*words)
        return false;
    if (!state->lab->beside.take)
        state_say(state, "this is the truth");
    else
        give_up(state);
    return true;
}
