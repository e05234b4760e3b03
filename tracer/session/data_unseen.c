/* Rows of a csv whose class nobody has told yet; see data_file.h. */
#include "data_file.h"
#include "data_parts.h"

#include "tracer/base/files.h"
#include "tracer/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_CSV = 64 << 20, MOST_COLUMNS = 4096 };

typedef struct {
    const char *path;
    int line, columns;
    char separator;
    int feature[MOST_COLUMNS];   /* of each column, -1: nothing that the model knows; behind them the categories */
    const Texts *features;
    const Data *categories;      /* whose columns of categories are looked for, or NULL */
    Unseen *out;
    Error *error;
} Reading;

static int category_columns(const Reading *of)
{
    return of->categories ? of->categories->category_columns.count : 0;
}

static const char *wanted_name(const Reading *of, int feature)
{
    int numbers = of->features->count;
    return feature < numbers ? of->features->list[feature]
                             : of->categories->category_columns.list[feature - numbers];
}

static int find_feature(const Reading *of, const char *name)
{
    for (int f = 0; f < of->features->count + category_columns(of); f++)
        if (strcmp(wanted_name(of, f), name) == 0)
            return f;
    return -1;
}

/* Columns stand in any order; those that the model does not know are passed over. */
static bool take_header(Reading *of, char *line)
{
    int wanted = of->features->count + category_columns(of);
    bool *found = calloc((size_t)wanted + 1, sizeof *found);
    if (!found)
        return error_memory(of->error);
    for (char *cell; (cell = csv_cell(of->path, of->line, of->separator, &line, of->error)); of->columns++) {
        if (of->columns == MOST_COLUMNS) {
            error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns", of->path, MOST_COLUMNS);
            break;
        }
        int f = of->feature[of->columns] = find_feature(of, cell);
        if (f >= 0 && found[f]) {
            csv_wrong(of->path, of->line, "the header has two columns", cell, of->error);
            break;
        }
        if (f >= 0)
            found[f] = true;
    }
    for (int f = 0; of->error->code == EXIT_DONE && f < wanted; f++)
        if (!found[f])
            csv_wrong(of->path, of->line, "the header has no column", wanted_name(of, f), of->error);
    free(found);
    return of->error->code == EXIT_DONE;
}

static bool take_value(const Reading *of, int feature, const char *cell)
{
    int numbers = of->features->count, columns = category_columns(of), row = of->out->rows;
    if (feature < numbers)
        return parse_number(cell, &of->out->numbers[(size_t)row * (size_t)numbers + (size_t)feature]) ||
               csv_wrong(of->path, of->line, "a number is needed, not", cell, of->error);
    int id = categories_known(&of->categories->categories[feature - numbers], cell);
    of->out->categories[(size_t)row * (size_t)columns + (size_t)(feature - numbers)] = id;
    return id >= 0 || csv_wrong(of->path, of->line, "the model was told of no such category:", cell, of->error);
}

static bool take_row(Reading *of, char *line)
{
    int column = 0;
    for (char *cell; (cell = csv_cell(of->path, of->line, of->separator, &line, of->error)); column++)
        if (column < of->columns && of->feature[column] >= 0 && !take_value(of, of->feature[column], cell))
            return false;
    if (of->error->code != EXIT_DONE)
        return false;
    if (column != of->columns)
        return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\", line %d has %d cells, the header %d", of->path,
                         of->line, column, of->columns);
    of->out->rows++;
    return true;
}

static bool take_lines(Reading *of, char *text)
{
    size_t lines = 1;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    of->out->numbers = calloc(lines * (size_t)of->features->count + 1, sizeof *of->out->numbers);
    of->out->categories = calloc(lines * (size_t)category_columns(of) + 1, sizeof *of->out->categories);
    if (!of->out->numbers || !of->out->categories)
        return error_memory(of->error);
    while (text) {
        char *line = csv_line(&text);
        of->line++;
        /* An empty line, as at the end of the file, is no row. */
        if (of->line == 1 ? !take_header(of, line) : *line && !take_row(of, line))
            return false;
    }
    return of->out->rows > 0 ||
           error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has no rows under its header", of->path);
}

bool data_read_unseen(const Texts *features, const Data *categories, const char *path, Unseen *out, Error *error)
{
    char *text;
    size_t size;
    *out = (Unseen){0};
    if (features->count == 0 && !(categories && categories->category_columns.count))
        return error_set(error, EXIT_USED_WRONGLY,
                         "the columns of \"%s\" cannot be told apart: the features of this model have no names; "
                         "\"columns\" in data gives them some", path);
    if (!file_read(path, LARGEST_CSV, &text, &size, error))
        return false;
    Reading *of = calloc(1, sizeof *of);
    bool read = of ? text_is_utf8(path, text, size, error) : error_memory(error);
    if (read) {
        /* Spreadsheets begin a file with a mark that it is UTF-8. */
        char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
        *of = (Reading){.path = path, .features = features, .categories = categories, .out = out, .error = error,
                        .separator = csv_separator(first)};
        read = take_lines(of, first);
    }
    free(of);
    free(text);
    return read;
}

void unseen_free(Unseen *unseen)
{
    free(unseen->numbers);
    free(unseen->categories);
    *unseen = (Unseen){0};
}

/* The rows become examples behind those of the model. */
static bool keep_rows(Model *model, const Unseen *rows, Error *error)
{
    Data *data = &model->data;
    int numbers = data->columns.count, columns = data->category_columns.count, known = data->example_count;
    size_t wide = (size_t)(numbers + columns);
    Example *examples = arena_alloc(&model->arena, (size_t)(known + rows->rows) * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, 2 * (size_t)rows->rows * sizeof *fields);
    double *room = arena_alloc(&model->arena, (size_t)rows->rows * wide * sizeof *room);
    if (!examples || !fields || !room)
        return error_memory(error);
    memcpy(examples, data->examples, (size_t)known * sizeof *examples);
    for (int i = 0; i < rows->rows; i++, fields += 2, room += wide) {
        memcpy(room, rows->numbers + (size_t)i * (size_t)numbers, (size_t)numbers * sizeof *room);
        memcpy(room + numbers, rows->categories + (size_t)i * (size_t)columns, (size_t)columns * sizeof *room);
        fields[0] = (Field){"x", NULL, room, numbers};
        fields[1] = (Field){"category", NULL, room + numbers, columns};
        examples[known + i] = (Example){fields, 1 + (columns > 0)};
    }
    data->examples = examples;
    data->unseen_count = rows->rows;
    return true;
}

bool data_more_rows(Model *model, const char *path, Error *error)
{
    Unseen rows;
    bool whole = data_read_unseen(&model->data.columns, &model->data, path, &rows, error) &&
                 keep_rows(model, &rows, error);
    unseen_free(&rows);
    return whole;
}
