/* Command lines within a text, as diff, render --against and fill take them. */
#ifndef TRACER_SESSION_RUN_TEXT_H
#define TRACER_SESSION_RUN_TEXT_H

#include "session.h"

enum { MOST_RUN_WORDS = 32 };

/* Splits a text into at most MOST_RUN_WORDS words as a shell would: blanks part, quotes of both
 * kinds hold together. In place. */
bool run_text_split(char *text, char **words, int *count, Error *error);

/* Changes the options of a run by those of a text; with a model in it they are all its own. They point into the text,
 * which is changed and must live as long. */
bool run_text_options(char *text, RunOptions *options, Error *error);

/* Opens the run of an options text ("--model tiny --step 3"), which is changed and must live as
 * long as the session. */
bool run_text_open(char *text, Session *session, Error *error);

#endif
