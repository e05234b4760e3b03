/* References of an article: runs, tables and formulas; see fill.h. Numbers, pictures and tokens have files of their
 * own. */
#include "fill_reference.h"

#include "bare.h"
#include "ours.h"
#include "tracer/base/files.h"
#include "tracer/output/typeset.h"
#include "tracer/session/run_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A page of TeX has room for so many rows and columns of a matrix; more are asked for. */
enum { USUAL_SHOWN = 10 };

bool filling_begin(Filling *filling, const char *article, const RunOptions *run, int digits, Error *error)
{
    const char *slash = strrchr(article, '/');
    *filling = (Filling){.run = run, .now = *run, .digits = digits, .form = &FORM_MARKDOWN,
                         .directory = strndup(article, slash ? (size_t)(slash - article) + 1 : 0)};
    return filling->directory || error_memory(error);
}

bool need_session(Filling *filling, Error *error)
{
    if (!filling->open)
        filling->open = session_open(&filling->session, &filling->now, error);
    filling->lost = !filling->open;
    return filling->open;
}

/* Another run for what follows: with a model it begins anew, otherwise it changes the one before, without options it is
 * the article's own again. */
static bool fill_run(Filling *filling, const char *words, Text *out, bool *stale, Error *error)
{
    (void)out, (void)stale;
    RunOptions next = filling->now;
    if (filling->open)
        session_close(&filling->session);
    filling->open = false;
    filling->lost = true;
    if (filling->run_count == MOST_RUNS)
        return error_set(error, EXIT_USED_WRONGLY, "an article may have %d runs", MOST_RUNS);
    char *text = strdup(words);
    if (!text)
        return error_memory(error);
    filling->run_texts[filling->run_count++] = text;
    if (*words && !run_text_options(text, &next, error))
        return false;
    filling->now = *words ? next : *filling->run;
    return need_session(filling, error);
}

bool take_digits(char *name, int *digits, Error *error)
{
    char *format = strrchr(name, ' ');
    long decimals;
    if (!format || format[1] != '%')
        return true;
    *format = '\0';
    size_t length = strlen(format + 1);
    if (text_begins(format + 1, "%.") && length > 3 && format[length] == 'f') {
        format[length] = '\0';
        if (parse_integer(format + 3, 0, MOST_DIGITS, &decimals)) {
            *digits = (int)decimals;
            return true;
        }
    }
    return error_set(error, EXIT_USED_WRONGLY, "its decimals are told by %%.0f to %%.%df", MOST_DIGITS);
}

/* Takes " 6x8" or " all" off the end of a reference. */
static bool take_limits(char *name, int *rows, int *cols, Error *error)
{
    char *blank = strrchr(name, ' '), *x = blank ? strchr(blank, 'x') : NULL;
    long r, c;
    if (!blank || strpbrk(blank, ",]\"%"))
        return true;
    if (strcmp(blank, " all") == 0) {
        *rows = *cols = 0;
    } else {
        if (x)
            *x = '\0';
        if (!x || !parse_integer(blank + 1, LEAST_SHOWN, 1000, &r) || !parse_integer(x + 1, LEAST_SHOWN, 1000, &c))
            return error_set(error, EXIT_USED_WRONGLY,
                             "behind the name of a table stands how much of it is shown, as 6x8 (from %dx%d on) or all",
                             LEAST_SHOWN, LEAST_SHOWN);
        *rows = (int)r;
        *cols = (int)c;
    }
    *blank = '\0';
    return true;
}

/* shown: how many rows and columns if nothing is said. */
static bool take_slice(Filling *filling, const char *text, int shown, Slice *slice, int *digits, Error *error)
{
    char name[MOST_REFERENCE];
    Reference reference;
    int rows = shown, cols = shown;
    *digits = filling->digits;
    snprintf(name, sizeof name, "%s", text);
    /* In either order. */
    if (!need_session(filling, error) || !take_digits(name, digits, error) ||
        !take_limits(name, &rows, &cols, error) || !take_digits(name, digits, error) ||
        !reference_parse(&filling->session.names, name, &reference, error))
        return false;
    *slice = slice_of(&filling->session.names, reference);
    slice->most_rows = rows;
    slice->most_cols = cols;
    return true;
}

static bool fill_table(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    const Form *form = filling->form;
    Slice slice;
    int digits;
    (void)stale;
    if (filling->in_math)
        return error_set(error, EXIT_USED_WRONGLY, "a table cannot stand in a formula; {{latex NAME}} can");
    if (!take_slice(filling, text, form->is_tex ? USUAL_SHOWN : 0, &slice, &digits, error))
        return false;
    text_add(out, "%s", form->before_table);
    form->table(&slice, digits, out);
    text_add(out, "%s", form->after_table);
    return !out->failed || error_memory(error);
}

static bool fill_latex(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    const Form *form = filling->form;
    Slice slice;
    int digits;
    (void)stale;
    if (!take_slice(filling, text, USUAL_SHOWN, &slice, &digits, error))
        return false;
    text_add(out, "%s", filling->in_math ? "" : form->before_matrix);
    typeset_matrix(&slice, digits, out);
    text_add(out, "%s", filling->in_math ? "" : form->after_matrix);
    return !out->failed || error_memory(error);
}

static bool fill_by_word(Filling *filling, const char *reference, Text *out, bool *stale, Error *error)
{
    static const struct {
        const char *word;
        bool (*fill)(Filling *, const char *, Text *, bool *, Error *);
    } kinds[] = {{"table", fill_table}, {"latex", fill_latex}, {"figure", fill_figure},
                 {"tokens", fill_tokens}, {"run", fill_run}};
    char trimmed[MOST_REFERENCE];
    *stale = false;
    reference += strspn(reference, " \t");
    int used = snprintf(trimmed, sizeof trimmed, "%s", reference);
    while (used > 0 && used < MOST_REFERENCE && strchr(" \t", trimmed[used - 1]))
        trimmed[--used] = '\0';
    size_t length = strcspn(trimmed, " ");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length == strlen(kinds[i].word) && strncmp(trimmed, kinds[i].word, length) == 0)
            return kinds[i].fill(filling, trimmed + length + (trimmed[length] == ' '), out, stale, error);
    return fill_number(filling, trimmed, out, stale, error);
}

/* A formula with its references; those {{ that are groups of TeX stay. */
static bool fill_formula(Filling *filling, const char *formula, Text *out, Error *error)
{
    char inner[MOST_REFERENCE];
    bool whole = true, stale;
    filling->in_math = true;
    while (whole && *formula) {
        const char *end = text_begins(formula, "{{") ? strstr(formula, "}}") : NULL;
        size_t length = end ? (size_t)(end - formula) - 2 : 0;
        Ours ours = OURS_NOT;
        if (end && length < sizeof inner && formula[2] != '{') {
            snprintf(inner, sizeof inner, "%.*s", (int)length, formula + 2);
            ours = reference_is_ours(filling, inner, error);
        }
        if (ours == OURS && error->code == 0) {
            whole = fill_by_word(filling, inner, out, &stale, error);
            formula = end + 2;
        } else {
            text_put(out, formula++, 1);
        }
        whole = whole && error->code == 0;
    }
    filling->in_math = false;
    return whole && (!out->failed || error_memory(error));
}

static bool is_displayed(const char *formula)
{
    formula += strspn(formula, "\\") > 1;
    return text_begins(formula, "$$") || text_begins(formula, "\\[") || text_begins(formula, "\\begin");
}

bool reference_fill(Filling *filling, const char *reference, Text *out, bool *stale, Error *error)
{
    *stale = false;
    if (!is_formula(reference))
        return fill_by_word(filling, reference, out, stale, error);
    /* A line of Markdown that begins with a comment is HTML to its end: a displayed formula begins another. */
    const char *apart = is_displayed(reference) ? "\n\n" : "";
    text_add(out, "%s", apart);
    bool whole = fill_formula(filling, reference, out, error);
    text_add(out, "%s", apart);
    return whole && (!out->failed || error_memory(error));
}

/* Makes the directories between the article and the picture. */
static bool make_directories(const char *path, size_t from, Error *error)
{
    char part[4096];
    for (const char *slash = path + from; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return error_set(error, EXIT_INPUT_OUTPUT, "cannot make the directory \"%.200s\": %s", part,
                             strerror(errno));
    }
    return true;
}

bool filling_write(const Filling *filling, Error *error)
{
    for (int i = 0; i < filling->picture_count; i++) {
        const WaitingPicture *picture = &filling->pictures[i];
        if (!make_directories(picture->path, strlen(filling->directory), error) ||
            !file_write(picture->path, picture->bytes.data, picture->bytes.length, error))
            return false;
    }
    return true;
}

void filling_end(Filling *filling)
{
    if (filling->open)
        session_close(&filling->session);
    for (int i = 0; i < filling->picture_count; i++) {
        free(filling->pictures[i].path);
        text_free(&filling->pictures[i].bytes);
    }
    for (int i = 0; i < filling->run_count; i++)
        free(filling->run_texts[i]);
    free(filling->directory);
}
