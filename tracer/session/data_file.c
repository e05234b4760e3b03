/* The data of a model file; see data_file.h. */
#include "data_file.h"

#include "data_parts.h"
#include "tiny_model/data/transactions.h"
#include "tiny_model/system.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/base/nearest.h"
#include "tracer/base/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LENGTH = 1024 };

/* What "data" may hold beside the keys of its system, and what reads it where it names a file. */
static const char *const SOURCES_OF_DATA[] = {"examples", "csv", "file", "pictures"};
static const char *const COMPANIONS[][2] = {{"label", "csv"}, {"documents", "file"}};

bool data_is_key(const char *name)
{
    for (size_t i = 0; i < sizeof SOURCES_OF_DATA / sizeof *SOURCES_OF_DATA; i++)
        if (strcmp(name, SOURCES_OF_DATA[i]) == 0)
            return true;
    return strcmp(name, "label") == 0 || strcmp(name, "documents") == 0;
}

bool data_is_one(const json_t *root, const char *path, Error *error)
{
    const json_t *data = json_object_get(root, "data"), *model = json_object_get(root, "model");
    const char *first = json_object_get(root, "text") || json_object_get(data, "text") || json_object_get(model, "text")
                            ? "text"
                            : NULL;
    for (size_t i = 0; i < sizeof SOURCES_OF_DATA / sizeof *SOURCES_OF_DATA; i++) {
        if (!json_object_get(data, SOURCES_OF_DATA[i]))
            continue;
        if (first)
            return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": data has \"%s\" and \"%s\"; one of the two", path,
                             first, SOURCES_OF_DATA[i]);
        first = SOURCES_OF_DATA[i];
    }
    const char *make = json_string_value(json_object_get(data, "make"));
    return !json_object_get(data, "pictures") || !make || strcmp(make, "none") == 0 ||
           error_set(error, EXIT_USED_WRONGLY, "model \"%s\": data has \"pictures\" and \"make\"; one of the two",
                     path);
}

const FieldKey *data_field_key(const System *system, const char *name)
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
    const FieldKey *key = data_field_key(model->system, name);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    bool right = true;
    FieldType type = key ? key->type : FIELD_TEXT;
    if (type == FIELD_TEXT_OR_IDS)
        type = json_is_string(value) ? FIELD_TEXT : FIELD_NUMBERS;
    if (!key) {
        for (const FieldKey *other = model->system->fields; other && other->key; other++)
            nearest_offer(&nearest, name, other->key);
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": example %zu has a field \"%.60s\", which the system \"%s\" does not know; %s",
                         path, row, name, model->system->name,
                         nearest_text(&nearest, answer, "see tracer help model-file SYSTEM"));
    }
    field->key = key->key;
    switch (type) {
    case FIELD_TEXT_OR_IDS:
    case FIELD_NUMBERS:
        if (!set_numbers(model, value, field, &right, error))
            return false;
        return right || wrong_field(path, row, name, "a list of numbers", error);
    case FIELD_NUMBER:
    case FIELD_INTEGER: {
        double *number = arena_alloc(&model->arena, sizeof *number);
        if (!number)
            return error_memory(error);
        if (!(type == FIELD_INTEGER ? json_is_integer(value) : json_is_number(value)))
            return wrong_field(path, row, name, type == FIELD_INTEGER ? "a whole number" : "a number", error);
        *number = json_number_value(value);
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
    model->data = (Data){.examples = examples, .example_count = (int)count};
    return true;
}

/* The key may stand behind that of the csv. What is out of range is told where it is set. */
static int merges_of(const Model *model, const json_t *data)
{
    json_int_t merges = json_integer_value(json_object_get(data, "merges"));
    bool said = json_is_integer(json_object_get(data, "merges")) && merges >= 0 && merges <= MOST_PIECE_MERGES;
    return said ? (int)merges : ((const Nufo *)model->settings)->merges;
}

static bool is_csv(Model *model, const json_t *data, const char *path, const char *file, Error *error)
{
    const char *label = json_string_value(json_object_get(data, "label"));
    if (model->system == &NUFO)
        return data_read_transactions(model, file, label ? label : "label", merges_of(model, data), error);
    bool rows = data_field_key(model->system, "x") || data_field_key(model->system, "text");
    if (!rows || !data_field_key(model->system, "label"))
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": the system \"%s\" takes no csv", path,
                         model->system->name);
    return data_read_csv(model, file, label ? label : "label", error);
}

bool data_read_more(Model *model, const char *path, Error *error)
{
    if (model->system == &NUFO)
        return data_more_transactions(model, path, error);
    return model->system == &TABULAR
               ? data_more_rows(model, path, error)
               : error_set(error, EXIT_USED_WRONGLY,
                           "\"--predict\" is for tables and what grows of them; the system \"%s\" reads none",
                           model->system->name);
}

static bool is_text(Model *model, const json_t *data, const char *path, const char *file, Error *error)
{
    const json_t *value = json_object_get(data, "documents");
    const char *documents = value ? json_string_value(value) : "whole";
    if (!documents || (strcmp(documents, "whole") != 0 && strcmp(documents, "lines") != 0))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": \"documents\" in data must be \"whole\" or \"lines\"", path);
    if (!model->system->language)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": the system \"%s\" reads no text", path,
                         model->system->name);
    bool replaced = model->data.replaced;
    if (data_read_text(model, file, strcmp(documents, "lines") == 0, error))
        return true;
    if (!replaced || error_is_memory(error))
        return false;
    *error = (Error){0};
    model->data = (Data){.replaced = true}; /* nobody will read it */
    return true;
}

static bool is_folder(Model *model, const json_t *data, const char *path, const char *folder, Error *error)
{
    (void)data;
    if (!data_field_key(model->system, "x_0") && !data_field_key(model->system, "x"))
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": the system \"%s\" takes no pictures", path,
                         model->system->name);
    return data_read_pictures(model, folder, error);
}

bool data_read_key(const json_t *data, const char *name, const json_t *value, const char *path, Model *model,
                   Error *error)
{
    char file[PATH_LENGTH];
    if (strcmp(name, "examples") == 0)
        return read_examples(model, path, value, error);
    if (!json_is_string(value))
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\" in data must be a string", path, name);
    for (size_t i = 0; i < sizeof COMPANIONS / sizeof *COMPANIONS; i++)
        if (strcmp(name, COMPANIONS[i][0]) == 0)
            return json_object_get(data, COMPANIONS[i][1]) ||
                   error_set(error, EXIT_USED_WRONGLY,
                             "model \"%s\": \"%s\" in data goes with a \"%s\", and there is none", path, name,
                             COMPANIONS[i][1]);
    /* A path in a model file is meant from where the model file is, not from where the program was started. */
    const char *said = json_string_value(value), *slash = strrchr(path, '/');
    snprintf(file, sizeof file, "%.*s%s", *said == '/' || !slash ? 0 : (int)(slash - path + 1), path, said);
    bool (*const read)(Model *, const json_t *, const char *, const char *, Error *) =
        strcmp(name, "csv") == 0 ? is_csv : strcmp(name, "file") == 0 ? is_text : is_folder;
    return read(model, data, path, file, error);
}

static void write_field(const Model *model, const Field *field, Text *out)
{
    char number[NUMBER_SIZE];
    const FieldKey *key = data_field_key(model->system, field->key);
    text_add(out, "\"%s\": ", field->key);
    if (field->text) {
        text_json_string(out, field->text);
        return;
    }
    bool list = key && key->type != FIELD_INTEGER && key->type != FIELD_NUMBER;
    text_add(out, "%s", list ? "[" : "");
    for (int i = 0; i < field->count; i++)
        text_add(out, "%s%s", i ? ", " : "", number_json(number, field->numbers[i]));
    text_add(out, "%s", list ? "]" : "");
}

void data_write(const Model *model, int *count, Text *out)
{
    if (!model->data.examples || model->data.made)
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

/* Of histories that are too long the oldest tokens are left out. */
void data_tell(const Model *model)
{
    int cut = model->system == &NUFO ? ((const Nufo *)model->settings)->cut : 0;
    if (cut)
        print_error("tracer: %d histor%s longer than \"context\" %d: the oldest tokens are left out\n", cut,
                    cut == 1 ? "y is" : "ies are", ((const Nufo *)model->settings)->gpt.context);
}
