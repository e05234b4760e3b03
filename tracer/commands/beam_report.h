/* What tracer sample --beam says of every token, and of the texts that were found. */
#ifndef TRACER_COMMANDS_BEAM_REPORT_H
#define TRACER_COMMANDS_BEAM_REPORT_H

#include "sample_report.h"
#include "tracer/session/beam_search.h"

typedef struct {
    BeamSearch search;
    const char *why;    /* a cell to explain, or NULL */
    bool json;
    int digits;
    Text out;
} BeamReport;

/* Which texts stay and which were the nearest to stay; explains a cell where one is asked for.
 *   errors  a name that the tape does not have, out of memory, output that cannot be written */
bool beam_tell_token(BeamReport *report, Error *error);

/* All beams, what they cost, and the best text. */
bool beam_tell_texts(BeamReport *report, Error *error);

void beam_report_free(BeamReport *report);

#endif
