/* Model files; see model_file.h. The keys come from the table in tiny_model/models/model.c. */
#include "model_file.h"

#include "tracer/base/files.h"
#include "tracer/base/nearest.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_FILE = 16 << 20 };

/* Where the value of a key lives. */
static void *member(const Model *model, const ModelKey *key)
{
    return (char *)model + key->offset;
}

static bool wrong(Error *error, const char *path, const ModelKey *key, const char *expected)
{
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\"%s%s must be %s", path, key->key,
                     *key->group ? " in " : "", key->group, expected);
}

static bool set_number(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    if (json_is_null(value) && key->may_be_null) {
        *(double *)member(model, key) = INFINITY;
        return true;
    }
    if (!json_is_number(value))
        return wrong(error, path, key, key->may_be_null ? "a number or null" : "a number");
    double number = json_number_value(value);
    if (!(number >= key->least && number <= key->most) || (key->above_least && number == key->least)) {
        char range[80], low[NUMBER_SIZE], high[NUMBER_SIZE];
        snprintf(range, sizeof range, "%s %s and at most %s", key->above_least ? "above" : "at least",
                 number_exact(low, key->least), number_exact(high, key->most));
        return wrong(error, path, key, range);
    }
    *(double *)member(model, key) = number;
    return true;
}

static bool set_integer(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < key->least || number > key->most) {
        char range[80];
        snprintf(range, sizeof range, "a whole number from %.0f to %.0f", key->least, key->most);
        return wrong(error, path, key, range);
    }
    *(int *)member(model, key) = (int)number;
    return true;
}

static bool set_choice(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    const char *text = json_string_value(value);
    for (int i = 0; text && key->choices[i]; i++)
        if (strcmp(key->choices[i], text) == 0) {
            *(int *)member(model, key) = i;
            return true;
        }
    char all[200] = "one of";
    for (int i = 0; key->choices[i]; i++) {
        strcat(all, i ? " | " : " ");
        strcat(all, key->choices[i]);
    }
    return wrong(error, path, key, all);
}

static bool set_text(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    if (!json_is_string(value))
        return wrong(error, path, key, "a string");
    const char *text = model_text(model, json_string_value(value));
    if (!text)
        return error_memory(error);
    *(const char **)member(model, key) = text;
    return true;
}

static bool set_vocabulary(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    if (!json_is_array(value) || json_array_size(value) == 0 || json_array_size(value) > MOST_WIDTH)
        return wrong(error, path, key, "a list of 1 to 8192 strings");
    int count = (int)json_array_size(value);
    const char **list = arena_alloc(&model->arena, (size_t)count * sizeof *list);
    if (!list)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        const char *token = json_string_value(json_array_get(value, (size_t)i));
        if (!token)
            return wrong(error, path, key, "a list of strings");
        if (!(list[i] = model_text(model, token)))
            return error_memory(error);
    }
    model->vocabulary = list;
    model->vocabulary_size = count;
    return true;
}

static bool set_key(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    switch (key->type) {
    case KEY_TEXT: return set_text(model, key, value, path, error);
    case KEY_FLAG:
        if (!json_is_boolean(value))
            return wrong(error, path, key, "true or false");
        *(int *)member(model, key) = json_is_true(value);
        return true;
    case KEY_INTEGER: return set_integer(model, key, value, path, error);
    case KEY_NUMBER: return set_number(model, key, value, path, error);
    case KEY_CHOICE: return set_choice(model, key, value, path, error);
    case KEY_VOCABULARY: return set_vocabulary(model, key, value, path, error);
    }
    abort();
}

static const ModelKey *find_key(const char *group, const char *name)
{
    for (int i = 0; i < MODEL_KEY_COUNT; i++)
        if (strcmp(MODEL_KEYS[i].group, group) == 0 && strcmp(MODEL_KEYS[i].key, name) == 0)
            return &MODEL_KEYS[i];
    return NULL;
}

static bool unknown_key(const char *path, const char *group, const char *name, Error *error)
{
    Nearest nearest = {0};
    for (int i = 0; i < MODEL_KEY_COUNT; i++)
        if (strcmp(MODEL_KEYS[i].group, group) == 0)
            nearest_offer(&nearest, name, MODEL_KEYS[i].key);
    char names[NEAREST_TEXT];
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": unknown key \"%.60s\"%s%s; %s", path, name,
                     *group ? " in " : "", group, nearest_text(&nearest, names, "see tracer help model-file"));
}

static bool is_group(const char *name)
{
    return strcmp(name, "init") == 0 || strcmp(name, "optimizer") == 0;
}

static bool read_object(json_t *object, const char *group, const char *path, Model *model, Error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        if (!*group && is_group(name)) {
            if (!json_is_object(value))
                return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\" must be an object", path, name);
            if (!read_object(value, name, path, model, error))
                return false;
            continue;
        }
        const ModelKey *key = find_key(group, name);
        if (!key)
            return unknown_key(path, group, name, error);
        if (!set_key(model, key, value, path, error))
            return false;
    }
    return true;
}

bool model_file_parse(const char *json, size_t size, const char *path, Model *model, Error *error)
{
    json_error_t why;
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why);
    if (!root && !*why.text)
        return error_memory(error); /* the one thing that jansson fails at without a word */
    if (!root)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\", line %d: %s", path, why.line, why.text);
    bool whole = json_is_object(root)
                     ? read_object(root, "", path, model, error)
                     : error_set(error, EXIT_USED_WRONGLY, "model \"%s\": a model file is one JSON object", path);
    json_decref(root);
    return whole;
}

bool model_file_read(const char *path, Model *model, Error *error)
{
    char *json;
    size_t size;
    if (!file_read(path, LARGEST_FILE, &json, &size, error))
        return false;
    bool whole = model_file_parse(json, size, path, model, error);
    free(json);
    return whole;
}

static void write_value(const Model *model, const ModelKey *key, Text *out)
{
    char number[NUMBER_SIZE];
    const void *value = member(model, key);
    switch (key->type) {
    case KEY_TEXT:
        text_json_string(out, *(const char *const *)value);
        break;
    case KEY_FLAG:
        text_add(out, "%s", *(const int *)value ? "true" : "false");
        break;
    case KEY_INTEGER:
        text_add(out, "%d", *(const int *)value);
        break;
    case KEY_NUMBER:
        if (key->may_be_null && isinf(*(const double *)value))
            text_add(out, "null");
        else
            text_add(out, "%s", number_json(number, *(const double *)value));
        break;
    case KEY_CHOICE:
        text_json_string(out, key->choices[*(const int *)value]);
        break;
    case KEY_VOCABULARY:
        for (int i = 0; i < model->vocabulary_size; i++) {
            text_add(out, "%s", i ? ", " : "[");
            text_json_string(out, model->vocabulary[i]);
        }
        text_add(out, "]");
        break;
    }
}

void model_file_text(const Model *model, int indent, Text *out)
{
    const char *group = "";
    text_add(out, "{");
    for (int i = 0; i < MODEL_KEY_COUNT; i++) {
        const ModelKey *key = &MODEL_KEYS[i];
        bool opens = strcmp(group, key->group) != 0;
        if (opens && *group)
            text_add(out, "}");
        if (i)
            text_add(out, ",");
        if (opens) {
            group = key->group;
            text_add(out, "\n%*s\"%s\": {", indent + 2, "", group);
        } else if (*group) {
            text_add(out, " ");
        }
        if (!*group)
            text_add(out, "\n%*s", indent + 2, "");
        text_add(out, "\"%s\": ", key->key);
        write_value(model, key, out);
    }
    text_add(out, "}\n%*s}", indent, "");
}
