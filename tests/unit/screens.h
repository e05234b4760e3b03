/* Screens of the stepper for tests: opening it, pressing keys, and the golden screens. */
#ifndef TESTS_UNIT_SCREENS_H
#define TESTS_UNIT_SCREENS_H

#include "support.h"

#include "tracer/stepper/stepper.h"

void open_stepper(Stepper *stepper, const char *model, bool ascii);

/* The same on a text that is written as sample's options say. */
void open_written(Stepper *stepper, const char *model, const char *write);

/* The same with any options. */
void open_session(Stepper *stepper, const RunOptions *options);

/* Presses the keys of a script. */
void press(State *state, const char *keys);

/* Characters, style runs and cursor of the screen; the caller frees them. */
Text screen_of(const State *state, int rows, int cols);

/* Types a line of the command line. */
void command(State *state, const char *line);

/* The line is refused with a message that has `what` in it, and nothing else of the state changes. */
void expect_refused(State *state, const char *line, const char *what);

/* The text is on the screen of 120x30. */
void expect_on_screen(const State *state, const char *what);

/* The state looks like golden/screens/NAME at every size, at 200x50 too if `large`. */
void expect_golden_screens(const State *state, const char *name, bool large);

/* One test for each golden screen. TRACER_ACCEPT=1 in the environment writes them instead. */
void tests_add_screens(TestList *list);

#endif
