/* The stepper as the commands open it: a recorded run, its outline and a state. */
#ifndef TRACER_STEPPER_STEPPER_H
#define TRACER_STEPPER_STEPPER_H

#include "state.h"
#include "tracer/article/passage.h"
#include "tracer/session/arguments.h"

typedef struct {
    Session session;
    Outline outline;
    Lab lab;
    Passages *passages;
    State state;
} Stepper;

/* Records the run that the arguments choose and stands on its first step. The state points into
 * *stepper, which must not be moved; stepper_close gives everything back. */
bool stepper_open(Stepper *stepper, const Arguments *arguments, bool ascii, Error *error);

/* The same for a session that is loaded into the stepper and not recorded yet; gives it back if
 * it fails. */
bool stepper_begin(Stepper *stepper, const Arguments *arguments, bool ascii, Error *error);
void stepper_close(Stepper *stepper);

/* Sets the characters' locale, and no other. True if the terminal takes UTF-8. Widths of
 * characters are known either way. */
bool locale_prepare(void);

/* The plain mode (plain.c): sentences on standard output, commands from standard input. */
bool plain_run(State *state, Error *error);

/* One sentence about the step and its selected cell. */
void step_sentence(const State *state, Text *out);

/* The page of the text panel, or its chosen line alone, whichever was asked for. */
void page_sentences(const State *state, Text *out);

#endif
