/* Interventions: a part of the model that adds nothing, or its mean, or what it adds on another text. Its numbers
 * are imposed on the tape, which is recorded once more from there. */
#ifndef TRACER_SESSION_INTERVENE_H
#define TRACER_SESSION_INTERVENE_H

#include "session.h"
#include "tiny_model/inside/inside.h"

/* Has what looking inside shows recorded too; false and *error where the model's system cannot. */
bool look_inside(Model *model, Error *error);

/* Imposes what --ablate and --patch say on the recorded run and records it again; nothing to do without them. */
bool intervene(Session *session, Error *error);
void intervene_end(Session *session);

/* What was recorded, for who has asked for it; NULL and *error where nothing was found. */
const Inside *inside_of(const Session *session, Error *error);

/* The part called so, "block1.head0" or by its whole name, that the model computed; NULL and *error with the
 * nearest names. A word "mlp" or "attention" of a block is all of that branch. */
const AddedPart *part_find(const Inside *inside, const char *name, Error *error);

/* A session like `of` with another text in the place of its own, without interventions.
 *   text    ids where the options of `of` have ids, or where `ids` says so
 *   errors  those of session_open; texts that differ in length */
bool session_beside(const Session *of, const char *text, bool ids, Session *out, Error *error);

/* The mean of each column over the rows: [cols] into out. */
void mean_over_rows(const Value *value, double *out);

#endif
