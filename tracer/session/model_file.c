/* Model files; see model_file.h. The keys come from the tables of tiny_model/model.c and of the systems. */
#include "model_file.h"

#include "data_file.h"
#include "json_file.h"
#include "tiny_model/system.h"
#include "tokenizer_key.h"

#include "tracer/base/files.h"
#include "tracer/base/nearest.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_FILE = 64 << 20 }; /* a text of the largest size, every byte of it escaped once */

static bool wrong(Error *error, const char *path, const ModelKey *key, const char *expected)
{
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\"%s%s must be %s", path, key->key,
                     *key->group ? " in " : "", key->group, expected);
}

static bool set_number(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    if (json_is_null(value) && key->may_be_null) {
        *(double *)model_member(model, key) = INFINITY;
        return true;
    }
    if (!json_is_number(value))
        return wrong(error, path, key, key->may_be_null ? "a number or null" : "a number");
    double number = json_number_value(value);
    /* Written so that nan, which some JSON writers make, is out of every range. */
    if (!(number >= key->least && number <= key->most) || (key->above_least && number == key->least)) {
        char range[80], low[NUMBER_SIZE], high[NUMBER_SIZE];
        snprintf(range, sizeof range, "%s %s and at most %s", key->above_least ? "above" : "at least",
                 number_exact(low, key->least), number_exact(high, key->most));
        return wrong(error, path, key, range);
    }
    *(double *)model_member(model, key) = number;
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
    *(int *)model_member(model, key) = (int)number;
    return true;
}

static bool set_choice(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    const char *text = json_string_value(value);
    for (int i = 0; text && key->choices[i]; i++)
        if (strcmp(key->choices[i], text) == 0 && *text != '{') {
            *(int *)model_member(model, key) = i;
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
    const char *said = json_string_value(value), *slash = key->is_file && *said != '/' ? strrchr(path, '/') : NULL;
    size_t length = slash ? (size_t)(slash - path) + 1 : 0, size = strlen(said) + 1;
    char *text = arena_alloc(&model->arena, length + size);
    if (!text)
        return error_memory(error);
    memcpy(text, path, length);
    memcpy(text + length, said, size);
    *(const char **)model_member(model, key) = text;
    return true;
}

static bool set_texts(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    size_t count = json_array_size(value);
    char range[60];
    snprintf(range, sizeof range, "a list of %.0f to %.0f strings", key->least, key->most);
    if (!json_is_array(value) || !((double)count >= key->least && (double)count <= key->most))
        return wrong(error, path, key, range);
    const char **list = arena_alloc(&model->arena, count * sizeof *list);
    if (!list)
        return error_memory(error);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(value, i));
        if (!text)
            return wrong(error, path, key, "a list of strings");
        if (!(list[i] = model_text(model, text)))
            return error_memory(error);
    }
    *(Texts *)model_member(model, key) = (Texts){list, (int)count};
    return true;
}

static bool set_key(Model *model, const ModelKey *key, const json_t *value, const char *path, Error *error)
{
    switch (key->type) {
    case KEY_TEXT: return set_text(model, key, value, path, error);
    case KEY_FLAG:
        if (!json_is_boolean(value))
            return wrong(error, path, key, "true or false");
        *(int *)model_member(model, key) = json_is_true(value);
        return true;
    case KEY_INTEGER: return set_integer(model, key, value, path, error);
    case KEY_NUMBER: return set_number(model, key, value, path, error);
    case KEY_CHOICE: return set_choice(model, key, value, path, error);
    case KEY_TEXTS: return set_texts(model, key, value, path, error);
    }
    abort();
}

/* Groups of a model file, and that of the file itself. A flat system's keys stand in the file itself, and
 * may stand in "model" and "data" too. */
static const char *const GROUPS[] = {"data", "model", "task", "lora", "init", "optimizer", "training"};
enum { GROUP_COUNT = sizeof GROUPS / sizeof *GROUPS };

static bool is_in_group(const System *system, const ModelKey *key, const char *group)
{
    bool open = system->flat && !*key->group && (strcmp(group, "data") == 0 || strcmp(group, "model") == 0);
    return open || strcmp(key->group, group) == 0;
}

static const ModelKey *find_key(const System *system, const char *group, const char *name)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(system, i)); i++)
        if (is_in_group(system, key, group) && strcmp(key->key, name) == 0)
            return key;
    return NULL;
}

/* Another system that has this key in any group, or NULL: whose key it is says more than the nearest name. */
static const System *owner(const System *not, const char *name)
{
    for (int i = 0; i < SYSTEM_COUNT; i++)
        for (const ModelKey *key = SYSTEMS[i]->keys; SYSTEMS[i] != not && key->key; key++)
            if (strcmp(key->key, name) == 0)
                return SYSTEMS[i];
    return NULL;
}

static bool unknown_key(const System *system, const char *path, const char *group, const char *name, Error *error)
{
    Nearest nearest = {0};
    const ModelKey *key;
    for (int i = 0; (key = model_key(system, i)); i++)
        if (is_in_group(system, key, group))
            nearest_offer(&nearest, name, key->key);
    char names[NEAREST_TEXT], help[80];
    const System *other = owner(system, name);
    if (other)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": \"%.60s\"%s%s is a key of the system \"%s\", not of \"%s\"", path, name,
                         *group ? " in " : "", group, other->name, system->name);
    snprintf(help, sizeof help, "see tracer help model-file%s%s", system->flat ? "" : " ",
             system->flat ? "" : system->name);
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": unknown key \"%.60s\"%s%s; %s", path, name,
                     *group ? " in " : "", group, nearest_text(&nearest, names, help));
}

static bool is_group(const char *name)
{
    for (int i = 0; i < GROUP_COUNT; i++)
        if (strcmp(GROUPS[i], name) == 0)
            return true;
    return false;
}

static bool read_object(json_t *object, const char *group, const char *path, Model *model, Error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        if (!*group && strcmp(name, "system") == 0)
            continue;
        if (model->system == &GPT && tokenizer_key_is(name, value))
            continue; /* taken before */
        if (!*group && is_group(name)) {
            if (!json_is_object(value))
                return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"%s\" must be an object", path, name);
            if (!read_object(value, name, path, model, error))
                return false;
            continue;
        }
        const ModelKey *key = find_key(model->system, group, name);
        if (!key && strcmp(group, "data") == 0 && data_is_key(name)) {
            if (!data_read_key(object, name, value, path, model, error))
                return false;
            continue;
        }
        if (!key)
            return unknown_key(model->system, path, group, name, error);
        if (!set_key(model, key, value, path, error))
            return false;
    }
    return true;
}

/* "system" decides which keys there are, wherever it stands. */
static bool read_system(const json_t *root, const char *path, Model *model, Error *error)
{
    const json_t *value = json_object_get(root, "system");
    const char *name = json_string_value(value);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    if (!value)
        return true;
    if (!name)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": \"system\" must be a string", path);
    const System *system = system_find(name);
    if (system && system == model->system)
        return true;
    if (system) {
        /* The defaults are the other system's, and keys that were set before belong to none of its. */
        model_free(model);
        return model_defaults(model, system, error);
    }
    for (int i = 0; i < SYSTEM_COUNT; i++)
        nearest_offer(&nearest, name, SYSTEMS[i]->name);
    return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": no system is called \"%.60s\"; %s", path, name,
                     nearest_text(&nearest, answer, "see tracer help model-file"));
}

bool model_file_parse(const char *json, size_t size, const char *path, Model *model, Error *error)
{
    json_error_t why;
    if (size == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\" is empty; a model file is one JSON object", path);
    char who[400];
    snprintf(who, sizeof who, "model \"%s\"", path);
    if (!json_begin(&json, &size, who, error))
        return false;
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why);
    if (!root && !*why.text)
        return error_memory(error); /* the one thing that jansson fails at without a word */
    if (!root)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\", line %d: %s", path, why.line, json_why(&why));
    bool whole = json_is_object(root)
                     ? data_is_one(root, path, error) && read_system(root, path, model, error) &&
                           tokenizer_key_read(root, path, model, error) && read_object(root, "", path, model, error)
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
    const void *value = model_member(model, key);
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
        /* No limit is infinite inside, and null in JSON, which has no infinity. */
        if (key->may_be_null && isinf(*(const double *)value))
            text_add(out, "null");
        else
            text_add(out, "%s", number_json(number, *(const double *)value));
        break;
    case KEY_CHOICE:
        if (*key->choices[*(const int *)value] == '{')
            tokenizer_key_write(model, out);
        else
            text_json_string(out, key->choices[*(const int *)value]);
        break;
    case KEY_TEXTS:
        text_add(out, "[");
        for (int i = 0; i < ((const Texts *)value)->count; i++) {
            text_add(out, "%s", i ? ", " : "");
            text_json_string(out, ((const Texts *)value)->list[i]);
        }
        text_add(out, "]");
        break;
    }
}

/* Is the key as the system leaves it? Told from the text, since that is what would be written. */
static bool is_default(const Model *model, const Model *defaults, const ModelKey *key, Text *out)
{
    Text own = {0}, other = {0};
    write_value(model, key, &own);
    write_value(defaults, key, &other);
    bool same = own.length == other.length && own.data && other.data && memcmp(own.data, other.data, own.length) == 0;
    out->failed |= own.failed || other.failed; /* what is compared is not whole */
    text_free(&own);
    text_free(&other);
    return same;
}

static bool is_absent(const Model *model, const ModelKey *key)
{
    const void *value = model_member(model, key);
    switch (key->type) {
    case KEY_TEXT: return *(const char *const *)value == NULL;
    case KEY_INTEGER: return *(const int *)value == 0;
    case KEY_TEXTS: return ((const Texts *)value)->count == 0;
    case KEY_FLAG:
    case KEY_NUMBER:
    case KEY_CHOICE: return false;
    }
    return false;
}

static bool is_written(const Model *model, const Model *defaults, const ModelKey *key, bool every, Text *out)
{
    if (key->may_be_absent && is_absent(model, key))
        return false;
    /* A file that was written before a key existed reads back as it was, byte by byte. */
    return every || !key->younger || !is_default(model, defaults, key, out);
}

/* The keys of one group as members of the object that is open; *count are written already. */
static void write_group(const Model *model, const Model *defaults, const char *group, int indent, bool every,
                        int *count, Text *out)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(model->system, i)); i++) {
        if (strcmp(key->group, group) != 0 || !is_written(model, defaults, key, every, out))
            continue;
        text_add(out, "%s", (*count)++ ? "," : "");
        if (*group)
            text_add(out, "%s", *count > 1 ? " " : "");
        else
            text_add(out, "\n%*s", indent + 2, "");
        text_add(out, "\"%s\": ", key->key);
        write_value(model, key, out);
    }
}

void model_file_text(const Model *model, int indent, bool every, Text *out)
{
    Model defaults;
    Error none = {0};
    int count = 0;
    if (!model_defaults(&defaults, model->system, &none)) {
        out->failed = true;
        return;
    }
    text_add(out, "{");
    if (!model->system->flat) {
        text_add(out, "\n%*s\"system\": ", indent + 2, "");
        text_json_string(out, model->system->name);
        count++;
    }
    write_group(model, &defaults, "", indent, every, &count, out);
    for (int i = 0; i < GROUP_COUNT; i++) {
        Text group = {0};
        int members = 0;
        write_group(model, &defaults, GROUPS[i], indent, every, &members, &group);
        if (strcmp(GROUPS[i], "data") == 0)
            data_write(model, &members, &group);
        if (members)
            text_add(out, "%s\n%*s\"%s\": {%s}", count++ ? "," : "", indent + 2, "", GROUPS[i],
                     text_piece(out, &group));
        text_free(&group);
    }
    text_add(out, "\n%*s}", indent, "");
    model_free(&defaults);
}
