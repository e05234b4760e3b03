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
    int feature[MOST_COLUMNS];   /* of each column, -1: nothing that the model knows */
    const Texts *features;
    Unseen *out;
    Error *error;
} Reading;

static int find_feature(const Texts *features, const char *name)
{
    for (int f = 0; f < features->count; f++)
        if (strcmp(features->list[f], name) == 0)
            return f;
    return -1;
}

/* Columns stand in any order; those that the model does not know are passed over. */
static bool take_header(Reading *of, char *line)
{
    bool *found = calloc((size_t)of->features->count + 1, sizeof *found);
    if (!found)
        return error_memory(of->error);
    for (char *cell; (cell = csv_cell(of->path, of->line, &line, of->error)); of->columns++) {
        if (of->columns == MOST_COLUMNS) {
            error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns", of->path, MOST_COLUMNS);
            break;
        }
        int f = of->feature[of->columns] = find_feature(of->features, cell);
        if (f >= 0 && found[f]) {
            csv_wrong(of->path, of->line, "the header has two columns", cell, of->error);
            break;
        }
        if (f >= 0)
            found[f] = true;
    }
    for (int f = 0; of->error->code == EXIT_DONE && f < of->features->count; f++)
        if (!found[f])
            csv_wrong(of->path, of->line, "the header has no column", of->features->list[f], of->error);
    free(found);
    return of->error->code == EXIT_DONE;
}

static bool take_row(Reading *of, char *line)
{
    double *row = of->out->numbers + (size_t)of->out->rows * (size_t)of->features->count, number;
    int column = 0;
    for (char *cell; (cell = csv_cell(of->path, of->line, &line, of->error)); column++) {
        if (column >= of->columns || of->feature[column] < 0)
            continue;
        if (!parse_number(cell, &number))
            return csv_wrong(of->path, of->line, "a number is needed, not", cell, of->error);
        row[of->feature[column]] = number;
    }
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
    if (!of->out->numbers)
        return error_memory(of->error);
    for (char *next; text; text = next) {
        size_t length = strcspn(text, "\n");
        next = text[length] ? text + length + 1 : NULL;
        text[length] = '\0';
        if (length > 0 && text[length - 1] == '\r')
            text[--length] = '\0';
        of->line++;
        /* An empty line, as at the end of the file, is no row. */
        if (of->line == 1 ? !take_header(of, text) : length > 0 && !take_row(of, text))
            return false;
    }
    return of->out->rows > 0 ||
           error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has no rows under its header", of->path);
}

bool data_read_unseen(const Texts *features, const char *path, Unseen *out, Error *error)
{
    char *text;
    size_t size;
    *out = (Unseen){0};
    if (features->count == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "the columns of \"%s\" cannot be told apart: the features of this model have no names; "
                         "\"columns\" in data gives them some", path);
    if (!file_read(path, LARGEST_CSV, &text, &size, error))
        return false;
    Reading *of = calloc(1, sizeof *of);
    bool read = of ? text_is_utf8(path, text, size, error) : error_memory(error);
    if (read) {
        *of = (Reading){.path = path, .features = features, .out = out, .error = error};
        /* Spreadsheets begin a file with a mark that it is UTF-8. */
        read = take_lines(of, strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text);
    }
    free(of);
    free(text);
    return read;
}

void unseen_free(Unseen *unseen)
{
    free(unseen->numbers);
    *unseen = (Unseen){0};
}
