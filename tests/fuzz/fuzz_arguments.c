/* Fuzzing: the command line. The input's lines are its words. */
#include "tracer/commands/command.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_LINES = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *words[MOST_LINES + 1];
    int count = 0;
    Arguments arguments;
    Error error = {0};
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text; line && *line && count < MOST_LINES;) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        words[count++] = line;
        line = end;
    }
    words[count] = NULL;
    bool read = arguments_parse(count, words, &arguments, &error);
    if (read == (error.code != EXIT_DONE) || strpbrk(error.text, "\n\033"))
        abort();
    if (read && (arguments.word_count > arguments.command->most_words || arguments.digits > MOST_DIGITS))
        abort();
    free(text);
    return 0;
}
