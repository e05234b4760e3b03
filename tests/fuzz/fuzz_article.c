/* Fuzzing: articles with references to the numbers of a run, checked but not written. */
#include "tracer/fill.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the check says of drifted numbers goes nowhere; returns where stdout went before. */
static int silence_stdout(void)
{
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY);
    if (kept < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        abort();
    close(nowhere);
    return kept;
}

static void restore_stdout(int kept)
{
    fflush(stdout);
    if (dup2(kept, STDOUT_FILENO) < 0)
        abort();
    close(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/article-XXXXXX";
    int descriptor = mkstemp(path), count = 0, drifted = 0;
    Error error = {0};
    RunOptions run = {0};
    /* Other runs would be files and training steps of the article's choosing: slow, not deep. */
    for (size_t i = 0; i + 4 < size; i++)
        if (memcmp(data + i, "run ", 4) == 0 || memcmp(data + i, "figu", 4) == 0)
            size = i;
    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
        abort();
    close(descriptor);
    int kept = silence_stdout();
    bool read = fill_article(path, &run, 4, true, &count, &drifted, &error);
    restore_stdout(kept);
    unlink(path);
    if (read == (error.code != EXIT_DONE) || strpbrk(error.text, "\n\033"))
        abort();
    return 0;
}
