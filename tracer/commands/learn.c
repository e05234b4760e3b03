/* tracer learn: the tutorial in the terminal, and as a book. */
#include "command.h"

#include "tracer/tutorial/book.h"
#include "tracer/tutorial/paper.h"

#include <stdio.h>
#include <stdlib.h>
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
    puts("The tutorial: one training step, every number of it.\n");
    for (int i = 0; i < tutorial->count; i++) {
        const Chapter *chapter = &tutorial->chapters[i];
        if (chapter->number)
            printf("  %2d  %s\n", chapter->number, chapter->title);
        else
            printf("      %s (tracer learn %s)\n", chapter->title, chapter->name);
    }
    puts("\ntracer learn 1 reads the first; tracer learn 1 | less reads it page by page.");
    return EXIT_DONE;
}

/* Numbers of another run are asked for by naming one; otherwise they stay as they were printed. */
static const RunOptions *chosen_run(const Arguments *arguments)
{
    const RunOptions *run = &arguments->run;
    bool chosen = run->model || run->text || run->weights || run->mistake || run->step || arguments->digits_given;
    return chosen ? run : NULL;
}

static void print_next(const Tutorial *tutorial, const Chapter *chapter)
{
    const Chapter *next = chapter + 1;
    if (chapter->number && next < tutorial->chapters + tutorial->count && next->number)
        printf("\nNext: tracer learn %d, %s\n", next->number, next->title);
}

static int read_chapter(const Tutorial *tutorial, const Arguments *arguments, Error *error)
{
    const Chapter *chapter = chapter_find(tutorial, arguments->words[0], error);
    Text markdown = {0}, paper = {0};
    if (chapter && chapter_text(tutorial, chapter, chosen_run(arguments), arguments->digits, &markdown, error)) {
        if (paper_write(markdown.data ? markdown.data : "", paper_width(), color_wanted(arguments), &paper)) {
            fwrite(paper.data ? paper.data : "", 1, paper.length, stdout);
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
    else if (book)
        printf("%d pages written to %s\n", tutorial->count + 1, book);
    else
        code = arguments->word_count ? read_chapter(tutorial, arguments, error) : list(tutorial);
    free(tutorial);
    return code;
}

const Command LEARN_COMMAND = {
    .name = "learn", .words = "[CHAPTER]", .summary = "the tutorial in the terminal",
    .details = "A chapter is given by its number or name, \"glossary\" too; without one all are listed. The numbers are those of the\n"
               "printed tutorial; with an option that chooses the run, or --digits, they are filled in anew from that run.\n"
               "The text is looked for in TRACER_TUTORIAL, then beside the program: ../tutorial and ../../tutorial of a build,\n"
               "../share/tracer/tutorial of an installation.\n",
    .example = "learn softmax", .most_words = 1,
    .options = {{"--book", "DIR", "writes all chapters as HTML pages instead"}}, .run = run,
};
