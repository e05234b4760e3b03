/* Tours: one matter in a dozen stations, each with a sentence or two. Stations are found by rule and primitive, never
 * by the name of a value, so that a tour holds for every model that has the matter. A new tour is a table in tours.c
 * and a line in the list there. */
#ifndef TRACER_QUERY_TOURS_H
#define TRACER_QUERY_TOURS_H

#include "tiny_model/tape.h"

/* Where a station may lie: the head is the frame of the first attention map. */
typedef enum { ANYWHERE, IN_HEAD, AROUND_HEAD } TourPlace;

/* A station: the first step behind the station before it that is of this rule (NULL: any) and this primitive;
 * without a primitive the last step of the rule. What a tape lacks is left out. */
typedef struct {
    Phase phase;
    const Rule *rule;
    const Primitive *primitive;
    TourPlace place;
    const char *words;
} TourStop;

typedef struct {
    const char *name, *about;
    const TourStop *stops;
    int count;
    bool (*fits)(const Tape *tape);
    const char *lacks;   /* why a tape is refused that does not fit */
} Tour;

extern const Tour TOURS[];
extern const int TOUR_COUNT;
enum { MOST_STOPS = 24 };

/* The index of a tour, or -1. */
int tour_called(const char *name);

/* The steps of the stations, in the order of the tape, and which stop of the tour each is; returns how many. */
typedef struct {
    int step[MOST_STOPS], stop[MOST_STOPS], count;
} TourWay;
TourWay tour_way(const Tape *tape, const Tour *tour);

/* The last station at or before a step; -1: the step is before the first. */
int tour_at(const TourWay *way, int step);

#endif
