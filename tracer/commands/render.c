/* tracer render: a picture of anything on the tape. */
#include "said.h"
#include "tracer/output/rendering.h"

#include "tracer/article/walkthrough.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_ROOM = 400 };

static void print_figure(const char *name, const char *words, const char *tells)
{
    char usage[NAME_ROOM + 40];
    snprintf(usage, sizeof usage, "%s %s", name, words);
    print("%-35s  %s\n", usage, tells);
}

static void print_walkthrough(void)
{
    print_figure("walkthrough", "-o DIR",
                 "every step of the training step as a numbered picture, with an index page: a flip-book");
}

static int list(void)
{
    for (int i = 0; i < FIGURE_COUNT; i++)
        print_figure(FIGURES[i]->name, FIGURES[i]->words, FIGURES[i]->shows);
    print_walkthrough();
    return EXIT_DONE;
}

/* With what they show of this run in the place of NAME, and behind them those that it has nothing for. */
static int list_for(const RunOptions *options, Error *error)
{
    Session session;
    char usual[NAME_ROOM], typed[NAME_ROOM + 2];
    const char *why;
    bool others = false;
    if (!session_open(&session, options, error))
        return error->code;
    for (int i = 0; i < FIGURE_COUNT; i++) {
        const Figure *figure = FIGURES[i];
        if (figure->fits && !figure->fits(&session, &why)) {
            others = true;
            continue;
        }
        bool named = figure->usual && figure->usual(&session, usual, sizeof usual);
        if (named) /* several words are one name */
            snprintf(typed, sizeof typed, strchr(usual, ' ') ? "\"%s\"" : "%s", usual);
        print_figure(figure->name, named ? typed : figure->usual ? "NAME" : "", figure->shows);
    }
    print_walkthrough();
    if (others)
        print("\nnot with this model\n");
    for (int i = 0; i < FIGURE_COUNT; i++)
        if (FIGURES[i]->fits && !FIGURES[i]->fits(&session, &why))
            print_figure(FIGURES[i]->name, FIGURES[i]->words, why);
    session_close(&session);
    return EXIT_DONE;
}

/* Into the file; without one, to standard output or, on a terminal, in words. */
static bool deliver(const Session *session, const Rendering *rendering, const char *file, bool format_given,
                    Error *error)
{
    Text out = {0};
    bool words = !file && !format_given;
    bool whole = words ? render_words(session, rendering, &out, error) : render(session, rendering, &out, error);
    whole = whole && file_write(file ? file : "-", out.data, out.length, error);
    text_free(&out);
    return whole;
}

/* Before the run is recorded: nobody shall wait for a picture that can go nowhere. */
static bool may_be_written(const Rendering *rendering, const char *file, bool format_given, Error *error)
{
    if (file)
        return file_writable(file, error);
    if (format_given && rendering->format->binary && isatty(STDOUT_FILENO))
        return error_set(error, EXIT_USED_WRONGLY, "%s is binary; say where to with -o FILE.%s",
                         rendering->format->name, rendering->format->name);
    return true;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Rendering rendering;
    Text line = {0};
    const char *file = option_of(arguments, "-o");
    bool format_given = option_of(arguments, "--format") != NULL;
    if (option_of(arguments, "--list"))
        return session_chosen(&arguments->run) ? list_for(&arguments->run, error) : list();
    if (arguments->word_count == 0) {
        error_set(error, EXIT_USED_WRONGLY, "say which figure; tracer render --list lists them");
        return error->code;
    }
    if (strcmp(arguments->words[0], "walkthrough") == 0)
        return walkthrough(arguments, error);
    if (rendering_of(arguments, &rendering, &line, error) && may_be_written(&rendering, file, format_given, error) &&
        session_open(&session, &arguments->run, error)) {
        Reference taken;
        Error none = {0};
        if (rendering.spec.name && reference_parse(&session.names, rendering.spec.name, &taken, &none))
            say_taken(&session.names, taken);
        deliver(&session, &rendering, file, format_given, error);
        session_close(&session);
    }
    text_free(&line);
    return error->code;
}

const Command RENDER_COMMAND = {
    .name = "render",
    .words = "FIGURE [NAME]",
    .summary = "a picture: of a value, attention, a step, the graph, a run ...",
    .details = "tracer render --list tells the figures, with --model those that fit it and what they show of it.\n"
               "The extension of the file says the kind: png, apng (animated), svg, pdf,\n"
               "txt (what is drawn, as a list). Without -o and --format it tells what is seen, in words.\n"
               "A picture holds its title, its description and the command that makes it again. It has no date\n"
               "unless SOURCE_DATE_EPOCH is set, so that the same command makes the same bytes.\n",
    .example = "render attention block0.head0 -o attention.svg",
    .most_words = 2,
    .options = {RENDERING_OPTIONS},
    .run = run,
};
