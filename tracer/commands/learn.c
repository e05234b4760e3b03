/* tracer learn: the tutorial in the terminal, and as a book. */
#include "command.h"
#include "tracer/session/run_text.h"

#include "tracer/article/book.h"
#include "tracer/article/links.h"
#include "tracer/base/paper.h"
#include "tracer/base/print.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80, WIDEST_PROSE = 100 };

/* The terminal's, or 80; prose is hard to read on wider lines than 100. */
static int paper_width(void)
{
    struct winsize size;
    long width = USUAL_WIDTH;
    const char *columns = getenv("COLUMNS");
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    else if (!columns || !parse_integer(columns, LEAST_PAPER, MOST_PAPER, &width))
        width = USUAL_WIDTH;
    if (width < LEAST_PAPER)
        return LEAST_PAPER;
    return width > WIDEST_PROSE ? WIDEST_PROSE : (int)width;
}

static int list(const Tutorial *tutorial)
{
    print_lines("The tutorial: one training step, every number of it.\n\n");
    for (int i = 0; i < tutorial->count; i++) {
        const Chapter *chapter = &tutorial->chapters[i];
        if (chapter->number)
            print("  %2d  %s\n", chapter->number, chapter->title);
        else
            print("      %s (tracer learn %s)\n", chapter->title, chapter->name);
    }
    print_lines("\ntracer learn 1 reads the first.\n");
    return EXIT_DONE;
}

/* Numbers of another run are asked for by naming one; otherwise they stay as they were printed. */
static const RunOptions *chosen_run(const Arguments *arguments)
{
    return session_chosen(&arguments->run) || arguments->digits_given ? &arguments->run : NULL;
}

static void print_next(const Tutorial *tutorial, const Chapter *chapter)
{
    const Chapter *next = chapter + 1;
    if (chapter->number && next < tutorial->chapters + tutorial->count && next->number)
        print("\nNext: tracer learn %d, %s\n", next->number, next->title);
}

/* Opens the stepper at a place of the chapter, on the run that was asked for or on the place's own. */
static bool open_link(const Arguments *given, const Link *link, Error *error)
{
    char run[LINK_RUN], target[LINK_TARGET], *words[MOST_RUN_WORDS + 3] = {(char[]){"step"}};
    int count;
    Arguments arguments;
    memcpy(run, link->run, sizeof run);
    memcpy(target, link->target, sizeof target);
    if (!run_text_split(run, words + 1, &count, error))
        return false;
    words[count + 1] = (char[]){"--at"};
    words[count + 2] = target;
    if (!arguments_parse(count + 3, words, &arguments, error))
        return false;
    arguments.color = given->color;
    arguments.digits = given->digits;
    arguments.digits_given = given->digits_given;
    if (session_chosen(&given->run))
        arguments.run = given->run;
    return arguments.command->run(&arguments, error) == EXIT_DONE;
}

static bool open_chapter(const Tutorial *tutorial, const Arguments *arguments, Links *links, Error *error)
{
    Text text = {0};
    long number;
    if (!arguments->word_count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--open takes a place of a chapter; say which chapter: tracer learn 7 --open 1");
    const Chapter *chapter = chapter_find(tutorial, arguments->words[0], error);
    bool found = chapter && chapter_links(tutorial, chapter, CHAPTER_FOR_TERMINAL, links, &text, error);
    text_free(&text);
    if (found && links->count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no place to open", chapter->name);
    return found && option_number(arguments, "--open", 1, links->count, 1, &number, error) &&
           open_link(arguments, &links->links[number - 1], error);
}

static int with_links(const Tutorial *tutorial, const Arguments *arguments, Error *error)
{
    Links *links = malloc(sizeof *links);
    if (links)
        open_chapter(tutorial, arguments, links, error);
    else
        error_memory(error);
    free(links);
    return error->code;
}

static int read_chapter(const Tutorial *tutorial, const Arguments *arguments, Error *error)
{
    const Chapter *chapter = chapter_find(tutorial, arguments->words[0], error);
    Text markdown = {0}, paper = {0};
    if (chapter && chapter_text(tutorial, chapter, CHAPTER_FOR_TERMINAL, chosen_run(arguments), arguments->digits,
                                &markdown, error)) {
        if (paper_write(markdown.data ? markdown.data : "", paper_width(), color_wanted(arguments), &paper)) {
            (color_wanted(arguments) ? print_bytes : print_text)(&paper, error);
            print_next(tutorial, chapter);
        } else {
            error_memory(error);
        }
    }
    text_free(&markdown);
    text_free(&paper);
    return error->code;
}

static int run(const Arguments *arguments, Error *error)
{
    Tutorial *tutorial = malloc(sizeof *tutorial);
    const char *book = option_of(arguments, "--book");
    int code = EXIT_DONE;
    if (!tutorial) {
        error_memory(error);
        return error->code;
    }
    if (!tutorial_find(tutorial, error) || (book && !book_write(tutorial, book, error)))
        code = error->code;
    else if (option_of(arguments, "--open"))
        code = with_links(tutorial, arguments, error);
    else if (book)
        print("%d pages written to %s\n", tutorial->count + PAGES_BESIDE_CHAPTERS, book);
    else
        code = arguments->word_count ? read_chapter(tutorial, arguments, error) : list(tutorial);
    free(tutorial);
    return code;
}

static bool reads(const Arguments *arguments)
{
    return !option_of(arguments, "--open") && !option_of(arguments, "--book");
}

const Command LEARN_COMMAND = {
    .name = "learn", .words = "[CHAPTER]", .summary = "the tutorial in the terminal",
    .details = "A chapter is given by its number or name, the pages \"functions\" and \"glossary\" too;\n"
               "without one all are listed. The numbers are those of the printed tutorial; with an option\n"
               "that chooses the run, or --digits, they are filled in anew from that run.\n"
               "Behind each section stand its places with their numbers; --open opens the stepper at one of them.\n"
               "In a terminal it is shown page by page, by TRACER_PAGER, PAGER or less.\n"
               "The text is looked for in TRACER_TUTORIAL, then beside the program: ../tutorial and\n"
               "../../tutorial of a build, ../share/tracer/tutorial of an installation.\n",
    .example = "learn softmax", .most_words = 1,
    .options = {{"--open", "NUMBER", "opens the stepper at a place of the chapter"},
                {"--book", "DIR", "writes all chapters as HTML pages instead"}},
    .paged = reads, .run = run,
};
