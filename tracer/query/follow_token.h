/* One token on its way through the model: what it begins as, what each head and MLP adds, what the model would say
 * behind each block. */
#ifndef TRACER_QUERY_FOLLOW_TOKEN_H
#define TRACER_QUERY_FOLLOW_TOKEN_H

#include "looking.h"

/* One line of the way: a part that adds, or a level that is reached. */
typedef struct {
    const AddedPart *part;     /* or NULL */
    const Level *level;        /* or NULL */
    int value, row, col;       /* where the line leads: a cell on the tape */
    double length;             /* part: of what is added */
    double logit;              /* part: what that adds to the logit of the target */
    int looks_at;              /* head: the position that has most of its attention; -1: no head */
    double weight;             /* head: how much of it */
    int says;                  /* level: the likeliest token */
    double probability;        /* level: how sure */
} WayLine;

typedef struct {
    const Looking *looking;
    int position, target;      /* target: what comes next, at the last position what the model says */
    int part, level;           /* the next of each */
} Way;

Way way_begin(const Looking *looking, int position);

/* The next line; false behind the last. */
bool way_next(Way *way, WayLine *line);

/* A line for people: "block1.head0     2.91  +7.03  looks at 3 d 0.98". */
void way_line_text(const Way *way, const WayLine *line, int digits, Text *out);

#endif
