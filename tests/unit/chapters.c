/* Tutorials made for a test; see chapters.h. */
#include "chapters.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *inside(const Tutorial *tutorial, const char *what, char path[CHAPTER_PATH + PATH_SIZE])
{
    snprintf(path, CHAPTER_PATH + PATH_SIZE, "%s%s", tutorial->folder, what);
    return path;
}

void make_tutorial(Tutorial *tutorial, const char *markdown)
{
    char path[CHAPTER_PATH + PATH_SIZE];
    *tutorial = (Tutorial){.count = 1, .chapters = {{.file = "07-made.md", .name = "made", .number = 7}}};
    temporary_file(tutorial->folder, "", 0);
    unlink(tutorial->folder);
    EXPECT(mkdir(tutorial->folder, 0700) == 0 && mkdir(inside(tutorial, "/chapters", path), 0700) == 0, "cannot make %s", path);
    FILE *file = fopen(inside(tutorial, "/chapters/07-made.md", path), "w");
    EXPECT(file && fputs(markdown, file) >= 0 && fclose(file) == 0, "cannot write %s", path);
}

void remove_tutorial(const Tutorial *tutorial)
{
    char path[CHAPTER_PATH + PATH_SIZE];
    EXPECT(unlink(inside(tutorial, "/chapters/07-made.md", path)) == 0, "cannot remove %s", path);
    EXPECT(rmdir(inside(tutorial, "/chapters", path)) == 0 && rmdir(tutorial->folder) == 0, "cannot remove %s", path);
}

static Passages *found_passages(void)
{
    Passages *passages = passages_read();
    EXPECT(passages && passages->error.code == 0, "%s", passages ? passages->error.text : "out of memory");
    return passages;
}

Passages *all_passages(void)
{
    Passages *passages = found_passages();
    EXPECT(passages->count > 60, "the tutorial has %d passages", passages->count);
    return passages;
}

Passages *made_passages(const char *markdown)
{
    Tutorial *tutorial = malloc(sizeof *tutorial);
    EXPECT(tutorial, "out of memory");
    make_tutorial(tutorial, markdown);
    setenv("TRACER_TUTORIAL", tutorial->folder, 1);
    Passages *passages = found_passages();
    unsetenv("TRACER_TUTORIAL");
    remove_tutorial(tutorial);
    free(tutorial);
    return passages;
}
