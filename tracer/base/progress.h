/* A progress bar on standard error, for what takes over two seconds, with an estimate.
 * Nothing is shown where standard error is no terminal. */
#ifndef TRACER_BASE_PROGRESS_H
#define TRACER_BASE_PROGRESS_H

#include <stdbool.h>

typedef struct {
    const char *what;     /* "training steps" */
    double began, shown;  /* seconds of the monotonic clock */
    bool terminal, visible;
} Progress;

Progress progress_begin(const char *what);
void progress_show(Progress *progress, int done, int of);
/* Takes the bar away. */
void progress_end(Progress *progress);

/* Seconds of the monotonic clock. */
double seconds_now(void);

#endif
