/* One heatmap beside matplotlib's of the same content (title, tokens, numbers, hatching, colour bar,
 * caption), with as many pixels: how long a picture takes in a process that has drawn one already
 * and in a fresh one, and its bytes. CPU time, so that another process does not count. */
#include "bench.h"

#include "tiny_model/primitive.h"
#include "tracer/output/render.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FRESH = 3, WARM = 10, NUMBERS = 800 };

typedef struct {
    double warm, cold;           /* milliseconds */
    size_t bytes;
} Cost;

static double own_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static double childrens_milliseconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    return 1e3 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-3 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Runs a program; its CPU time in milliseconds, and what it says into out; -1 if it fails. */
static double run(const char *const *arguments, char *out, size_t room)
{
    int ends[2], code;
    double before = childrens_milliseconds();
    if (pipe(ends) != 0)
        return -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        execvp(arguments[0], (char *const *)(size_t)arguments);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; length + 1 < room && (got = read(ends[0], out + length, room - 1 - length)) > 0;)
        length += (size_t)got;
    out[length] = '\0';
    close(ends[0]);
    bool ran = child > 0 && waitpid(child, &code, 0) == child && WIFEXITED(code) && WEXITSTATUS(code) == 0;
    return ran ? childrens_milliseconds() - before : -1;
}

/* The least of a few fresh processes. */
static double fresh(const char *const *arguments, char *out, size_t room)
{
    double least = INFINITY;
    for (int i = 0; i < FRESH; i++) {
        double taken = run(arguments, out, room);
        if (taken < 0)
            return -1;
        least = fmin(least, taken);
    }
    return least;
}

static bool ours(const Session *session, double pixels, Cost *cost)
{
    Error error = {0};
    Rendering rendering = rendering_default();
    Text list = {0};
    double width = 0, height = 0;
    char across[40], said[40];
    rendering.figure = figure_find("attention", &error);
    rendering.format = picture_format("txt", NULL, &error);
    rendering.picture.command = "tracer render attention -o attention.png";
    bool right = render(session, &rendering, &list, &error) && sscanf(list.data, "%lf x %lf", &width, &height) == 2;
    text_free(&list);
    rendering.format = picture_format("png", NULL, &error);
    rendering.width = width * sqrt(pixels / (width * height));
    *cost = (Cost){.warm = INFINITY};
    for (int i = 0; i <= WARM && right; i++) {
        double begin = own_milliseconds();
        Text out = {0};
        right = render(session, &rendering, &out, &error);
        if (i > 0)
            cost->warm = fmin(cost->warm, own_milliseconds() - begin);
        cost->bytes = out.length;
        text_free(&out);
    }
    snprintf(across, sizeof across, "%.0f", rendering.width);
    const char *const tracer[] = {"build/tracer", "render", "attention", "--width", across, "--format", "png", "-o", "/dev/null", NULL};
    cost->cold = right ? fresh(tracer, said, sizeof said) : -1;
    if (error.code != 0)
        fprintf(stderr, "bench: %s\n", error.text);
    return right && cost->cold >= 0;
}

/* False where there is no matplotlib. */
static bool theirs(const Session *session, int dpi, Cost *cost)
{
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    char numbers[NUMBERS] = "", said[100], resolution[20];
    int value = value_named(session, "block0.attention.head0.weights");
    const Value *weights = tape_value(session->names.tape, value);
    for (size_t i = 0, used = 0; i < cells_of(weights) && used < sizeof numbers; i++)
        used += (size_t)snprintf(numbers + used, sizeof numbers - used, "%s%.17g", i ? "," : "", weights->data[i]);
    snprintf(resolution, sizeof resolution, "%d", dpi);
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        const char *const once[] = {pythons[i], "tests/bench/heatmap.py", resolution, "1", numbers, NULL};
        const char *const often[] = {pythons[i], "tests/bench/heatmap.py", resolution, "6", numbers, NULL};
        cost->cold = fresh(once, said, sizeof said);
        if (cost->cold >= 0 && run(often, said, sizeof said) >= 0 && sscanf(said, "%lf %zu", &cost->warm, &cost->bytes) == 2)
            return true;
    }
    return false;
}

static void print_cost(const char *who, const Cost *cost)
{
    printf("    %-12s %8.1f ms warm %8.1f ms in a fresh process %8zu bytes\n", who, cost->warm, cost->cold, cost->bytes);
}

bool measure_beside(bool quick)
{
    Session session;
    Error error = {0};
    RunOptions options = {0};
    Cost tracer, other;
    bool right = session_open(&session, &options, &error), installed = true;
    for (int size = 1; right && size <= (quick ? 1 : 2); size++) {
        right = ours(&session, size * 800.0 * size * 600, &tracer);
        printf("  %d x %d\n", size * 800, size * 600);
        print_cost("tracer", &tracer);
        installed = right && installed && theirs(&session, size * 100, &other);
        if (!installed)
            continue;
        print_cost("matplotlib", &other);
        printf("    %-12s %7.1f times faster %7.1f times %21.0f %% of the bytes\n", "", other.warm / tracer.warm, other.cold / tracer.cold,
               100.0 * (double)tracer.bytes / (double)other.bytes);
    }
    if (!installed)
        printf("  python3 has no matplotlib here, so there is nothing to compare with\n");
    if (error.code == 0)
        session_close(&session);
    return right;
}
