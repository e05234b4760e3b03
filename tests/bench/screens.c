/* The stepper: time to the first screen, and CPU for each key with its redraw. */
#include "bench.h"

#include "tracer/stepper/screen.h"
#include "tracer/stepper/stepper.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ROWS = 40, COLS = 120, MOST_RUNS = 41 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Milliseconds until a command has ended, its output thrown away; negative if it failed. */
static double milliseconds_of(char *const *words)
{
    pid_t child;
    int status;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
    double begin = seconds();
    bool started = posix_spawn(&child, words[0], &quiet, NULL, words, environ) == 0;
    posix_spawn_file_actions_destroy(&quiet);
    if (!started || waitpid(child, &status, 0) < 0 || status != 0)
        return -1;
    return 1e3 * (seconds() - begin);
}

bool measure_first_screen(bool quick)
{
    static char *const words[] = {"build/tracer", "screen", "--size", "80x24", "--model", "by-hand", NULL};
    double times[MOST_RUNS];
    int runs = quick ? 7 : MOST_RUNS;
    for (int i = 0; i < runs; i++)
        if ((times[i] = milliseconds_of(words)) < 0) {
            fprintf(stderr, "bench: %s does not run\n", words[0]);
            return false;
        }
    qsort(times, (size_t)runs, sizeof *times, by_size);
    printf("  by-hand    %.2f ms for the whole process (median of %d)\n", times[runs / 2], runs);
    return true;
}

/* The CPU of every key of a walk through the whole tape and back. */
static bool walk(Stepper *stepper, const char *name, bool quick)
{
    static const char keys[] = "snljSsnfFNlkc";
    Grid grid;
    int count = quick ? 500 : 5000;
    double slowest = 0;
    clock_t begin = clock();
    for (int i = 0; i < count; i++) {
        clock_t before = clock();
        stepper_key(&stepper->state, keys[i % (int)(sizeof keys - 1)]);
        if (!stepper_grid(&stepper->state, &grid, ROWS, COLS))
            return false;
        grid_free(&grid);
        double spent = 1e3 * (double)(clock() - before) / CLOCKS_PER_SEC;
        slowest = spent > slowest ? spent : slowest;
    }
    printf("  %-10s %.3f ms a key, slowest %.3f ms, at %dx%d\n", name,
           1e3 * (double)(clock() - begin) / CLOCKS_PER_SEC / count, slowest, COLS, ROWS);
    return true;
}

static bool open_and_walk(const char *model, const char *name, bool quick)
{
    Error error = {0};
    Stepper stepper;
    Arguments arguments = {.run = {.model = model}, .digits = DEFAULT_DIGITS};
    if (!stepper_open(&stepper, &arguments, false, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        return false;
    }
    bool walked = walk(&stepper, name, quick);
    stepper_close(&stepper);
    return walked;
}

/* Size M of the training step, as a model file. */
static bool write_model(char *path)
{
    int descriptor = mkstemps(path, 5);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!file)
        return false;
    fputs("{\"add_bos\": false, \"add_eos\": false, \"d_model\": 64, \"n_heads\": 4, \"d_ff\": 256, \"n_layers\": 2, \"text\": \"", file);
    for (int i = 0; i < 32; i++)
        fprintf(file, "%sw%d", i ? " " : "", i);
    fputs("\", \"vocabulary\": [", file);
    for (int i = 0; i < 65; i++)
        fprintf(file, "%s\"w%d\"", i ? ", " : "", i);
    fputs("]}", file);
    return fclose(file) == 0;
}

bool measure_keys(bool quick)
{
    char path[] = "/tmp/bench-XXXXXX.json";
    bool right = open_and_walk("by-hand", "by-hand", quick) && write_model(path) && open_and_walk(path, "M", quick);
    unlink(path);
    return right;
}
