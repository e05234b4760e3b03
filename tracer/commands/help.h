/* Help, from the lists of commands and options. */
#ifndef TRACER_COMMANDS_HELP_H
#define TRACER_COMMANDS_HELP_H

#include "command.h"

#define TRACER_VERSION "0.1.0"

/* Both print to standard output. */
void help_overview(void);
void help_command(const Command *command);

#endif
