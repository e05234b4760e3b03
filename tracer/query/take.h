/* A take: a further recording of a session's run, with its names and its outline. */
#ifndef TRACER_QUERY_TAKE_H
#define TRACER_QUERY_TAKE_H

#include "outline.h"
#include "tracer/session/session.h"

/* A recorded run with its outline. Never moved: its parts point to each other. */
typedef struct {
    Session session;    /* the model's memory belongs to the session that the lab was made for */
    void *settings;     /* but not those of its system: a mistake may change them */
    Outline outline;
} Take;

/* A run like that of the session with a mistake (NULL: the one the session has), not recorded, its
 * parameters for the caller to set.
 * NULL and *error if there is no memory or the mistake does not fit the model. */
Take *take_new(const Session *of, const Mistake *mistake, Error *error);
void take_free(Take *take);

/* Names and outline, once it is recorded. */
bool take_index(Take *take, Error *error);

/* Starts where another run stands. */
void take_copy_start(Run *run, const Run *of);

#endif
