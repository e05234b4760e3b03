/* tracer train of a system that grows by rounds: the loss after each of them. */
#ifndef TRACER_COMMANDS_TRAIN_ROUNDS_H
#define TRACER_COMMANDS_TRAIN_ROUNDS_H

#include "command.h"

/* As many rounds as asked for, -1: those of the model. Ctrl-C ends it after the round that is being made.
 *   errors  options that such a training has no use for; out of memory; standard output is closed */
bool train_rounds(const Arguments *arguments, const Model *model, long asked, Error *error);

#endif
