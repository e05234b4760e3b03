/* Running a student's program; see program.h. */
#include "program.h"

#include "lint.h"
#include "tiny_model/primitive.h"
#include "tracer/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_OUTPUT = 1 << 20 };

bool program_is(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 && S_ISREG(found.st_mode) && access(path, X_OK) == 0;
}

void program_input(const Variant *variant, Text *out)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < variant->given_count; i++) {
        const Given *given = &variant->givens[i];
        text_add(out, "%s %d %d\n", given->name, given->rows, given->cols);
        for (int r = 0; r < given->rows; r++)
            for (int c = 0; c < given->cols; c++)
                text_add(out, "%s%c", number_exact(number, given->data[r * given->cols + c]), c + 1 < given->cols ? ' ' : '\n');
    }
}

static void limit(int what, unsigned long most)
{
    struct rlimit limits = {most, most};
    setrlimit(what, &limits);
}

/* In the child: limits, an empty environment, an empty folder, then the program. */
static _Noreturn void become(const char *path, const char *folder, int input, int output)
{
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};
    char *const words[] = {(char *)path, NULL};
    int nowhere = open("/dev/null", O_WRONLY);
    setpgid(0, 0);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    for (int descriptor = 3; descriptor < 64; descriptor++)
        close(descriptor);
    limit(RLIMIT_CPU, PROGRAM_SECONDS + 1); /* the clock on the wall speaks first */
    limit(RLIMIT_AS, (unsigned long)PROGRAM_MEGABYTES << 20);
    limit(RLIMIT_FSIZE, MOST_OUTPUT);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_CORE, 0);
    signal(SIGPIPE, SIG_DFL);
    if (chdir(folder) == 0)
        execve(path, words, environment);
    _exit(127);
}

/* Reads until the end, the limit or the deadline; false if one of the latter came first. */
static bool read_output(int descriptor, Text *out)
{
    double deadline = seconds_now() + PROGRAM_SECONDS;
    char bytes[4096];
    for (;;) {
        double left = deadline - seconds_now();
        struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
        if (left <= 0 || out->length > MOST_OUTPUT)
            return false;
        if (poll(&waiting, 1, (int)(left * 1000) + 1) <= 0)
            continue;
        ssize_t count = read(descriptor, bytes, sizeof bytes);
        if (count <= 0)
            return count == 0;
        text_put(out, bytes, (size_t)count);
    }
}

static bool run_once(const char *path, const char *folder, const Text *input, Text *output, Error *error)
{
    char from[64];
    int pipes[2], status = 0;
    snprintf(from, sizeof from, "%s.in", folder);
    int in = open(from, O_RDWR | O_CREAT | O_EXCL, 0600);
    unlink(from);
    if (in < 0 || write(in, input->data, input->length) != (ssize_t)input->length || lseek(in, 0, SEEK_SET) != 0 || pipe(pipes) != 0) {
        if (in >= 0)
            close(in);
        return error_set(error, EXIT_INPUT_OUTPUT, "%s: cannot be started: %s", path, strerror(errno));
    }
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        become(path, folder, in, pipes[1]);
    close(in);
    close(pipes[1]);
    bool whole = child > 0 && read_output(pipes[0], output);
    close(pipes[0]);
    if (child > 0) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    return whole || error_set(error, EXIT_USED_WRONGLY, "%s:1: the program took over %d seconds or printed too much", path, PROGRAM_SECONDS);
}

static bool judge_once(const char *path, const char *folder, Variant *variant, Verdict *verdict, Error *error)
{
    Text input = {0}, output = {0};
    Answer answer;
    program_input(variant, &input);
    bool whole = (!input.failed || error_memory(error)) && run_once(path, folder, &input, &output, error);
    if (whole && output.length == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "%s:1: the program printed nothing", path);
    if (whole && answer_parse(output.data, output.length, path, variant, &answer, error)) {
        whole = verdict_find(variant, &answer, NULL, verdict, error);
        answer_free(&answer);
    }
    text_free(&input);
    text_free(&output);
    return whole && error->code == 0;
}

bool program_judge(const char *path, const Variant *variant, Verdict *verdict, Error *error)
{
    char folder[] = "/tmp/tracer-program-XXXXXX", whole_path[4096];
    if (!realpath(path, whole_path) || !mkdtemp(folder))
        return error_set(error, EXIT_INPUT_OUTPUT, "%s: cannot be started: %s", path, strerror(errno));
    bool whole = true;
    for (int seed = 0; whole && seed < PROGRAM_SEEDS; seed++) {
        char student[32];
        Variant fresh;
        snprintf(student, sizeof student, "program-%d", seed);
        whole = lint_open(&fresh, variant->exercise, (Whose){variant->whose.course, student, 0}, error);
        if (!whole)
            break;
        whole = judge_once(whole_path, folder, &fresh, verdict, error);
        variant_close(&fresh);
        if (whole && verdict->kind != VERDICT_CORRECT)
            break;
    }
    if (rmdir(folder) != 0 && whole && errno == ENOTEMPTY)
        snprintf(verdict->signature, sizeof verdict->signature, "left files in %s", folder);
    return whole;
}
