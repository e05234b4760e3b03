/* Pictures of an article: what `tracer render` takes, and --alt and --caption. */
#include "fill_reference.h"

#include "picture_name.h"
#include "tracer/base/files.h"
#include "tracer/output/rendering.h"
#include "tracer/session/run_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A figure of an article takes what `tracer render` takes. */
static const Command FIGURE = {.name = "render", .words = "FIGURE [NAME]", .most_words = 2,
                               .options = {RENDERING_OPTIONS}};

/* What the author wrote: the words of `render`, and how the article shows the picture. */
typedef struct {
    char copy[MOST_REFERENCE], path[PICTURE_NAME], option[4];
    char *words[MOST_RUN_WORDS + 3];   /* "render" first */
    int count;
    const char *alt, *caption;
    Arguments arguments;
} Wanted;

/* Below the article, and nowhere else. */
static bool may_hold(const char *path)
{
    /* An article may come from a stranger: a picture must not overwrite anything above it, nor break the
     * Markdown that names it. */
    return *path && *path != '/' && strcmp(path, "-") != 0 && strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0 &&
           !strstr(path, "/../") && !strstr(path, "//") && !strpbrk(path, "()<>{}%#\"'\\ \t");
}

/* Takes an option of the article, not of render, out of the words; false if its value is missing. */
static bool take_own(Wanted *wanted, const char *option, const char **value, Error *error)
{
    for (int i = 1; i <= wanted->count; i++) {
        if (strcmp(wanted->words[i], option) != 0)
            continue;
        if (i == wanted->count)
            return error_set(error, EXIT_USED_WRONGLY, "%s needs a text", option);
        *value = wanted->words[i + 1];
        memmove(&wanted->words[i], &wanted->words[i + 2], (size_t)(wanted->count - i - 1) * sizeof *wanted->words);
        wanted->count -= 2;
        i--;
    }
    return true;
}

static bool is_of_another_run(const Arguments *arguments)
{
    return arguments->word_count == 0 || session_chosen(&arguments->run);
}

static bool take_words(Filling *filling, const char *text, Wanted *wanted, Error *error)
{
    snprintf(wanted->copy, sizeof wanted->copy, "%s", text);
    snprintf(wanted->option, sizeof wanted->option, "-o");
    wanted->words[0] = (char[]){"render"};
    if (!run_text_split(wanted->copy, wanted->words + 1, &wanted->count, error) ||
        !take_own(wanted, "--alt", &wanted->alt, error) || !take_own(wanted, "--caption", &wanted->caption, error) ||
        !arguments_take(&FIGURE, 0, wanted->count + 1, wanted->words, &wanted->arguments, error))
        return false;
    if (is_of_another_run(&wanted->arguments))
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.200s\" is no figure of the article's run; {{run OPTIONS}} chooses another run", text);
    if (option_of(&wanted->arguments, "-o"))
        return true;
    const char *format = option_of(&wanted->arguments, "--format");
    if (!picture_name(wanted->words + 1, wanted->count, &filling->now, format ? format : filling->form->picture,
                      wanted->path))
        return error_memory(error);
    wanted->words[++wanted->count] = wanted->option;
    wanted->words[++wanted->count] = wanted->path;
    return arguments_take(&FIGURE, 0, wanted->count + 1, wanted->words, &wanted->arguments, error);
}

/* Whether another picture of the article wants the same file; *again: the very same picture. */
static bool is_taken(const Filling *filling, const char *path, const Text *bytes, bool *again, Error *error)
{
    *again = false;
    for (int i = 0; i < filling->picture_count; i++) {
        const WaitingPicture *other = &filling->pictures[i];
        if (strcmp(other->path, path) != 0)
            continue;
        *again = other->bytes.length == bytes->length && memcmp(other->bytes.data, bytes->data, bytes->length) == 0;
        return *again || !error_set(error, EXIT_USED_WRONGLY,
                                    "two different pictures want the file \"%.200s\"; give one another -o", path);
    }
    return false;
}

/* exact: bytes that every machine makes alike; of others it only matters that they are there. */
static bool keep_picture(Filling *filling, const char *place, Text *bytes, bool exact, bool *stale, Error *error)
{
    char *old, *path = malloc(strlen(filling->directory) + strlen(place) + 1);
    size_t size;
    bool again;
    Error missing = {0};
    if (!path)
        return error_memory(error);
    sprintf(path, "%s%s", filling->directory, place);
    if (is_taken(filling, path, bytes, &again, error)) {
        free(path);
        return again;
    }
    if (filling->picture_count == MOST_PICTURES) {
        free(path);
        return error_set(error, EXIT_USED_WRONGLY, "an article may have %d pictures", MOST_PICTURES);
    }
    WaitingPicture *picture = &filling->pictures[filling->picture_count++];
    *picture = (WaitingPicture){.path = path, .bytes = *bytes};
    *bytes = (Text){0};
    /* A missing file is what a first filling is about; only that there is no memory is an error. */
    bool there = file_read(path, MOST_ARTICLE, &old, &size, &missing);
    if (error_is_memory(&missing))
        return error_memory(error);
    *stale = !there || (exact && (size != picture->bytes.length || memcmp(old, picture->bytes.data, size) != 0));
    if (there)
        free(old);
    return true;
}

/* What is drawn, in eight letters: whether a picture whose bytes differ from machine to machine has drifted. */
static bool drawn(const Filling *filling, const Rendering *rendering, char digest[DIGEST], Error *error)
{
    Rendering list = *rendering;
    Text text = {0};
    list.format = picture_format("txt", NULL, error);
    bool whole = list.format && render(&filling->session, &list, &text, error);
    if (whole)
        digest_of(text_piece(&text, &text), text.length, digest);
    text_free(&text);
    return whole;
}

static bool fits_form(const Form *form, const Rendering *rendering, Error *error)
{
    const char *unfit = strstr(form->unfit_pictures, rendering->format->name);
    return !unfit || (unfit > form->unfit_pictures && unfit[-1] != ' ') ||
           error_set(error, EXIT_USED_WRONGLY, "%s shows no %s; write -o FILE.%s", form->name, rendering->format->name,
                     form->picture);
}

static bool add_picture(Filling *filling, const Wanted *wanted, Text *out, bool *stale, Error *error)
{
    const Arguments *arguments = &wanted->arguments;
    Rendering rendering;
    Text line = {0}, bytes = {0}, words = {0};
    char digest[DIGEST];
    const char *path = option_of(arguments, "-o");
    bool whole = rendering_of(arguments, &rendering, &line, error) && fits_form(filling->form, &rendering, error) &&
                 render(&filling->session, &rendering, &bytes, error) &&
                 render_words(&filling->session, &rendering, &words, error) &&
                 (!rendering.format->binary || drawn(filling, &rendering, digest, error)) &&
                 keep_picture(filling, path, &bytes, !rendering.format->binary, stale, error);
    if (whole) {
        /* The description of the picture, one line behind the title, is its alternative text. */
        char *told = strchr(words.data, '\n') + 1;
        told[strcspn(told, "\n")] = '\0';
        ArticlePicture picture = {.path = path, .alt = wanted->alt ? wanted->alt : told, .caption = wanted->caption,
                                  .tells_alt = wanted->alt != NULL,
                                  .own_size = option_of(arguments, "--width") || option_of(arguments, "--scale") ||
                                              option_of(arguments, "--mm"),
                                  .digest = rendering.format->binary ? digest : NULL};
        filling->form->picture_place(&picture, out);
    }
    text_free(&line);
    text_free(&bytes);
    text_free(&words);
    return whole;
}

bool fill_figure(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    Wanted wanted = {0};
    if (filling->in_math)
        return error_set(error, EXIT_USED_WRONGLY, "a picture cannot stand in a formula");
    if (!need_session(filling, error) || !take_words(filling, text, &wanted, error))
        return false;
    const char *to = option_of(&wanted.arguments, "-o");
    if (!may_hold(to))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is no place below the article", to);
    /* The picture tells in its metadata the command that makes it again, run included. */
    wanted.arguments.run = filling->session.options;
    return add_picture(filling, &wanted, out, stale, error);
}
