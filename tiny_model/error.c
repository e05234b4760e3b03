/* Errors of users and of ourselves; see error.h. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The only mutable global: an abort handler can be handed nothing else. */
static char failure[600];

/* Controls of ASCII, and those of Latin-1 as UTF-8 writes them. */
static void without_control_characters(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f)
            *c = '?';
        else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
            c[0] = c[1] = '?';
    }
}

bool error_set(Error *error, int code, const char *format, ...)
{
    if (error->code != 0)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    without_control_characters(error->text);
    error->code = code;
    return false;
}

static const char out_of_memory[] = "out of memory";

bool error_memory(Error *error)
{
    return error_set(error, EXIT_INPUT_OUTPUT, "%s", out_of_memory);
}

bool error_is_memory(const Error *error)
{
    return strcmp(error->text, out_of_memory) == 0;
}

void check_failed(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int used = snprintf(failure, sizeof failure, "bug at %s:%d: ", file, line);
    vsnprintf(failure + used, sizeof failure - (size_t)used, format, arguments);
    va_end(arguments);
    fprintf(stderr, "tracer: %s\n", failure);
    abort();
}

const char *check_message(void)
{
    return failure;
}
