/* Running a program: the side that starts it, reads what it writes and waits; see confined.h. */
#include "confined.h"

#include "tracer/base/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void ran_free(Ran *ran)
{
    text_free(&ran->output);
    text_free(&ran->complaint);
}

void force_say(unsigned force, Text *out)
{
    static const struct {
        Force force;
        const char *holds, *lacks;
    } parts[] = {{FORCE_FILTER, "no network and no sockets", "the network and sockets are in reach"},
                 {FORCE_APART, "no other processes", "other processes of the account are in reach"},
                 {FORCE_FILES, "all files read-only", "files of the account can be written"}};
    text_add(out, "limits of time, memory, output, files and processes");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0, count = 0; i < sizeof parts / sizeof *parts; i++)
            if (((force & parts[i].force) == 0) == (pass == 1))
                text_add(out, "%s%s", pass == 0 ? ", " : count++ ? ", " : "; but here ",
                         pass == 0 ? parts[i].holds : parts[i].lacks);
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

/* A program that runs: what it writes and what its keeper tells. */
enum { OUTPUT, COMPLAINT, REPORTS, PIPES };

typedef struct {
    const Confined *confined;
    struct pollfd ends[PIPES];
    Ran *ran;
    int status;              /* as of waitpid, once has_status */
    bool has_status, stopped; /* stopped: by a signal to us */
} Running;

/* What is there to be read now; false at the end or if it is too much. */
static bool take_output(int descriptor, Text *out)
{
    char bytes[4096];
    ssize_t count = read(descriptor, bytes, sizeof bytes);
    if (count > 0)
        text_put(out, bytes, (size_t)count);
    return count > 0 && out->length <= PROGRAM_OUTPUT;
}

/* The same of its complaints, of which the first ones are kept: it may go on and on. */
static bool take_complaint(int descriptor, Text *out)
{
    char bytes[4096];
    ssize_t count = read(descriptor, bytes, sizeof bytes);
    size_t room = PROGRAM_COMPLAINT - out->length;
    if (count > 0)
        text_put(out, bytes, (size_t)count < room ? (size_t)count : room);
    return count > 0;
}

/* False when the keeper has ended. */
static bool take_report(Running *running)
{
    Report report;
    ssize_t count = read(running->ends[REPORTS].fd, &report, sizeof report);
    if (count == (ssize_t)sizeof report && report.kind == REPORT_FORCE)
        running->ran->force = (unsigned)report.number;
    if (count == (ssize_t)sizeof report && report.kind == REPORT_STATUS) {
        running->status = report.number;
        running->has_status = true;
    }
    return count > 0;
}

/* Reads until the program has ended; false if the time or the room for it ended first, or a signal says that all
 * shall end. What it left behind may hold its output open: nobody waits for that. */
static bool read_all(Running *running)
{
    enum { SLICE = 50 }; /* milliseconds between two looks for a signal */
    double deadline = seconds_now() + PROGRAM_SECONDS;
    struct pollfd *ends = running->ends;
    Ran *ran = running->ran;
    for (bool alive = true; alive;) {
        double left = deadline - seconds_now();
        running->stopped = confined_stopped(running->confined);
        if (left <= 0 || running->stopped || ran->output.length > PROGRAM_OUTPUT)
            return false;
        if (poll(ends, PIPES, left * 1000 < SLICE ? (int)(left * 1000) + 1 : SLICE) <= 0)
            continue;
        if (ends[OUTPUT].revents && !take_output(ends[OUTPUT].fd, &ran->output))
            ends[OUTPUT].fd = -1; /* it closed its output and may go on */
        if (ends[COMPLAINT].revents && !take_complaint(ends[COMPLAINT].fd, &ran->complaint))
            ends[COMPLAINT].fd = -1;
        if (ends[REPORTS].revents)
            alive = take_report(running);
    }
    for (int end = 0; end < REPORTS; end++)
        if (ends[end].fd >= 0)
            fcntl(ends[end].fd, F_SETFL, O_NONBLOCK);
    while (ends[OUTPUT].fd >= 0 && take_output(ends[OUTPUT].fd, &ran->output))
        continue;
    if (ends[COMPLAINT].fd >= 0)
        take_complaint(ends[COMPLAINT].fd, &ran->complaint);
    return ran->output.length <= PROGRAM_OUTPUT;
}

static void close_all(int pipes[PIPES][2], int end)
{
    for (int i = 0; i < PIPES; i++)
        if (pipes[i][end] >= 0)
            close(pipes[i][end]);
}

static bool make_pipes(int pipes[PIPES][2])
{
    for (int i = 0; i < PIPES; i++)
        pipes[i][0] = pipes[i][1] = -1;
    for (int i = 0; i < PIPES; i++)
        if (pipe(pipes[i]) != 0) {
            close_all(pipes, 0);
            close_all(pipes, 1);
            return false;
        }
    return true;
}

/* Starts it and waits; running->has_status is false if it had to be ended. */
static bool start_and_read(Running *running, int input)
{
    int pipes[PIPES][2];
    if (!make_pipes(pipes))
        return false;
    fflush(stdout);
    confined_adopt();
    pid_t child = fork();
    if (child == 0)
        confined_become(running->confined, (Ends){input, pipes[OUTPUT][1], pipes[COMPLAINT][1], pipes[REPORTS][1]});
    close_all(pipes, 1);
    for (int i = 0; i < PIPES; i++)
        running->ends[i] = (struct pollfd){.fd = pipes[i][0], .events = POLLIN};
    if (child > 0 && !read_all(running)) {
        running->has_status = false;
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
        kill(-child, SIGKILL);
        confined_end_all();
    }
    close_all(pipes, 0);
    return child > 0;
}

/* The last line of its complaint, where programs say what is wrong; "" where there is none. */
static void last_line(const Text *complaint, char *out, size_t size)
{
    size_t end = complaint->length;
    while (end > 0 && strchr("\r\n ", complaint->data[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && complaint->data[start - 1] != '\n')
        start--;
    size_t length = end - start < size ? end - start : size - 1;
    if (length > 0)
        memcpy(out, complaint->data + start, length);
    out[length] = '\0';
}

static bool printed_nothing(const Running *running, Error *error)
{
    char said[120];
    last_line(&running->ran->complaint, said, sizeof said);
    const char *quote = *said ? "\"" : "", *before = *said ? "; it complained \"" : "";
    if (WIFSIGNALED(running->status))
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program printed nothing; signal %d ended it%s%s%s",
                         running->confined->path, WTERMSIG(running->status), before, said, quote);
    return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program printed nothing; its exit code is %d%s%s%s",
                     running->confined->path, WEXITSTATUS(running->status), before, said, quote);
}

bool confined_run(const Confined *confined, const Text *input, Ran *ran, Error *error)
{
    Running running = {.confined = confined, .ran = ran};
    int in = input_file(confined, input);
    *ran = (Ran){0};
    bool started = in >= 0 && start_and_read(&running, in);
    if (!started)
        confined_not_started(confined->path, error);
    if (in >= 0)
        close(in);
    confined_empty(confined->work);
    if (!started)
        return false;
    if (running.stopped)
        return error_set(error, EXIT_INPUT_OUTPUT, "%s: stopped by a signal", confined->path);
    if (ran->output.failed || ran->complaint.failed)
        return error_memory(error);
    if (ran->output.length > PROGRAM_OUTPUT)
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program printed more than %d bytes", confined->path,
                         PROGRAM_OUTPUT);
    if (!running.has_status)
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: the program took over %d seconds", confined->path,
                         PROGRAM_SECONDS);
    return ran->output.length > 0 || printed_nothing(&running, error);
}
