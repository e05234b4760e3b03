/* Going through a text from reference to reference; see article.h. */
#include "article.h"

#include "bare.h"
#include "ours.h"
#include "tracer/output/typeset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text as its author wrote it, gone through once. */
typedef struct {
    Article *article;
    const Form *form;
    Bare bare;
    Markup markup;
    const char *text;        /* the bare one */
    size_t at;               /* up to here it is in `out` */
    int next_filled;         /* the first of bare.filled that is not */
    size_t source_at;        /* the same place in the source */
    int line;                /* of the source */
    Text *out;
    Error *error;
} Reading;

bool article_fault(Article *article, int line, const Error *found, Error *error)
{
    char path[300], cell[40] = "", text[500];
    FillReport *report = article->report;
    if (article->cell)
        snprintf(cell, sizeof cell, "cell %d, ", article->cell);
    if (error->code)
        text_add(&report->faults, "%s\n", error->text);
    *error = (Error){0};
    error_set(error, found->code, "%s, %sline %d: %s", token_visible(path, sizeof path, article->path), cell, line,
              token_visible(text, sizeof text, found->text));
    bool many = report->faults.length > MOST_FAULTS * sizeof error->text / 4;
    return found->code == EXIT_USED_WRONGLY && !report->faults.failed && !many;
}

/* Moves the place in the source on, counting lines. */
static void pass_source(Reading *reading, size_t to)
{
    for (; reading->source_at < to; reading->source_at++)
        reading->line += reading->bare.source[reading->source_at] == '\n';
}

/* The next reference that was filled before, or NULL. */
static const Filled *next_filled(const Reading *reading)
{
    int next = reading->next_filled;
    return next < reading->bare.count ? &reading->bare.filled[next] : NULL;
}

/* Copies the bare text up to `to`; what was filled in it stays as it stands in the source, unless `drop`. */
static void copy_to(Reading *reading, size_t to, bool drop)
{
    while (reading->at < to) {
        const Filled *filled = next_filled(reading);
        size_t end = filled && filled->at < to ? filled->at : to;
        if (!drop)
            text_put(reading->out, reading->text + reading->at, end - reading->at);
        pass_source(reading, reading->source_at + end - reading->at);
        reading->at = end;
        if (!filled || filled->at >= to)
            continue;
        if (!drop)
            text_put(reading->out, reading->bare.source + filled->from, filled->to - filled->from);
        pass_source(reading, filled->to);
        reading->at = filled->at + filled->length + filled->behind;
        reading->next_filled++;
    }
}

static void report_drift(const Reading *reading, const char *reference, const char *old, size_t old_length,
                         const Text *fresh)
{
    Text *out = &reading->article->report->differences;
    char path[300], shown[200], before[90], number[90];
    /* Both numbers on one line are what somebody wants who checks; a table that differs is only named. */
    bool short_ones = old && old_length < 60 && fresh->length < 60 && !memchr(old, '\n', old_length);
    text_add(out, "%s:", token_visible(path, sizeof path, reading->article->path));
    if (reading->article->cell)
        text_add(out, "cell %d:", reading->article->cell);
    text_add(out, "%d: {{%s}} ", reading->line, token_visible(shown, sizeof shown, reference));
    if (!old)
        text_add(out, "is not filled\n");
    else if (short_ones) {
        snprintf(number, sizeof number, "%.*s", (int)old_length, old);
        text_add(out, "says %s, ", token_visible(before, sizeof before, number));
        text_add(out, "is %s\n", token_visible(before, sizeof before, fresh->data ? fresh->data : ""));
    } else {
        text_add(out, "has changed\n");
    }
}

/* The reference that was filled before at this place of the bare text, or NULL. */
static const Filled *filled_at(const Reading *reading, size_t at, size_t length)
{
    const Filled *filled = next_filled(reading);
    return filled && filled->at == at && filled->length == length ? filled : NULL;
}

static void trim_end(Text *text)
{
    while (text->length && strchr(" \t\n", text->data[text->length - 1]))
        text->data[--text->length] = '\0';
}

/* Puts what was made between its reference and the closing mark. */
static void put_filled(Reading *reading, const char *reference, const Text *fresh, size_t behind)
{
    const Form *form = reading->form;
    text_add(reading->out, "%s%s%s", form->opening, reference, form->opened);
    text_put(reading->out, text_piece(reading->out, fresh), fresh->length);
    text_put(reading->out, reading->text + reading->at, behind);
    text_add(reading->out, "%s%s", form->closing, form->is_tex ? "\n" : "");
}

/* In a list or a quotation of Markdown every line of what is made begins as that of the reference does. */
static void indent(const Reading *reading, Text *fresh)
{
    size_t begin = reading->at;
    Text out = {0};
    while (begin > 0 && reading->text[begin - 1] != '\n')
        begin--;
    const char *line = reading->text + begin;
    size_t length = strspn(line, " \t>");
    if (reading->form->table != typeset_markdown || length == 0 || begin + length != reading->at || !fresh->data)
        return;
    for (const char *at = fresh->data; *at; at++) {
        size_t prefix = length;
        text_put(&out, at, 1);
        while (at[1] == '\n' && prefix && line[prefix - 1] != '>')
            prefix--;
        if (*at == '\n')
            text_put(&out, line, prefix);
    }
    out.failed = out.failed || fresh->failed;
    text_free(fresh);
    *fresh = out;
}

/* Puts what the reference became in its place. before: how it was filled the last time, or NULL. */
static void place(Reading *reading, const char *reference, size_t length, const Filled *before, bool stale,
                  const Text *fresh)
{
    FillReport *report = reading->article->report;
    const char *old = before ? reading->bare.source + before->old : NULL;
    size_t old_length = before ? before->old_length : 0, end = reading->at + length;
    bool same = old && old_length == fresh->length && memcmp(old, fresh->data ? fresh->data : "", old_length) == 0;
    if (reading->article->check && (!same || stale)) {
        report->drifted++;
        report_drift(reading, reference, old, old_length, fresh);
    }
    report->count++;
    size_t behind = behind_reference(reading->form, reading->text + end);
    copy_to(reading, end, true);
    /* Blanks that stood within what was filled are passed already. */
    size_t passed = reading->at - end;
    reading->at = end;
    put_filled(reading, reference, fresh, behind);
    reading->at += behind;
    pass_source(reading, reading->source_at + behind - passed);
}

/* The reference or formula of `length` bytes at reading->at; reference: as it is noted.
 *   try   it is left as it stands if it cannot be filled */
static bool fill_place(Reading *reading, const char *reference, size_t length, bool try)
{
    Article *article = reading->article;
    Text fresh = {0};
    Error found = {0};
    bool stale = false, go_on = true;
    if (reference_fill(&article->filling, reference, &fresh, &stale, &found)) {
        if (reading->form->is_tex)
            trim_end(&fresh);
        else if (!is_formula(reference))
            indent(reading, &fresh);
        place(reading, reference, length, filled_at(reading, reading->at, length), stale, &fresh);
    } else {
        bool foreign = try && found.code == EXIT_USED_WRONGLY;
        article->report->foreign += foreign;
        go_on = foreign || article_fault(article, reading->line, &found, reading->error);
        copy_to(reading, reading->at + length, false);
    }
    text_free(&fresh);
    return go_on;
}

static bool refuse(Reading *reading, const char *what)
{
    Error found = {0};
    error_set(&found, EXIT_USED_WRONGLY, "%s", what);
    return article_fault(reading->article, reading->line, &found, reading->error);
}

/* {{...}} outside of code and formulas, at reading->at. */
static bool take_reference(Reading *reading)
{
    Filling *filling = &reading->article->filling;
    const char *inner = reading->text + reading->at + 2, *close = strstr(inner, "}}");
    const char *line = inner + strcspn(inner, "\n");
    bool closed = close && close < line;
    size_t length = (size_t)((closed ? close : line) - inner);
    char reference[MOST_REFERENCE];
    Error found = {0};
    Ours ours = OURS_NOT;
    bool filled = closed && filled_at(reading, reading->at, length + 4);
    snprintf(reference, sizeof reference, "%.*s", (int)(length < sizeof reference ? length : 0), inner);
    filling->in_math = reading->form->is_tex && stretch_at(&reading->markup.math, reading->at);
    /* Of a run that could not be had nothing more can be said. */
    if (!filling->lost || strncmp(reference, "run", 3) == 0)
        ours = filled ? OURS : reference_is_ours(filling, reference, &found);
    bool go_on = true, take = ours == OURS || (ours == OURS_IF_RIGHT && closed);
    if (found.code)
        go_on = article_fault(reading->article, reading->line, &found, reading->error);
    else if (take && length >= sizeof reference)
        go_on = refuse(reading, "the reference is too long");
    else if (take && !closed)
        go_on = refuse(reading, "a {{ has no }} on its line; write \\{{ for the signs themselves");
    else if (take && (strstr(reference, "-->") || strstr(reference, "{{")))
        go_on = refuse(reading, "a reference has no {{ and no --> in it");
    else if (take && ours == OURS && stretch_at(&reading->markup.tags, reading->at))
        go_on = refuse(reading, "a reference cannot stand within a tag");
    else if (take && !stretch_at(&reading->markup.tags, reading->at)) {
        go_on = fill_place(reading, reference, length + 4, ours == OURS_IF_RIGHT);
        filling->in_math = false;
        return go_on;
    } else if (closed)
        reading->article->report->foreign++;
    filling->in_math = false;
    copy_to(reading, reading->at + 2, false);
    return go_on;
}

/* Whether the formula has a reference of ours. */
static bool formula_is_ours(Reading *reading, const char *formula, Error *error)
{
    Filling *filling = &reading->article->filling;
    Ours ours = OURS_NOT;
    filling->in_math = true;
    for (const char *at = formula; ours != OURS && error->code == 0 && (at = strstr(at, "{{")) != NULL; at++) {
        const char *close = strstr(at, "}}");
        char inner[MOST_REFERENCE];
        if (!close || close - at >= (long)sizeof inner || at[2] == '{')
            continue;
        snprintf(inner, sizeof inner, "%.*s", (int)(close - at) - 2, at + 2);
        ours = reference_is_ours(filling, inner, error);
    }
    filling->in_math = false;
    return ours == OURS;
}

/* A formula in whose place a comment would be seen is a reference as a whole. */
static bool take_formula(Reading *reading, const Stretch *stretch)
{
    size_t length = stretch->end - reading->at;
    char *formula = strndup(reading->text + reading->at, length);
    Error found = {0};
    bool go_on = true;
    if (!formula)
        return error_memory(reading->error);
    bool ours = !reading->article->filling.lost && formula_is_ours(reading, formula, &found);
    if (!ours && !found.code)
        copy_to(reading, stretch->end, false);
    else if (found.code)
        go_on = article_fault(reading->article, reading->line, &found, reading->error);
    else if (length >= MOST_FORMULA || strstr(formula, "-->"))
        go_on = refuse(reading, "a formula with a reference has at most 8000 bytes and no --> in it");
    else
        go_on = fill_place(reading, formula, length, false);
    if (reading->at < stretch->end)
        copy_to(reading, stretch->end, false);
    free(formula);
    return go_on;
}

/* Code stays; a filled reference of TeX that lost its end looks like a comment. */
static bool take_code(Reading *reading, const Stretch *stretch)
{
    const char *at = reading->text + reading->at, *end = strstr(at, "}}");
    bool go_on = true, ends_so = end && end + 2 == reading->text + stretch->end;
    if (reading->form->is_tex && text_begins(at, reading->form->opening) && ends_so)
        go_on = refuse(reading, "a filled reference has no end; it is %{{/}}");
    copy_to(reading, stretch->end, false);
    return go_on;
}

/* Where the next thing is that may be taken, from `at` on: a {{ or the $ or \ of a formula. */
static bool take_next(Reading *reading)
{
    const char *at = reading->text + reading->at;
    const Stretch *code = stretch_at(&reading->markup.code, reading->at),
                  *math = reading->form->notes_formulas ? stretch_at(&reading->markup.math, reading->at) : NULL;
    if (code)
        return take_code(reading, code);
    if (math)
        return take_formula(reading, math);
    if (!reading->form->is_tex && text_begins(at, "<!--{{") && !stretch_at(&reading->markup.tags, reading->at)) {
        bool go_on = refuse(reading, "a filled reference has no end; it is <!--/-->");
        copy_to(reading, reading->at + strlen("<!--{{"), false);
        return go_on;
    }
    if (text_begins(at, "\\{{")) {
        copy_to(reading, reading->at + 3, false);
    } else if (text_begins(at, "{{{")) {
        /* Three are another tool's, but for TeX, where the first is a group's. */
        copy_to(reading, reading->at + (reading->form->is_tex ? 1 : strspn(at, "{")), false);
    } else if (text_begins(at, "{{")) {
        return take_reference(reading);
    } else {
        size_t length = strcspn(at + 1, "{\\<");
        size_t next = reading->at + 1;
        /* As far as nothing begins: stretches are asked at their beginnings only. */
        while (length && !stretch_at(&reading->markup.code, next) &&
               !(reading->form->notes_formulas && stretch_at(&reading->markup.math, next)))
            next++, length--;
        copy_to(reading, next, false);
    }
    return true;
}

/* Goes through a text whose lines end as those of TeX and Unix do. */
static bool read_text(Article *article, const char *text, Text *out, Error *error)
{
    Reading reading = {.article = article, .form = article->filling.form, .line = 1, .out = out, .error = error};
    bool go_on = bare_of(reading.form, text, &reading.bare, error);
    reading.text = reading.bare.text.data;
    if (go_on)
        reading.form->markup(reading.text, &reading.markup);
    go_on = go_on && (!reading.markup.failed || error_memory(error));
    while (go_on && reading.text[reading.at])
        go_on = take_next(&reading);
    markup_free(&reading.markup);
    bare_free(&reading.bare);
    return go_on;
}

/* Whether every line ends as Windows has it, one of them at least. */
static bool ends_as_windows(const char *text)
{
    const char *end = strchr(text, '\n');
    for (const char *next = end; next; next = strchr(next + 1, '\n')) {
        if (next == text || next[-1] != '\r')
            return false;
    }
    return end != NULL;
}

/* Adds the text with all ends of its lines as Windows has them, or with none so. */
static void put_line_ends(Text *out, const char *text, bool as_windows)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        size_t length = (size_t)(end - text);
        text_put(out, text, length - (length && end[-1] == '\r'));
        text_put(out, "\r\n" + !as_windows, as_windows ? 2 : 1);
    }
    text_add(out, "%s", text);
}

/* An article of Windows stays one, and is compared with what was made as if it were none. */
bool article_text(Article *article, const char *text, Text *out, Error *error)
{
    Text unix_like = {0}, made = {0};
    if (!ends_as_windows(text))
        return read_text(article, text, out, error);
    put_line_ends(&unix_like, text, false);
    bool go_on = (!unix_like.failed || error_memory(error)) && read_text(article, unix_like.data, &made, error);
    put_line_ends(out, text_piece(out, &made), true);
    text_free(&unix_like);
    text_free(&made);
    return go_on;
}
