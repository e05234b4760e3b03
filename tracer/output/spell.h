/* What a picture says where no installed font has a letter: its code point, "U+6C34", instead of a
 * box. The words are changed before the figure is laid out, so that what is drawn has been measured. */
#ifndef TRACER_OUTPUT_SPELL_H
#define TRACER_OUTPUT_SPELL_H

#include "tracer/session/session.h"

/* The text, or another in the arena; NULL if out of memory. */
const char *spell_text(const char *text, Arena *arena);

/* A session to be drawn: that of `session`, with its tokens and its options spelled, and the numbers of
 * letters told without the letter where that would be a box. It lives as long as both the session
 * and the arena, and is not closed. */
bool spell_session(const Session *session, Arena *arena, Session *out, Error *error);

#endif
