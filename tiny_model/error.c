/* Errors of users and of ourselves; see error.h. */
#include "error.h"

#include "visible.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The only mutable global: an abort handler can be handed nothing else. */
static char failure[600];

/* As much of the text as fits, visible. */
static void show(Error *error, const char *text)
{
    size_t used = 0;
    while (*text && used + VISIBLE <= sizeof error->text) {
        text += character_visible(error->text + used, text);
        used += strlen(error->text + used);
    }
    error->text[used] = '\0';
}

bool error_set(Error *error, int code, const char *format, ...)
{
    if (error->code != 0)
        return false;
    char text[sizeof error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    show(error, text);
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
