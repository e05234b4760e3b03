/* The outline: frames and steps of a tape in the order in which a reader meets them, each frame
 * before what it holds. Made once for a tape, so that a key costs the same on any tape. */
#ifndef TRACER_QUERY_OUTLINE_H
#define TRACER_QUERY_OUTLINE_H

#include "cost.h"
#include "tiny_model/tape.h"

typedef struct {
    int frame, step;  /* one of them is -1 */
    int parent;       /* node of the frame around it, or -1 */
    int depth;        /* 0 for forward, backward and update */
    int end;          /* the first node behind everything that it holds */
} Node;

typedef struct {
    Node *nodes;
    int *of_frame, *of_step;  /* the node of each */
    bool *first;              /* of each step: the walk of first_met.h */
    int count;
    Costs costs;              /* of the frames */
} Outline;

/* Memory: its own, until outline_free. False if there is none. */
bool outline_init(Outline *outline, const Tape *tape, Error *error);
void outline_free(Outline *outline);

#endif
