/* What the tests of filters and of the cache read: golden/reference/generation.json, and values by name. */
#ifndef TESTS_UNIT_GENERATION_GOLDEN_H
#define TESTS_UNIT_GENERATION_GOLDEN_H

#include "support.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/model_file.h"
#include "tracer/session/json_file.h"

#include <stdio.h>
#include <string.h>

static inline json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/generation.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static inline double real(const json_t *of, const char *key)
{
    const json_t *number = json_object_get(of, key);
    EXPECT(json_is_number(number), "no number \"%s\"", key);
    return json_number_value(number);
}

static inline const Value *named(const Tape *tape, const char *name)
{
    char text[200];
    for (int id = 0; id < tape->value_count; id++) {
        tape_name(tape, id, text, sizeof text);
        if (strcmp(text, name) == 0)
            return tape_value(tape, id);
    }
    EXPECT(false, "no %s", name);
    return NULL;
}

/* A model of its own that is not recorded; session_close closes it. */
static inline void open_json(Session *session, const char *json)
{
    Error error = {0};
    *session = (Session){0};
    EXPECT(model_defaults(&session->model, &GPT, &error) &&
               model_file_parse(json, strlen(json), "golden.json", &session->model, &error) &&
               model_finish(&session->model, &error) && run_init(&session->run, &session->model, NULL, &error),
           "%s", error.text);
}

/* Columns from..from + cols of a list of rows, times a number, as a parameter. */
static inline void set_parameter(Session *session, const char *name, const json_t *rows, int from, double times)
{
    for (int i = 0; i < session->run.parameters.count; i++) {
        const Parameter *p = &session->run.parameters.list[i];
        if (strcmp(p->name, name) != 0)
            continue;
        EXPECT((int)json_array_size(rows) == p->rows, "%s has %zu rows", name, json_array_size(rows));
        for (int r = 0; r < p->rows; r++)
            for (int c = 0; c < p->cols; c++)
                run_parameter(&session->run, i)[r * p->cols + c] =
                    times * json_number_value(json_array_get(json_array_get(rows, (size_t)r), (size_t)(from + c)));
        return;
    }
    EXPECT(false, "no parameter %s", name);
}

#endif
