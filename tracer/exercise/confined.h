/* Running somebody else's program for a moment: limits of time, memory, processes and files, an empty
 * environment, an empty folder, nothing of it left afterwards. */
#ifndef TRACER_EXERCISE_CONFINED_H
#define TRACER_EXERCISE_CONFINED_H

#include "tiny_model/error.h"
#include "tracer/base/text.h"

enum { PROGRAM_SECONDS = 5, PROGRAM_MEGABYTES = 1024, PROGRAM_OUTPUT = 1 << 20, CONFINED_PATH = 400 };

/* A place to run programs in: a folder of its own in TMPDIR, or /tmp, with a copy of the program. */
typedef struct {
    char folder[CONFINED_PATH], program[CONFINED_PATH + 10], work[CONFINED_PATH + 10];
    const char *path;      /* as the user calls it */
} Confined;

/*   errors  a file that cannot be read or is too long, no room for the folder */
bool confined_open(Confined *out, const char *path, Error *error);

/* Removes the folder and whatever was left in it. */
void confined_close(Confined *confined);

/* Runs the program once, with `input` on its standard input, and adds what it prints to *output. It
 * gets the limits above; started by root it is nobody. Where the kernel allows it, it has no network,
 * sees no other process, and can write nowhere but in its folder, which is memory of its own.
 * Whatever it started is ended with it, also what went away on its own.
 *   errors  it could not be started, ran too long, printed too much or nothing */
bool confined_run(const Confined *confined, const Text *input, Text *output, Error *error);

/* confined_child.c: becomes the program, in a child of the caller; `kept` is a descriptor that stays
 * open until the program has ended. Ends with its exit code, or 128 and the signal. */
_Noreturn void confined_become(const Confined *confined, int input, int output, int kept);

/* confined_child.c: who adopts the processes that are left behind, and ends all of its children. */
void confined_adopt(void);
void confined_end_all(void);

#endif
