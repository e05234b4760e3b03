/* Screens of the stepper for tests: opening it, pressing keys, and the golden screens. */
#ifndef TESTS_UNIT_SCREENS_H
#define TESTS_UNIT_SCREENS_H

#include "support.h"

#include "tracer/stepper/stepper.h"

void open_stepper(Stepper *stepper, const char *model, bool ascii);

/* Presses the keys of a script. */
void press(State *state, const char *keys);

/* Characters, style runs and cursor of the screen; the caller frees them. */
Text screen_of(const State *state, int rows, int cols);

/* One test for each golden screen. TRACER_ACCEPT=1 in the environment writes them instead. */
void tests_add_screens(TestList *list);

#endif
