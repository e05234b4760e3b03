/* Short names: the end of a name where it is plain which one is meant, "scores" for block0.attention.head0.scores. */
#ifndef TRACER_SESSION_SHORT_NAMES_H
#define TRACER_SESSION_SHORT_NAMES_H

#include "names.h"

/* The value that a short name stands for: of those that end so, the one that shares most of its path with the frame
 * `near` (-1: none), or the first on the tape. Numbers apart they must have the same path: head0 and head1 may be
 * told apart so, an attention's output and a block's may not; the lower numbers come first, also in the backward
 * phase, which records head1 before head0.
 *   near     a frame of the tape, where the cursor stands
 *   fits     how many end so
 *   returns  -1 if none does, or several that are different things: then *error lists them */
int short_name_find(const Names *names, const char *name, int near, int *fits, Error *error);

/* Those among which short_name_find could not choose, at most MOST_MEANT of them; returns how many. */
enum { MOST_MEANT = 6 };
int short_name_meant(const Names *names, const char *name, int near, int meant[MOST_MEANT], int *fits);

/* "scores" is block0.attention.head0.scores, the first of 2: what is to be said to whoever wrote it; "" where the
 * name was whole. Writes into text[size]. */
const char *short_name_said(const Names *names, Reference reference, char *text, size_t size);

#endif
