/* Going on with a text along several ways at once; see tiny_model/beams.h for what is recorded. */
#ifndef TRACER_SESSION_BEAM_SEARCH_H
#define TRACER_SESSION_BEAM_SEARCH_H

#include "generate.h"
#include "tiny_model/beams.h"

typedef struct {
    Generation start;       /* the prompt, how chances are made, whether a cache is used; work is counted here */
    Beams beams;
    Beam *best;             /* [beams.wide] the same beams, the best first */
    Beam *before;           /* [beams.wide] those before the latest token: the rows of the candidates */
    int before_count;
    int *tokens;            /* room for the ids of all beams, before a token and behind it */
    bool behind;            /* which half of it the beams are in */
    int room;               /* ids of one beam */
    BeamChoice choice;      /* of the latest token, on the run's tape */
    int read;               /* positions that were read for it */
} BeamSearch;

enum { MOST_BEAMS = 64 };

/* Begins with a prompt, as generation_begin does. search->start.how and .no_cache may be set behind it.
 *   wide    beams that stay, 1 to MOST_BEAMS
 *   alpha   of the length penalty
 *   memory  beam_search_end gives it back, also where this fails
 *   errors  those of generation_begin */
bool beam_search_begin(BeamSearch *search, Session *session, const char *prompt, int most, int wide, double alpha,
                       Error *error);
void beam_search_end(BeamSearch *search);

/* One more token behind every beam that has not ended.
 *   errors  those of run_next */
bool beam_search_next(BeamSearch *search, Error *error);

/* Whether all tokens are there or every beam has ended. */
bool beam_search_done(const BeamSearch *search);

/* The text of a beam. */
void beam_text(const BeamSearch *search, const Beam *beam, Text *out);

#endif
