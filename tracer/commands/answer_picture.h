/* The picture of an answer: -o of the commands that ask vectors. */
#ifndef TRACER_COMMANDS_ANSWER_PICTURE_H
#define TRACER_COMMANDS_ANSWER_PICTURE_H

#include "command.h"

#include "tracer/figures/bars.h"

#define PICTURE_OPTION {"-o", "FILE.png|svg|pdf", "a picture of the answer as well"}

/* Writes it where -o says; true where it does not.
 *   errors  an extension that is none, a file that cannot be written, out of memory */
bool answer_picture(const Arguments *arguments, const Bars *bars, Error *error);

/* The words of the command line behind the command's name, in the arena of the text: "king man woman". */
void answer_words(const Arguments *arguments, Text *out);

#endif
