/* Finding and reading the chapters; see chapter.h. */
#include "chapter.h"

#include "fill_reference.h"
#include "filled.h"
#include "links.h"
#include "tutorial_folder.h"
#include "tracer/base/files.h"
#include "tracer/base/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Behind the chapters, and with number 0. */
static const char *const pages[] = {"functions.md", "glossary.md"};

const char *chapter_path(const Tutorial *tutorial, const Chapter *chapter, char *out)
{
    int length = snprintf(out, CHAPTER_PATH, "%s/%s%s", tutorial->folder, chapter->number ? "chapters/" : "",
                          chapter->file);
    if (length >= CHAPTER_PATH)
        *out = '\0'; /* opening it fails and says so */
    return out;
}

/* A page that cannot be read is one that is not there; a chapter has to be. */
static void read_title(const Tutorial *tutorial, Chapter *chapter, Error *error)
{
    char path[CHAPTER_PATH], line[CHAPTER_TITLE] = "";
    FILE *file = fopen(chapter_path(tutorial, chapter, path), "r");
    if (!file && chapter->number)
        error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%.200s\": %s", path, strerror(errno));
    const char *title = file && fgets(line, sizeof line, file) ? line : chapter->name;
    if (file)
        fclose(file);
    /* "# 7. Softmax" is called Softmax: the number is told by whoever lists it. */
    title += strspn(title, "# ");
    title += strspn(title, "0123456789");
    title += strspn(title, ". ");
    snprintf(chapter->title, sizeof chapter->title, "%.*s", (int)strcspn(title, "\n"), title);
}

static void add_chapter(Tutorial *tutorial, const char *file, int number, const char *name, Error *error)
{
    size_t length = strlen(name);
    if (tutorial->count == MOST_CHAPTERS || length < 4 || length - 3 >= CHAPTER_NAME ||
        strcmp(name + length - 3, ".md") != 0)
        return;
    Chapter *chapter = &tutorial->chapters[tutorial->count++];
    *chapter = (Chapter){.number = number};
    snprintf(chapter->file, sizeof chapter->file, "%s", file);
    snprintf(chapter->name, sizeof chapter->name, "%.*s", (int)length - 3, name);
    read_title(tutorial, chapter, error);
}

static int by_number(const void *a, const void *b)
{
    return ((const Chapter *)a)->number - ((const Chapter *)b)->number;
}

bool tutorial_find(Tutorial *tutorial, Error *error)
{
    char path[CHAPTER_PATH + 16];
    *tutorial = (Tutorial){0};
    if (!tutorial_folder("chapters", tutorial->folder, error))
        return false;
    snprintf(path, sizeof path, "%s/chapters", tutorial->folder);
    DIR *directory = opendir(path);
    if (!directory)
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot read the folder \"%.200s\"", path);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *name;
        long number = strtol(entry->d_name, &name, 10);
        if (number > 0 && number < 1000 && *name == '-')
            add_chapter(tutorial, entry->d_name, (int)number, name + 1, error);
    }
    closedir(directory);
    qsort(tutorial->chapters, (size_t)tutorial->count, sizeof *tutorial->chapters, by_number);
    if (tutorial->count == 0)
        return error_set(error, EXIT_INPUT_OUTPUT, "the folder \"%.200s\" has no chapters NN-name.md", path);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        add_chapter(tutorial, pages[i], 0, pages[i], error);
    return error->code == 0;
}

const Chapter *chapter_find(const Tutorial *tutorial, const char *word, Error *error)
{
    long number = 0;
    bool counted = parse_integer(word, 1, 999, &number);
    const Chapter *found = NULL;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    int matches = 0;
    for (int i = 0; i < tutorial->count; i++) {
        const Chapter *chapter = &tutorial->chapters[i];
        nearest_offer(&nearest, word, chapter->name);
        if ((counted && chapter->number == number) || strcmp(chapter->name, word) == 0)
            return chapter;
        if (*word && strncmp(chapter->name, word, strlen(word)) == 0) {
            found = chapter;
            matches++;
        }
    }
    if (matches == 1)
        return found;
    error_set(error, EXIT_USED_WRONGLY, "no chapter is called \"%.60s\"; %s", word,
              nearest_text(&nearest, answer, "tracer learn lists them"));
    return NULL;
}

/* Fills the reference anew. */
static bool refill(void *context, const char *reference, const char *printed, size_t length, Text *out, Error *error)
{
    bool stale;
    (void)printed, (void)length;
    return reference_fill(context, reference, out, &stale, error);
}

/* Whether the numbers of a run can stand in the chapters: it is of the system that they tell of. */
static bool told_of(const RunOptions *run, Error *error)
{
    Session session;
    const System *system = PRESETS[0].system;
    if (!session_load(&session, run, error))
        return false;
    if (session.model.system != system)
        error_set(error, EXIT_USED_WRONGLY,
                  "the chapters tell of the system \"%s\", not of \"%s\"; read them without --model", system->name,
                  session.model.system->name);
    session_close(&session);
    return error->code == 0;
}

bool chapter_text(const Tutorial *tutorial, const Chapter *chapter, ChapterFor reader, const RunOptions *run,
                  int digits, Text *out, Error *error)
{
    char path[CHAPTER_PATH];
    Filling filling;
    Text linked = {0};
    if (run && !told_of(run, error))
        return false;
    Links *links = malloc(sizeof *links);
    bool whole = links ? chapter_links(tutorial, chapter, reader, links, &linked, error) : error_memory(error);
    free(links);
    if (whole && run)
        whole = filling_begin(&filling, chapter_path(tutorial, chapter, path), run, digits, error);
    if (whole) {
        whole = article_read(linked.data ? linked.data : "", run ? refill : NULL, &filling, out, error);
        if (run)
            filling_end(&filling);
    }
    text_free(&linked);
    return whole;
}
