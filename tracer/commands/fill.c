/* tracer fill: numbers, tables and pictures of the run in an article. */
#include "command.h"

#include "tracer/article/fill.h"

#include <stdio.h>

static int run(const Arguments *arguments, Error *error)
{
    int count = 0, drifted = 0;
    bool check = option_of(arguments, "--check") != NULL;
    const char *path = arguments->words[0];
    if (!fill_article(path, &arguments->run, arguments->digits, check, &count, &drifted, error))
        return error->code;
    if (check)
        printf("%s: %d of %d references differ from the run\n", path, drifted, count);
    else
        printf("%s: %d references filled\n", path, count);
    return drifted ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

const Command FILL_COMMAND = {
    .name = "fill", .words = "ARTICLE",
    .summary = "numbers, tables and pictures of the run in an article, by reference",
    .details = "{{NAME[r,c] %.4f}} is a number, {{table NAME}} and {{latex NAME}} a value or slice, "
               "{{figure attention block0.head0}}\n"
               "a picture beside the article (what render takes, -o too), {{run --model by-hand}} "
               "another run for what follows\n"
               "and {{run}} the first again. What was filled keeps its reference in a comment, "
               "so that it can be filled again.\n"
               "Code is left alone, and so is \\{{.\n",
    .example = "fill article.md", .least_words = 1, .most_words = 1,
    .options = {{"--check", NULL, "write nothing; exit with 1 if a number has drifted"}},
    .run = run,
};
