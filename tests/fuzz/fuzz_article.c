/* Fuzzing: articles of every form with references to the numbers of a run, checked but not written; and read as
 * chapters are. */
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
    for (ChapterFor reader = CHAPTER_FOR_TERMINAL; reader <= CHAPTER_FOR_LINKED_BOOK; reader++) {
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

/* The same bytes as an article of one form. */
static void check_article(const char *path)
{
    FillReport report = {0};
    Error error = {0};
    RunOptions run = {0};
    int kept = silence_stdout();
    bool read = fill_article(path, &run, 4, true, &report, &error);
    restore_stdout(kept);
    if (read == (error.code != EXIT_DONE) || strpbrk(error.text, "\n\033") ||
        (report.differences.data && strchr(report.differences.data, '\033')) ||
        (report.faults.data && strchr(report.faults.data, '\033')))
        abort();
    fill_report_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const extensions[] = {"md", "qmd", "html", "tex", "ipynb"};
    char path[] = INPUT_FILE, named[sizeof path + 8];
    /* Other runs would be files and training steps of the article's choosing: slow, not deep. */
    for (size_t i = 0; i + 4 < size; i++)
        if (memcmp(data + i, "run ", 4) == 0 || memcmp(data + i, "figu", 4) == 0)
            size = i;
    input_file(path, data, size);
    read_as_chapter(path);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        snprintf(named, sizeof named, "%s.%s", path, extensions[i]);
        if (link(path, named) != 0)
            abort();
        check_article(named);
        unlink(named);
    }
    unlink(path);
    return 0;
}
