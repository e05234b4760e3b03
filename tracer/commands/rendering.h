/* The options of `render`, taken apart; `fill` takes the same ones in an article. */
#ifndef TRACER_COMMANDS_RENDERING_H
#define TRACER_COMMANDS_RENDERING_H

#include "command.h"

#include "tracer/render.h"

/* arguments: of the command render. The strings of *out live as long as they do; *line gets the
 * command line that makes the picture again, and must live as long as *out. */
bool rendering_of(const Arguments *arguments, Rendering *out, Text *line, Error *error);

#endif
