/* Subcommands: each is one const struct in one file and one line in the list. Help, man page
 * and completion are made from them, so nothing is told twice. */
#ifndef TRACER_COMMANDS_COMMAND_H
#define TRACER_COMMANDS_COMMAND_H

#include "tracer/session/arguments.h"

extern const Command *const COMMANDS[];
extern const int COMMAND_COUNT;
const Command *command_find(const char *name);

/* Takes a command line apart. The words after the program's name; a `{"step"}` command if none is named. */
bool arguments_parse(int count, char **words, Arguments *arguments, Error *error);

#endif
