/* A transformer beside a table: every number of an independent implementation, joint, late and with adapters; what late
 * does not compute; customers by formula; orders that a last row cannot tell apart. */
#include "second.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/session/fusion.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLOSE 1e-12
#define FOLDER "golden/reference/tabular/"

static void as_in_torch(void **state)
{
    char path[100];
    snprintf(path, sizeof path, FOLDER "%s.json", (const char *)*state);
    Second second;
    second_open(&second, path, NULL);
    EXPECT(second_expect_all(&second, CLOSE) > 30, "the file has few values");
    second_close(&second);
}

/* The table learns the same whether the transformer does or not; of the transformer late has no gradient, not one of 0. */
static void late_stops_the_gradient(void **state)
{
    (void)state;
    Second joint, late;
    second_open(&joint, FOLDER "joint.json", NULL);
    second_open(&late, FOLDER "joint.json", "{\"fusion\": \"late\"}");
    EXPECT(run_loss(&joint.run) == run_loss(&late.run), "the losses differ");
    for (int p = 0; p < joint.run.parameters.count; p++) {
        const Value *of = tape_value(&joint.run.tape, p), *other = tape_value(&late.run.tape, p);
        const char *name = joint.run.parameters.list[p].name;
        bool table = name_is_under(name, "tabular");
        EXPECT(of->gradient >= 0 && (other->gradient >= 0) == table && other->frozen == !table, "%s", name);
        for (size_t i = 0; table && i < cells_of(of); i++)
            EXPECT(same_bits(tape_value(&joint.run.tape, of->gradient)->data[i],
                             tape_value(&late.run.tape, other->gradient)->data[i]), "%s, cell %zu", name, i);
    }
    EXPECT(second_has(&joint, "user.grad") && !second_has(&late, "user.grad"), "the wall is elsewhere");
    second_close(&joint);
    second_close(&late);
}

/* B begins at 0: in the first update A has a gradient of exactly 0, B has not. */
static void adapters_begin_with_b(void **state)
{
    (void)state;
    Model model;
    Run run;
    Error error = {0};
    const char *json = "{\"system\": \"nufo\", \"data\": {\"count\": 3}, \"lora\": {\"rank\": 2}, \"init\": {\"std\": 0.3}}";
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) &&
               model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s", error.text);
    int adapters = 0;
    for (int p = 0; p < run.parameters.count; p++) {
        const Parameter *of = &run.parameters.list[p];
        const Value *value = tape_value(&run.tape, p);
        bool a = of->class == PARAMETER_ADAPTER, b = of->class == PARAMETER_ADAPTER_ZERO;
        EXPECT(of->frozen == !(a || b || name_is_under(of->name, "tabular")), "%s", of->name);
        double largest = 0;
        for (size_t i = 0; (a || b) && i < cells_of(value); i++)
            largest = fmax(largest, fabs(tape_value(&run.tape, value->gradient)->data[i]));
        EXPECT(!(a || b) || (largest > 0) == b, "%s: its largest gradient is %g", of->name, largest);
        adapters += a + b;
    }
    EXPECT(adapters == 2 * (3 * 2 + 1), "%d adapters", adapters);
    run_free(&run);
    model_free(&model);
}

static double number(const json_t *of, const char *key)
{
    return json_number_value(json_object_get(of, key));
}

static void customers_by_formula(void **state)
{
    (void)state;
    Error error = {0};
    json_t *root = json_file_read("golden/reference/transactions.json", 1 << 20, &error), *user;
    EXPECT(root, "%s", error.text);
    size_t i, t;
    json_t *token;
    json_array_foreach(json_object_get(root, "vocabulary"), i, token)
        EXPECT(strcmp(json_string_value(token), TRANSACTION_VOCABULARY[i]) == 0, "token %zu", i);
    EXPECT(i == TRANSACTION_TOKENS, "%zu tokens", i);
    json_array_foreach(json_object_get(root, "users"), i, user) {
        Customer customer;
        customer_make((uint64_t)number(root, "seed"), (int)i, &customer);
        const json_t *tokens = json_object_get(user, "tokens"), *x = json_object_get(user, "x");
        EXPECT(customer.count == (int)json_array_size(tokens), "customer %zu has %d tokens", i, customer.count);
        for (t = 0; t < json_array_size(tokens); t++)
            EXPECT(customer.tokens[t] == json_integer_value(json_array_get(tokens, t)), "customer %zu, token %zu", i, t);
        for (t = 0; t < CUSTOMER_FEATURES; t++)
            EXPECT(same_bits(customer.x[t], json_number_value(json_array_get(x, t))), "customer %zu, x %zu", i, t);
        EXPECT(customer.category == number(user, "category") && customer.class == number(user, "label") &&
                   customer.kind == number(user, "kind") && customer.nights == number(user, "nights") &&
                   is_close(customer.logit, number(user, "logit"), 1e-14), "customer %zu: %.17g", i, customer.logit);
    }
    EXPECT(i == 5, "%zu customers", i);
    json_decref(root);
}

/* The user's row of a model file on these tokens. */
static void user_of(const char *tokens, int layers, double out[4])
{
    Model model;
    Run run;
    Error error = {0};
    char json[600];
    snprintf(json, sizeof json,
             "{\"system\": \"nufo\", \"data\": {\"examples\": [{\"x\": [0.5], \"class\": 1, \"tokens\": %s}]}, \"model\": "
             "{\"d_model\": 4, \"n_layers\": %d}, \"init\": {\"std\": 0.5}}", tokens, layers);
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) &&
               model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s", error.text);
    for (int id = 0; id < run.tape.value_count; id++) {
        char name[100];
        tape_name(&run.tape, id, name, sizeof name);
        if (strcmp(name, "user") == 0)
            memcpy(out, tape_value(&run.tape, id)->data, 4 * sizeof *out);
    }
    run_free(&run);
    model_free(&model);
}

static double apart(const double a[4], const double b[4])
{
    double most = 0;
    for (int i = 0; i < 4; i++)
        most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

/* Without positions one block tells a set from a set, two tell orders apart: by what each token could look at. */
static void orders(void **state)
{
    (void)state;
    double a[4], b[4], c[4], d[4];
    user_of("[1, 5, 9, 13, 2]", 1, a);
    user_of("[9, 13, 1, 5, 2]", 1, b);
    user_of("[1, 5, 9, 13, 2]", 2, c);
    user_of("[9, 13, 1, 5, 2]", 2, d);
    EXPECT(apart(a, b) < 1e-14, "one block tells them apart by %g", apart(a, b));
    EXPECT(apart(c, d) > 1e-3, "two blocks do by %g only", apart(c, d));
}

/* <PAD> behind a history changes nothing of the customer, whatever is trained. */
static void padding_is_nothing(void **state)
{
    (void)state;
    double a[4], b[4];
    user_of("[1, 5, 9, 13, 2]", 2, a);
    user_of("[1, 5, 9, 13, 2, 0, 0, 0]", 2, b);
    EXPECT(memcmp(a, b, sizeof a) == 0, "padding moves the row by %g", apart(a, b));
    const char *history = "{\"system\": \"nufo\", \"model\": {\"objective\": \"next\"}, \"data\": {\"examples\": [{\"x\": [1], \"tokens\": [1, 5, 9%s]}]}}";
    char json[300];
    double losses[2];
    for (int i = 0; i < 2; i++) {
        Model model;
        Run run;
        Error error = {0};
        snprintf(json, sizeof json, history, i ? ", 0, 0" : "");
        EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) &&
                   model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s", error.text);
        losses[i] = run_loss(&run);
        run_free(&run);
        model_free(&model);
    }
    EXPECT(losses[0] == losses[1], "padding is said: %g, %g", losses[0], losses[1]);
}

/* The oldest go, what a history begins with stays. */
static void long_histories(void **state)
{
    (void)state;
    Model model;
    Error error = {0};
    const char *json = "{\"system\": \"nufo\", \"model\": {\"context\": 4}, \"data\": {\"examples\": [{\"x\": [1], \"class\": 1, "
                       "\"tokens\": [1, 5, 6, 7, 8, 2]}, {\"x\": [2], \"class\": 0, \"tokens\": [1, 2]}]}}";
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) &&
               model_finish(&model, &error), "%s", error.text);
    const Nufo *nufo = nufo_of(&model);
    const int wanted[] = {1, 7, 8, 2};
    EXPECT(nufo->cut == 1 && nufo->sequences[0].count == 4 && nufo->sequences[1].count == 2, "%d are cut", nufo->cut);
    EXPECT(memcmp(nufo->sequences[0].tokens, wanted, sizeof wanted) == 0, "the wrong ones went");
    model_free(&model);
}

static const struct {
    const char *parts, *says;
} REFUSED[] = {
    {"\"data\": {\"make\": \"none\"}", "no \"examples\""},
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 1}]}", "example 0 has no \"tokens\""},
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 1, \"tokens\": [72]}]}", "the ids go from 0 to 71"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 1, \"tokens\": [1.5]}]}", "has 1.5"},
    {"\"data\": {\"examples\": [{\"tokens\": [1, 2], \"class\": 1}]}", "has no \"x\""},
    {"\"lora\": {\"rank\": 2}, \"model\": {\"fusion\": \"late\"}", "one of the two"},
    {"\"lora\": {\"targets\": [\"W_Q\"]}", "needs a \"rank\""},
    {"\"lora\": {\"rank\": 2}, \"model\": {\"objective\": \"next\"}", "for fine-tuning"},
    {"\"model\": {\"d_model\": 7}", "not a multiple"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 1, \"tokens\": [0, 0]}]}", "example 0 has nothing but padding"},
    {"\"model\": {\"area\": true}", "keeps 0 are of class 1"},
};

static void what_cannot_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        Model model;
        Error error = {0};
        char json[500];
        snprintf(json, sizeof json, "{\"system\": \"nufo\", %s}", REFUSED[i].parts);
        EXPECT(model_defaults(&model, &GPT, &error) && !(model_file_parse(json, strlen(json), "here", &model, &error) &&
                   model_finish(&model, &error)), "taken: %s", json);
        expect_error(&error, EXIT_USED_WRONGLY, REFUSED[i].says);
        model_free(&model);
    }
}

/* Hanley and McNeil's own example: 0.893 of 51 and 58 has 0.032. */
static void standard_error(void **state)
{
    (void)state;
    EXPECT(is_close(area_error(0.893, 51, 58), 0.032, 0.0006), "%g", area_error(0.893, 51, 58));
    EXPECT(isnan(area_error(0.5, 0, 9)), "one class has an area");
}

int test_nufo(void)
{
    TestList list = {0};
    static const char *const files[] = {"joint", "late", "lora", "next"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        tests_add(&list, as_in_torch, files[i], "%s: every number as in PyTorch", files[i]);
    tests_add(&list, late_stops_the_gradient, NULL, "late stops the gradient, and the table learns the same");
    tests_add(&list, adapters_begin_with_b, NULL, "adapters begin with B");
    tests_add(&list, customers_by_formula, NULL, "customers are made by formula");
    tests_add(&list, orders, NULL, "orders that a row cannot tell apart");
    tests_add(&list, padding_is_nothing, NULL, "padding behind a history is nothing");
    tests_add(&list, long_histories, NULL, "of long histories the oldest go");
    tests_add(&list, what_cannot_work, NULL, "what cannot work is refused by name");
    tests_add(&list, standard_error, NULL, "the standard error of an area");
    return tests_run(&list, "nufo");
}
