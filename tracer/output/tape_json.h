/* The tape as JSON, and its parts; the format is told in `tracer help export`. */
#ifndef TRACER_OUTPUT_TAPE_JSON_H
#define TRACER_OUTPUT_TAPE_JSON_H

#include "tracer/base/progress.h"
#include "tracer/query/cost.h"
#include "tracer/session/session.h"

/* Adds the whole tape, a newline at its end; tells *progress, which may be NULL, of each value. */
void tape_json(const Session *session, Progress *progress, Text *out);

/* Adds `"frames": [...]` or `"steps": [...]`, of one phase (-1: all) and less deep than `depth`; with
 * what each costs, unless costs is NULL. */
void tape_json_frames(const Names *names, const Costs *costs, int phase, int depth, Text *out);
void tape_json_steps(const Names *names, const Costs *costs, int phase, int depth, Text *out);

#endif
