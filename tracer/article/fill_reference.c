/* References of an article: numbers, tables, pictures; see fill.h. */
#include "fill_reference.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/output/rendering.h"
#include "tracer/output/tables.h"
#include "tracer/session/run_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A figure of an article takes what `tracer render` takes. */
static const Command FIGURE = {.name = "render", .words = "FIGURE [NAME]", .most_words = 2,
                               .options = {RENDERING_OPTIONS}};

bool filling_begin(Filling *filling, const char *article, const RunOptions *run, int digits, Error *error)
{
    const char *slash = strrchr(article, '/');
    *filling = (Filling){.run = run, .digits = digits,
                         .directory = strndup(article, slash ? (size_t)(slash - article) + 1 : 0)};
    return filling->directory || error_memory(error);
}

/* Not before a reference needs it: an article without numbers needs no run. */
static bool need_session(Filling *filling, Error *error)
{
    if (!filling->open)
        filling->open = session_open(&filling->session, filling->run, error);
    return filling->open;
}

/* Another run for what follows; without options the article's own again. */
static bool fill_run(Filling *filling, const char *words, Text *out, bool *stale, Error *error)
{
    (void)out, (void)stale;
    if (filling->open)
        session_close(&filling->session);
    /* The session goes first: its options point into the text that is freed below. */
    filling->open = false;
    free(filling->run_text);
    filling->run_text = NULL;
    if (!*words)
        return need_session(filling, error);
    filling->run_text = strdup(words);
    if (!filling->run_text)
        return error_memory(error);
    filling->open = run_text_open(filling->run_text, &filling->session, error);
    return filling->open;
}

static bool fill_slice(Filling *filling, const char *name, const char *format, const char *before, const char *after,
                       Text *out, Error *error)
{
    Reference reference;
    if (!need_session(filling, error) || !reference_parse(&filling->session.names, name, &reference, error))
        return false;
    Slice slice = slice_of(&filling->session.names, reference);
    text_add(out, "%s", before);
    for (int i = 0; i < TABLE_FORMAT_COUNT; i++)
        if (strcmp(TABLE_FORMATS[i].name, format) == 0)
            TABLE_FORMATS[i].write(&slice, filling->digits, out);
    text_add(out, "%s", after);
    return !out->failed || error_memory(error);
}

static bool fill_table(Filling *filling, const char *name, Text *out, bool *stale, Error *error)
{
    (void)stale;
    return fill_slice(filling, name, "markdown", "\n\n", "\n", out, error);
}

static bool fill_latex(Filling *filling, const char *name, Text *out, bool *stale, Error *error)
{
    (void)stale;
    return fill_slice(filling, name, "latex", "\n\n$$\n", "$$\n\n", out, error);
}

/* Below the article, and nowhere else. */
static bool may_hold(const char *path)
{
    /* An article may come from a stranger: a picture must not overwrite anything above it, nor break the
     * Markdown that names it. */
    return *path && *path != '/' && strcmp(path, "-") != 0 && strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0 &&
           !strstr(path, "/../") && !strstr(path, "//") && !strpbrk(path, "()<>\"'\\ \t");
}

/* figures/attention-block0.head0.svg: where a picture goes that has no -o. */
static void default_path(const char *words, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "figures/");
    for (; *words && used + 8 < size; words++) {
        char c = *words;
        if (isalnum((unsigned char)c) || strchr("._-", c))
            out[used++] = c;
        else if (out[used - 1] != '-' && out[used - 1] != '/')
            out[used++] = '-';
    }
    while (out[used - 1] == '-')
        used--;
    snprintf(out + used, size - used, ".svg");
}

/* exact: bytes that every machine makes alike; of others it only matters that they are there. */
static bool keep_picture(Filling *filling, const char *path, Text *bytes, bool exact, bool *stale, Error *error)
{
    char *old;
    size_t size;
    Error missing = {0};
    if (filling->picture_count == MOST_PICTURES)
        return error_set(error, EXIT_USED_WRONGLY, "an article may have %d pictures", MOST_PICTURES);
    WaitingPicture *picture = &filling->pictures[filling->picture_count++];
    *picture = (WaitingPicture){.path = malloc(strlen(filling->directory) + strlen(path) + 1), .bytes = *bytes};
    *bytes = (Text){0};
    if (!picture->path)
        return error_memory(error);
    sprintf(picture->path, "%s%s", filling->directory, path);
    /* A missing file is what a first filling is about; only that there is no memory is an error. */
    bool there = file_read(picture->path, MOST_ARTICLE, &old, &size, &missing);
    if (error_is_memory(&missing))
        return error_memory(error);
    *stale = !there || (exact && (size != picture->bytes.length || memcmp(old, picture->bytes.data, size) != 0));
    if (there)
        free(old);
    return true;
}

static bool add_picture(Filling *filling, const Arguments *arguments, const char *path, Text *out, bool *stale,
                        Error *error)
{
    Rendering rendering;
    Text line = {0}, bytes = {0}, words = {0};
    bool whole = rendering_of(arguments, &rendering, &line, error) &&
                 render(&filling->session, &rendering, &bytes, error) &&
                 render_words(&filling->session, &rendering, &words, error);
    if (whole) {
        /* The description of the picture is its alternative text. */
        const char *alt = strchr(words.data, '\n') + 1; /* behind the title */
        text_add(out, "![");
        for (; *alt && *alt != '\n'; alt++)
            text_add(out, strchr("[]\\", *alt) ? "\\%c" : "%c", *alt);
        text_add(out, "](%s)", path);
        whole = keep_picture(filling, path, &bytes, !rendering.format->binary, stale, error);
    }
    text_free(&line);
    text_free(&bytes);
    text_free(&words);
    return whole;
}

static bool fill_figure(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    char copy[MOST_REFERENCE], path[MOST_REFERENCE + 32], render_word[] = "render", option[] = "-o";
    char *words[MOST_RUN_WORDS + 3] = {render_word};
    int count;
    Arguments arguments;
    snprintf(copy, sizeof copy, "%s", text);
    if (!need_session(filling, error) || !run_text_split(copy, words + 1, &count, error))
        return false;
    default_path(text, path, sizeof path);
    if (!arguments_take(&FIGURE, 0, count + 1, words, &arguments, error))
        return false;
    if (!option_of(&arguments, "-o")) {
        words[++count] = option;
        words[++count] = path;
        if (!arguments_take(&FIGURE, 0, count + 1, words, &arguments, error))
            return false;
    }
    const char *to = option_of(&arguments, "-o");
    if (arguments.word_count == 0 || arguments.run.model || arguments.run.text || arguments.run.weights ||
        arguments.run.mistake || arguments.run.step)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.200s\" is no figure of the article's run; {{run OPTIONS}} chooses another run", text);
    if (!may_hold(to))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is no place below the article", to);
    /* The picture tells in its metadata the command that makes it again, run included. */
    arguments.run = filling->session.options;
    return add_picture(filling, &arguments, to, out, stale, error);
}

/* %.4f, %+.2e, %g, %d: what printf takes for one double, and nothing else. */
static bool is_format(const char *format)
{
    /* Whatever printf would read beyond one double is a hole in the program. */
    format += *format == '%' ? 1 : strlen(format);
    format += strspn(format, "+ ") > 0;
    if (*format == '.') {
        size_t digits = strspn(format + 1, "0123456789");
        if (digits < 1 || digits > 2 || strtol(format + 1, NULL, 10) > 17)
            return false;
        format += 1 + digits;
    }
    return *format && strchr("feg", *format) && format[1] == '\0';
}

static bool fill_number(Filling *filling, const char *text, Text *out, Error *error)
{
    char name[MOST_REFERENCE], number[400];
    Reference cell;
    const char *format = strstr(text, " %");
    snprintf(name, sizeof name, "%.*s", format ? (int)(format - text) : (int)strlen(text), text);
    if (format && !is_format(format + 1))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is no format of a number; write %%.4f, %%e or %%g",
                         format + 1);
    if (!need_session(filling, error) || !reference_parse(&filling->session.names, name, &cell, error))
        return false;
    Slice slice = slice_of(&filling->session.names, cell);
    if (slice.rows != 1 || slice.cols != 1)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is %d x %d; say which cell, or {{table %.200s}}", name,
                         slice.rows, slice.cols, name);
    double value = cell_of(tape_value(slice.names->tape, slice.value), slice.row, slice.col);
    if (format)
        snprintf(number, sizeof number, format + 1, value);
    else
        number_text(number, value, filling->digits);
    text_add(out, "%s", number);
    return !out->failed || error_memory(error);
}

bool reference_fill(Filling *filling, const char *reference, Text *out, bool *stale, Error *error)
{
    static const struct {
        const char *word;
        bool (*fill)(Filling *, const char *, Text *, bool *, Error *);
    } kinds[] = {{"table", fill_table}, {"latex", fill_latex}, {"figure", fill_figure}, {"run", fill_run}};
    while (*reference == ' ')
        reference++;
    size_t length = strcspn(reference, " ");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length == strlen(kinds[i].word) && strncmp(reference, kinds[i].word, length) == 0)
            return kinds[i].fill(filling, reference + length + (reference[length] == ' '), out, stale, error);
    return fill_number(filling, reference, out, error);
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
    free(filling->run_text);
    free(filling->directory);
}
