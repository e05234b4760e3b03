/* What a command took a short name for, on standard error: answers stay what they are. */
#ifndef TRACER_COMMANDS_SAID_H
#define TRACER_COMMANDS_SAID_H

#include "tracer/session/short_names.h"

void say_taken(const Names *names, Reference reference);

#endif
