/* tracer fill: numbers, tables and pictures of the run in an article. */
#include "command.h"

#include "tracer/article/fill.h"
#include "tracer/base/print.h"

#include <string.h>

static int run(const Arguments *arguments, Error *error)
{
    FillReport report = {0};
    char path[300];
    bool check = option_of(arguments, "--check") != NULL;
    bool whole = fill_article(arguments->words[0], &arguments->run, arguments->digits, check, &report, error);
    token_visible(path, sizeof path, arguments->words[0]);
    if (!whole) {
        /* The last wrong reference is the error itself. */
        for (char *line = report.faults.data, *end; line && *line; line = end + 1) {
            end = strchr(line, '\n');
            *end = '\0';
            complain(line);
        }
    } else if (check) {
        print_text(&report.differences, error);
        print("%s: %d of %d references differ from the run\n", path, report.drifted, report.count);
    } else {
        print("%s: %d references filled", path, report.count);
        if (report.foreign)
            print("; %d {{ of other tools left alone", report.foreign);
        print("\n");
    }
    int code = !whole ? error->code : report.drifted ? EXIT_CHECK_SAID_NO : EXIT_DONE;
    fill_report_free(&report);
    return code;
}

const Command FILL_COMMAND = {
    .name = "fill", .words = "ARTICLE",
    .summary = "numbers, tables and pictures of the run in an article, by reference",
    .details =
        "An article is Markdown (.md, .markdown), Quarto (.qmd), LaTeX (.tex), HTML (.html, .htm) or a notebook\n"
        "(.ipynb: its cells of Markdown). In it stand\n"
        "  {{NAME[r,c]}}             a number; behind it %.4f, %+.2e or %g, or %.1f%% for percent\n"
        "  {{A - B}}, {{A / B}}      difference and ratio of two numbers, with a format too\n"
        "  {{table NAME}}            a value or slice as a table; behind it %.2f, and 6x8 (at most so many rows and\n"
        "                            columns) or all; in LaTeX 10x10 is usual\n"
        "  {{latex NAME}}            the same as a matrix of LaTeX; in a formula too\n"
        "  {{tokens NAME[r,:]}}      the tokens of a row, each on the colour of its number (LaTeX: needs xcolor)\n"
        "  {{figure attention all}}  a picture beside the article: what render takes, and --alt TEXT, --caption TEXT;\n"
        "                            without -o it is in figures/, named after the figure and the run\n"
        "  {{run --model by-hand}}   another run for what follows; without --model it changes the run before:\n"
        "                            {{run --step 1}} then means by-hand; {{run}} is the article's own again\n"
        "What was filled keeps its reference in a comment, so that it can be filled again; where a comment would be\n"
        "seen, in a formula, the whole formula stands in the comment before it. Do not begin a line of Markdown with\n"
        "the reference of a number: Markdown would take the line for HTML.\n"
        "Left alone: code, settings between lines of --- at the beginning, \\{{, and the {{ of other tools: with a\n"
        "blank or a sign behind ({{ site.title }}, {{< meta >}}), or a word with a dot, or any word in TeX, that is\n"
        "like no value of the run. Any other {{word is a reference, and wrong if the run has no such value;\n"
        "{{ loss }} is filled too.\n"
        "Every wrong reference is told, a line each, and then nothing is written.\n",
    .example = "fill article.md", .least_words = 1, .most_words = 1,
    .options = {{"--check", NULL, "write nothing; exit with 1 if a number has drifted"}},
    .run = run,
};
