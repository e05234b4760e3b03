/* Running a program: the place that it runs in, and what must not be left behind; see confined.h. */
#include "confined.h"

#include "tracer/base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PROGRAM = 64 << 20 };

bool confined_not_started(const char *path, Error *error)
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
                 (chmod(to->program, 0555) == 0 || confined_not_started(to->path, error));
    free(bytes);
    return whole;
}

/* Those that ask a process to end, unless it was started to ignore them. */
static void ending_signals(sigset_t *out)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigemptyset(out);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(out, numbers[i]);
    }
}

/* A signal that waits and would end us: not one that was held back or is ignored anyway. */
bool confined_stopped(const Confined *confined)
{
    sigset_t waiting, ending;
    ending_signals(&ending);
    sigpending(&waiting);
    for (int number = 1; number < NSIG; number++)
        if (sigismember(&ending, number) == 1 && sigismember(&waiting, number) == 1 &&
            sigismember(&confined->signals, number) != 1)
            return true;
    return false;
}

bool confined_open(Confined *out, const char *path, Error *error)
{
    const char *parent = getenv("TMPDIR");
    sigset_t ending;
    *out = (Confined){.path = path, .waits = true};
    ending_signals(&ending);
    sigprocmask(SIG_BLOCK, &ending, &out->signals);
    int length = snprintf(out->folder, sizeof out->folder, "%s/tracer-program-XXXXXX",
                          parent && *parent == '/' ? parent : "/tmp");
    if (length >= (int)sizeof out->folder || !mkdtemp(out->folder)) {
        out->folder[0] = '\0';
        confined_not_started(path, error);
        confined_close(out);
        return false;
    }
    snprintf(out->program, sizeof out->program, "%s/program", out->folder);
    snprintf(out->work, sizeof out->work, "%s/work", out->folder);
    if (chmod(out->folder, 0711) == 0 && copy_program(out, error) && mkdir(out->work, 0700) == 0)
        return true;
    if (!error->code)
        confined_not_started(path, error);
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
void confined_empty(const char *path)
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
    if (confined->folder[0]) {
        confined_empty(confined->folder);
        rmdir(confined->folder);
    }
    confined->folder[0] = '\0';
    if (confined->waits)
        sigprocmask(SIG_SETMASK, &confined->signals, NULL);
    confined->waits = false;
}
