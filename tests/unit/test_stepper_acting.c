/* What the learner does in the stepper: breakpoints, watches, forks, mistakes, training steps.
 * Every check reads the state or a screen, never the way there. */
#include "screens.h"

#include "gpt_facts.h"
#include "tracer/stepper/kept.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD "block0.attention.head0."

static const char *here(const State *state)
{
    return name_of(&state->view.session->names, state_step(&state->view)->output);
}

static void breakpoints_stop(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "break rule softmax");
    command(at, "break frame mlp");
    int stops[4], count = 0;
    for (; count < 4; count++) {
        press(at, "c");
        stops[count] = at->view.cursor.step;
        EXPECT(break_at(&at->view, at->view.cursor.step) >= 0, "c stopped at step %d, where nothing holds", at->view.cursor.step);
    }
    EXPECT(strstr(state_tape(&at->view)->frames[state_step(&at->view)->frame].path, "block0"), "not in the block");
    expect_on_screen(at, "● ");
    while (--count > 0) {
        press(at, "C");
        EXPECT(at->view.cursor.step == stops[count - 1], "C went to %d, not to %d", at->view.cursor.step, stops[count - 1]);
    }
    command(at, "last");
    press(at, "C");
    EXPECT(break_at(&at->view, at->view.cursor.step) >= 0, "C found no breakpoint on its own");
    command(at, "delete 1");
    EXPECT(at->view.breaks.count == 1 && strcmp(at->view.breaks.list[0].text, "frame mlp") == 0, "the wrong one is deleted");
    command(at, "delete");
    press(at, "gc");
    EXPECT(state_step(&at->view)->phase == PHASE_BACKWARD, "without breakpoints c goes to the next phase");
    stepper_close(&stepper);
}

/* A condition on numbers stops at its cell and says it; ids and letters are no numbers. */
static void breakpoints_land(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    press(at, "<Down><Down>");
    int row = at->view.cursor.row;
    command(at, "break x > 9");
    press(at, "c");
    Reference cell = state_cell(&at->view);
    EXPECT(cell_of(state_output(&at->view), cell.row, cell.col) > 9, "the cursor is on %g", cell_of(state_output(&at->view), cell.row, cell.col));
    EXPECT(strcmp(here(at), "block0.attention.norm.squares") == 0 && strcmp(at->view.message.text, "10.908 > 9 at squares[the,0]") == 0, "at %s: %s", here(at), at->view.message.text);
    press(at, "C");
    EXPECT(at->view.cursor.step == 0 && at->view.cursor.row == row, "C comes back to step %d, row %d", at->view.cursor.step, at->view.cursor.row);
    command(at, "delete");
    command(at, "break max(" HEAD "weights) > 0.5");
    press(at, "gc");
    EXPECT(strstr(at->view.message.text, "1.000 > 0.5 at weights[the,the]"), "%s", at->view.message.text);
    command(at, "delete");
    command(at, "break inf");
    press(at, "gc");
    EXPECT(strstr(at->view.message.text, "-inf at masked[the,cat]"), "%s", at->view.message.text);
    command(at, "delete");
    command(at, "break max(tokens) > 6");
    press(at, "gc");
    EXPECT(strcmp(here(at), "tokens") == 0, "tokens were asked for, stopped at %s", here(at));
    stepper_close(&stepper);
}

static void b_toggles(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, HEAD "scores");
    int step = at->view.cursor.step;
    press(at, "bgc");
    EXPECT(at->view.cursor.step == step, "c went to %d, not to %d", at->view.cursor.step, step);
    press(at, "b");
    EXPECT(at->view.breaks.count == 0, "b does not take the breakpoint away");
    press(at, "<Tab><Tab>");
    while (at->view.panes.focus != PANE_TREE)
        press(at, "<Tab>");
    press(at, "<Home><Down>b");
    EXPECT(at->view.breaks.count == 1 && at->view.breaks.list[0].kind == CONDITION_FRAME, "b in the tree means the frame");
    expect_refused(at, "break max(wieghts) > 1", "\"weights\"");
    expect_refused(at, "break |x| > five", "five");
    expect_refused(at, "break nonsense", "nonsense");
    expect_refused(at, "delete 7", "7");
    stepper_close(&stepper);
}

static void watches_follow(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "watch " HEAD "scores[2,1]");
    expect_on_screen(at, "w1 " HEAD "scores[2,1] not made yet");
    command(at, HEAD "scores[1,1]");
    expect_on_screen(at, "made at this step");
    press(at, "w");
    EXPECT(at->view.watches.count == 2, "w watches");
    press(at, "w");
    EXPECT(at->view.watches.count == 1, "w again does not");
    press(at, "<Enter>w");
    EXPECT(at->view.watches.count == 2 && strcmp(at->view.watches.list[1].name, HEAD "Q") == 0, "on a term w watches its cell, not %s", at->view.watches.list[1].name);
    expect_refused(at, "watch " HEAD "scores", "");
    expect_refused(at, "unwatch 9", "9");
    command(at, "unwatch");
    EXPECT(at->view.watches.count == 0, "unwatch forgets all");
    stepper_close(&stepper);
}

/* A fork made by keys is the one that the query makes. */
static void forks_change_the_loss(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    const Session *truth = &stepper.session;
    Reference cell = {value_called(truth, HEAD "scores"), 1, 0};
    const Change change = {cell, false, at->view.settings.delta + at->view.settings.delta};
    Nudged nudged;
    Error error = {0};
    EXPECT(nudge_cells(truth, &change, 1, &nudged, &error), "%s", error.text);
    command(at, HEAD "scores[1,0]");
    press(at, "++");
    EXPECT(at->view.side == OTHER && at->view.fork.count == 1 && at->view.session != truth, "+ shows the fork");
    EXPECT(same_bits(run_loss(&at->view.session->run), nudged.loss_after), "another loss than nudge");
    EXPECT(same_bits(at->lab->beside.predicted, nudged.predicted), "another prediction than nudge");
    EXPECT(at->lab->beside.differences.count == nudged.differences.count, "other differences than nudge");
    EXPECT(lab_first_apart(at->lab, OTHER) == at->view.cursor.step, "the first step apart is where the cell was changed");
    nudged_free(&nudged);
    expect_on_screen(at, "FORK");
    press(at, "x");
    EXPECT(at->view.side == TRUTH && at->view.session == truth, "x shows the original");
    expect_on_screen(at, "ORIGINAL");
    double number, other;
    EXPECT(lab_differs(at->lab, TRUTH, cell.value, 1, 0, &other) && !lab_differs(at->lab, TRUTH, cell.value, 0, 0, &number),
           "the changed cell and no other");
    EXPECT(fabs(other - cell_of(state_output(&at->view), 1, 0) - change.amount) < 1e-12, "by what was added twice");
    stepper_close(&stepper);
}

static void edits_are_undone(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "by-hand", false);
    State *at = &stepper.state;
    command(at, "nudge block0.mlp.W_1[0,0] 0.5");
    double first = run_loss(&at->view.session->run);
    command(at, "nudge " HEAD "scores[1,0]=2");
    double second = run_loss(&at->view.session->run);
    EXPECT(at->view.fork.count == 2 && first != second, "two edits");
    press(at, "d");
    EXPECT(at->view.fork.count == 1 && same_bits(run_loss(&at->view.session->run), first), "d drops the last");
    press(at, "D");
    EXPECT(at->view.fork.count == 2 && same_bits(run_loss(&at->view.session->run), second), "D makes it again");
    Text line = {0};
    edits_command(&at->view, &line);
    EXPECT(strstr(line.data, "'block0.mlp.W_1[0,0]' 0.5") && strstr(line.data, "scores[1,0]=2'"), "%s", line.data);
    text_free(&line);
    press(at, "dd");
    EXPECT(at->view.side == TRUTH && !at->lab->beside.take, "without edits there is no fork");
    command(at, HEAD "scores[1,0]");
    press(at, "+-");
    EXPECT(at->view.fork.count == 0 && !at->lab->beside.take, "- undoes +");
    expect_refused(at, "nudge nothing[0,0]=1", "nothing");
    expect_refused(at, "nudge block0.mlp.W_1[0,0]=nan", "nan");
    expect_refused(at, "nudge block0.mlp.W_1[0,0]", "write nudge");
    expect_refused(at, "nudge block0.mlp.W_1.grad[0,0] 1", "gradient");
    stepper_close(&stepper);
}

/* On W.grad[r,c] the keys edit W[r,c]; the typed number does the same. */
static void gradients_stand_for_their_values(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, HEAD "W_K.grad[3,2]");
    press(at, "+");
    EXPECT(at->view.fork.count == 1 && strcmp(at->view.fork.edits[0].cell.name, HEAD "W_K") == 0 && strstr(at->view.message.text, HEAD "W_K[3,2]"), "+ edits %s: %s",
           at->view.fork.edits[0].cell.name, at->view.message.text);
    EXPECT(at->view.fork.edits[0].cell.row == 3 && at->view.fork.edits[0].cell.col == 2, "another cell");
    command(at, "=0.5");
    EXPECT(at->view.fork.count == 2 && at->view.fork.edits[1].absolute && at->view.fork.edits[1].amount == 0.5 && strcmp(at->view.fork.edits[1].cell.name, HEAD "W_K") == 0,
           "= edits %s", at->view.fork.edits[1].cell.name);
    expect_refused(at, "= five", "five");
    expect_refused(at, "set-cell inf", "inf");
    press(at, "=");
    EXPECT(strcmp(at->view.prompt.input, "nudge " HEAD "W_K[3,2]=") == 0, "= types \"%s\"", at->view.prompt.input);
    press(at, "<Esc>dd");
    command(at, HEAD "softmax.backward.product");
    press(at, "+");
    EXPECT(at->view.message.complains && at->view.fork.count == 0, "what is the gradient of nothing is not edited");
    stepper_close(&stepper);
}

/* A frame is a place, on the way there and on the way back; a dot behind it is what completion left. */
static void frames_are_places(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    for (int i = 0; i < 4; i++) {
        command(at, i % 2 ? HEAD "softmax." : HEAD "softmax");
        const Frame *frame = &state_tape(&at->view)->frames[state_step(&at->view)->frame];
        EXPECT(!at->view.message.complains && strcmp(frame->path, HEAD "softmax") == 0 && frame->first == at->view.cursor.step, "at step %d: %s", at->view.cursor.step, at->view.message.text);
        EXPECT(frame->phase == (i % 2 ? PHASE_BACKWARD : PHASE_FORWARD), "in the %s phase", phase_name(frame->phase));
    }
    expect_refused(at, "block9.", "block9");
    expect_refused(at, ".", "no value");
    stepper_close(&stepper);
}

static void training_steps_are_the_same_run(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    Session session;
    Error error = {0};
    EXPECT(session_open(&session, &(RunOptions){.model = *state, .step = 3}, &error), "%s", error.text);
    command(at, HEAD "weights[2,1]");
    press(at, "}}}");
    EXPECT(strcmp(here(at), HEAD "weights") == 0 && at->view.cursor.row == 2, "the place is the same, not %s", here(at));
    EXPECT(same_bits(run_loss(&at->view.session->run), run_loss(&session.run)), "the loss of training step 3");
    expect_on_screen(at, "training step 3");
    press(at, "{");
    command(at, "training 3");
    EXPECT(same_bits(run_loss(&at->view.session->run), run_loss(&session.run)), "back and forth");
    command(at, "training 0");
    EXPECT(at->view.session == &stepper.session, "and to where it began");
    press(at, "{");
    EXPECT(at->view.session->run.training_step == 0 && at->view.message.text[0], "there is none before the first");
    expect_refused(at, "training -1", "write training");
    expect_refused(at, "training many", "write training");
    session_close(&session);
    stepper_close(&stepper);
}

/* Checkpoints are thinned out, and every step is still the same. */
static void long_runs_are_thinned(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "training 150");
    double loss = run_loss(&at->view.session->run);
    EXPECT(at->lab->checkpoint_count <= MOST_CHECKPOINTS && at->lab->checkpoint_stride > 1, "%d checkpoints", at->lab->checkpoint_count);
    command(at, "training 77");
    Session session;
    open_model(&session, "tiny", NULL, 77);
    EXPECT(same_bits(run_loss(&at->view.session->run), run_loss(&session.run)), "training step 77");
    session_close(&session);
    command(at, "training 150");
    EXPECT(same_bits(run_loss(&at->view.session->run), loss), "training step 150 again");
    stepper_close(&stepper);
}

static void mistakes_part(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "mistake softmax.columns");
    EXPECT(at->view.side == OTHER && at->view.cursor.step == lab_first_apart(at->lab, OTHER), "at the first step apart");
    EXPECT(strstr(here(at), "softmax"), "in the softmax, not at %s", here(at));
    Session session;
    open_model(&session, "tiny", "softmax.columns", 0);
    EXPECT(same_bits(run_loss(&at->view.session->run), run_loss(&session.run)), "the run with the mistake");
    session_close(&session);
    open_model(&session, "tiny", "softmax.columns", AHEAD);
    EXPECT(same_bits(at->lab->beside.ahead[OTHER].losses[AHEAD], run_loss(&session.run)), "the losses ahead");
    EXPECT(same_bits(at->lab->beside.ahead[OTHER].norms[AHEAD], run_gradient_norm(&session.run)), "the norms ahead");
    EXPECT(run_gradient_norm(&session.run) > 0 && at->lab->beside.ahead[TRUTH].norms[AHEAD] != at->lab->beside.ahead[OTHER].norms[AHEAD], "norms that differ");
    session_close(&session);
    expect_on_screen(at, "MISTAKE");
    press(at, "x");
    EXPECT(at->view.side == TRUTH && at->view.session == &stepper.session, "x shows the truth");
    expect_refused(at, "mistake softmax.colums", "did you mean \"softmax.columns\"");
    EXPECT(at->view.fork.mistake && at->lab->beside.take, "a wrong name leaves the mistake");
    command(at, "truth");
    EXPECT(!at->view.fork.mistake && !at->lab->beside.take, "the truth alone");
    stepper_close(&stepper);
}

/* Each mistake, beside the truth or refused with the reason; each bites somewhere, which the group mistakes shows. Of its
 * own a system's preset can make some; those of a GPT and of a table are about what only other models have. */
static void every_mistake_beside(void **state)
{
    const Preset *preset = *state;
    const Mistake *mistake;
    int own = 0;
    Stepper stepper;
    open_stepper(&stepper, preset->name, false);
    State *at = &stepper.state;
    for (int i = 0; (mistake = mistake_at(i)); i++) {
        char line[100];
        snprintf(line, sizeof line, "mistake %s", mistake->id);
        command(at, line);
        bool planted = at->view.fork.mistake == mistake && at->lab->beside.take;
        bool of_system = mistake >= preset->system->mistakes && mistake < preset->system->mistakes + preset->system->mistake_count;
        own += planted && of_system;
        EXPECT(planted || at->view.message.complains, "%s: %s", mistake->id, at->view.message.text);
        press(at, "xx}{");
        Text screen = screen_of(at, 24, 80);
        text_free(&screen);
    }
    bool elsewhere = preset->system == &GPT || preset->system == &TABULAR;
    EXPECT(own > 0 || elsewhere || preset->system->mistake_count == 0, "none of its own mistakes is made");
    stepper_close(&stepper);
}

int test_stepper_acting(void)
{
    TestList list = {0};
    tests_add(&list, breakpoints_stop, NULL, "breakpoints stop in both directions");
    tests_add(&list, breakpoints_land, NULL, "breakpoints land on the cell");
    tests_add(&list, b_toggles, NULL, "b toggles, and nonsense is refused");
    tests_add(&list, watches_follow, NULL, "watched cells follow the position");
    tests_add(&list, gradients_stand_for_their_values, NULL, "on a gradient the keys edit what it is the gradient of");
    tests_add(&list, frames_are_places, NULL, "the name of a frame leads to it");
    tests_add(&list, edits_are_undone, NULL, "edits are dropped and made again");
    tests_add(&list, long_runs_are_thinned, NULL, "long runs keep few checkpoints");
    tests_add(&list, mistakes_part, NULL, "mistakes part from the truth");
    for (int i = 0; i < small_presets(); i++)
        tests_add(&list, every_mistake_beside, &PRESETS[i], "every mistake beside %s", PRESETS[i].name);
    static const char *const models[] = {"tiny", "by-hand", "golden/screens/wide.json"};
    for (int i = 0; i < 3; i++) {
        tests_add(&list, forks_change_the_loss, models[i], "a fork is what nudge makes, %s", models[i]);
        tests_add(&list, training_steps_are_the_same_run, models[i], "training steps, %s", models[i]);
    }
    return tests_run(&list, "stepper_acting");
}
