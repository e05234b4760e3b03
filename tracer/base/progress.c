/* The progress bar; see progress.h. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 30 };
/* Seconds until an estimate is worth something, and between two redrawings. */
static const double PATIENCE = 0.5, REFRESH = 0.1;

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

Progress progress_begin(const char *what)
{
    return (Progress){.what = what, .began = seconds_now(), .terminal = isatty(STDERR_FILENO)};
}

void progress_show(Progress *progress, int done, int of)
{
    if (!progress->terminal || of <= 0)
        return;
    double now = seconds_now(), spent = now - progress->began;
    if (now - progress->shown < REFRESH || spent < PATIENCE)
        return;
    /* What is over in two seconds needs no bar. */
    if (!progress->visible && done > 0 && spent * of / done < 2)
        return;
    progress->shown = now;
    progress->visible = true;
    int filled = (int)((long)BAR * done / of);
    double left = done > 0 ? spent * (of - done) / done : 0;
    fprintf(stderr, "\r[%.*s%*s] %d of %d %s, %.0f s left ", filled, "==============================", BAR - filled, "",
            done, of, progress->what, left);
    fflush(stderr);
}

void progress_end(Progress *progress)
{
    if (progress->visible)
        fprintf(stderr, "\r%*s\r", BAR + 60, "");
    progress->visible = false;
}
