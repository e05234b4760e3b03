/* The flip-book: every step as a numbered picture, with an index page. */
#ifndef TRACER_ARTICLE_WALKTHROUGH_H
#define TRACER_ARTICLE_WALKTHROUGH_H

#include "tracer/session/arguments.h"

/* Writes DIR/0000.png ... and DIR/index.html, where DIR is the -o of the command line; the directory
 * is made if it is not there. Returns the exit code. */
int walkthrough(const Arguments *arguments, Error *error);

#endif
