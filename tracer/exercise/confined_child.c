/* Running a program: the side that becomes it; see confined.h. Everything here is tried in turn, and
 * what a system does not have is left out: the limits are for mishaps, not against an attacker. */
#include "confined.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/mount.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum { NOBODY = 65534, MOST_DESCRIPTORS = 4096, MOST_OPEN = 64, MOST_PROCESSES = 64 };

static void limit(int what, unsigned long most)
{
    struct rlimit limits = {most, most};
    setrlimit(what, &limits);
}

/* The second number behind the name in /proc/PID/stat is the parent; -1 if it cannot be read. */
static pid_t parent_of(const char *pid)
{
    char path[300], line[512] = "";
    snprintf(path, sizeof path, "/proc/%.200s/stat", pid);
    int descriptor = open(path, O_RDONLY);
    ssize_t count = descriptor < 0 ? -1 : read(descriptor, line, sizeof line - 1);
    if (descriptor >= 0)
        close(descriptor);
    const char *behind = count > 0 ? strrchr(line, ')') : NULL; /* a name may hold anything */
    int parent = -1;
    if (!behind || sscanf(behind, ") %*c %d", &parent) != 1)
        return -1;
    return parent;
}

/* Calls each(pid, context) for every process that is seen; how many there are. */
static int each_process(void (*each)(pid_t, const char *))
{
    DIR *folder = opendir("/proc");
    int count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        count += pid > 0;
        if (pid > 0 && each)
            each(pid, entry->d_name);
    }
    if (folder)
        closedir(folder);
    return count;
}

static void end_child(pid_t pid, const char *name)
{
    if (parent_of(name) == getpid())
        kill(pid, SIGKILL);
}

void confined_adopt(void)
{
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

/* Those that a child leaves behind become children in their turn, until there are none. */
void confined_end_all(void)
{
    for (;;) {
        each_process(end_child);
        pid_t ended = waitpid(-1, NULL, WNOHANG);
        if (ended < 0 && errno == ECHILD)
            return;
        if (ended == 0)
            poll(NULL, 0, 1);
    }
}

#ifdef __linux__
static bool write_line(const char *path, const char *line)
{
    int descriptor = open(path, O_WRONLY);
    bool whole = descriptor >= 0 && write(descriptor, line, strlen(line)) == (ssize_t)strlen(line);
    if (descriptor >= 0)
        close(descriptor);
    return whole;
}

static bool mount_here(const char *kind, const char *where, unsigned long flags, const char *data)
{
    return syscall(SYS_mount, kind, where, kind, flags, data) == 0;
}

/* All that there is can only be read; the working folder is memory of its own; terminals are out of sight. */
static bool shut_files(const Confined *confined)
{
    bool shut = false;
    if (syscall(SYS_mount, "none", "/", NULL, (unsigned long)(MS_PRIVATE | MS_REC), NULL) != 0)
        return false;
    mount_here("tmpfs", "/dev/pts", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=0500");
#ifdef SYS_mount_setattr
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
    enum { ALL_BELOW = 0x8000 }; /* AT_RECURSIVE */
    shut = syscall(SYS_mount_setattr, AT_FDCWD, "/", (unsigned)ALL_BELOW, &attributes, sizeof attributes) == 0;
#endif
    return mount_here("tmpfs", confined->work, MS_NOSUID | MS_NODEV, "size=16m,nr_inodes=1024,mode=0700") && shut;
}

/* Users, processes, network and mounts of its own, where the kernel lets an ordinary user have them. */
static unsigned unshare_all(const Confined *confined)
{
    char map[64], groups[64];
    snprintf(map, sizeof map, "%d %d 1", (int)geteuid(), (int)geteuid());
    snprintf(groups, sizeof groups, "%d %d 1", (int)getegid(), (int)getegid());
    unsigned long all = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS;
    if (syscall(SYS_unshare, all) != 0)
        return 0;
    write_line("/proc/self/setgroups", "deny");
    bool mapped = write_line("/proc/self/uid_map", map) && write_line("/proc/self/gid_map", groups);
    return FORCE_APART | (mapped && shut_files(confined) ? FORCE_FILES : 0);
}
#endif

/* The keeper must not outlive who waits for it. */
static void end_with_parent(void)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
#endif
}

/* What the program cannot take off again; Force. */
static unsigned hold_back(const Confined *confined)
{
    unsigned force = FORCE_LIMITS;
#ifdef __linux__
    force |= unshare_all(confined);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && confined_filter())
        force |= FORCE_FILTER;
#else
    (void)confined;
#endif
    return force;
}

static void report(int to, Report what)
{
    /* Nobody is there to hear of a failure. */
    if (write(to, &what, sizeof what) < 0)
        return;
}

/* Root must not lend its rights. */
static void become_nobody(const Confined *confined)
{
    if (geteuid() != 0)
        return;
    if (chown(confined->work, NOBODY, NOBODY) != 0 || setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
        setuid(NOBODY) != 0)
        return;
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* or /proc/self would be root's */
#endif
}

static void set_limits(int processes)
{
    limit(RLIMIT_CPU, PROGRAM_SECONDS + 1); /* the clock on the wall speaks first */
    limit(RLIMIT_AS, (unsigned long)PROGRAM_MEGABYTES << 20);
    limit(RLIMIT_FSIZE, PROGRAM_OUTPUT);
    limit(RLIMIT_NOFILE, MOST_OPEN);
    limit(RLIMIT_CORE, 0);
#ifdef RLIMIT_NPROC
    limit(RLIMIT_NPROC, (unsigned long)(processes + MOST_PROCESSES)); /* those of the user count too */
#endif
}

static _Noreturn void execute(const Confined *confined, int processes)
{
    char home[CONFINED_PATH + 20], temporary[CONFINED_PATH + 20];
    snprintf(home, sizeof home, "HOME=%s", confined->work);
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", confined->work);
    char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", home, temporary, NULL};
    char *const words[] = {(char *)confined->program, NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    umask(077);
    set_limits(processes);
    if (chdir(confined->work) == 0)
        execve(confined->program, words, environment);
    _exit(127);
}

/* Waits for a child; its end is told where it is the program, and handed on. */
static _Noreturn void end_like(pid_t child, bool program, int told)
{
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(-1, &status, 0)) != child && (ended > 0 || errno == EINTR))
        continue;
    if (program && child > 0)
        report(told, (Report){REPORT_STATUS, status});
    _exit(child < 0 ? 127 : 0);
}

/* Nothing stays open but the three of every program, and the way to tell. */
static void redirect(Ends *ends)
{
    int high = fcntl(ends->report, F_DUPFD, 10);
    dup2(ends->input, STDIN_FILENO);
    dup2(ends->output, STDOUT_FILENO);
    dup2(ends->complaint, STDERR_FILENO);
    for (int descriptor = 3; descriptor < MOST_DESCRIPTORS; descriptor++)
        if (descriptor != high)
            close(descriptor);
    ends->report = high;
}

/* A keeper holds no end of a pipe that the program writes into, or its output would not end with it. */
static void let_go(void)
{
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
}

/* The keeper, whose end tells that of the program; where there are processes of their own, the first
 * of them, with which all others end; the program. */
_Noreturn void confined_become(const Confined *confined, Ends ends)
{
    int processes = each_process(NULL);
    setsid();
    redirect(&ends);
    become_nobody(confined);
    unsigned force = hold_back(confined);
    end_with_parent();
    report(ends.report, (Report){REPORT_FORCE, (int)force});
    for (int generation = force & FORCE_APART ? 0 : 1; generation < 2; generation++) {
        pid_t child = fork();
        if (child != 0) {
            let_go();
            end_like(child, generation == 1, ends.report);
        }
        end_with_parent();
#ifdef __linux__
        if (generation == 0)
            mount_here("proc", "/proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
#endif
    }
    close(ends.report);
    execute(confined, processes);
}
