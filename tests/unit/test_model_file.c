/* Model files: every key is checked and says its name, hostile JSON is refused, what is written
 * reads back. Sizes that cannot work are in test_model_sizes.c. */
#include "support.h"

#include "gpt_facts.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The system whose key this is; what all of them have is tried in a GPT. */
static const System *system_of(const ModelKey *key)
{
    const ModelKey *other;
    for (int s = 0; s < SYSTEM_COUNT; s++)
        for (int i = 0; (other = model_key(SYSTEMS[s], i)); i++)
            if (other == key)
                return SYSTEMS[s];
    fail_test(__FILE__, __LINE__, "nobody has the key %s", key->key);
}

/* Parses one key's value, inside its group. */
static bool parse_key(const ModelKey *key, const char *value, Model *model, Error *error)
{
    char member[400], json[500];
    snprintf(member, sizeof member, "\"%s\": %s", key->key, value);
    const char *system = system_of(key)->name;
    if (*key->group)
        snprintf(json, sizeof json, "{\"system\": \"%s\", \"%s\": {%s}}", system, key->group, member);
    else
        snprintf(json, sizeof json, "{\"system\": \"%s\", %s}", system, member);
    *error = (Error){0};
    return model_defaults(model, &GPT, error) && model_file_parse(json, strlen(json), "m.json", model, error);
}

static void expect_refused(const ModelKey *key, const char *value)
{
    Model model;
    Error error;
    char quoted[80];
    snprintf(quoted, sizeof quoted, "\"%s\"", key->key);
    EXPECT(!parse_key(key, value, &model, &error), "%s: %s is accepted", key->key, value);
    expect_error(&error, EXIT_USED_WRONGLY, quoted);
    if (*key->group)
        expect_error(&error, EXIT_USED_WRONGLY, key->group);
    expect_error(&error, EXIT_USED_WRONGLY, "m.json");
    model_free(&model);
}

static void expect_accepted(const ModelKey *key, const char *value)
{
    Model model;
    Error error;
    EXPECT(parse_key(key, value, &model, &error), "%s: %s is refused: %s", key->key, value, error.text);
    model_free(&model);
}

/* One value of every type, and the types of key that take it. */
static void types(void **state)
{
    static const struct {
        const char *value;
        unsigned taken_by;
    } samples[] = {
        {"\"x\"", 1u << KEY_TEXT}, {"true", 1u << KEY_FLAG}, {"false", 1u << KEY_FLAG},
        {"1", 1u << KEY_INTEGER | 1u << KEY_NUMBER}, {"0.5", 1u << KEY_NUMBER},
        {"[\"x\", \"y\"]", 1u << KEY_TEXTS}, {"[]", 0}, {"[1]", 0}, {"[[\"x\"]]", 0}, {"{}", 0}, {"null", 0},
    };
    const ModelKey *key = *state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        bool taken = samples[i].taken_by & 1u << key->type;
        if (key->type == KEY_NUMBER && strcmp(samples[i].value, "1") == 0 && key->most < 1)
            taken = false;
        if (key->may_be_null && strcmp(samples[i].value, "null") == 0)
            taken = true;
        if (taken)
            expect_accepted(key, samples[i].value);
        else
            expect_refused(key, samples[i].value);
    }
}

static void whole_range(const ModelKey *key)
{
    char value[80];
    snprintf(value, sizeof value, "%.0f", key->least);
    expect_accepted(key, value);
    snprintf(value, sizeof value, "%.0f", key->most);
    expect_accepted(key, value);
    static const char *const never[] = {"-1", "2.0", "1e2", "-9223372036854775808", "9223372036854775807"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        expect_refused(key, never[i]);
    snprintf(value, sizeof value, "%.0f", key->most + 1);
    expect_refused(key, value);
    snprintf(value, sizeof value, "%.0f", key->least - 1);
    expect_refused(key, value);
}

static void number_range(const ModelKey *key)
{
    char value[400];
    snprintf(value, sizeof value, "%.17g", key->most);
    expect_accepted(key, value);
    snprintf(value, sizeof value, "%.17g", nextafter(key->most, INFINITY));
    expect_refused(key, value);
    snprintf(value, sizeof value, "%.17g", key->least);
    if (key->above_least)
        expect_refused(key, value);
    else
        expect_accepted(key, value);
    if (key->least < 0)
        return;
    expect_refused(key, "-1e-300");
    expect_refused(key, "-1");
}

static void ranges(void **state)
{
    const ModelKey *key = *state;
    if (key->type == KEY_INTEGER)
        whole_range(key);
    else if (key->type == KEY_NUMBER)
        number_range(key);
    else if (key->type == KEY_CHOICE)
        for (int i = 0; key->choices[i]; i++) {
            if (*key->choices[i] == '{')
                continue; /* an object that names a folder: test_byte_pairs.c */
            char value[80];
            Model model;
            Error error;
            snprintf(value, sizeof value, "\"%s\"", key->choices[i]);
            EXPECT(parse_key(key, value, &model, &error), "%s: %s", value, error.text);
            EXPECT(*(int *)model_member(&model, key) == i, "%s is choice %d", value, i);
            model_free(&model);
        }
    EXPECT(key->meaning && *key->meaning, "%s has no meaning", key->key);
}

static bool parse(const char *json, size_t size, Error *error)
{
    Model model;
    *error = (Error){0};
    bool whole = model_defaults(&model, &GPT, error) && model_file_parse(json, size, "m.json", &model, error);
    model_free(&model);
    return whole;
}

static void refused_texts(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"", "\"m.json\" is empty"}, {"[]", "one JSON object"}, {"3", "m.json"}, {"null", "m.json"},
        {"{\"d_modle\": 8}", "\"d_model\""},
        {"{\"d_modle\": 8}", "\"d_modle\""}, {"{\"optimizer\": {\"betta1\": 0}}", "\"beta1\""},
        {"{\"lr\": 0.1}", "unknown key \"lr\""}, {"{\"init\": 3}", "\"init\" must be an object"},
        {"{\"optimizer\": null}", "optimizer"},
        {"{\"init\": {\"init\": {}}}", "init"}, {"{\"d_model\": 8, \"d_model\": 8}", "uplicate"},
        {"{\"init\": {\"seed\": 1, \"seed\": 1}}", "uplicate"}, {"{\"d_model\": 99999999999999999999}", "m.json"},
        {"{\"norm_eps\": 1e999}", "m.json"}, {"{\"norm_eps\": NaN}", "m.json"}, {"{\"norm_eps\": Infinity}", "m.json"},
        {"{\"text\": \"\xff\"}", "m.json"}, {"{\"text\": \"\\u0000\"}", "m.json"}, {"{\"\": 1}", "unknown key \"\""},
        {"{\"a\\nb\\u001b[2J\": 1}", "unknown key"}, {"{} {}", "m.json"}, {"{\"d_model\": 08}", "m.json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error;
        EXPECT(!parse(cases[i].json, strlen(cases[i].json), &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
}

static void deep_json(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    static const char *const opens[] = {"[", "{\"a\":"};
    for (int kind = 0; kind < 2; kind++) {
        Text text = {0};
        Error error;
        text_add(&text, "{\"vocabulary\": ");
        for (int i = 0; i < DEEP; i++)
            text_add(&text, "%s", opens[kind]);
        EXPECT(!text.failed && !parse(text.data, text.length, &error), "it is accepted");
        expect_error(&error, EXIT_USED_WRONGLY, "m.json");
        text_free(&text);
    }
}

static void write_model(const Model *model, Text *out)
{
    model_file_text(model, 0, true, out);
    EXPECT(!out->failed && out->length > 500, "%zu bytes were written", out->length);
}

/* A file that ends too early is never taken for a whole one. */
static void cut_off(void **state)
{
    Session session;
    Text text = {0};
    Error error;
    open_model(&session, *state, NULL, 0);
    write_model(&session.model, &text);
    EXPECT(parse(text.data, text.length, &error), "%s", error.text);
    for (size_t size = 0; size < text.length; size++) {
        char *exact = malloc(size + 1); /* so that a read behind the end is seen */
        EXPECT(exact, "out of memory");
        memcpy(exact, text.data, size);
        EXPECT(!parse(exact, size, &error), "%zu of %zu bytes are accepted", size, text.length);
        expect_error(&error, EXIT_USED_WRONGLY, "m.json");
        free(exact);
    }
    text_free(&text);
    session_close(&session);
}

static void expect_same_field(const Field *a, const Field *b)
{
    assert_string_equal(a->key, b->key);
    EXPECT(!a->text == !b->text && (!a->text || strcmp(a->text, b->text) == 0), "\"%s\" is another text", a->key);
    EXPECT(a->count == b->count, "\"%s\" has %d numbers, not %d", a->key, a->count, b->count);
    for (int i = 0; i < a->count; i++)
        EXPECT(same_bits(a->numbers[i], b->numbers[i]), "\"%s\"[%d] is %.17g, not %.17g", a->key, i, a->numbers[i], b->numbers[i]);
}

static void expect_same_data(const Data *a, const Data *b)
{
    EXPECT(!a->text == !b->text && (!a->text || strcmp(a->text, b->text) == 0), "another text");
    EXPECT(a->example_count == b->example_count && (a->text || a->example_count > 0), "%d examples", a->example_count);
    for (int i = 0; i < a->example_count; i++) {
        EXPECT(a->examples[i].count == b->examples[i].count && a->examples[i].count > 0, "example %d has other fields", i);
        for (int f = 0; f < a->examples[i].count; f++)
            expect_same_field(&a->examples[i].fields[f], &b->examples[i].fields[f]);
    }
}

static void expect_same_sequences(const Gpt *a, const Gpt *b)
{
    EXPECT(a->sequence_count == b->sequence_count && a->sequence_count > 0, "%d sequences", a->sequence_count);
    for (int s = 0; s < a->sequence_count; s++) {
        const Sequence *one = &a->sequences[s], *other = &b->sequences[s];
        assert_int_equal(one->count, other->count);
        for (int i = 0; i < one->count; i++)
            assert_int_equal(one->tokens[i], other->tokens[i]);
    }
}

static void written_reads_back(void **state)
{
    Session session;
    Text text = {0}, again = {0};
    Error error = {0};
    Model model;
    open_model(&session, *state, NULL, 0);
    write_model(&session.model, &text);
    EXPECT(model_defaults(&model, &GPT, &error), "%s", error.text);
    EXPECT(model_file_parse(text.data, text.length, "m.json", &model, &error) && model_finish(&model, &error), "%s",
           error.text);
    write_model(&model, &again);
    assert_string_equal(text.data, again.data);
    EXPECT(model.system == session.model.system, "it is of the system %s", model.system->name);
    expect_same_data(&model.data, &session.model.data);
    if (gpt_or_none(&model))
        expect_same_sequences(gpt_of(&model), gpt_of(&session.model));
    const ModelKey *key;
    for (int i = 0; (key = model_key(model.system, i)); i++) {
        char quoted[80];
        snprintf(quoted, sizeof quoted, "\"%s\": ", key->key);
        EXPECT(strstr(text.data, quoted) || key->may_be_absent, "%s was not written", quoted);
    }
    text_free(&text);
    text_free(&again);
    model_free(&model);
    session_close(&session);
}

static void defaults_work(void **state)
{
    (void)state;
    char path[PATH_SIZE];
    temporary_file(path, "{}", 2);
    Model model;
    Run run;
    Error error = {0};
    EXPECT(model_defaults(&model, &GPT, &error), "%s", error.text);
    EXPECT(model_file_read(path, &model, &error) && model_finish(&model, &error), "%s", error.text);
    EXPECT(run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s", error.text);
    const Gpt *gpt = gpt_of(&model);
    EXPECT(gpt->d_ff == 4 * gpt->d_model && gpt->context == gpt->sequences[0].count, "%d, %d", gpt->d_ff, gpt->context);
    EXPECT(run_loss(&run) > 1 && run_loss(&run) < 5, "the loss is %g", run_loss(&run));
    run_free(&run);
    model_free(&model);
    unlink(path);
    EXPECT(!model_file_read(path, &model, &error), "a file that is not there was read");
    expect_error(&error, EXIT_INPUT_OUTPUT, path);
}

static int leaf_called(const Tape *tape, const char *wanted)
{
    char name[80];
    for (int id = 0; id < tape->value_count; id++) {
        tape_name(tape, id, name, sizeof name);
        if (strcmp(name, wanted) == 0)
            return id;
    }
    fail_test(__FILE__, __LINE__, "no value is called %s", wanted);
}

/* Classes by their names are numbered in the order of first appearance. */
static void names_of_classes(void **state)
{
    (void)state;
    static const char json[] = "{\"system\": \"mlp\", \"data\": {\"examples\": [{\"x\": [1], \"label\": \"red\"}, "
                               "{\"x\": [2], \"label\": \"green\"}, {\"x\": [3], \"label\": \"red\"}, "
                               "{\"x\": [4], \"label\": \"blue\"}]}}";
    static const double wanted[] = {0, 1, 0, 2};
    static const char *const names[] = {"red", "green", "blue"};
    Model model;
    Run run;
    Error error = {0};
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "m.json", &model, &error) &&
               model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error),
           "%s", error.text);
    int targets = leaf_called(&run.tape, "targets");
    const Value *value = tape_value(&run.tape, targets);
    EXPECT(value->rows * value->cols == 4 && memcmp(value->data, wanted, sizeof wanted) == 0, "other classes");
    const Axis *classes = &run.tape.axes[value->counts];
    EXPECT(classes->size == 3 && classes->labels, "%d classes", classes->size);
    for (int i = 0; i < 3; i++)
        EXPECT(strcmp(classes->labels[i], names[i]) == 0, "class %d is %s", i, classes->labels[i]);
    run_free(&run);
    model_free(&model);
}

static void add_key(TestList *list, const System *system, const ModelKey *key)
{
    const char *group = key->group, *dot = *group ? "." : "";
    tests_add(list, types, key, "%s: %s%s%s: types", system->name, group, dot, key->key);
    tests_add(list, ranges, key, "%s: %s%s%s: range", system->name, group, dot, key->key);
}

int test_model_file(void)
{
    TestList list = {0};
    const ModelKey *key;
    for (int s = 0; s < SYSTEM_COUNT; s++)
        for (int i = 0; (key = model_key(SYSTEMS[s], i)); i++)
            if (system_of(key) == SYSTEMS[s])
                add_key(&list, SYSTEMS[s], key);
    if (list.count > 0) {
        tests_add(&list, refused_texts, NULL, "texts that are no model");
        tests_add(&list, deep_json, NULL, "100,000 brackets");
        tests_add(&list, cut_off, "by-hand", "cut off at every length");
        tests_add(&list, cut_off, "xor", "cut off at every length, a classifier");
        tests_add(&list, defaults_work, NULL, "the defaults work");
        tests_add(&list, names_of_classes, NULL, "classes by their names");
        tests_add_models(&list, written_reads_back, "what is written reads back");
    }
    return tests_run(&list, "model_file");
}
