/* The data of a model file; see data_file.h. */
#include "data_file.h"

#include "tiny_model/system.h"
#include "tiny_model/tokenizer/utf8.h"
#include "tracer/base/files.h"
#include "tracer/base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_CSV = 64 << 20, MOST_COLUMNS = 4096, PATH_LENGTH = 1024 };

bool data_is_key(const char *name)
{
    return strcmp(name, "examples") == 0 || strcmp(name, "csv") == 0 || strcmp(name, "label") == 0;
}

static const FieldKey *field_key(const System *system, const char *name)
{
    for (const FieldKey *key = system->fields; key && key->key; key++)
        if (strcmp(key->key, name) == 0)
            return key;
    return NULL;
}

static bool wrong_field(const char *path, size_t row, const char *name, const char *expected, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%.60s\" of example %zu must be %s", path, name, row,
                     expected);
}

/* *right says whether it is a list of numbers; false alone is that there is no memory. */
static bool set_numbers(Model *model, const json_t *value, Field *field, bool *right, Error *error)
{
    size_t count = json_array_size(value);
    double *numbers = arena_alloc(&model->arena, count * sizeof *numbers + 1);
    if (!numbers)
        return error_memory(error);
    *right = json_is_array(value) && count > 0 && count <= MOST_EXAMPLES;
    for (size_t i = 0; *right && i < count; i++) {
        const json_t *number = json_array_get(value, i);
        *right = json_is_number(number);
        numbers[i] = json_number_value(number);
    }
    field->numbers = numbers;
    field->count = (int)count;
    return true;
}

static bool read_field(Model *model, const char *path, size_t row, const char *name, const json_t *value, Field *field,
                       Error *error)
{
    const FieldKey *key = field_key(model->system, name);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    bool right = true;
    if (!key) {
        for (const FieldKey *other = model->system->fields; other && other->key; other++)
            nearest_offer(&nearest, name, other->key);
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": example %zu has a field \"%.60s\", which the system \"%s\" does not know; %s",
                         path, row, name, model->system->name,
                         nearest_text(&nearest, answer, "see tracer help model-file SYSTEM"));
    }
    field->key = key->key;
    switch (key->type) {
    case FIELD_NUMBERS:
        if (!set_numbers(model, value, field, &right, error))
            return false;
        return right || wrong_field(path, row, name, "a list of numbers", error);
    case FIELD_INTEGER: {
        double *number = arena_alloc(&model->arena, sizeof *number);
        if (!number)
            return error_memory(error);
        if (!json_is_integer(value))
            return wrong_field(path, row, name, "a whole number", error);
        *number = (double)json_integer_value(value);
        field->numbers = number;
        field->count = 1;
        return true;
    }
    case FIELD_TEXT:
        if (!json_is_string(value))
            return wrong_field(path, row, name, "a string", error);
        field->text = model_text(model, json_string_value(value));
        return field->text || error_memory(error);
    }
    return false;
}

static bool read_example(Model *model, const char *path, size_t row, const json_t *object, Example *out, Error *error)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object) || json_object_size(object) == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": example %zu must be an object", path, row);
    Field *fields = arena_alloc(&model->arena, json_object_size(object) * sizeof *fields);
    if (!fields)
        return error_memory(error);
    *out = (Example){fields, 0};
    json_object_foreach((json_t *)object, name, value) {
        fields[out->count] = (Field){0};
        if (!read_field(model, path, row, name, value, &fields[out->count++], error))
            return false;
    }
    return true;
}

static bool read_examples(Model *model, const char *path, const json_t *value, Error *error)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count == 0 || count > MOST_EXAMPLES)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"examples\" must be a list of 1 to %d objects", path,
                         MOST_EXAMPLES);
    Example *examples = arena_alloc(&model->arena, count * sizeof *examples);
    if (!examples)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!read_example(model, path, i, json_array_get(value, i), &examples[i], error))
            return false;
    model->data.examples = examples;
    model->data.example_count = (int)count;
    return true;
}

/* --- csv: a header, then numbers; the column called as "label" says is the target --- */

typedef struct {
    const char *path;
    int line;
    int columns, label;   /* label: the column of the target, or -1 */
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
    fields[1] = (Field){.key = "label"};
    for (char *cell; (cell = next_cell(csv, &line)); column++) {
        if (column == csv->label) {
            if (!*cell)
                return csv_wrong(csv, "there is nothing in the column", csv->target);
            fields[1].text = model_text(csv->model, cell);
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
    fields[0] = (Field){.key = "x", .numbers = numbers, .count = count};
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
    csv->model->data.examples = examples;
    csv->model->data.example_count = count;
    return true;
}

static bool is_utf8(const char *text)
{
    unsigned code_point;
    for (int length; *text; text += length)
        if ((length = utf8_decode(text, &code_point)) == 0)
            return false;
    return true;
}

static bool read_csv(Model *model, const char *path, const json_t *data, const char *name, Error *error)
{
    const char *label = json_string_value(json_object_get(data, "label")), *slash = strrchr(path, '/');
    char whole[PATH_LENGTH];
    char *text;
    size_t size;
    /* A path in a model file is meant from where the model file is, not from where the program was started. */
    snprintf(whole, sizeof whole, "%.*s%s", *name == '/' || !slash ? 0 : (int)(slash - path + 1), path, name);
    if (!field_key(model->system, "x") || !field_key(model->system, "label"))
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": the system \"%s\" takes no csv of numbers", path,
                         model->system->name);
    if (!file_read(whole, LARGEST_CSV, &text, &size, error))
        return false;
    Csv csv = {.path = whole, .target = label ? label : "label", .model = model, .error = error};
    /* Spreadsheets begin a file with a mark that it is UTF-8. */
    char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    bool read = strlen(text) == size && is_utf8(text)
                    ? csv_rows(&csv, first)
                    : error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no text in UTF-8", whole);
    free(text);
    return read;
}

bool data_read_key(const json_t *data, const char *name, const json_t *value, const char *path, Model *model,
                   Error *error)
{
    bool csv = json_object_get(data, "csv") != NULL;
    if (strcmp(name, "examples") == 0) {
        if (csv)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model \"%s\": data has \"examples\" and a \"csv\"; one of the two", path);
        return read_examples(model, path, value, error);
    }
    if (!json_is_string(value))
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\" in data must be a string", path, name);
    if (!csv)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": \"label\" in data names a column of a \"csv\", and there is none", path);
    return strcmp(name, "label") == 0 || read_csv(model, path, data, json_string_value(value), error);
}

bool token_ids_parse(const char *text, Arena *arena, int **ids, int *count, Error *error)
{
    *count = 1;
    for (const char *c = text; *c; c++)
        *count += *c == ',';
    /* Before room is asked for: the number of commas is what a stranger wrote. */
    *ids = *count <= MOST_TOKENS ? arena_alloc(arena, (size_t)*count * sizeof **ids) : NULL;
    if (*count > MOST_TOKENS)
        return error_set(error, EXIT_USED_WRONGLY, "--tokens has more than %d ids", MOST_TOKENS);
    if (!*ids)
        return error_memory(error);
    for (int i = 0; i < *count; i++) {
        char word[24];
        size_t length = strcspn(text, ",");
        long id;
        snprintf(word, sizeof word, "%.*s", length < 23 ? (int)length : 23, text);
        if (length >= sizeof word || !parse_integer(word, 0, MOST_VOCABULARY, &id))
            return error_set(error, EXIT_USED_WRONGLY, "--tokens takes ids with commas between them, not \"%.60s\"",
                             word);
        (*ids)[i] = (int)id;
        text += length + (text[length] == ',');
    }
    return true;
}

bool data_of_ids(const char *text, Model *model, Error *error)
{
    int *ids, count;
    if (!field_key(model->system, "tokens"))
        return error_set(error, EXIT_USED_WRONGLY,
                         "--tokens are for models that read a text; the system \"%s\" does not", model->system->name);
    if (!token_ids_parse(text, &model->arena, &ids, &count, error))
        return false;
    /* The ids count in the vocabulary of the texts that they take the place of. */
    if (model->system->read_texts && !model->system->read_texts(model, error))
        return false;
    Example *example = arena_alloc(&model->arena, sizeof *example);
    Field *field = arena_alloc(&model->arena, sizeof *field);
    double *numbers = arena_alloc(&model->arena, (size_t)count * sizeof *numbers);
    if (!example || !field || !numbers)
        return error_memory(error);
    for (int i = 0; i < count; i++)
        numbers[i] = ids[i];
    *field = (Field){.key = "tokens", .numbers = numbers, .count = count};
    *example = (Example){field, 1};
    model->data = (Data){.examples = example, .example_count = 1};
    model->training.batch = 0;
    return true;
}

static void write_field(const Model *model, const Field *field, Text *out)
{
    char number[NUMBER_SIZE];
    const FieldKey *key = field_key(model->system, field->key);
    text_add(out, "\"%s\": ", field->key);
    if (field->text) {
        text_json_string(out, field->text);
        return;
    }
    bool list = key && key->type == FIELD_NUMBERS;
    text_add(out, "%s", list ? "[" : "");
    for (int i = 0; i < field->count; i++)
        text_add(out, "%s%s", i ? ", " : "", number_json(number, field->numbers[i]));
    text_add(out, "%s", list ? "]" : "");
}

void data_write(const Model *model, int *count, Text *out)
{
    if (!model->data.examples)
        return;
    text_add(out, "%s\"examples\": [", (*count)++ ? ", " : "");
    for (int i = 0; i < model->data.example_count; i++) {
        text_add(out, "%s{", i ? ", " : "");
        for (int f = 0; f < model->data.examples[i].count; f++) {
            text_add(out, "%s", f ? ", " : "");
            write_field(model, &model->data.examples[i].fields[f], out);
        }
        text_add(out, "}");
    }
    text_add(out, "]");
}
