/* The benchmark: `bench [--quick]` prints all figures in one run.
 *
 * Nothing here asserts a time. The exit code is 1 if the recorded and the plain step do not
 * compute the same, since then their ratio means nothing. A figure is a function and one line
 * in MEASUREMENTS. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static bool measure_memory(bool quick)
{
    (void)quick;
    printf("  %.1f MB\n", peak_megabytes());
    return true;
}

static const Measurement MEASUREMENTS[] = {
    {"agreement of the recorded and the plain step, after 3 steps", measure_agreement},
    {"training step, recorded and plain", measure_training_step},
    {"training step, recorded, and PyTorch float64 that records nothing, one thread, CPU time", measure_torch},
    {"peak memory of the above", measure_memory},
    {"update of moby, eight sequences recorded whole, by threads", measure_threads},
    {"first screen of the stepper", measure_first_screen},
    {"CPU of a key with its redraw", measure_keys},
    {"pictures", measure_figures},
    {"heatmap, as many pixels as 800x600 and 1600x1200, CPU time", measure_beside},
};
enum { MEASUREMENT_COUNT = sizeof MEASUREMENTS / sizeof *MEASUREMENTS };

double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static struct rusage usage(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used;
}

long page_faults(void)
{
    return usage().ru_minflt;
}

double peak_megabytes(void)
{
#ifdef __APPLE__
    return (double)usage().ru_maxrss / (1024 * 1024);
#else
    return (double)usage().ru_maxrss / 1024;
#endif
}

int main(int argc, char **argv)
{
    bool quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    if (argc > 1 && !quick) {
        fprintf(stderr, "bench: \"%s\" is no option; use --quick or nothing\n", argv[1]);
        return 2;
    }
    bool right = true;
    for (int i = 0; i < MEASUREMENT_COUNT; i++) {
        printf("%s\n", MEASUREMENTS[i].heading);
        right = MEASUREMENTS[i].measure(quick) && right;
        if (fflush(stdout) != 0)
            return 3;
    }
    return right ? 0 : 1;
}
