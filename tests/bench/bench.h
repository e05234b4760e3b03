/* The benchmark: figures that are measured one after the other and printed in one run. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>

/* One thing to measure: prints its lines to stdout.
 *   quick    measures for a shorter time
 *   errors   false if something is wrong, said on stderr; a slow result is not wrong */
typedef struct {
    const char *heading;
    bool (*measure)(bool quick);
} Measurement;

/* training_step.c: do the recorded and the plain step compute the same, and how long do they take? */
bool measure_agreement(bool quick);
bool measure_training_step(bool quick);
bool measure_torch(bool quick);

/* threads.c: an update of a batch, by one thread and by several. */
bool measure_threads(bool quick);

/* screens.c: the first screen, and the CPU of a key. */
bool measure_first_screen(bool quick);
bool measure_keys(bool quick);

/* figures.c: pictures per second. */
bool measure_figures(bool quick);

/* beside.c: a heatmap beside matplotlib's of the same content, where that is installed. */
bool measure_beside(bool quick);

/* Seconds on a clock that only goes forward. */
double seconds(void);

/* Page faults of this process so far that needed no disk; its largest memory so far, in MB. */
long page_faults(void);
double peak_megabytes(void);

#endif
