/* The stepper's games, marks, history and settings. */
#include "screens.h"

#include "tracer/stepper/games.h"
#include "tracer/stepper/settings_file.h"
#include "tracer/views/hiding.h"
#include "tracer/views/panel_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "block0.attention.head0."

/* Hunts until the bug is the one with that name. */
static void plant_for_hunt(State *state, const char *id)
{
    char line[40];
    for (int seed = 0; seed < 2000 && !(state->view.hunt.going && strcmp(state->view.fork.mistake->id, id) == 0); seed++) {
        snprintf(line, sizeof line, "bug %d", seed);
        command(state, line);
    }
    EXPECT(strcmp(state->view.fork.mistake->id, id) == 0, "no seed plants %s", id);
}

static void bugs_are_found(void **state)
{
    (void)state;
    for (int seed = 0; seed < 24; seed++) {
        Stepper stepper, again;
        char line[40];
        open_stepper(&stepper, "tiny", false);
        open_stepper(&again, "tiny", false);
        State *at = &stepper.state;
        snprintf(line, sizeof line, "bug %d", seed);
        command(at, line);
        command(&again.state, line);
        EXPECT(at->view.hunt.going && at->view.fork.mistake && at->view.fork.mistake == again.state.view.fork.mistake, "bug %d is the same each time", seed);
        Text screen = screen_of(at, 40, 120);
        EXPECT(!strstr(screen.data, at->view.fork.mistake->id) && !strstr(screen.data, "MISTAKE"), "bug %d is told:\n%s", seed, screen.data);
        text_free(&screen);
        press(at, "x+");
        EXPECT(at->view.side == OTHER && at->view.hunt.going && at->view.fork.count == 0, "the truth stays hidden");
        command(at, "found");
        int wrong = at->view.hunt.accused;
        while (at->view.hunt.going && at->view.cursor.step + 1 < state_tape(&at->view)->step_count) {
            press(at, "s");
            if (mistake_touches(state_tape(&at->view), at->view.fork.mistake, at->view.cursor.step))
                command(at, "found");
        }
        EXPECT(!at->view.hunt.going && at->view.hunt.found == 1 && at->view.hunt.accused == wrong, "bug %d, %s, is not found", seed, at->view.fork.mistake->id);
        EXPECT(at->view.hunt.looked == at->view.cursor.step && strstr(at->view.message.text, at->view.fork.mistake->id), "%d steps looked at: %s", at->view.hunt.looked, at->view.message.text);
        stepper_close(&again);
        stepper_close(&stepper);
    }
}

/* Nothing on the screen tells the place of a bug: neither a mark, nor a name, nor how many steps there are. */
static void hunts_give_no_hint(void **state)
{
    (void)state;
    for (int seed = 0; seed < 24; seed++) {
        Stepper stepper;
        char line[40], count[40];
        open_stepper(&stepper, "tiny", false);
        State *at = &stepper.state;
        command(at, "break invariant");
        snprintf(line, sizeof line, "bug %d", seed);
        command(at, line);
        snprintf(count, sizeof count, "of %d", state_tape(&at->view)->step_count);
        for (int page = 0; page <= PANEL_PAGE_COUNT; page++) {
            at->view.panes.page = page;
            for (int step = 0; step < state_tape(&at->view)->step_count; step += 29) {
                at->view.cursor.step = step;
                Text screen = screen_of(at, 50, 200);
                EXPECT(!strstr(screen.data, "✗") && !strstr(screen.data, "mistake_") && !strstr(screen.data, count) && !strstr(screen.data, " ops "),
                       "bug %d, step %d:\n%s", seed, step, screen.data);
                text_free(&screen);
            }
        }
        stepper_close(&stepper);
    }
}

/* A check that is asked for is shown, and counts as the steps that it looks at. */
static void checks_are_counted(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    plant_for_hunt(at, "softmax.columns");
    command(at, HEAD "weights[2,1]");
    int looked = at->view.hunt.looked, steps = steps_to_check(&at->view);
    EXPECT(steps > 3 && checks_hidden(&at->view), "hidden at first");
    press(at, "v");
    EXPECT(at->view.hunt.looked == looked + steps && !checks_hidden(&at->view), "%d steps, not %d", at->view.hunt.looked - looked, steps);
    expect_on_screen(at, "✗");
    press(at, "v");
    EXPECT(at->view.hunt.looked == looked + steps, "once");
    command(at, "block0.attention.head1.weights");
    EXPECT(checks_hidden(&at->view), "another frame is another check");
    press(at, "q");
    command(at, "break invariant");
    press(at, "gc");
    EXPECT(at->view.hunt.looked >= at->view.cursor.step, "a breakpoint on invariants looks at every step on the way: %d of %d", at->view.hunt.looked, at->view.cursor.step);
    command(at, "truth");
    EXPECT(!checks_hidden(&at->view), "and the hunt is over");
    stepper_close(&stepper);
}

static void results_are_hidden(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, HEAD "scores[1,0]");
    char right[NUMBER_SIZE];
    number_text(right, cell_of(state_output(&at->view), 1, 0), 4);
    expect_on_screen(at, right);
    command(at, "predict on");
    for (int page = 0; page < 8; page++, press(at, "t")) {
        Text screen = screen_of(at, 50, 200);
        EXPECT(!strstr(screen.data, right), "%s is shown:\n%s", right, screen.data);
        text_free(&screen);
    }
    expect_refused(at, "guess much", "write guess");
    press(at, "i");
    press(at, right);
    press(at, "<Enter>");
    EXPECT(at->view.guessing.guesses == 1 && at->view.guessing.right == 1 && !result_hidden(&at->view), "a right guess: %s", at->view.message.text);
    expect_on_screen(at, right);
    press(at, "s");
    EXPECT(result_hidden(&at->view), "the next one is hidden again");
    command(at, "guess 12345");
    EXPECT(at->view.guessing.guesses == 2 && at->view.guessing.right == 1, "a wrong guess: %s", at->view.message.text);
    press(at, "S");
    command(at, cell_of(state_output(&at->view), 1, 0) > 0 ? "guess +" : "guess -");
    EXPECT(at->view.guessing.right == 2, "the sign: %s", at->view.message.text);
    Text summary = {0};
    games_summary(&at->view, &summary);
    EXPECT(summary.data && strstr(summary.data, "2 of 3"), "the summary says %s", summary.data);
    text_free(&summary);
    stepper_close(&stepper);
}

static void places_are_kept(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, HEAD "scores[2,1]");
    int scores = at->view.cursor.step;
    press(at, "ma");
    command(at, "logits");
    int logits = at->view.cursor.step;
    press(at, "g'a");
    EXPECT(at->view.cursor.step == scores && at->view.cursor.row == 2 && at->view.cursor.col == 1, "'a goes back to its mark");
    press(at, "[[");
    EXPECT(at->view.cursor.step == logits, "two jumps back, at %d", at->view.cursor.step);
    press(at, "]]");
    EXPECT(at->view.cursor.step == scores, "and forth, at %d", at->view.cursor.step);
    press(at, "'z");
    EXPECT(at->view.message.complains && at->view.cursor.step == scores, "there is no mark z");
    press(at, "p");
    EXPECT(strstr(at->errand.write_to, ".svg"), "p asks for a file");
    stepper_close(&stepper);
}

/* The file of settings: written, read again, and lines of nonsense are left out. */
static void settings_survive(void **state)
{
    (void)state;
    char directory[] = "/tmp/tracer-test-XXXXXX", path[100];
    EXPECT(mkdtemp(directory) && setenv("XDG_CONFIG_HOME", directory, 1) == 0, "no directory");
    snprintf(path, sizeof path, "%s/tracer/settings", directory);
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    settings_load(at);
    EXPECT(!at->view.message.text[0], "no file is no mistake: %s", at->view.message.text);
    command(at, "set delta 0.25");
    settings_save(at);
    EXPECT(!at->view.message.complains, "%s", at->view.message.text);
    state_init(at, &stepper.lab, at->view.tutor);
    settings_load(at);
    EXPECT(at->view.settings.delta == 0.25 && !at->view.message.text[0], "the settings are read again: %s", at->view.message.text);
    FILE *file = fopen(path, "wb");
    EXPECT(file && fputs("delta 0.5\nnonsense\n\ndigits 99\n# note\r\n digits 3 # three\n\377\377", file) >= 0 && fclose(file) == 0, "no file");
    state_init(at, &stepper.lab, at->view.tutor);
    settings_load(at);
    EXPECT(at->view.settings.delta == 0.5 && at->view.settings.digits == 3 && strstr(at->view.message.text, "3 lines") && strstr(at->view.message.text, "line 2"), "%s", at->view.message.text);
    unlink(path);
    path[strlen(path) - strlen("/settings")] = '\0';
    rmdir(path);
    rmdir(directory);
    unsetenv("XDG_CONFIG_HOME");
    stepper_close(&stepper);
}

static void settings_are_checked(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "set delta 0.5");
    command(at, "set colours sequential");
    command(at, "set hints off");
    EXPECT(at->view.settings.delta == 0.5 && at->view.settings.sequential && at->view.settings.no_hints && at->settings_file.changed, "set");
    expect_refused(at, "set delta 0", "delta");
    expect_refused(at, "set delta much", "much");
    expect_refused(at, "set digits 13", "13");
    expect_refused(at, "set colours green", "green");
    expect_refused(at, "set volume 11", "write set");
    stepper_close(&stepper);
}

int test_stepper_games(void)
{
    TestList list = {0};
    tests_add(&list, bugs_are_found, NULL, "bugs are found");
    tests_add(&list, hunts_give_no_hint, NULL, "hunts give no hint");
    tests_add(&list, checks_are_counted, NULL, "checks in a hunt are counted");
    tests_add(&list, results_are_hidden, NULL, "results are hidden until guessed");
    tests_add(&list, places_are_kept, NULL, "marks and history");
    tests_add(&list, settings_survive, NULL, "settings survive");
    tests_add(&list, settings_are_checked, NULL, "settings are checked");
    return tests_run(&list, "stepper_games");
}
