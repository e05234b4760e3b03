/* Finding the tutorial; see tutorial_folder.h. */
#include "tutorial_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program, into out[TUTORIAL_PATH]; "." where the system does not tell. */
static void program_folder(char *out)
{
    ssize_t length = readlink("/proc/self/exe", out, TUTORIAL_PATH - 1);
    out[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
    else
        strcpy(out, ".");
}

static bool has_part(const char *folder, const char *part)
{
    char path[TUTORIAL_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", folder, part);
    return access(path, R_OK | X_OK) == 0;
}

bool tutorial_folder(const char *part, char *out, Error *error)
{
    static const char *const beside[] = {"../tutorial", "../../tutorial", "../share/tracer/tutorial"};
    const char *given = getenv("TRACER_TUTORIAL");
    char program[TUTORIAL_PATH];
    if (given && *given) {
        snprintf(out, TUTORIAL_PATH, "%s", given);
        return has_part(out, part) || error_set(error, EXIT_INPUT_OUTPUT,
                                                "TRACER_TUTORIAL is \"%.200s\", which has no folder %s", given, part);
    }
    program_folder(program);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        int length = snprintf(out, TUTORIAL_PATH, "%s/%s", program, beside[i]);
        if (length < TUTORIAL_PATH && has_part(out, part))
            return true;
    }
    return error_set(error, EXIT_INPUT_OUTPUT,
                     "the tutorial is not beside \"%.200s\"; say where it is with TRACER_TUTORIAL", program);
}

bool exercises_folder(const char *given, char *out, Error *error)
{
    char folder[TUTORIAL_PATH];
    if (!given && !tutorial_folder("exercises", folder, error))
        return false;
    int length = given ? snprintf(out, TUTORIAL_PATH, "%s", given)
                       : snprintf(out, TUTORIAL_PATH, "%s/exercises", folder);
    return length < TUTORIAL_PATH || error_set(error, EXIT_INPUT_OUTPUT, "the path of the exercises is too long");
}

bool stepper_page(char *out, Error *error)
{
    static const char *const beside[] = {"web/tracer.html", "../share/tracer/tracer.html"};
    char program[TUTORIAL_PATH];
    program_folder(program);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        int length = snprintf(out, TUTORIAL_PATH, "%s/%s", program, beside[i]);
        if (length < TUTORIAL_PATH && access(out, R_OK) == 0)
            return true;
    }
    return error_set(error, EXIT_INPUT_OUTPUT, "the stepper's page is not beside \"%.200s\"; ./build.sh web makes it",
                     program);
}
