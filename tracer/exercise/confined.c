/* Running a program: the side that waits; see confined.h. */
#include "confined.h"

#include "tracer/base/files.h"
#include "tracer/base/progress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PROGRAM = 64 << 20 };

static bool not_started(const char *path, Error *error)
{
    return error_set(error, EXIT_INPUT_OUTPUT, "%s: cannot be started: %s", path, strerror(errno));
}

/* A copy that the program's new owner may read, wherever the original stands. */
static bool copy_program(const Confined *to, Error *error)
{
    char *bytes;
    size_t size;
    if (!file_read(to->path, MOST_PROGRAM, &bytes, &size, error))
        return false;
    bool whole = file_write(to->program, bytes, size, error) &&
                 (chmod(to->program, 0555) == 0 || not_started(to->path, error));
    free(bytes);
    return whole;
}

bool confined_open(Confined *out, const char *path, Error *error)
{
    const char *parent = getenv("TMPDIR");
    *out = (Confined){.path = path};
    int length = snprintf(out->folder, sizeof out->folder, "%s/tracer-program-XXXXXX",
                          parent && *parent == '/' ? parent : "/tmp");
    if (length >= (int)sizeof out->folder || !mkdtemp(out->folder)) {
        out->folder[0] = '\0';
        return not_started(path, error);
    }
    snprintf(out->program, sizeof out->program, "%s/program", out->folder);
    snprintf(out->work, sizeof out->work, "%s/work", out->folder);
    if (chmod(out->folder, 0711) == 0 && copy_program(out, error) && mkdir(out->work, 0700) == 0)
        return true;
    if (!error->code)
        not_started(path, error);
    confined_close(out);
    return false;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static DIR *list_folder(int parent, const char *name)
{
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *list = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!list && descriptor >= 0)
        close(descriptor);
    return list;
}

/* Removes the files of a folder in `top` and lifts its folders to where it stands itself. */
static void lift_folder(int top, const char *name, long *lifted)
{
    DIR *list = fchmodat(top, name, 0700, 0) == 0 ? list_folder(top, name) : NULL;
    for (struct dirent *entry; list && (entry = readdir(list));) {
        char free_name[40];
        snprintf(free_name, sizeof free_name, "lifted %ld", (*lifted)++);
        if (is_dots(entry->d_name) || unlinkat(dirfd(list), entry->d_name, 0) == 0)
            continue;
        if (fchmodat(dirfd(list), entry->d_name, 0700, 0) == 0) /* or its owner may not move it */
            renameat(dirfd(list), entry->d_name, top, free_name);
    }
    if (list)
        closedir(list);
}

/* Removes what is in a folder, however deep it goes: no call for a level, as a program made them.
 * Links are removed, never followed. */
static void empty_folder(const char *path)
{
    long lifted = 0;
    for (bool found = true; found;) {
        DIR *list = list_folder(AT_FDCWD, path);
        found = false;
        for (struct dirent *entry; list && (entry = readdir(list));) {
            if (is_dots(entry->d_name) || unlinkat(dirfd(list), entry->d_name, 0) == 0)
                continue;
            lift_folder(dirfd(list), entry->d_name, &lifted);
            found |= unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR) == 0;
        }
        if (list)
            closedir(list);
    }
}

void confined_close(Confined *confined)
{
    if (!confined->folder[0])
        return;
    empty_folder(confined->folder);
    rmdir(confined->folder);
    confined->folder[0] = '\0';
}

/* A file without a name that holds the input, to be read only; -1 if there is no room for it. */
static int input_file(const Confined *confined, const Text *input)
{
    char path[CONFINED_PATH + 10];
    snprintf(path, sizeof path, "%s/input", confined->folder);
    int out = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600), in = open(path, O_RDONLY);
    unlink(path);
    bool whole = out >= 0 && in >= 0 && write(out, input->data, input->length) == (ssize_t)input->length;
    if (out >= 0)
        close(out);
    if (whole)
        return in;
    if (in >= 0)
        close(in);
    return -1;
}

/* What is there to be read now; false at the end or if it is too much. */
static bool take_output(int descriptor, Text *out)
{
    char bytes[4096];
    ssize_t count = read(descriptor, bytes, sizeof bytes);
    if (count > 0)
        text_put(out, bytes, (size_t)count);
    return count > 0 && out->length <= PROGRAM_OUTPUT;
}

/* Reads until the program has ended; false if the time or the room for it ended first. What it
 * left behind may hold its output open: nobody waits for that. */
static bool read_output(int descriptor, int kept, Text *out)
{
    double deadline = seconds_now() + PROGRAM_SECONDS;
    struct pollfd waiting[] = {{.fd = descriptor, .events = POLLIN}, {.fd = kept, .events = POLLIN}};
    for (;;) {
        double left = deadline - seconds_now();
        if (left <= 0 || out->length > PROGRAM_OUTPUT)
            return false;
        if (poll(waiting, 2, (int)(left * 1000) + 1) <= 0)
            continue;
        if (waiting[0].revents && !take_output(descriptor, out))
            waiting[0].fd = -1; /* it closed its output and may go on */
        if (waiting[1].revents)
            break;
    }
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    while (take_output(descriptor, out))
        continue;
    return out->length <= PROGRAM_OUTPUT;
}

/* Starts it and waits; its exit code in *status, -1 if it had to be ended. */
static bool start_and_read(const Confined *confined, int input, Text *output, int *status)
{
    int pipes[2], kept[2];
    if (pipe(pipes) != 0)
        return false;
    if (pipe(kept) != 0) {
        close(pipes[0]);
        close(pipes[1]);
        return false;
    }
    fflush(stdout);
    confined_adopt();
    pid_t child = fork();
    if (child == 0)
        confined_become(confined, input, pipes[1], kept[1]);
    close(pipes[1]);
    close(kept[1]);
    bool ended = child > 0 && read_output(pipes[0], kept[0], output);
    int how = 0;
    if (child > 0 && !ended) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    if (child > 0)
        waitpid(child, &how, 0);
    *status = ended && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    if (child > 0) {
        kill(-child, SIGKILL);
        confined_end_all();
    }
    close(pipes[0]);
    close(kept[0]);
    return child > 0;
}

bool confined_run(const Confined *confined, const Text *input, Text *output, Error *error)
{
    int in = input_file(confined, input), status = -1;
    bool started = in >= 0 && start_and_read(confined, in, output, &status);
    if (!started)
        not_started(confined->path, error);
    if (in >= 0)
        close(in);
    empty_folder(confined->work);
    if (!started)
        return false;
    if (output->failed)
        return error_memory(error);
    if (output->length > PROGRAM_OUTPUT)
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program printed more than %d bytes", confined->path,
                         PROGRAM_OUTPUT);
    if (status < 0)
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program took over %d seconds", confined->path,
                         PROGRAM_SECONDS);
    return output->length > 0 || error_set(error, EXIT_USED_WRONGLY,
                                           status > 128 ? "%s:1: the program printed nothing; signal %d ended it"
                                                        : "%s:1: the program printed nothing; its exit code is %d",
                                           confined->path, status > 128 ? status - 128 : status);
}
