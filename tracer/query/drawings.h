/* Tokens that were drawn on this tape, and by which stages their chances came about: found by what was recorded, never
 * by a name. */
#ifndef TRACER_QUERY_DRAWINGS_H
#define TRACER_QUERY_DRAWINGS_H

#include "tiny_model/tape.h"

enum { MOST_DRAWN_STAGES = 8 };

/* One that changed the numbers: the logits, what was said already, temperature, cuts. */
typedef struct {
    int value;             /* [1 x V] */
    const char *name;      /* "logits", "top_p": of its step, or of the frame that ends in it */
    bool shares;           /* probabilities, which sum to 1, and no logits */
} DrawnStage;

typedef struct {
    int step;              /* that chooses */
    int probabilities, ends, point, token;   /* value ids */
    DrawnStage stages[MOST_DRAWN_STAGES];
    int stage_count;       /* the first is the logits, the last `probabilities` */
} DrawnToken;

/* The i-th token that was drawn; false behind the last. */
bool drawn_token(const Tape *tape, int i, DrawnToken *out);

/* Which of them a step belongs to: the first that is drawn at it or behind it, else the last; -1 if there is none. */
int drawn_at(const Tape *tape, int step);

/* What reading one token after another took: the i-th map of the same head [rows x cols] read `rows` positions and
 * saw `cols`. The id of its weights, or -1 behind the last. */
int read_for_token(const Tape *tape, int i);

#endif
