/* Places of a chapter; see links.h. The article is gone through line by line, as it stands in its file. */
#include "links.h"

#include "passage.h"
#include "tracer/files.h"
#include "tracer/fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const Chapter *chapter;
    ChapterFor reader;
    Links *links;
    Text *out;
    Error *error;
    char run[LINK_RUN];        /* of the last {{run}} */
    int here[MOST_LINKS];      /* those of this section */
    int here_count;
} Linking;

static bool keep(Linking *linking, const char *target, size_t length, const char *run)
{
    Links *links = linking->links;
    Link link = {0};
    snprintf(link.target, sizeof link.target, "%.*s", (int)length, target);
    snprintf(link.run, sizeof link.run, "%s", run);
    int number = 0;
    while (number < links->count && (strcmp(links->links[number].target, link.target) != 0 || strcmp(links->links[number].run, link.run) != 0))
        number++;
    if (number == MOST_LINKS)
        return error_set(linking->error, EXIT_USED_WRONGLY, "chapter %d has more than %d places to open", linking->chapter->number, MOST_LINKS);
    links->links[number] = link;
    links->count += number == links->count;
    for (int i = 0; i < linking->here_count; i++)
        if (linking->here[i] == number)
            return true;
    linking->here[linking->here_count++] = number;
    return true;
}

/* A reference, from behind its {{ to before its }}. */
static bool take_reference(Linking *linking, const char *at, size_t length)
{
    static const char run[] = "run ", figure[] = "figure ", table[] = "table ", latex[] = "latex ";
    if (text_begins(at, figure))
        return true;
    if (text_begins(at, run)) {
        snprintf(linking->run, sizeof linking->run, "%.*s", (int)(length - strlen(run)), at + strlen(run));
        if (!passage_leaves_run(linking->run))
            linking->run[0] = '\0';
        return true;
    }
    size_t before = text_begins(at, table) || text_begins(at, latex) ? strlen(table) : 0;
    size_t name = strcspn(at + before, " }");
    return keep(linking, at + before, name, linking->run);
}

/* Inline code, of `length` bytes: build/tracer step OPTIONS --at NAME. */
static bool take_code(Linking *linking, const char *at, size_t length)
{
    static const char step[] = "build/tracer step ", place[] = "--at ";
    char code[LINK_TARGET + LINK_RUN];
    if (!text_begins(at, step) || length >= sizeof code)
        return true;
    snprintf(code, sizeof code, "%.*s", (int)(length - strlen(step)), at + strlen(step));
    char *target = strstr(code, place);
    if (!target)
        return true;
    *target = '\0';
    if (target > code)
        target[-1] = '\0'; /* the blank behind the options */
    target += strlen(place);
    target += *target == '\'';
    return keep(linking, target, strcspn(target, "' "), code);
}

static bool take_line(Linking *linking, const char *line, size_t length)
{
    static const char opening[] = "<!--{{";
    for (const char *at = line, *end = line + length; at < end; at++) {
        const char *behind = at;
        if (text_begins(at, opening)) {
            at += strlen(opening);
            behind = at + strcspn(at, "}\n");
            if (!take_reference(linking, at, (size_t)(behind - at)))
                return false;
        } else if (*at == '`') {
            at++;
            behind = at + strcspn(at, "`\n");
            if (!take_code(linking, at, (size_t)(behind - at)))
                return false;
        }
        at = behind;
    }
    return true;
}

/* The part of a target that names the value; cells of one value stand in one line. */
static size_t value_length(const Link *link)
{
    return strcspn(link->target, "[");
}

static bool same_value(const Link *a, const Link *b)
{
    return value_length(a) == value_length(b) && strncmp(a->target, b->target, value_length(a)) == 0 && strcmp(a->run, b->run) == 0;
}

static void add_first(const Linking *linking, int number)
{
    const Link *link = &linking->links->links[number];
    const char *blank = *link->run ? " " : "";
    if (linking->reader == CHAPTER_FOR_BOOK)
        text_add(linking->out, "- `tracer step%s%s --at '%s'`", blank, link->run, link->target);
    else
        text_add(linking->out, "- %d `%s`%s%s", number + 1, link->target, blank, link->run);
}

static void add_other(const Linking *linking, int number)
{
    const Link *link = &linking->links->links[number];
    const char *cell = link->target + value_length(link);
    text_add(linking->out, ", ");
    if (linking->reader == CHAPTER_FOR_TERMINAL)
        text_add(linking->out, "%d ", number + 1);
    text_add(linking->out, *cell ? "`%s`" : "all of it", cell);
}

/* The list of the section that ends here. */
static void end_section(Linking *linking)
{
    const Link *links = linking->links->links;
    bool told[MOST_LINKS] = {false};
    if (linking->here_count == 0)
        return;
    if (linking->reader == CHAPTER_FOR_BOOK)
        text_add(linking->out, "\n###### In the stepper\n\n");
    else if (linking->chapter->number)
        text_add(linking->out, "\n###### In the stepper, with tracer learn %d --open NUMBER\n\n", linking->chapter->number);
    else
        text_add(linking->out, "\n###### In the stepper, with tracer learn %s --open NUMBER\n\n", linking->chapter->name);
    for (int i = 0; i < linking->here_count; i++) {
        if (told[i])
            continue;
        add_first(linking, linking->here[i]);
        for (int j = i + 1; j < linking->here_count; j++)
            if (same_value(&links[linking->here[i]], &links[linking->here[j]])) {
                add_other(linking, linking->here[j]);
                told[j] = true;
            }
        text_add(linking->out, "\n");
    }
    text_add(linking->out, "\n");
    linking->here_count = 0;
}

static bool add_lines(Linking *linking, const char *article)
{
    bool code = false;
    for (const char *line = article; *line;) {
        size_t length = strcspn(line, "\n");
        code ^= text_begins(line, "```");
        if (!code && text_begins(line, "## "))
            end_section(linking);
        if (!code && !take_line(linking, line, length))
            return false;
        length += line[length] == '\n';
        text_put(linking->out, line, length);
        line += length;
    }
    end_section(linking);
    return !linking->out->failed || error_memory(linking->error);
}

bool chapter_links(const Tutorial *tutorial, const Chapter *chapter, ChapterFor reader, Links *links, Text *out, Error *error)
{
    char path[CHAPTER_PATH], *article;
    size_t size;
    Linking linking = {.chapter = chapter, .reader = reader, .links = links, .out = out, .error = error};
    links->count = 0;
    if (!file_read(chapter_path(tutorial, chapter, path), MOST_ARTICLE, &article, &size, error))
        return false;
    bool whole = add_lines(&linking, article);
    free(article);
    return whole;
}
