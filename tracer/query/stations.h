/* The stations of a training step, for a map of it: in every phase each rule where it is applied for the first time,
 * and what stands outside of all rules. Found by rule, so that they hold for every system. */
#ifndef TRACER_QUERY_STATIONS_H
#define TRACER_QUERY_STATIONS_H

#include "tiny_model/tape.h"

enum { MOST_STATIONS = 96 };

typedef struct {
    int frame;
    int alike;    /* frames of this kind in the phase, this one included */
} Station;

typedef struct {
    Station list[MOST_STATIONS];
    int count;
} Stations;

/* first: of each step, as first_met fills it in. */
Stations stations_find(const Tape *tape, const bool *first);

/* The station that a step belongs to: the one it lies in, else the one of the same kind; -1 if there is none. */
int station_of(const Tape *tape, const Stations *stations, int step);

#endif
