/* Fuzzing: articles with references to the numbers of a run, checked but not written; and read as chapters are. */
#include "input_file.h"

#include "tracer/article/chapter.h"
#include "tracer/article/fill.h"
#include "tracer/base/paper.h"

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

/* What a terminal and the book make of it. */
static void read_as_chapter(const char *path)
{
    Tutorial tutorial = {.folder = "/tmp"};
    Chapter chapter = {.name = "fuzzed"}; /* without a number it lies in the folder itself */
    snprintf(chapter.file, sizeof chapter.file, "%s", strrchr(path, '/') + 1);
    for (ChapterFor reader = CHAPTER_FOR_TERMINAL; reader <= CHAPTER_FOR_BOOK; reader++) {
        Text markdown = {0}, paper = {0};
        Error error = {0};
        bool read = chapter_text(&tutorial, &chapter, reader, NULL, 4, &markdown, &error);
        if (read == (error.code != EXIT_DONE) || strpbrk(error.text, "\n\033"))
            abort();
        if (read && markdown.data && !paper_write(markdown.data, 60, false, &paper))
            abort();
        text_free(&markdown);
        text_free(&paper);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = INPUT_FILE;
    int count = 0, drifted = 0;
    Error error = {0};
    RunOptions run = {0};
    /* Other runs would be files and training steps of the article's choosing: slow, not deep. */
    for (size_t i = 0; i + 4 < size; i++)
        if (memcmp(data + i, "run ", 4) == 0 || memcmp(data + i, "figu", 4) == 0)
            size = i;
    input_file(path, data, size);
    int kept = silence_stdout();
    bool read = fill_article(path, &run, 4, true, &count, &drifted, &error);
    restore_stdout(kept);
    read_as_chapter(path);
    unlink(path);
    if (read == (error.code != EXIT_DONE) || strpbrk(error.text, "\n\033"))
        abort();
    return 0;
}
