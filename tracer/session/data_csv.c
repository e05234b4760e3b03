/* A csv of numbers: a header, then a row a line; the column called as "label" says is the target. See data_parts.h. */
#include "data_parts.h"

#include "data_file.h"
#include "tiny_model/system.h"
#include "tracer/base/files.h"
#include "tracer/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_CSV = 64 << 20, MOST_COLUMNS = 4096 };

typedef struct {
    const char *path;
    int line;
    int columns, label;   /* label: the column of the target, or -1 */
    bool texts;           /* the system reads texts: the column "text" */
    const char *target;   /* what that column is called */
    Model *model;
    Error *error;
} Csv;

static bool csv_wrong(const Csv *csv, const char *what, const char *word)
{
    return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\", line %d: %s \"%.60s\"", csv->path, csv->line, what, word);
}

/* Cuts the next cell off *rest, quotes removed; NULL behind the last of the line, or with csv->error set where
 * the quotes are wrong. */
static char *next_cell(const Csv *csv, char **rest)
{
    char *at = *rest, *out = at, *cell = at;
    if (!at)
        return NULL;
    bool quoted = *at == '"';
    for (at += quoted; *at && (quoted || *at != ','); at++) {
        if (quoted && *at == '"') {
            /* Two quotes within quotes are one quote, as spreadsheets write them. */
            if (at[1] != '"')
                break;
            at++;
        }
        *out++ = *at;
    }
    bool closed = !quoted || *at == '"', more = quoted && closed && at[1] != '\0' && at[1] != ',';
    at += quoted && closed;
    *rest = *at ? at + 1 : NULL;
    *out = '\0';
    if (!closed || more) {
        csv_wrong(csv, more ? "there is something behind the quotes of" : "a quote is not closed on its line:", cell);
        return NULL;
    }
    return cell;
}

static bool csv_header(Csv *csv, char *line)
{
    const char *label = csv->target;
    csv->label = -1;
    for (char *cell; (cell = next_cell(csv, &line)); csv->columns++)
        if (strcmp(cell, label) == 0) {
            if (csv->label >= 0)
                return csv_wrong(csv, "the header has two columns", label);
            csv->label = csv->columns;
        }
    if (csv->error->code != EXIT_DONE)
        return false;
    if (csv->texts && csv->columns != 2)
        return error_set(csv->error, EXIT_USED_WRONGLY,
                         "\"%s\", line 1: a csv of texts has two columns, \"text\" and \"%.60s\"; this has %d",
                         csv->path, label, csv->columns);
    if (csv->columns > MOST_COLUMNS)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\" has %d columns; at most %d", csv->path, csv->columns,
                         MOST_COLUMNS);
    if (csv->label < 0)
        return error_set(csv->error, EXIT_USED_WRONGLY,
                         "\"%s\", line 1: the header has no column \"%.60s\"; \"label\" in data names the target",
                         csv->path, label);
    return csv->columns > 1 || csv_wrong(csv, "the header has no column of numbers beside", label);
}

/* A row becomes what an example of a model file would be: {"x": [...], "label": "..."}. */
static bool csv_row(Csv *csv, char *line, Example *out)
{
    Arena *arena = &csv->model->arena;
    Field *fields = arena_alloc(arena, 2 * sizeof *fields);
    double *numbers = arena_alloc(arena, (size_t)csv->columns * sizeof *numbers);
    if (!fields || !numbers)
        return error_memory(csv->error);
    int column = 0, count = 0;
    const char *text = NULL;
    fields[1] = (Field){.key = "label"};
    for (char *cell; (cell = next_cell(csv, &line)); column++) {
        if (column == csv->label) {
            if (!*cell)
                return csv_wrong(csv, "there is nothing in the column", csv->target);
            fields[1].text = model_text(csv->model, cell);
        } else if (csv->texts && column < csv->columns) {
            if (!(text = model_text(csv->model, cell)))
                return error_memory(csv->error);
        } else if (column < csv->columns && !parse_number(cell, &numbers[count++]))
            return csv_wrong(csv, "a number is needed, not", cell);
    }
    if (csv->error->code != EXIT_DONE)
        return false;
    if (column != csv->columns)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\", line %d has %d cells, the header %d", csv->path,
                         csv->line, column, csv->columns);
    if (!fields[1].text)
        return error_memory(csv->error);
    fields[0] = csv->texts ? (Field){.key = "text", .text = text}
                           : (Field){.key = "x", .numbers = numbers, .count = count};
    *out = (Example){fields, 2};
    return true;
}

static bool csv_rows(Csv *csv, char *text)
{
    int lines = 1;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    Example *examples = arena_alloc(&csv->model->arena, (size_t)lines * sizeof *examples);
    if (!examples)
        return error_memory(csv->error);
    int count = 0;
    for (char *next; text; text = next) {
        size_t length = strcspn(text, "\n");
        next = text[length] ? text + length + 1 : NULL;
        text[length] = '\0';
        if (length > 0 && text[length - 1] == '\r')
            text[--length] = '\0';
        csv->line++;
        /* An empty line, as at the end of the file, is no row. */
        if (csv->line == 1 ? !csv_header(csv, text) : length > 0 && !csv_row(csv, text, &examples[count++]))
            return false;
    }
    if (count == 0)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\" has no rows under its header", csv->path);
    csv->model->data = (Data){.examples = examples, .example_count = count};
    return true;
}

bool data_read_csv(Model *model, const char *path, const char *label, Error *error)
{
    char *text;
    size_t size;
    if (!file_read(path, LARGEST_CSV, &text, &size, error))
        return false;
    Csv csv = {.path = path, .target = label, .model = model, .error = error,
               .texts = !data_field_key(model->system, "x")};
    /* Spreadsheets begin a file with a mark that it is UTF-8. */
    char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    bool read = text_is_utf8(path, text, size, error) && csv_rows(&csv, first);
    free(text);
    return read;
}
