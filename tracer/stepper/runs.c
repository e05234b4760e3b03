/* The run that is shown: the truth or what stands beside it, mistakes, training steps; see runs.h. */
#include "runs.h"

#include "games.h"
#include "tracer/views/hiding.h"

#include <stdio.h>
#include <string.h>

#define ONE_TRAINING_STEP "a worksheet has one training step; step without --mine has them all"

Spot spot_of(const State *state)
{
    const Tape *tape = state_tape(&state->view);
    Spot spot = {.frames = tape->frame_count, .steps = tape->step_count};
    snprintf(spot.name, sizeof spot.name, "%s", name_of(&state->view.session->names, state_step(&state->view)->output));
    return spot;
}

void side_show(State *state, int side, const Spot *spot)
{
    state->view.side = side == OTHER && state->lab->beside.take ? OTHER : TRUTH;
    state->view.session = lab_session(state->lab, state->view.side);
    state->view.outline = lab_outline(state->lab, state->view.side);
    const Tape *tape = state_tape(&state->view);
    /* Most runs record the same graph, and there a position means the same; a mistake or another text may not. */
    if (tape->step_count == spot->steps && tape->frame_count == spot->frames)
        return;
    int value = name_find(&state->view.session->names, spot->name), last = tape->step_count - 1;
    int producer = value < 0 ? -1 : tape_value(tape, value)->producer;
    state_jump(state, producer >= 0 ? producer : state->view.cursor.step < last ? state->view.cursor.step : last);
    memset(state->view.folds.list, 0, sizeof state->view.folds.list);
    memset(state->view.questions.why, 0, sizeof state->view.questions.why);
    state->view.folds.count = state->view.questions.count = 0;
}

/* The edit on the truth; its graph is the same at every training step as far as edits reach. */
static bool change_of(const State *state, const KeptEdit *edit, Change *out)
{
    *out = (Change){.absolute = edit->absolute, .amount = edit->amount};
    out->cell = (Reference){name_find(&lab_session(state->lab, TRUTH)->names, edit->cell.name), edit->cell.row,
                            edit->cell.col};
    return out->cell.value >= 0;
}

bool stage(State *state, const Staging *staging)
{
    Change changes[MOST_EDITS_KEPT];
    Wish wish = {.training_step = staging->training_step, .changes = changes, .change_count = staging->edit_count,
                 .mistake = staging->mistake, .compared = staging->compared};
    Spot spot = spot_of(state);
    Error error = {0};
    /* Edits are kept by name and made into changes of the truth, whichever side is shown. */
    for (int i = 0; i < staging->edit_count; i++)
        if (!change_of(state, &staging->edits[i], &changes[i])) {
            state_complain(state, "the truth has no %.120s", staging->edits[i].cell.name);
            return false;
        }
    if (!lab_record(state->lab, &wish, &error)) {
        state_complain(state, "%s", error.text);
        return false;
    }
    /* Only now: what could not be recorded leaves everything as it was. */
    state->view.fork.mistake = staging->mistake;
    state->view.fork.compared = staging->compared;
    side_show(state, state->view.side, &spot);
    return true;
}

void side_key(State *state, int code)
{
    (void)code;
    Spot spot = spot_of(state);
    if (!state->lab->beside.take)
        state_say(state,
                  "nothing stands beside the original; + and - nudge a cell, :mistake plants a mistake, :compare 20");
    else if (state->view.hunt.going)
        state_say(state, "the truth is hidden while a bug is hunted; :truth gives up");
    else
        side_show(state, 1 - state->view.side, &spot);
}

void face_key(State *state, int code)
{
    (void)code;
    const char *refused = facing_refused(&state->view);
    if (refused && !state->view.panes.facing) {
        state_say(state, "%s", refused);
    } else if (!state->lab->beside.take) {
        open_command(state, ':');
        snprintf(state->view.prompt.input, sizeof state->view.prompt.input, "compare ");
    } else {
        state->view.panes.facing = !state->view.panes.facing;
        state_say(state, state->view.panes.facing ? "this value in both runs (on a term its marked cell's); "
                                                    ":panel beside lists what changed most"
                                                  : "the step again");
    }
}

/* The side that is shown goes to the training step; what stands beside it stays. */
static void go_training(State *state, long step)
{
    /* A compared training step is the side that is shown, so it is the one that moves. */
    bool other = state->view.side == OTHER && state->view.fork.compared;
    Staging staging = {training_step(&state->view), state->view.fork.edits, state->view.fork.count,
                       state->view.fork.mistake, state->view.fork.compared};
    if (other)
        staging.compared = (int)step + 1;
    else
        staging.training_step = (int)step;
    if (state->view.session->sheet)
        state_say(state, ONE_TRAINING_STEP);
    else if (step < 0)
        state_say(state, "this is the first training step");
    else if (step > MOST_TRAINING)
        state_complain(state, "no more than %d training steps", MOST_TRAINING);
    else if (stage(state, &staging))
        state_say(state, "training step %ld, the same place", step);
}

void training_key(State *state, int code)
{
    go_training(state, state->view.session->run.training_step + (code == '}' ? 1 : -1));
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
    memset(state->view.fork.edits, 0, sizeof state->view.fork.edits);
    state->view.fork.count = state->view.fork.dropped = 0;
}

bool plant(State *state, const Mistake *mistake)
{
    if (!stage(state, &(Staging){.training_step = training_step(&state->view), .mistake = mistake}))
        return false;
    forget_edits(state);
    state->view.hunt.going = false;
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
        if (differences->list[i].other == state_step(&state->view)->output) {
            state->view.cursor.row = differences->list[i].row;
            state->view.cursor.col = differences->list[i].col;
        }
    state->view.cursor.term = state->view.cursor.factor = 0;
}

bool command_mistake(State *state, const char *words)
{
    const Mistake *mistake = mistake_find(words);
    if (!*words)
        return false;
    if (!mistake) {
        char answer[NEAREST_TEXT];
        state_complain(state, "no mistake is called \"%.60s\"; %s", words, mistake_nearest(words, answer));
        return true;
    }
    if (!plant(state, mistake))
        return true;
    int first = lab_first_apart(state->lab, OTHER);
    if (first >= 0)
        go_apart(state, first);
    state_say(state, first >= 0 ? "here the two part: %s" : "nothing differs in this training step: %s",
              mistake->message);
    return true;
}

/* Back to the truth alone; a bug that was hunted is told. */
static void give_up(State *state)
{
    const Mistake *hunted = state->view.hunt.going ? state->view.fork.mistake : NULL;
    if (!stage(state, &(Staging){.training_step = training_step(&state->view)}))
        return;
    forget_edits(state);
    state->view.hunt.going = state->view.panes.facing = false;
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

bool command_compare(State *state, const char *words)
{
    long step;
    if (strcmp(words, "off") == 0)
        return command_truth(state, "");
    if (!parse_integer(words, 0, MOST_TRAINING, &step))
        return false;
    if (state->view.hunt.going)
        state_complain(state, "a bug is hunted; :found or :truth ends that");
    else if (state->view.session->sheet)
        state_complain(state, ONE_TRAINING_STEP);
    else if (step == training_step(&state->view))
        state_complain(state, "this is training step %ld itself; } and { go to others", step);
    else if (stage(state, &(Staging){.training_step = training_step(&state->view), .compared = (int)step + 1})) {
        forget_edits(state);
        state->view.panes.facing = true;
        state_say(state, "training step %ld stands beside: x turns, | shows the step, :compare off ends it", step);
    }
    return true;
}

/* --- a model that is walked part by part --- */

/* Records a part; what belonged to the steps of the one before is forgotten. */
static bool enter_part(State *state, int part)
{
    Error error = {0};
    Spot nowhere = {0};
    bool entered = lab_enter(state->lab, part, &error);
    side_show(state, TRUTH, &nowhere);
    memset(&state->trail, 0, sizeof state->trail);
    memset(&state->jumps, 0, sizeof state->jumps);
    memset(&state->view.breaks, 0, sizeof state->view.breaks);
    if (!entered)
        state_complain(state, "%s", error.text);
    return entered;
}

bool part_beside(State *state, int distance)
{
    const Session *session = state->lab->walked;
    int to = session ? session->run.walk.part + distance : -1;
    if (to < 0 || to >= session->run.walk.count || !enter_part(state, to))
        return false;
    state_jump(state, distance > 0 ? 0 : state_tape(&state->view)->step_count - 1);
    state_say(state, "part %d of %d of this model, recorded now; the part before it is gone until you come back",
              to + 1, session->run.walk.count);
    return true;
}

void part_of_line(State *state, const char *line)
{
    const Session *session = state->lab->walked;
    int to = session ? session->model.system->parts->part_of(&session->model, line) : -1;
    if (to >= 0 && to != session->run.walk.part)
        enter_part(state, to);
}
