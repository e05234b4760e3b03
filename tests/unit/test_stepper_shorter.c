/* From a run to a shorter one: tiny's gradient norm is above the limit at its first training step only, so that all
 * later ones have fewer steps. Whatever was kept of the longer run, a place, a mark, a fold, a question or the
 * cursor in the tree, no key leads behind the end of the one that is shown. */
#include "screens.h"

#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"

#include <string.h>

enum { PANES = 4 };

static void expect_inside(const State *state, const char *way, const char *key)
{
    static const int sizes[][2] = {{24, 80}, {50, 200}};
    int step = state->view.cursor.step, count = state_tape(&state->view)->step_count;
    EXPECT(step >= 0 && step < count, "%s, then %s: at step %d of %d", way, key, step, count);
    for (int i = 0; i < 2; i++) {
        Grid grid;
        EXPECT(stepper_grid(state, &grid, sizes[i][0], sizes[i][1]), "out of memory");
        grid_free(&grid);
    }
}

/* At the end of the first training step with as much kept there as a learner can keep. */
static void keep_everything(Stepper *stepper, int panes)
{
    State *at = &stepper->state;
    state_init(at, &stepper->lab, at->view.tutor);
    command(at, "truth");
    command(at, "training 0");
    state_init(at, &stepper->lab, at->view.tutor);
    EXPECT(at->view.session == &stepper->session, "training step 0 is not shown");
    press(at, "sssG");
    command(at, "watch");
    press(at, "mab<Enter><Enter>G<Enter>G");
    press(at, "<Tab>");
    while (at->view.panes.focus != PANE_TREE)
        press(at, "<Tab>");
    press(at, "<End><Left><End>");
    for (int i = 0; i < panes; i++)
        press(at, "<Tab>");
}

/* How a learner comes to a shorter run. */
static const char *const WAYS[] = {"training 2", "compare 2", "break frame update"};

static void go_shorter(State *state, int way)
{
    int before = state_tape(&state->view)->step_count;
    command(state, WAYS[way]);
    press(state, way == 1 ? "x" : way == 2 ? "}}" : "");
    EXPECT(state_tape(&state->view)->step_count < before, "\"%s\" leads to %d steps, before it were %d; %s", WAYS[way],
           state_tape(&state->view)->step_count, before, state->view.message.text);
}

static void keys_stay_inside(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    for (int way = 0; way < (int)(sizeof WAYS / sizeof *WAYS); way++)
        for (int key = 0; key < KEY_COUNT; key++) {
            char text[16];
            keep_everything(&stepper, key % PANES);
            go_shorter(at, way);
            expect_inside(at, WAYS[way], "nothing");
            /* twice, then a letter for the keys that wait for one, then back to where questions came from */
            stepper_key(at, KEYS[key].code);
            expect_inside(at, WAYS[way], key_text(KEYS[key].code, text));
            stepper_key(at, KEYS[key].code);
            press(at, "a");
            expect_inside(at, WAYS[way], key_text(KEYS[key].code, text));
            press(at, "<Esc><Esc><Enter><Backspace><Backspace>'a");
            expect_inside(at, WAYS[way], key_text(KEYS[key].code, text));
        }
    stepper_close(&stepper);
}

int test_stepper_shorter(void)
{
    TestList list = {0};
    tests_add(&list, keys_stay_inside, NULL, "no key leads behind the end of a shorter run");
    return tests_run(&list, "stepper_shorter");
}
