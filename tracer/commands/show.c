/* tracer show: one value or slice. */
#include "command.h"
#include "said.h"

#include "tracer/base/print.h"
#include "tracer/output/tables.h"

#include <string.h>
#include <unistd.h>

static const TableFormat *find_format(const char *name, Error *error)
{
    for (int i = 0; i < TABLE_FORMAT_COUNT; i++)
        if (strcmp(TABLE_FORMATS[i].name, name) == 0)
            return &TABLE_FORMATS[i];
    error_set(error, EXIT_USED_WRONGLY,
              "no format is called \"%.60s\"; use table, csv, json, npy, latex, tabular, markdown or html", name);
    return NULL;
}

static int show(const Arguments *arguments, const TableFormat *format, Error *error)
{
    Session session;
    Reference reference;
    Text out = {0};
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    if (reference_parse(&session.names, arguments->words[0], &reference, error)) {
        say_taken(&session.names, reference);
        Slice slice = slice_of(&session.names, reference);
        format->write(&slice, arguments->digits, &out);
        (format->binary ? print_bytes : print_text)(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

static int run(const Arguments *arguments, Error *error)
{
    const char *name = option_of(arguments, "--format");
    const TableFormat *format = find_format(name ? name : "table", error);
    if (!format)
        return error->code;
    if (format->binary && isatty(STDOUT_FILENO)) {
        error_set(error, EXIT_USED_WRONGLY, "%s is binary; send it to a file: tracer show ... > FILE.%s", format->name,
                  format->name);
        return error->code;
    }
    return show(arguments, format, error);
}

const Command SHOW_COMMAND = {
    .name = "show", .words = "NAME", .summary = "one value, or a row NAME[r,:], a column NAME[:,c], a cell NAME[r,c]",
    .details = "A token may stand for a row or column where it is unique: 'block0.attention.head0.weights[saw,cat]'.\n"
               "csv, json and npy hold every digit; the others show --digits decimals. latex is a matrix,\n"
               "tabular a table of LaTeX.\n",
    .example = "show block0.attention.head0.weights --format markdown", .least_words = 1, .most_words = 1,
    .options = {{"--format", "table|csv|json|npy|latex|tabular|markdown|html", "how (table)"}}, .run = run,
};
