/* Places of a chapter; see links.h. The article is gone through line by line, as it stands in its file. */
#include "links.h"

#include "fill.h"
#include "page_link.h"
#include "passage.h"
#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A blank at which no line ends. */
#define NO_BREAK "\u00a0"

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
    while (number < links->count &&
           (strcmp(links->links[number].target, link.target) != 0 || strcmp(links->links[number].run, link.run) != 0))
        number++;
    if (number == MOST_LINKS)
        return error_set(linking->error, EXIT_USED_WRONGLY, "chapter %d has more than %d places to open",
                         linking->chapter->number, MOST_LINKS);
    links->links[number] = link;
    links->count += number == links->count;
    for (int i = 0; i < linking->here_count; i++)
        if (linking->here[i] == number)
            return true;
    linking->here[linking->here_count++] = number;
    return true;
}

/* The run of what follows: with a model it begins anew, otherwise it changes the one before (fill.h). */
static void take_run(Linking *linking, const char *options, size_t length)
{
    char before[LINK_RUN];
    bool changes = length && !text_begins(options, "--model ") && *linking->run;
    snprintf(before, sizeof before, "%s", linking->run);
    int used = snprintf(linking->run, sizeof linking->run, "%s%s%.*s", changes ? before : "", changes ? " " : "",
                        (int)length, options);
    if (used >= LINK_RUN || !passage_leaves_run(linking->run))
        linking->run[0] = '\0';
}

/* A reference, from behind its {{ to before its }}. */
static bool take_reference(Linking *linking, const char *at, size_t length)
{
    static const char figure[] = "figure ", table[] = "table ", latex[] = "latex ";
    if (text_begins(at, figure))
        return true;
    const char *run = passage_run(at);
    if (run) {
        take_run(linking, run, (size_t)(at + length - run));
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
    return value_length(a) == value_length(b) && strncmp(a->target, b->target, value_length(a)) == 0 &&
           strcmp(a->run, b->run) == 0;
}

/* "[`tracer step --at 'loss'`](stepper.html#...)", or the command alone where no link leads there. */
static void add_place(const Linking *linking, const Link *link, const char *command)
{
    Text to = {0};
    bool linked = linking->reader == CHAPTER_FOR_LINKED_BOOK && page_link(link->run, link->target, &to);
    if (linked)
        text_add(linking->out, "[%s](<%s>)", command, text_piece(linking->out, &to));
    else
        text_add(linking->out, "%s", command);
    text_free(&to);
}

/* "`tracer step --at 'loss'`, `[0,1]`": a line for every value of the section. */
static void list_for_book(const Linking *linking)
{
    const Link *links = linking->links->links;
    bool told[MOST_LINKS] = {false};
    text_add(linking->out, "\n###### In the stepper\n\n");
    for (int i = 0; i < linking->here_count; i++) {
        const Link *link = &links[linking->here[i]];
        if (told[i])
            continue;
        char command[LINK_RUN + LINK_TARGET + 40];
        snprintf(command, sizeof command, "`tracer step%s%s --at '%s'`", *link->run ? " " : "", link->run,
                 link->target);
        text_add(linking->out, "- ");
        add_place(linking, link, command);
        for (int j = i + 1; j < linking->here_count; j++) {
            const Link *other = &links[linking->here[j]];
            if (!same_value(link, other))
                continue;
            const char *cell = other->target + value_length(other);
            snprintf(command, sizeof command, *cell ? "`%s`" : "%sall of it", cell);
            text_add(linking->out, ", ");
            add_place(linking, other, command);
            told[j] = true;
        }
        text_add(linking->out, "\n");
    }
    text_add(linking->out, "\n");
}

/* How much of a name the one before has told already: all of it, or the frame that both stand in. */
static size_t told_already(const Link *link, const Link *before)
{
    size_t frame = 0;
    if (!before || strcmp(link->run, before->run) != 0)
        return 0;
    if (same_value(link, before) && link->target[value_length(link)])
        return value_length(link);
    for (size_t i = 0; i < value_length(link) && link->target[i] == before->target[i]; i++)
        if (link->target[i] == '.')
            frame = i;
    return frame;
}

/* "opens 1 `loss`, 2 `logits[0,1]`, 3 `[0,2]`; with --step 1: 4 `loss`": a sentence, since a reader goes past a
 * list. */
static void tell_in_terminal(const Linking *linking)
{
    const Link *before = NULL;
    bool told[MOST_LINKS] = {false};
    if (linking->chapter->number)
        text_add(linking->out, "\n→ `tracer learn %d --open N` opens ", linking->chapter->number);
    else
        text_add(linking->out, "\n→ `tracer learn %s --open N` opens ", linking->chapter->name);
    for (int i = 0; i < linking->here_count; i++)
        for (int j = i; j < linking->here_count && !told[i]; j++) {
            const Link *first = &linking->links->links[linking->here[i]],
                       *link = &linking->links->links[linking->here[j]];
            if (strcmp(first->run, link->run) != 0 || told[j])
                continue;
            bool other_run = before ? strcmp(before->run, link->run) != 0 : *link->run;
            text_add(linking->out, "%s", !before ? "" : other_run ? "; " : ", ");
            if (other_run)
                text_add(linking->out, *link->run ? "with `%s`: " : "with no option: ", link->run);
            text_add(linking->out, "%d" NO_BREAK "`%s`", linking->here[j] + 1,
                     link->target + told_already(link, before));
            before = link;
            told[j] = j > i;
        }
    text_add(linking->out, "\n\n");
}

/* The places of the section that ends here. */
static void end_section(Linking *linking)
{
    if (linking->here_count > 0)
        (linking->reader == CHAPTER_FOR_TERMINAL ? tell_in_terminal : list_for_book)(linking);
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

bool chapter_links(const Tutorial *tutorial, const Chapter *chapter, ChapterFor reader, Links *links, Text *out,
                   Error *error)
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
