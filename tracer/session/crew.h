/* A crew: threads that compute together what one of them has recorded.
 *
 * A value is written once, by the step that makes it, and a step reads nothing but its inputs. So every order in which
 * a step comes behind those that made its inputs gives the same bits, and nobody can tell from the numbers, names and
 * ids of a tape how many threads there were. */
#ifndef TRACER_SESSION_CREW_H
#define TRACER_SESSION_CREW_H

#include "tiny_model/run.h"

enum { MOST_THREADS = 64 };

typedef struct Crew Crew;

/* How many threads make a training step of this run faster: as many as there are processors and examples that go
 * the same way; 1 where the step is so small that they would wait for each other. */
int crew_useful(const Run *run);

/* From now on the training steps of the run are computed by `threads` threads, the calling one among them; 0: as many
 * as are useful. Where the system gives no more there are fewer. The others wait while there is nothing to compute,
 * and no signal comes to them.
 *   memory  crew_end gives it back; *crew is NULL where the run needs nobody else
 *   errors  out of memory */
bool crew_begin(Crew **crew, Run *run, int threads, Error *error);

/* The run computes alone again. crew may be NULL. */
void crew_end(Crew *crew, Run *run);

#endif
