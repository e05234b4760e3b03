/* Notebooks: the cells of Markdown of an .ipynb file are filled, every other byte stays as it is. jansson reads and
 * writes the strings and says whether the file is JSON; where its parts stand is found here, since no JSON library
 * gives back the bytes that it read. */
#include "article.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A value in the bytes of the notebook. */
typedef struct {
    const char *begin, *end;
} Span;

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *string_end(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

/* Behind the value at `at`. The text is known to be JSON. */
static const char *value_end(const char *at)
{
    int depth = 0;
    do {
        if (*at == '"') {
            at = string_end(at);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        /* A number or a word ends before what cannot be in one. */
        at += depth || strchr("}]", *at) ? 1 : strcspn(at, ",]} \t\r\n");
    } while (depth);
    return at;
}

/* The next member of an object or element of an array, from behind its bracket or the last one; false if there is none.
 *   key  NULL for an array */
static bool next_value(const char **at, Span *key, Span *value)
{
    *at = skip_blanks(*at);
    *at = skip_blanks(*at + (**at == ','));
    if (**at == ']' || **at == '}')
        return false;
    if (key) {
        *key = (Span){*at, string_end(*at)};
        *at = skip_blanks(skip_blanks(key->end) + 1);
    }
    *value = (Span){*at, value_end(*at)};
    *at = value->end;
    return true;
}

static bool is_string(Span span, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(span.end - span.begin) == length + 2 && strncmp(span.begin + 1, text, length) == 0;
}

/* A member of an object. */
static bool find_member(Span object, const char *name, Span *value)
{
    Span key;
    const char *at = object.begin + 1;
    while (next_value(&at, &key, value))
        if (is_string(key, name))
            return true;
    return false;
}

/* Adds what a string says, or all strings of a list. False if it is neither. That it is JSON is known: if it cannot be
 * read there is no memory. */
static bool add_source(Span source, Text *out)
{
    json_t *json = json_loadb(source.begin, (size_t)(source.end - source.begin), JSON_DECODE_ANY, NULL);
    bool whole = json && (json_is_string(json) || json_is_array(json));
    text_put(out, "", 0);
    out->failed = out->failed || !json;
    if (json_is_string(json))
        text_put(out, json_string_value(json), json_string_length(json));
    for (size_t i = 0; whole && i < json_array_size(json); i++) {
        const json_t *line = json_array_get(json, i);
        whole = json_is_string(line);
        if (whole)
            text_put(out, json_string_value(line), json_string_length(line));
    }
    json_decref(json);
    return whole;
}

static bool put_string(const char *text, size_t length, bool ascii, Text *out)
{
    json_t *string = json_stringn(text, length);
    char *written = string ? json_dumps(string, JSON_ENCODE_ANY | (ascii ? JSON_ENSURE_ASCII : 0)) : NULL;
    /* jansson writes \u00E9, whoever writes notebooks \u00e9. */
    for (char *at = written; at && *at; at++)
        if (*at == '\\' && *++at == 'u')
            for (int i = 1; i <= 4; i++)
                at[i] = (char)tolower((unsigned char)at[i]);
    if (written)
        text_add(out, "%s", written);
    else
        out->failed = true;
    free(written);
    json_decref(string);
    return !out->failed;
}

/* Writes a text as its source was written: a string, or a list of lines with the same white space between them. */
static bool put_source(Span source, const char *text, bool ascii, Text *out)
{
    if (*source.begin == '"')
        return put_string(text, strlen(text), ascii, out);
    const char *first = skip_blanks(source.begin + 1), *before_end = source.end - 1, *comma;
    size_t opening = (size_t)(first - source.begin - 1), between = opening;
    const char *gap = source.begin + 1;
    while (before_end > first && strchr(" \t\r\n", before_end[-1]))
        before_end--;
    if (*first == '"' && *(comma = skip_blanks(string_end(first))) == ',') {
        gap = comma + 1;
        between = (size_t)(skip_blanks(gap) - gap);
    }
    text_put(out, source.begin, opening + 1);
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        length += line[length] == '\n';
        if (line != text) {
            text_put(out, ",", 1);
            text_put(out, gap, between);
        }
        if (!put_string(line, length, ascii, out))
            return false;
        line += length;
    }
    text_put(out, before_end, (size_t)(source.end - before_end));
    return true;
}

/* Fills one cell of Markdown; the source is put out as it was, or as it is now. */
static bool fill_cell(Article *article, Span source, bool ascii, Text *out, Error *error)
{
    Text before = {0}, after = {0};
    bool go_on = true;
    if (add_source(source, &before) && !before.failed) {
        go_on = article_text(article, before.data, &after, error);
        text_put(&after, "", 0);
        bool same = after.length == before.length && !after.failed &&
                    memcmp(after.data, before.data, before.length) == 0;
        if (same || !go_on || after.failed)
            text_put(out, source.begin, (size_t)(source.end - source.begin));
        else
            put_source(source, after.data, ascii, out);
    } else {
        text_put(out, source.begin, (size_t)(source.end - source.begin));
    }
    out->failed = out->failed || before.failed || after.failed;
    text_free(&before);
    text_free(&after);
    return go_on;
}

/* Whether it is JSON, an object and has cells; false and *error if not. */
static bool is_notebook(const Article *article, const char *data, size_t size, Error *error)
{
    json_error_t why;
    char path[300], shown[160];
    json_t *json = json_loadb(data, size, JSON_REJECT_DUPLICATES, &why);
    token_visible(path, sizeof path, article->path);
    if (!json && !*why.text)
        return error_memory(error);
    if (!json)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no JSON: line %d: %s", path, why.line,
                         token_visible(shown, sizeof shown, why.text));
    bool cells = json_is_array(json_object_get(json, "cells"));
    json_decref(json);
    return cells || error_set(error, EXIT_USED_WRONGLY,
                              "\"%s\" is no notebook of format 4: it has no list \"cells\"",
                              path);
}

/* A notebook that writes letters as \u... has nothing but ASCII, and that is how it stays. */
static bool is_ascii(const char *data)
{
    for (; *data; data++)
        if ((unsigned char)*data >= 0x80)
            return false;
    return true;
}

bool article_notebook(Article *article, const char *data, size_t size, Text *out, Error *error)
{
    Span cells, cell, type, source;
    if (!is_notebook(article, data, size, error))
        return false;
    const char *from = data;   /* up to here it is in `out` */
    bool ascii = is_ascii(data) && strstr(data, "\\u");
    if (!find_member((Span){skip_blanks(data), data + size}, "cells", &cells))
        return false;
    article->cell = 0;
    for (const char *at = cells.begin + 1; next_value(&at, NULL, &cell);) {
        article->cell++;
        if (*cell.begin != '{' || !find_member(cell, "cell_type", &type) || !is_string(type, "markdown") ||
            !find_member(cell, "source", &source))
            continue;
        text_put(out, from, (size_t)(source.begin - from));
        from = source.end;
        if (!fill_cell(article, source, ascii, out, error))
            return false;
    }
    text_put(out, from, (size_t)(data + size - from));
    return true;
}
