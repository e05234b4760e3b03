/* tracer names: every value with its shape. */
#include "command.h"

#include "tracer/base/nearest.h"
#include "tracer/base/print.h"

#include <fnmatch.h>
#include <string.h>

/* A pattern with * or ? must fit the whole name; any other may stand anywhere in it. */
static bool fits(const char *pattern, const char *name)
{
    return strpbrk(pattern, "*?") ? fnmatch(pattern, name, 0) == 0 : strstr(name, pattern) != NULL;
}

static int no_match(const Names *names, const char *pattern, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int id = 0; id < names->count; id++)
        nearest_offer(&nearest, pattern, name_of(names, id));
    error_set(error, EXIT_USED_WRONGLY, "no name fits \"%.100s\"; %s", pattern,
              nearest_text(&nearest, answer, "tracer names lists them all"));
    return error->code;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    const char *pattern = arguments->word_count ? arguments->words[0] : "*";
    const Names *names = &session.names;
    int widest = 0, shown = 0;
    for (int id = 0; id < names->count; id++)
        if (fits(pattern, name_of(names, id)) && text_width(name_of(names, id)) > widest)
            widest = text_width(name_of(names, id));
    for (int id = 0; id < names->count; id++) {
        const Value *value = tape_value(names->tape, id);
        if (!fits(pattern, name_of(names, id)))
            continue;
        print("%-*s  %d x %d  %s\n", widest, name_of(names, id), value->rows, value->cols, kind_name(value->kind));
        shown++;
    }
    int code = shown ? EXIT_DONE : no_match(names, pattern, error);
    session_close(&session);
    return code;
}

const Command NAMES_COMMAND = {
    .name = "names", .words = "[PATTERN]", .summary = "every value of the training step, with its shape and kind",
    .details = "PATTERN is a part of the name, or a pattern for all of it with * and ?.\n"
               "Rows are tokens, columns are features; a weight is [in x out].\n",
    .example = "names '*.head0.*.grad'", .most_words = 1, .paged = paged_always, .run = run,
};
