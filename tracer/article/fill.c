/* Filling an article; see fill.h. What a reference becomes is in fill_reference.c. */
#include "fill_reference.h"

#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char opening[] = "<!--{{", opened[] = "}}-->", closing[] = "<!--/-->";

/* The article as it is read: `at` goes through it once. */
typedef struct {
    Filling filling;
    const char *path, *at;
    Text out;
    int line;
    bool code;               /* between ``` lines */
    bool check;
    int count, drifted;
} Article;

static void copy(Article *article, size_t length)
{
    text_put(&article->out, article->at, length);
    for (size_t i = 0; i < length; i++)
        article->line += article->at[i] == '\n';
    article->at += length;
}

/* Puts the place before what went wrong. */
static bool wrong(const Article *article, const Error *found, Error *error)
{
    return error_set(error, found->code, "%.200s, line %d: %.350s", article->path, article->line, found->text);
}

static bool refuse(const Article *article, const char *what, Error *error)
{
    Error found = {0};
    error_set(&found, EXIT_USED_WRONGLY, "%s", what);
    return wrong(article, &found, error);
}

static void report(Article *article, const char *reference, const char *old, size_t old_length, const Text *fresh)
{
    article->drifted++;
    /* Both numbers on one line are what somebody wants who checks; a table that differs is only named. */
    bool short_ones = old && old_length < 60 && fresh->length < 60 && !memchr(old, '\n', old_length);
    if (!old)
        printf("%s:%d: {{%s}} is not filled\n", article->path, article->line, reference);
    else if (short_ones)
        printf("%s:%d: {{%s}} says %.*s, is %s\n", article->path, article->line, reference, (int)old_length, old,
               fresh->data ? fresh->data : "");
    else
        printf("%s:%d: {{%s}} has changed\n", article->path, article->line, reference);
}

/* One reference, `length` bytes at `text`; old: what it made last time, or NULL. */
static bool fill_one(Article *article, const char *text, size_t length, const char *old, size_t old_length,
                     Error *error)
{
    char reference[MOST_REFERENCE];
    Text fresh = {0};
    Error found = {0};
    bool stale = false;
    if (length >= sizeof reference)
        return refuse(article, "the reference is too long", error);
    snprintf(reference, sizeof reference, "%.*s", (int)length, text);
    if (!reference_fill(&article->filling, reference, &fresh, &stale, &found)) {
        text_free(&fresh);
        return wrong(article, &found, error);
    }
    bool same = old && old_length == fresh.length && memcmp(old, fresh.data ? fresh.data : "", old_length) == 0;
    if (article->check && (!same || stale))
        report(article, reference, old, old_length, &fresh);
    text_add(&article->out, "%s%s%s", opening, reference, opened);
    text_put(&article->out, text_piece(&article->out, &fresh), fresh.length);
    text_add(&article->out, "%s", closing);
    article->count++;
    text_free(&fresh);
    return true;
}

static void skip(Article *article, size_t length)
{
    for (size_t i = 0; i < length; i++)
        article->line += article->at[i] == '\n';
    article->at += length;
}

static bool fill_again(Article *article, Error *error)
{
    const char *text = article->at + strlen(opening), *end = strstr(text, opened);
    const char *old = end ? end + strlen(opened) : NULL, *close = old ? strstr(old, closing) : NULL;
    if (!close)
        return refuse(article, "a filled reference has no end; it is <!--/-->", error);
    bool filled = fill_one(article, text, (size_t)(end - text), old, (size_t)(close - old), error);
    skip(article, (size_t)(close - article->at) + strlen(closing));
    return filled;
}

static bool fill_new(Article *article, Error *error)
{
    const char *text = article->at + 2, *end = strstr(text, "}}"), *line = strchr(text, '\n');
    /* An open {{ would otherwise take in all that follows, up to the next one. */
    if (!end || (line && line < end))
        return refuse(article, "a {{ has no }} on its line; write \\{{ for the signs themselves", error);
    bool filled = fill_one(article, text, (size_t)(end - text), NULL, 0, error);
    skip(article, (size_t)(end - article->at) + 2);
    return filled;
}

/* Code within a line ends at as many ` as it begins with. */
static void copy_code(Article *article)
{
    size_t ticks = strspn(article->at, "`");
    const char *end = article->at + ticks;
    while ((end = strchr(end, '`')) && strspn(end, "`") != ticks)
        end += strspn(end, "`");
    copy(article, end ? (size_t)(end - article->at) + ticks : ticks);
}

static bool fill_next(Article *article, Error *error)
{
    bool starts_line = article->out.length == 0 || article->out.data[article->out.length - 1] == '\n';
    if (starts_line && text_begins(article->at, "```")) {
        article->code = !article->code;
        copy(article, strcspn(article->at, "\n"));
    } else if (article->code) {
        copy(article, strcspn(article->at, "\n") + (strchr(article->at, '\n') != NULL));
    } else if (*article->at == '`') {
        copy_code(article);
    } else if (text_begins(article->at, "\\{{")) {
        copy(article, 3);
    } else if (text_begins(article->at, opening)) {
        return fill_again(article, error);
    } else if (text_begins(article->at, "{{")) {
        return fill_new(article, error);
    } else {
        copy(article, 1);
    }
    return true;
}

bool fill_article(const char *path, const RunOptions *run, int digits, bool check, int *count, int *drifted,
                  Error *error)
{
    char *data;
    size_t size;
    if (!file_read(path, MOST_ARTICLE, &data, &size, error))
        return false;
    Article article = {.path = path, .at = data, .line = 1, .check = check};
    bool whole = filling_begin(&article.filling, path, run, digits, error);
    if (whole && strlen(data) != size)
        whole = refuse(&article, "the article has a zero byte", error);
    while (whole && *article.at)
        whole = fill_next(&article, error);
    if (whole && article.out.failed)
        whole = error_memory(error);
    /* Equal bytes are not written, so that a build that watches the file is not woken. */
    bool changed = article.out.length != size || memcmp(article.out.data ? article.out.data : "", data, size) != 0;
    if (whole && !check)
        whole = filling_write(&article.filling, error) &&
                (!changed || file_write(path, article.out.data, article.out.length, error));
    *count = article.count;
    *drifted = article.drifted;
    filling_end(&article.filling);
    text_free(&article.out);
    free(data);
    return whole;
}
