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
    char separator;
    int columns, label;   /* label: the column of the target, or -1 */
    bool texts;           /* the system reads texts: the column "text" */
    const char *target;   /* what that column is called */
    bool may_have_categories; /* else every other column is of numbers */
    bool is_category[MOST_COLUMNS]; /* as the first row has it: no number */
    const char *names[MOST_COLUMNS];
    Categories categories;
    int rows;
    Model *model;
    Error *error;
} Csv;

bool csv_wrong(const char *path, int line, const char *what, const char *word, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\", line %d: %s \"%.60s\"", path, line, what, word);
}

static bool wrong(const Csv *csv, const char *what, const char *word)
{
    return csv_wrong(csv->path, csv->line, what, word, csv->error);
}

char *csv_line(char **text)
{
    char *line = *text;
    size_t length = strcspn(line, "\n");
    *text = line[length] ? line + length + 1 : NULL;
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    return line;
}

char csv_separator(const char *header)
{
    size_t length = strcspn(header, "\n");
    if (memchr(header, ',', length))
        return ',';
    return memchr(header, ';', length) ? ';' : memchr(header, '\t', length) ? '\t' : ',';
}

char *csv_cell(const char *path, int line, char separator, char **rest, Error *error)
{
    char *at = *rest, *out = at, *cell = at;
    if (!at)
        return NULL;
    bool quoted = *at == '"';
    for (at += quoted; *at && (quoted || *at != separator); at++) {
        if (quoted && *at == '"') {
            /* Two quotes within quotes are one quote, as spreadsheets write them. */
            if (at[1] != '"')
                break;
            at++;
        }
        *out++ = *at;
    }
    bool closed = !quoted || *at == '"', more = quoted && closed && at[1] != '\0' && at[1] != separator;
    at += quoted && closed;
    *rest = *at ? at + 1 : NULL;
    *out = '\0';
    if (!closed || more) {
        csv_wrong(path, line, more ? "there is something behind the quotes of" : "a quote is not closed on its line:",
                  cell, error);
        return NULL;
    }
    return cell;
}

static char *next_cell(const Csv *csv, char **rest)
{
    return csv_cell(csv->path, csv->line, csv->separator, rest, csv->error);
}

static bool csv_header(Csv *csv, char *line)
{
    const char *label = csv->target;
    csv->label = -1;
    for (char *cell; (cell = next_cell(csv, &line)); csv->columns++) {
        if (csv->columns < MOST_COLUMNS && !(csv->names[csv->columns] = model_text(csv->model, cell)))
            return error_memory(csv->error);
        if (strcmp(cell, label) == 0) {
            if (csv->label >= 0)
                return wrong(csv, "the header has two columns", label);
            csv->label = csv->columns;
        }
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
    return csv->columns > 1 || wrong(csv, "the header has no column of numbers beside", label);
}

/* What a row says, cell by cell. */
typedef struct {
    double *numbers, *categories;
    int count, category_count;
    const char *label, *text;
} Row;

static bool take_text(const Csv *csv, const char *cell, const char **out)
{
    *out = model_text(csv->model, cell);
    return *out || error_memory(csv->error);
}

/* A number; where the system knows categories and the first row has none there, a category by its name. */
static bool take_value(Csv *csv, int column, const char *cell, Row *row)
{
    double number;
    bool is_number = parse_number(cell, &number);
    if (csv->rows == 0)
        csv->is_category[column] = csv->may_have_categories && !is_number && *cell;
    if (!csv->is_category[column]) {
        row->numbers[row->count++] = is_number ? number : 0;
        return is_number || wrong(csv, "a number is needed, not", cell);
    }
    if (!*cell)
        return wrong(csv, "there is nothing in the column", csv->names[column]);
    if (row->category_count == MOST_CATEGORY_COLUMNS)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns of categories", csv->path,
                         MOST_CATEGORY_COLUMNS);
    int id = categories_find(&csv->categories, csv->model, row->category_count, cell);
    row->categories[row->category_count++] = id;
    return id >= 0 || error_memory(csv->error);
}

static bool take_cell(Csv *csv, int column, const char *cell, Row *row)
{
    if (column >= csv->columns)
        return true; /* too many are told at the end of the line */
    if (column == csv->label)
        return *cell ? take_text(csv, cell, &row->label)
                     : wrong(csv, "there is nothing in the column", csv->target);
    return csv->texts ? take_text(csv, cell, &row->text) : take_value(csv, column, cell, row);
}

/* A row becomes what an example of a model file would be: {"x": [...], "category": [...], "label": "..."}. */
static bool csv_row(Csv *csv, char *line, Example *out)
{
    Arena *arena = &csv->model->arena;
    Field *fields = arena_alloc(arena, 3 * sizeof *fields);
    Row row = {.numbers = arena_alloc(arena, (size_t)csv->columns * sizeof *row.numbers),
               .categories = arena_alloc(arena, MOST_CATEGORY_COLUMNS * sizeof *row.categories)};
    if (!fields || !row.numbers || !row.categories)
        return error_memory(csv->error);
    int column = 0;
    for (char *cell; (cell = next_cell(csv, &line)); column++)
        if (!take_cell(csv, column, cell, &row))
            return false;
    if (csv->error->code != EXIT_DONE)
        return false;
    if (column != csv->columns)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\", line %d has %d cells, the header %d", csv->path,
                         csv->line, column, csv->columns);
    fields[0] = csv->texts ? (Field){.key = "text", .text = row.text}
                           : (Field){.key = "x", .numbers = row.numbers, .count = row.count};
    fields[1] = (Field){.key = "label", .text = row.label};
    fields[2] = (Field){.key = "category", .numbers = row.categories, .count = row.category_count};
    *out = (Example){fields, 2 + (row.category_count > 0)};
    csv->rows++;
    return true;
}

/* The names of the numbers and of the categories, for the axes. */
static bool keep_names(Csv *csv)
{
    const char **columns = arena_alloc(&csv->model->arena, 2 * (size_t)csv->columns * sizeof *columns);
    int counts[2] = {0};
    if (!columns)
        return error_memory(csv->error);
    for (int c = 0; c < csv->columns; c++)
        if (c != csv->label)
            columns[(csv->is_category[c] ? csv->columns : 0) + counts[csv->is_category[c]]++] = csv->names[c];
    csv->model->data.columns = (Texts){columns, csv->texts ? 0 : counts[0]};
    csv->model->data.category_columns = (Texts){columns + csv->columns, counts[1]};
    return categories_keep(&csv->categories, csv->model, csv->error);
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
    while (text) {
        char *line = csv_line(&text);
        csv->line++;
        /* An empty line, as at the end of the file, is no row. */
        if (csv->line == 1 ? !csv_header(csv, line) : *line && !csv_row(csv, line, &examples[count++]))
            return false;
    }
    if (count == 0)
        return error_set(csv->error, EXIT_USED_WRONGLY, "\"%s\" has no rows under its header", csv->path);
    csv->model->data = (Data){.examples = examples, .example_count = count};
    return keep_names(csv);
}

bool data_read_csv(Model *model, const char *path, const char *label, Error *error)
{
    char *text;
    size_t size;
    if (!file_read(path, LARGEST_CSV, &text, &size, error))
        return false;
    Csv csv = {.path = path, .target = label, .model = model, .error = error,
               .texts = !data_field_key(model->system, "x"),
               .may_have_categories = data_field_key(model->system, "category")};
    /* Spreadsheets begin a file with a mark that it is UTF-8. */
    char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    csv.separator = csv_separator(first);
    bool read = text_is_utf8(path, text, size, error) && csv_rows(&csv, first);
    categories_free(&csv.categories);
    free(text);
    return read;
}
