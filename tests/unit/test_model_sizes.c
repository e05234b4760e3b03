/* Models that cannot work are refused with the name of the key, before memory is taken. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tracer/session/model_file.h"

#include <stdlib.h>
#include <string.h>

/* Up to the point where recording would begin. */
static bool accepted(const char *json, Error *error)
{
    Model model;
    Run run;
    *error = (Error){0};
    bool whole = model_defaults(&model, &GPT, error) && model_file_parse(json, strlen(json), "m.json", &model, error) && model_finish(&model, error) &&
                 run_init(&run, &model, NULL, error);
    if (whole)
        run_free(&run);
    model_free(&model);
    return whole;
}

static void impossible(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"{\"d_model\": 10, \"n_heads\": 3}", "\"d_model\""}, {"{\"d_model\": 2, \"n_heads\": 4}", "\"d_model\""},
        {"{\"d_model\": 6, \"n_heads\": 2, \"position\": \"rope\"}", "\"d_model\""},
        {"{\"text\": \"a b c\", \"context\": 4}", "\"context\""}, {"{\"text\": \"a b\", \"context\": 1}", "\"text\""},
        {"{\"text\": \"a\", \"add_bos\": false, \"add_eos\": false}", "\"text\""}, {"{\"text\": \"\"}", "\"text\""},
        {"{\"vocabulary\": [\"<BOS>\", \"<EOS>\", \"a\"], \"text\": \"a b\"}", "\"vocabulary\""},
        {"{\"vocabulary\": [\"a\"], \"text\": \"a\"}", "\"vocabulary\""}, {"{\"d_model\": 0}", "\"d_model\""},
        {"{\"d_model\": -16}", "\"d_model\""}, {"{\"n_heads\": 0}", "\"n_heads\""}, {"{\"n_layers\": -1}", "\"n_layers\""},
        {"{\"d_ff\": 0}", "\"d_ff\""}, {"{\"context\": 0}", "\"context\""}, {"{\"context\": 4097}", "\"context\""},
        {"{\"d_model\": 8193}", "\"d_model\""}, {"{\"d_ff\": 8193}", "\"d_ff\""}, {"{\"d_model\": 4096}", "\"d_ff\""},
        {"{\"n_layers\": 65}", "\"n_layers\""}, {"{\"init\": {\"seed\": 0.5}}", "\"seed\""},
        {"{\"init\": {\"seed\": 9007199254740994}}", "\"seed\""}, {"{\"init\": {\"seed\": -1}}", "\"seed\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error;
        EXPECT(!accepted(cases[i].json, &error), "accepted: %s", cases[i].json);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
}

/* A text of `count` words. */
static void words(Text *json, int count)
{
    text_add(json, "{\"d_model\": 2, \"n_heads\": 1, \"d_ff\": 1, \"add_bos\": false, \"add_eos\": false, \"text\": \"");
    for (int i = 0; i < count; i++)
        text_add(json, "a ");
    text_add(json, "\"}");
}

static void too_many_tokens(void **state)
{
    (void)state;
    static const int counts[] = {4097, 5000, 300000};
    for (int i = 0; i < 3; i++) {
        Text json = {0};
        Error error;
        words(&json, counts[i]);
        EXPECT(!json.failed && !accepted(json.data, &error), "%d tokens are accepted", counts[i]);
        expect_error(&error, EXIT_USED_WRONGLY, "\"text\"");
        text_free(&json);
    }
}

static void too_long(void **state)
{
    (void)state;
    Text json = {0};
    Error error;
    text_add(&json, "{\"text\": \"");
    for (int i = 0; i < MOST_TEXT; i += 16)
        text_add(&json, "aaaaaaaaaaaaaaaa");
    text_add(&json, "a\"}");
    EXPECT(!json.failed && !accepted(json.data, &error), "%zu bytes are accepted", json.length);
    expect_error(&error, EXIT_USED_WRONGLY, "\"text\"");
    text_free(&json);
}

/* Each key is legal, all together take more than 1 GB. */
static void too_big(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{\"d_model\": 8192, \"d_ff\": 8192, \"n_layers\": 64}", "{\"d_model\": 2048, \"n_heads\": 1, \"n_layers\": 64}",
        "{\"d_model\": 8192, \"d_ff\": 8192, \"n_heads\": 8192, \"n_layers\": 64}",
        "{\"d_model\": 64, \"d_ff\": 8192, \"n_layers\": 64}",
        "{\"d_model\": 8192, \"d_ff\": 1, \"n_heads\": 1, \"context\": 4096}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error;
        EXPECT(!accepted(cases[i], &error), "accepted: %s", cases[i]);
        expect_error(&error, EXIT_USED_WRONGLY, "1 GB");
        expect_error(&error, EXIT_USED_WRONGLY, "\"");
    }
}

static void too_big_by_its_text(void **state)
{
    (void)state;
    Text json = {0};
    Error error;
    words(&json, 4096);
    EXPECT(!json.failed && !accepted(json.data, &error), "4096 tokens are accepted");
    expect_error(&error, EXIT_USED_WRONGLY, "\"block0.attention.head0.scores\" [4096 x 4096]");
    text_free(&json);
}

static bool zeros(void *context, const Parameter *parameter, double *out, Error *error)
{
    (void)context, (void)error;
    memset(out, 0, (size_t)parameter->rows * (size_t)parameter->cols * sizeof *out);
    return true;
}

/* Weights of a model that is too big for one tape are walked: by its parameters, by its text; and only then. */
static void too_big_is_walked(void **state)
{
    (void)state;
    Text long_text = {0};
    words(&long_text, 4096);
    assert_false(long_text.failed);
    const struct {
        const char *json;
        int parts; /* embedding, blocks, head */
    } cases[] = {{"{\"d_model\": 1024, \"d_ff\": 4096, \"n_heads\": 8, \"n_layers\": 8}", 10},
                 {long_text.data, 3},
                 {"{\"d_model\": 8}", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Model model;
        Error error = {0};
        Run run;
        EXPECT(model_defaults(&model, &GPT, &error) &&
                   model_file_parse(cases[i].json, strlen(cases[i].json), "m.json", &model, &error) &&
                   model_finish(&model, &error) &&
                   run_init_from(&run, &model, NULL, (ParameterSource){zeros, NULL}, &error),
               "case %zu: %s", i, error.text);
        assert_int_equal(run.walk.count, cases[i].parts);
        run_free(&run);
        model_free(&model);
    }
    text_free(&long_text);
}

/* The largest and smallest that work do work. */
static void at_the_limits(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{\"d_model\": 1, \"n_heads\": 1, \"d_ff\": 1, \"text\": \"a\", \"add_bos\": false}",
        "{\"d_model\": 8, \"n_heads\": 8, \"d_ff\": 1, \"n_layers\": 64}",
        "{\"context\": 4096, \"d_model\": 2, \"n_heads\": 1}",
        "{\"d_model\": 1, \"n_heads\": 1, \"d_ff\": 8192}", "{\"d_model\": 8, \"n_heads\": 4, \"position\": \"rope\"}",
        "{\"init\": {\"seed\": 9007199254740992}}", "{\"text\": \"a\", \"context\": 3}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error;
        EXPECT(accepted(cases[i], &error), "%s: %s", cases[i], error.text);
    }
}

int test_model_sizes(void)
{
    TestList list = {0};
    tests_add(&list, impossible, NULL, "sizes that cannot work name their key");
    tests_add(&list, too_many_tokens, NULL, "more than 4096 tokens");
    tests_add(&list, too_long, NULL, "more than a megabyte of text");
    tests_add(&list, too_big, NULL, "more than 1 GB");
    tests_add(&list, too_big_by_its_text, NULL, "more than 1 GB by its text");
    tests_add(&list, too_big_is_walked, NULL, "more than 1 GB, walked");
    tests_add(&list, at_the_limits, NULL, "the limits themselves work");
    return tests_run(&list, "model_sizes");
}
