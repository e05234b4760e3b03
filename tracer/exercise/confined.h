/* Running somebody else's program for a moment: limits of time, memory, processes and files, an empty
 * environment, an empty folder, nothing of it left afterwards. */
#ifndef TRACER_EXERCISE_CONFINED_H
#define TRACER_EXERCISE_CONFINED_H

#include "tiny_model/error.h"
#include "tracer/base/text.h"

#include <signal.h>

enum { PROGRAM_SECONDS = 5, PROGRAM_MEGABYTES = 1024, PROGRAM_OUTPUT = 1 << 20, PROGRAM_COMPLAINT = 1 << 14,
       CONFINED_PATH = 400 };

/* What holds a program back beside the limits, as far as the kernel lets an ordinary user have it. */
typedef enum {
    FORCE_LIMITS = 1,      /* it was started at all */
    FORCE_FILTER = 2,      /* no sockets, so no network and no server by path; no look into other processes */
    FORCE_APART = 4,       /* sees and signals no process but its own */
    FORCE_FILES = 8        /* writes nowhere but in its folder, which is memory of its own */
} Force;

/* A place to run programs in: a folder of its own in TMPDIR, or /tmp, with a copy of the program. */
typedef struct {
    char folder[CONFINED_PATH], program[CONFINED_PATH + 10], work[CONFINED_PATH + 10];
    const char *path;      /* as the user calls it */
    sigset_t signals;      /* the mask before: those that end us wait until the folder is gone */
    bool waits;
} Confined;

/* How one run went. */
typedef struct {
    Text output, complaint; /* what it wrote on standard output, and the first of it on standard error */
    unsigned force;         /* Force: what was in force */
} Ran;

void ran_free(Ran *ran);

/* One sentence for a report: what was in force. */
void force_say(unsigned force, Text *out);

/* From here to confined_close the signals that end a process (Ctrl-C, TERM ...) wait: a run stops at once when one
 * comes, and it takes effect when the folder is gone.
 *   errors  a file that cannot be read or is too long, no room for the folder */
bool confined_open(Confined *out, const char *path, Error *error);

/* Removes the folder and whatever was left in it. */
void confined_close(Confined *confined);

/* confined.c: says that it could not be started, and why; whether a signal has come that shall end us; empties a
 * folder, whatever a program made in it. */
bool confined_not_started(const char *path, Error *error);
bool confined_stopped(const Confined *confined);
void confined_empty(const char *folder);

/* Runs the program once, with `input` on its standard input. It gets the limits above; started by root it is nobody.
 * What else holds it back is told in ran->force. Whatever it started is ended with it, also what went away on its own.
 *   memory  *ran, freed by ran_free, also after an error
 *   errors  it could not be started, ran too long, printed too much or nothing; a signal came */
bool confined_run(const Confined *confined, const Text *input, Ran *ran, Error *error);

/* What the keeper of a program tells on the way. */
typedef struct {
    enum { REPORT_FORCE, REPORT_STATUS } kind;
    int number;            /* Force; what waitpid says of the program */
} Report;

typedef struct {
    int input, output, complaint, report;
} Ends;

/* confined_child.c: becomes the program, in a child of the caller; ends.report takes Reports and stays open until
 * the program has ended. */
_Noreturn void confined_become(const Confined *confined, Ends ends);

/* confined_filter.c: takes sockets and other processes away from this process and all that it starts, for good;
 * false where the kernel has no such filter. Needs no_new_privs. */
bool confined_filter(void);

/* Whether this process is inside of one: a student's program has started it. */
bool confined_inside(void);

/* confined_child.c: who adopts the processes that are left behind, and ends all of its children. */
void confined_adopt(void);
void confined_end_all(void);

#endif
