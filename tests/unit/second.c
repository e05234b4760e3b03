/* See second.h. */
#include "second.h"

#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <stdlib.h>
#include <string.h>

static double number_at(const json_t *rows, int row, int col)
{
    const json_t *of = json_array_get(rows, (size_t)row);
    EXPECT(json_is_array(of) && json_is_number(json_array_get(of, (size_t)col)), "no number at %d,%d", row, col);
    return json_number_value(json_array_get(of, (size_t)col));
}

static void set_parameters(Second *second)
{
    const char *name;
    json_t *rows;
    json_object_foreach(json_object_get(second->root, "weights"), name, rows) {
        int p = parameters_find(&second->run.parameters, "", name);
        EXPECT(p >= 0, "no parameter is called %s", name);
        const Parameter *of = &second->run.parameters.list[p];
        EXPECT((int)json_array_size(rows) == of->rows, "%s has %d rows", name, of->rows);
        for (int row = 0; row < of->rows; row++)
            for (int col = 0; col < of->cols; col++)
                run_parameter(&second->run, p)[row * of->cols + col] = number_at(rows, row, col);
    }
}

void second_open(Second *second, const char *path, const char *more)
{
    Error error = {0};
    json_error_t why;
    *second = (Second){.root = json_file_read(path, 1 << 20, &error)};
    EXPECT(second->root, "%s", error.text);
    json_t *model = json_deep_copy(json_object_get(second->root, "model"));
    json_t *change = more ? json_loads(more, 0, &why) : NULL;
    EXPECT(!more || change, "no JSON: %s", more);
    const char *key;
    json_t *value;
    json_object_foreach(change, key, value)
        json_object_set(json_object_get(model, "model"), key, value);
    char *text = json_dumps(model, 0);
    EXPECT(model_defaults(&second->model, &GPT, &error) &&
               model_file_parse(text, strlen(text), path, &second->model, &error) &&
               model_finish(&second->model, &error) && run_init(&second->run, &second->model, NULL, &error),
           "%s", error.text);
    free(text);
    json_decref(model);
    json_decref(change);
    set_parameters(second);
    EXPECT(run_record(&second->run, &error), "%s", error.text);
}

void second_close(Second *second)
{
    run_free(&second->run);
    model_free(&second->model);
    json_decref(second->root);
}

static int find(const Second *second, const char *wanted)
{
    char name[200];
    for (int id = 0; id < second->run.tape.value_count; id++)
        if (tape_name(&second->run.tape, id, name, sizeof name) && strcmp(name, wanted) == 0)
            return id;
    return -1;
}

bool second_has(const Second *second, const char *name)
{
    return find(second, name) >= 0;
}

const Value *second_value(const Second *second, const char *name)
{
    int id = find(second, name);
    EXPECT(id >= 0, "there is no %s", name);
    return tape_value(&second->run.tape, id);
}

void second_expect(const Value *value, const char *name, const json_t *rows, double tolerance)
{
    EXPECT((int)json_array_size(rows) == value->rows, "%s has %d rows, not %zu", name, value->rows, json_array_size(rows));
    for (int r = 0; r < value->rows; r++) {
        EXPECT((int)json_array_size(json_array_get(rows, (size_t)r)) == value->cols, "%s has %d columns", name, value->cols);
        for (int c = 0; c < value->cols; c++)
            EXPECT(is_close(cell_of(value, r, c), number_at(rows, r, c), tolerance), "%s[%d,%d] is %.17g, not %.17g", name,
                   r, c, cell_of(value, r, c), number_at(rows, r, c));
    }
}

int second_expect_all(const Second *second, double tolerance)
{
    const char *name;
    json_t *rows;
    int count = 0;
    json_object_foreach(json_object_get(second->root, "values"), name, rows) {
        second_expect(second_value(second, name), name, rows, tolerance);
        count++;
    }
    return count;
}
