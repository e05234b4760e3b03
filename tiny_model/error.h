/* Errors of two kinds. A user's mistake fills an Error and travels back to main,
 * which prints it once and exits with its code. Our own mistake fails a CHECK,
 * which says what was expected and aborts. */
#ifndef TINY_MODEL_ERROR_H
#define TINY_MODEL_ERROR_H

#include <stdbool.h>

enum { EXIT_DONE = 0, EXIT_CHECK_SAID_NO = 1, EXIT_USED_WRONGLY = 2, EXIT_INPUT_OUTPUT = 3 };

typedef struct {
    int code;        /* the exit code; 0 while nothing went wrong */
    char text[600];  /* one line, lower case; control characters and the like as visible.h shows them */
} Error;

/* Fills *error and returns false, so that `return error_set(...)` reads well.
 *   code    EXIT_USED_WRONGLY or EXIT_INPUT_OUTPUT
 *   memory  none; a longer text is cut off
 *   errors  none; a second call does not overwrite the first
 *   source  none */
bool error_set(Error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* error_set for memory that could not be had; exit code 3. */
bool error_memory(Error *error);
bool error_is_memory(const Error *error);

/* Prints what failed to stderr, remembers it for check_message and aborts. */
_Noreturn void check_failed(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The message of the failed CHECK, or "". A terminal handler prints it again
 * once the screen has been restored. */
const char *check_message(void);

#define CHECK(condition, ...) \
    do { \
        if (!(condition)) \
            check_failed(__FILE__, __LINE__, __VA_ARGS__); \
    } while (0)

#endif
