/* Two runs side by side: another training step beside the shown one, what changed most, and cells
 * of parameters that a name leads to. */
#include "screens.h"

#include "tracer/stepper/kept.h"
#include "tracer/views/facing.h"
#include "tracer/views/panel_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "block0.attention.head0."

static Facing facing_now(const State *state)
{
    Explanation explanation = {0};
    EXPECT(state_explain(&state->view, &explanation), "out of memory");
    Facing facing = facing_of(&state->view, &explanation);
    explanation_free(&explanation);
    return facing;
}

/* The value is the one of that name in a run that was opened at the training step. */
static void expect_training_step(const char *model, const Value *value, const char *name, int step)
{
    Session session;
    Error error = {0};
    EXPECT(session_open(&session, &(RunOptions){.model = model, .step = step}, &error), "%s", error.text);
    const Value *right = tape_value(&session.run.tape, value_called(&session, name));
    EXPECT(value && cells_of(value) == cells_of(right) && memcmp(value->data, right->data, cells_of(right) * sizeof *right->data) == 0,
           "%s is not that of training step %d", name, step);
    session_close(&session);
}

static void both_training_steps(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    command(at, "compare 4");
    EXPECT(facing_shown(&at->view) && at->view.fork.compared == 5, "compare shows both: %s", at->view.message.text);
    command(at, HEAD "weights[2,1]");
    Facing facing = facing_now(at);
    expect_training_step(*state, facing.values[0], HEAD "weights", 0);
    expect_training_step(*state, facing.values[1], HEAD "weights", 4);
    EXPECT(strcmp(facing.called[0], "training step 0") == 0 && strcmp(facing.called[1], "training step 4") == 0, "%s, %s", facing.called[0], facing.called[1]);
    expect_on_screen(at, "training step 4");
    command(at, HEAD "W_Q[1,1]");
    facing = facing_now(at);
    EXPECT(facing.cell.row == 1 && facing.cell.col == 1 && facing.shown == 0, "at [%d,%d]", facing.cell.row, facing.cell.col);
    expect_training_step(*state, facing.values[0], HEAD "W_Q", 0);
    expect_training_step(*state, facing.values[1], HEAD "W_Q", 4);
    press(at, "x");
    EXPECT(at->view.session->run.training_step == 4 && facing_now(at).shown == 1, "x turns to training step 4");
    press(at, "}");
    EXPECT(at->view.side == OTHER && at->view.fork.compared == 6 && at->view.session->run.training_step == 5, "} moves the one that is shown");
    press(at, "x}}}}}}}");
    EXPECT(at->view.side == TRUTH && at->view.session->run.training_step == 7 && at->view.fork.compared == 6, "and on the other side that one");
    command(at, HEAD "W_Q[1,1]");
    facing = facing_now(at);
    EXPECT(strcmp(facing.called[0], "training step 5") == 0 && facing.shown == 1, "the earlier one stands first, not %s", facing.called[0]);
    expect_training_step(*state, facing.values[0], HEAD "W_Q", 5);
    expect_training_step(*state, facing.values[1], HEAD "W_Q", 7);
    press(at, "|");
    EXPECT(!facing_shown(&at->view) && at->lab->beside.take, "| shows the step again");
    command(at, "compare off");
    EXPECT(!at->view.fork.compared && !at->lab->beside.take, "compare off ends it");
    stepper_close(&stepper);
}

/* Marked is what changed at least three quarters as much as the most. */
static void most_changed_is_marked(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    command(at, "compare 20");
    command(at, HEAD "weights");
    Facing facing = facing_now(at);
    const Value *before = facing.values[0], *after = facing.values[1];
    double most = 0;
    int marked = 0, cells = (int)cells_of(before);
    for (int i = 0; i < cells; i++)
        most = fmax(most, fabs(after->data[i] - before->data[i]));
    for (int i = 0; i < cells; i++) {
        bool wanted = fabs(after->data[i] - before->data[i]) >= 0.75 * most;
        bool is = lab_stands_out(at->lab, at->view.side, facing.cell.value, i / before->cols, i % before->cols);
        EXPECT(is == wanted, "cell %d changed by %g of %g", i, after->data[i] - before->data[i], most);
        marked += is;
    }
    EXPECT(most > 0 && marked > 0 && marked < cells, "%d of %d are marked", marked, cells);
    expect_on_screen(at, "*");
    Page page = {.width = 0};
    EXPECT(panel_open(at, "beside") && page_make(&at->view, at->view.panes.page - 1, &page) && page.leading > 2, "the page beside is empty");
    double last = INFINITY;
    for (int i = 0; i < page.count; i++) {
        const PageLine *line = &page.lines[i];
        if (line->step < 0)
            continue;
        double by = fabs(cell_of(after, line->row, line->col) - cell_of(before, line->row, line->col));
        EXPECT(line->step == at->view.cursor.step && by <= last && by > 0, "line %d: %s", i, page_text(&page, line));
        last = by;
    }
    page_free(&page);
    stepper_close(&stepper);
}

/* The name of a parameter's cell points at a term that reads it. */
static void names_point_at_parameters(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    const Tape *tape = state_tape(&at->view);
    int pointed = 0;
    for (int value = 0; value < stepper.session.run.parameters.count; value++) {
        const Value *of = tape_value(tape, value);
        int row = of->rows - 1, col = of->cols / 2;
        char name[400];
        at->view.panes.focus = PANE_OPERATION;
        command(at, cell_text(&stepper.session.names, value, row, col, name, sizeof name));
        Facing facing = {.cell = {.value = -1}};
        Explanation explanation = {0};
        EXPECT(state_explain(&at->view, &explanation), "out of memory");
        facing.cell = state_pointed(&at->view, &explanation);
        explanation_free(&explanation);
        if (at->view.panes.focus != PANE_CELL) /* a token or position that the text has not */
            continue;
        EXPECT(facing.cell.value == value && facing.cell.row == row && facing.cell.col == col, "%s leads elsewhere", name);
        pointed++;
    }
    EXPECT(pointed > 5, "only %d parameters are pointed at", pointed);
    stepper_close(&stepper);
}

static void nothing_is_told_wrongly(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    press(at, "|");
    EXPECT(at->view.prompt.mode == MODE_COMMAND && strcmp(at->view.prompt.input, "compare ") == 0, "| asks for a training step");
    press(at, "3<Enter>");
    EXPECT(at->view.fork.compared == 4, "and goes there: %s", at->view.message.text);
    command(at, "nudge " HEAD "W_Q[0,0] 0.1");
    EXPECT(at->view.fork.compared == 0 && at->view.fork.count == 1, "a fork takes its place");
    command(at, "compare 3");
    EXPECT(at->view.fork.count == 0 && at->view.fork.compared == 4, "and gives it back");
    expect_refused(at, "compare 0", "itself");
    expect_refused(at, "compare -1", "write compare");
    expect_refused(at, "compare much", "write compare");
    command(at, "bug 3");
    EXPECT(at->view.hunt.going && !facing_shown(&at->view), "nothing is beside in a hunt");
    expect_refused(at, "compare 3", "hunted");
    press(at, "|");
    EXPECT(at->view.hunt.going && !facing_shown(&at->view) && at->view.message.text[0], "and | does not tell");
    command(at, "truth");
    command(at, HEAD "weights[2,1]");
    command(at, "compare 3");
    command(at, "predict on");
    char hidden[NUMBER_SIZE];
    number_signed(hidden, cell_of(state_output(&at->view), 2, 1), 4);
    for (int i = 0; i < 2; i++, press(at, "x")) {
        Text screen = screen_of(at, 40, 120);
        EXPECT(!strstr(screen.data, hidden), "%s is shown:\n%s", hidden, screen.data);
        text_free(&screen);
    }
    stepper_close(&stepper);
}

int test_stepper_beside(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand", "golden/screens/wide.json"};
    for (int i = 0; i < 3; i++) {
        tests_add(&list, both_training_steps, models[i], "two training steps side by side, %s", models[i]);
        tests_add(&list, most_changed_is_marked, models[i], "what changed most is marked, %s", models[i]);
        tests_add(&list, names_point_at_parameters, models[i], "names lead to parameters, %s", models[i]);
    }
    tests_add(&list, nothing_is_told_wrongly, NULL, "side by side beside games and forks");
    return tests_run(&list, "stepper_beside");
}
