/* What the commands print as JSON, read back by a parser that is not ours. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tiny_model/primitive.h"
#include "tracer/output/tape_json.h"
#include "tracer/query/why.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *parsed(const Text *text)
{
    json_error_t why;
    json_t *root = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &why);
    EXPECT(root, "line %d: %s", why.line, why.text);
    return root;
}

/* A number, or "inf", "-inf", "nan". */
static double number_in(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? strtod(text, NULL) : json_number_value(value);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void tape_reads_back_to_the_same_doubles(void **state)
{
    Session session;
    Text out = {0};
    open_model(&session, *state, NULL, 0);
    tape_json(&session, NULL, &out);
    json_t *root = parsed(&out), *values = json_object_get(root, "values"), *steps = json_object_get(root, "steps");
    EXPECT(strcmp(json_string_value(json_object_get(root, "format")), "tracer-tape") == 0, "another format");
    EXPECT((int)json_array_size(values) == session.names.count && session.names.count > 100, "%zu values", json_array_size(values));
    EXPECT((int)json_array_size(steps) == session.run.tape.step_count, "%zu steps", json_array_size(steps));
    EXPECT((int)json_array_size(json_object_get(root, "targets")) == gpt_of(&session.model)->sequences[0].count - 1, "targets");
    for (int id = 0; id < session.names.count; id++) {
        const json_t *told = json_array_get(values, (size_t)id), *data = json_object_get(told, "data");
        const Value *value = tape_value(&session.run.tape, id);
        EXPECT(strcmp(json_string_value(json_object_get(told, "name")), name_of(&session.names, id)) == 0, "value %d", id);
        EXPECT(json_array_size(data) == cells_of(value), "%s has %zu cells", name_of(&session.names, id), json_array_size(data));
        for (size_t i = 0; i < cells_of(value); i++)
            EXPECT(same(number_in(json_array_get(data, i)), value->data[i]), "%s, cell %zu", name_of(&session.names, id), i);
    }
    json_decref(root);
    text_free(&out);
    session_close(&session);
}

/* The terms of one explained cell make its number, as the contract says for each way to combine. */
static void expect_explained(const json_t *why, const char *name)
{
    const json_t *terms = json_object_get(why, "terms");
    const char *combine = json_string_value(json_object_get(why, "combine"));
    double value = number_in(json_object_get(why, "value")), sum = 0, most = -INFINITY;
    EXPECT(combine && json_is_array(terms) && json_is_string(json_object_get(why, "formula")), "%s lacks a key", name);
    if (json_is_null(json_object_get(why, "primitive"))) {
        EXPECT(json_array_size(terms) == 0, "%s is a leaf with terms", name);
        return;
    }
    for (size_t i = 0; i < json_array_size(terms); i++) {
        const json_t *term = json_array_get(terms, i);
        EXPECT(json_array_size(json_object_get(term, "cells")) > 0, "%s has a term without cells", name);
        sum += number_in(json_object_get(term, "contribution"));
        most = fmax(most, number_in(json_object_get(term, "contribution")));
    }
    if (strcmp(combine, "sum") != 0 && strcmp(combine, "maximum") != 0)
        EXPECT(json_array_size(terms) == 1, "%s: %s of %zu terms", name, combine, json_array_size(terms));
    EXPECT(same(strcmp(combine, "maximum") == 0 ? most : sum, value), "%s: the terms do not make the number", name);
}

static void why_of_every_value_is_whole(void **state)
{
    Session session;
    Error error = {0};
    open_model(&session, *state, NULL, 0);
    for (int id = 0; id < session.names.count; id++) {
        Text out = {0};
        const Value *value = tape_value(&session.run.tape, id);
        Reference cell = {.value = id, .row = value->rows - 1, .col = value->cols / 2};
        EXPECT(why_json(&session.names, cell, 2, &out, &error), "%s", error.text);
        json_t *root = parsed(&out);
        expect_explained(root, name_of(&session.names, id));
        size_t i;
        json_t *because;
        json_array_foreach(json_object_get(root, "because"), i, because)
            expect_explained(because, name_of(&session.names, id));
        json_decref(root);
        text_free(&out);
    }
    session_close(&session);
}

int test_json(void)
{
    static char tiny[] = "tiny", by_hand[] = "by-hand";
    const struct CMUnitTest tests[] = {
        {"tape of tiny", tape_reads_back_to_the_same_doubles, NULL, NULL, tiny},
        {"tape of by-hand", tape_reads_back_to_the_same_doubles, NULL, NULL, by_hand},
        {"why in tiny", why_of_every_value_is_whole, NULL, NULL, tiny},
        {"why in by-hand", why_of_every_value_is_whole, NULL, NULL, by_hand},
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
