/* Who is shown around: the walk of n, the map, the tours. */
#include "screens.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/tours.h"
#include "tracer/stepper/keys.h"
#include "tracer/views/map.h"
#include "tracer/views/saying.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WALK = 2000 };

/* Where n leads from the first step on, until it leads no further. */
static int walk(State *state, int steps[MOST_WALK])
{
    int count = 0;
    for (steps[count++] = state->view.cursor.step; count < MOST_WALK; steps[count++] = state->view.cursor.step) {
        press(state, "n");
        if (state->view.cursor.step == steps[count - 1])
            break;
        EXPECT(state->view.cursor.step > steps[count - 1], "n went back to %d", state->view.cursor.step);
    }
    return count;
}

static const Rule *rule_at(const Tape *tape, int step)
{
    return tape->frames[tape->steps[step].frame].rule;
}

/* Pressing n alone shows every primitive of every rule in every phase, N the same backwards, by the place and not by
 * the way: after a jump to the end too. */
static void walk_meets_everything(void **state)
{
    int steps[MOST_WALK];
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    const Tape *tape = &stepper.session.run.tape;
    int count = walk(at, steps);
    EXPECT(steps[count - 1] == tape->step_count - 1, "n ends at step %d", steps[count - 1]);
    for (int step = 0; step < tape->step_count; step++) {
        bool met = false;
        for (int i = 0; i < count && !met; i++)
            met = tape->steps[steps[i]].primitive == tape->steps[step].primitive && tape->steps[steps[i]].phase == tape->steps[step].phase &&
                  rule_at(tape, steps[i]) == rule_at(tape, step);
        EXPECT(met, "no step of the walk is like step %d", step);
    }
    for (int round = 0; round < 2; round++) {
        for (int i = count - 2; i >= 0; i--) {
            press(at, "N");
            EXPECT(at->view.cursor.step == steps[i], "N leads to %d, n came from %d", at->view.cursor.step, steps[i]);
        }
        press(at, "G"); /* forgets the way */
        EXPECT(at->trail.count == 0, "there is a way");
    }
    stepper_close(&stepper);
}

/* Over what was seen: of the two heads of tiny one is walked through, whatever was pressed before. */
static void walk_knows_no_history(void **state)
{
    (void)state;
    int first[MOST_WALK], again[MOST_WALK];
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    int count = walk(at, first);
    EXPECT(count > 100 && count < at->view.session->run.tape.step_count / 2, "the walk has %d steps", count);
    press(at, "gssssssssssssssssssssccg");
    EXPECT(walk(at, again) == count && memcmp(first, again, (size_t)count * sizeof *first) == 0, "another walk the second time");
    for (int i = 0; i < count; i++) {
        const char *path = state_tape(&at->view)->frames[state_tape(&at->view)->steps[first[i]].frame].path;
        bool forward = state_tape(&at->view)->steps[first[i]].phase == PHASE_FORWARD;
        EXPECT(!forward || !strstr(path, "head1"), "the second head is walked through at %d", first[i]);
    }
    stepper_close(&stepper);
}

/* A frame opened by hand is walked through, a folded one is not. */
static void hands_change_the_walk(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "block0.attention.head0.Q");
    int here = at->view.cursor.step, frame = state_tape(&at->view)->steps[here + 1].frame;
    frame_toggle(at, frame);
    press(at, "n");
    EXPECT(at->view.cursor.step == here + 1, "K was opened, n leads to %d", at->view.cursor.step);
    frame_toggle(at, frame);
    press(at, "Nn");
    EXPECT(at->view.cursor.step > here + 2, "K is as it was, n leads to %d", at->view.cursor.step);
    stepper_close(&stepper);
}

static void every_rule_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < RULE_COUNT; i++)
        EXPECT(RULES[i]->words && RULES[i]->words_back, "%s has no sentence", RULES[i]->name);
}

/* The map leads into its stations; n begins where one stands, its capital comes back to the map. */
static void map_leads(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    press(at, "a");
    EXPECT(map_shown(&at->view), "a does not show the map");
    expect_on_screen(at, "forward: from the input to the result");
    press(at, "n");
    EXPECT(!map_shown(&at->view) && at->view.cursor.step == 0, "n from the map leads to %d", at->view.cursor.step);
    press(at, "nNN");
    EXPECT(map_shown(&at->view) && at->view.cursor.step == 0, "N does not come back to the map");
    int before = -1;
    for (int i = 0; i < 5; i++) {
        press(at, "<Down><Enter>");
        EXPECT(!map_shown(&at->view) && at->view.cursor.step > before, "station %d is at %d", i, at->view.cursor.step);
        before = at->view.cursor.step;
        press(at, "a"); /* where one is, is marked */
    }
    press(at, "<Esc>");
    EXPECT(!map_shown(&at->view) && at->view.cursor.step == before, "Esc does not close the map");
    press(at, "<Esc><Esc><Esc>");
    EXPECT(!at->errand.quit, "Esc leaves");
    press(at, "q");
    EXPECT(at->errand.quit, "q does not leave");
    stepper_close(&stepper);
}

static void tours_lead(void **state)
{
    static const int least[] = {11, 10, 8};
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    int fit = 0;
    for (int i = 0; i < TOUR_COUNT; i++) {
        char line[40];
        snprintf(line, sizeof line, "tour %s", TOURS[i].name);
        if (!TOURS[i].fits(state_tape(&at->view))) {
            expect_refused(at, line, TOURS[i].lacks);
            continue;
        }
        fit++;
        command(at, line);
        TourWay way = tour_way(state_tape(&at->view), &TOURS[i]);
        EXPECT(way.count >= (strcmp(*state, "xor") == 0 ? 7 : least[i]), "%s has %d stations", TOURS[i].name, way.count);
        for (int stop = 0; stop < way.count; stop++, press(at, "n")) {
            Text said = {0};
            saying_add(&at->view, &said);
            EXPECT(at->view.cursor.step == way.step[stop] && strstr(said.data, TOURS[i].stops[way.stop[stop]].words), "station %d: %s", stop, said.data);
            EXPECT(stop == 0 || way.step[stop] > way.step[stop - 1], "station %d lies before the last", stop);
            text_free(&said);
        }
        for (int stop = way.count - 2; stop >= 0; stop--) {
            press(at, "N");
            EXPECT(at->view.cursor.step == way.step[stop], "N comes to %d", at->view.cursor.step);
        }
        press(at, "<Esc>");
        EXPECT(at->view.tour == 0 && !at->errand.quit, "Esc does not end the tour");
    }
    EXPECT(fit >= 2, "%d tours fit", fit);
    expect_refused(at, "tour nonsense", "attention, gradient, update");
    stepper_close(&stepper);
}

static void guide_screens(void **state)
{
    static const struct {
        const char *name, *model, *keys;
        bool ascii, large;
    } scenes[] = {
        {"map", "tiny", "ajjjj", false, true},
        {"map-ascii", "by-hand", "nnnnnna", true, false},
        {"map-classifier", "xor", "a", false, false},
        {"tour", "tiny", ":tour attention<Enter>nnnnn", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        Stepper stepper;
        open_stepper(&stepper, scenes[i].model, scenes[i].ascii);
        press(&stepper.state, scenes[i].keys);
        expect_golden_screens(&stepper.state, scenes[i].name, scenes[i].large);
        stepper_close(&stepper);
    }
}

int test_guide(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand", "xor", "golden/screens/wide.json"};
    for (int i = 0; i < 4; i++) {
        tests_add(&list, walk_meets_everything, models[i], "n meets everything, N goes back, %s", models[i]);
        tests_add(&list, map_leads, models[i], "the map leads into stations, %s", models[i]);
        tests_add(&list, tours_lead, models[i], "tours lead on and back, %s", models[i]);
    }
    tests_add(&list, walk_knows_no_history, NULL, "the walk knows no history");
    tests_add(&list, hands_change_the_walk, NULL, "what a hand opened is walked through");
    tests_add(&list, every_rule_is_told, NULL, "every rule has a sentence");
    tests_add(&list, guide_screens, NULL, "screens of the guide");
    return tests_run(&list, "guide");
}
