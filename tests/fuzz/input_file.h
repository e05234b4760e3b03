/* A fuzzer's input as a file, for what reads files. */
#ifndef TESTS_FUZZ_INPUT_FILE_H
#define TESTS_FUZZ_INPUT_FILE_H

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* The template of such a file's path: an array of its own for each input, since its end is filled in. */
#define INPUT_FILE "/tmp/tracer-fuzz-XXXXXX"

/* Writes data[size] into a new file and its name into path, which begins as INPUT_FILE. The caller unlinks it. */
static inline void input_file(char *path, const uint8_t *data, size_t size)
{
    int file = mkstemp(path);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);
}

#endif
