/* Fine-tuning: classes of texts, masks over prompts, adapters. The numbers are those of an independent
 * implementation, golden/reference/finetune.json. */
#include "support.h"

#include "tiny_model/gradcheck.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/adapter.h"
#include "tracer/session/evaluation.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHAPE "\"vocabulary_size\": 7, \"context\": 5, \"d_model\": 4, \"n_heads\": 2, \"n_layers\": 2, \"d_ff\": 8, " \
    "\"attention_bias\": false, \"output_bias\": false, \"add_bos\": false, \"add_eos\": false"
#define ROWS "{\"tokens\": [1,2,3], \"class\": 0}, {\"tokens\": [4,5,6,1], \"class\": 1}, {\"tokens\": [2,2], \"class\": 1}"
#define PADDED "{\"tokens\": [1,2,3,0,0], \"class\": 0}, {\"tokens\": [4,5,6,1,0], \"class\": 1}, {\"tokens\": [2,2,0], \"class\": 1}"
#define CLASSIFIER(rows, read) "{" SHAPE ", \"data\": {\"examples\": [" rows "]}, \"training\": {\"batch\": 3}, \"task\": " \
    "{\"kind\": \"classify\", \"read\": \"" read "\", \"train\": [\"block1\", \"final_norm\", \"classifier\"]}}"
#define ONE_ROW(row, more) "{" SHAPE ", \"data\": {\"examples\": [{\"tokens\": [1,4,2,6,3]" row "}]}" more "}"

static json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/finetune.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static bool begin(Session *session, const char *json, Error *error)
{
    *session = (Session){0};
    return model_defaults(&session->model, &GPT, error) &&
           model_file_parse(json, strlen(json), "m", &session->model, error) && model_finish(&session->model, error) &&
           run_init(&session->run, &session->model, NULL, error);
}

static double number_at(const json_t *matrix, int row, int col)
{
    EXPECT(json_array_size(matrix) > (size_t)row, "%d rows are too few", row);
    return json_number_value(json_array_get(json_array_get(matrix, (size_t)row), (size_t)col));
}

static void set_parameter(Run *run, const char *name, const json_t *matrix)
{
    int p = parameters_find(&run->parameters, "", name);
    EXPECT(p >= 0, "no parameter %s", name);
    const Parameter *of = &run->parameters.list[p];
    for (int row = 0; row < of->rows; row++)
        for (int col = 0; col < of->cols; col++)
            run_parameter(run, p)[row * of->cols + col] = number_at(matrix, row, col);
}

/* The golden's weights, and a head where `head` says. */
static void set_weights(Run *run, const json_t *root, const char *head, const json_t *numbers)
{
    const char *name;
    json_t *matrix;
    json_object_foreach(json_object_get(root, "weights"), name, matrix)
        set_parameter(run, name, matrix);
    set_parameter(run, head, numbers);
}

static void record(Session *session)
{
    Error error = {0};
    EXPECT(run_record(&session->run, &error) && session_index(session, &error), "%s", error.text);
}

static void expect_matrix(const Session *session, const char *name, const json_t *matrix)
{
    const Value *value = tape_value(&session->run.tape, value_called(session, name));
    EXPECT(json_array_size(matrix) > 0 && json_array_size(matrix) <= (size_t)value->rows, "%s has %d rows", name, value->rows);
    for (int row = 0; row < (int)json_array_size(matrix); row++)
        for (int col = 0; col < value->cols; col++)
            EXPECT(fabs(cell_of(value, row, col) - number_at(matrix, row, col)) <= 1e-12, "%s[%d,%d] is %.17g", name,
                   row, col, cell_of(value, row, col));
}

/* "head.W" of the golden is classifier.W here, ".A" is ".lora_A". */
static const char *our_name(const char *theirs, bool classifier, char out[120])
{
    size_t length = strlen(theirs);
    bool factor = length > 2 && theirs[length - 2] == '.' && (theirs[length - 1] == 'A' || theirs[length - 1] == 'B');
    if (classifier && strncmp(theirs, "head.", 5) == 0)
        snprintf(out, 120, "classifier.%s.grad", theirs + 5);
    else if (factor)
        snprintf(out, 120, "%.*s.lora_%c.grad", (int)length - 2, theirs, theirs[length - 1]);
    else
        snprintf(out, 120, "%s.grad", theirs);
    return out;
}

static void expect_gradients(const Session *session, const json_t *gradients, bool classifier)
{
    const char *name;
    json_t *matrix;
    char ours[120];
    int trained = 0;
    json_object_foreach((json_t *)gradients, name, matrix)
        expect_matrix(session, our_name(name, classifier, ours), matrix);
    for (int p = 0; p < session->run.parameters.count; p++)
        trained += tape_value(&session->run.tape, p)->gradient >= 0;
    EXPECT(trained == (int)json_object_size(gradients), "%d gradients, not %zu", trained, json_object_size(gradients));
}

typedef struct {
    const char *json, *what;
    int golden;
} ClassCase;
static const ClassCase CLASS_CASES[] = {
    {CLASSIFIER(ROWS, "last"), "the last row", 0},
    {CLASSIFIER(PADDED, "last"), "the last row that is no padding", 0},
    {CLASSIFIER(ROWS, "mean"), "the mean of the rows", 1},
    {CLASSIFIER(PADDED, "mean"), "the mean of the rows that are no padding", 1},
};

static void classes(void **state)
{
    const ClassCase *test = *state;
    json_t *root = golden();
    const json_t *of = json_object_get(root, "classification"), *one = json_array_get(json_object_get(of, "cases"), (size_t)test->golden);
    Session session;
    Error error = {0};
    EXPECT(begin(&session, test->json, &error), "%s", error.text);
    set_weights(&session.run, root, "classifier.W", json_object_get(of, "head"));
    record(&session);
    EXPECT(fabs(run_loss(&session.run) - json_number_value(json_object_get(one, "loss"))) <= 1e-12, "the loss is %.17g", run_loss(&session.run));
    expect_matrix(&session, "classifier.logits", json_object_get(one, "logits"));
    expect_gradients(&session, json_object_get(one, "grad"), true);
    expect_all_explained(&session.run.tape);
    session_close(&session);
    json_decref(root);
}

/* With only the last block trained the way back does not enter the first. */
static void stops_at_the_wall(void **state)
{
    (void)state;
    Session session;
    Error error = {0};
    char name[200];
    EXPECT(begin(&session, CLASSIFIER(ROWS, "first"), &error), "%s", error.text);
    record(&session);
    int below = 0, above = 0;
    for (int i = 0; i < session.run.tape.step_count; i++) {
        const Step *step = &session.run.tape.steps[i];
        tape_name(&session.run.tape, step->output, name, sizeof name);
        below += step->phase != PHASE_FORWARD && strstr(name, "block0") != NULL;
        above += step->phase == PHASE_BACKWARD && strstr(name, "block1") != NULL;
    }
    EXPECT(below == 0 && above > 50, "%d steps below the wall, %d above it", below, above);
    Reference found;
    EXPECT(!reference_parse(&session.names, "sequence0.block0.mlp.residual.grad[0,0]", &found, &error), "there is a gradient");
    expect_error(&error, EXIT_USED_WRONGLY, "detached");
    session_close(&session);
}
static void prompts(void **state)
{
    (void)state;
    static const char *const json[] = {ONE_ROW(", \"mask\": [1,1,1,1]", ""), ONE_ROW(", \"prompt_length\": 2", "")};
    json_t *root = golden();
    const json_t *of = json_object_get(root, "sft");
    for (size_t i = 0; i < 2; i++) {
        const json_t *one = json_array_get(json_object_get(of, "cases"), i), *losses = json_object_get(one, "per_token");
        Session session;
        Error error = {0};
        EXPECT(begin(&session, json[i], &error), "%s", error.text);
        set_weights(&session.run, root, "head.W", json_object_get(of, "head"));
        record(&session);
        EXPECT(fabs(run_loss(&session.run) - json_number_value(json_object_get(one, "loss"))) <= 1e-12, "case %zu: the loss is %.17g", i, run_loss(&session.run));
        for (size_t t = 0; t < json_array_size(losses); t++)
            EXPECT(fabs(tape_value(&session.run.tape, value_called(&session, "loss.per_token"))->data[t] - json_number_value(json_array_get(losses, t))) <= 1e-12, "case %zu, target %zu", i, t);
        expect_matrix(&session, "head.W.grad", json_object_get(one, "d_head"));
        expect_matrix(&session, "token_embedding.grad", json_object_get(one, "d_token_embedding"));
        session_close(&session);
    }
    json_decref(root);
}

#define ADAPTED ONE_ROW("", ", \"lora\": {\"rank\": 2, \"alpha\": 4}")
static void adapters(void **state)
{
    (void)state;
    json_t *root = golden(), *one;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(root, "lora"), "cases"), i, one) {
        Session session;
        Error error = {0};
        const char *name;
        char ours[120];
        json_t *matrix;
        EXPECT(begin(&session, ADAPTED, &error), "%s", error.text);
        set_weights(&session.run, root, "head.W", json_object_get(json_object_get(root, "sft"), "head"));
        json_object_foreach(json_object_get(one, "A_B"), name, matrix) {
            our_name(name, false, ours);
            ours[strlen(ours) - strlen(".grad")] = '\0';
            set_parameter(&session.run, ours, matrix);
        }
        record(&session);
        EXPECT(fabs(run_loss(&session.run) - json_number_value(json_object_get(one, "loss"))) <= 1e-12, "case %zu: the loss is %.17g", i, run_loss(&session.run));
        expect_matrix(&session, "logits", json_object_get(one, "logits"));
        expect_gradients(&session, json_object_get(one, "grads"), false);
        expect_all_explained(&session.run.tape);
        session_close(&session);
    }
    EXPECT(i == 2, "%zu cases", i);
    json_decref(root);
}

/* B is 0: the model is what it was to the last bit, A's gradient is exactly 0 and B's is not. */
static void adapters_begin(void **state)
{
    (void)state;
    Session plain, session;
    Error error = {0};
    EXPECT(begin(&plain, ONE_ROW("", ""), &error) && begin(&session, ADAPTED, &error), "%s", error.text);
    record(&plain);
    record(&session);
    EXPECT(same_bits(run_loss(&plain.run), run_loss(&session.run)), "the loss is %.17g", run_loss(&session.run));
    int a = 0, b = 0;
    for (int p = 0; p < session.run.parameters.count; p++) {
        const Parameter *of = &session.run.parameters.list[p];
        if (of->frozen)
            continue;
        const Value *gradient = tape_value(&session.run.tape, tape_value(&session.run.tape, p)->gradient);
        bool zero = true;
        for (size_t i = 0; i < cells_of(gradient); i++)
            zero = zero && gradient->data[i] == 0;
        EXPECT(zero == (of->class == PARAMETER_ADAPTER), "%s.grad is %s0", of->name, zero ? "" : "not ");
        a += of->class == PARAMETER_ADAPTER;
        b += of->class == PARAMETER_ADAPTER_ZERO;
    }
    EXPECT(a == 8 && b == 8, "%d A, %d B", a, b);
    session_close(&plain);
    session_close(&session);
}

/* Trained, merged, saved alone and loaded again: the same loss; another model's adapter is refused. */
static void adapters_travel(void **state)
{
    (void)state;
    char merged[PATH_SIZE], alone[PATH_SIZE], whole[PATH_SIZE];
    Session session, plain, again;
    Error error = {0};
    char *const paths[] = {merged, alone, whole};
    for (int i = 0; i < 3; i++)
        temporary_file(paths[i], "", 0);
    EXPECT(begin(&session, ADAPTED, &error) && weights_save(whole, &session.run, false, &error), "%s", error.text);
    EXPECT(run_to(&session.run, 6, NULL, NULL, &error), "%s", error.text);
    EXPECT(adapter_merge(merged, &session.run, &error) && adapter_save(alone, &session.run, &error), "%s", error.text);
    EXPECT(begin(&plain, ONE_ROW("", ""), &error) && weights_load(merged, &plain.run, &error), "%s", error.text);
    record(&plain);
    EXPECT(fabs(run_loss(&plain.run) - run_loss(&session.run)) <= 1e-12, "merged: %.17g", run_loss(&plain.run));
    EXPECT(begin(&again, ADAPTED, &error) && weights_load(whole, &again.run, &error) && adapter_load(alone, &again.run, &error), "%s", error.text);
    record(&again);
    EXPECT(same_bits(run_loss(&again.run), run_loss(&session.run)), "loaded: %.17g", run_loss(&again.run));
    run_parameter(&again.run, 0)[0] += 1;
    EXPECT(!adapter_load(alone, &again.run, &error), "an adapter of other weights is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "other weights");
    session_close(&again);
    error = (Error){0};
    EXPECT(begin(&again, ONE_ROW("", ", \"lora\": {\"rank\": 1}"), &error) && !adapter_load(alone, &again.run, &error), "an adapter of another rank is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "another model");
    EXPECT(!adapter_load(alone, &plain.run, &error) && !adapter_merge(merged, &plain.run, &error), "a model without adapters has one");
    Session *const sessions[] = {&session, &plain, &again};
    for (int i = 0; i < 3; i++) {
        session_close(sessions[i]);
        unlink(paths[i]);
    }
}

#define GPT2 "\"vocabulary_size\": 50257, \"context\": 1024, \"d_model\": 768, \"n_heads\": 12, \"n_layers\": 12, " \
    "\"tied_head\": true, \"add_bos\": false, \"add_eos\": false, \"data\": {\"examples\": [{\"tokens\": [1,2], \"class\": 0}, " \
    "{\"tokens\": [3], \"class\": 1}]}, \"task\": {\"kind\": \"classify\""
#define EVERY "[\"W_Q\", \"W_K\", \"W_V\", \"W_O\", \"W_1\", \"W_2\", \"classifier.W\"]"

/* What an independent implementation counts; "train" of the adapters names nothing, so that they alone are counted. */
static void counts(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        long long trained, all;
    } cases[] = {
        {"{" GPT2 ", \"train\": [\"block11\", \"final_norm\", \"classifier\"]}}", 7090946, 124441346},
        {"{" GPT2 "}}", 124441346, 124441346},
        {"{" GPT2 "}, \"lora\": {\"rank\": 16, \"share_a\": true, \"targets\": " EVERY "}}", 2666528, 0},
        {"{" GPT2 "}, \"lora\": {\"rank\": 8, \"share_a\": true}}", 294912 + 1538, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Model model;
        Parameters parameters;
        Error error = {0};
        long long trained = 0, all = 0, cells;
        EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(cases[i].json, strlen(cases[i].json), "m", &model, &error) &&
                   model_finish(&model, &error) && run_list_parameters(&model, &parameters, &error), "%s", error.text);
        for (int p = 0; p < parameters.count; p++) {
            all += cells = (long long)parameters.list[p].rows * parameters.list[p].cols;
            trained += parameters.list[p].frozen ? 0 : cells;
        }
        EXPECT(trained == cases[i].trained && (cases[i].all == 0 || all == cases[i].all), "case %zu: %lld of %lld", i, trained, all);
        parameters_free(&parameters);
        model_free(&model);
    }
}

/* Both directions are seen: without positions an order of words makes no difference, and padding none anywhere. */
static void both_directions(void **state)
{
    (void)state;
#define BIDIRECTIONAL(tokens) "{" SHAPE ", \"mask\": \"none\", \"position\": \"none\", \"data\": {\"examples\": [{\"tokens\": " tokens ", \"class\": 1}]}, " \
    "\"task\": {\"kind\": \"classify\", \"read\": \"mean\", \"classes\": [\"a\", \"b\"]}}"
    static const char *const json[] = {BIDIRECTIONAL("[1,2,3]"), BIDIRECTIONAL("[3,1,2]"), BIDIRECTIONAL("[1,2,3,0,0]")};
    double losses[3];
    for (int i = 0; i < 3; i++) {
        Session session;
        Error error = {0};
        EXPECT(begin(&session, json[i], &error), "%s", error.text);
        record(&session);
        losses[i] = run_loss(&session.run);
        expect_all_explained(&session.run.tape);
        session_close(&session);
    }
    EXPECT(fabs(losses[0] - losses[1]) <= 1e-14, "another order: %.17g, %.17g", losses[0], losses[1]);
    EXPECT(same_bits(losses[0], losses[2]), "padded: %.17g, %.17g", losses[0], losses[2]);
}
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"{\"data\": {\"examples\": [{\"text\": \"a b\", \"label\": \"x\"}, {\"text\": \"b\", \"label\": \"z\"}]}, \"task\": {\"kind\": \"classify\", \"classes\": [\"x\", \"y\"]}}", "\"z\""},
        {"{\"data\": {\"examples\": [{\"text\": \"a b\", \"label\": \"x\"}, {\"text\": \"b\", \"label\": \"x\"}]}, \"task\": {\"kind\": \"classify\"}}", "one class"},
        {"{\"data\": {\"examples\": [{\"text\": \"a b\", \"label\": \"x\"}, {\"text\": \"  \", \"label\": \"y\"}]}, \"task\": {\"kind\": \"classify\"}}", "empty"},
        {"{\"data\": {\"examples\": [{\"text\": \"a b\"}]}, \"task\": {\"kind\": \"classify\"}}", "\"label\""},
        {"{\"task\": {\"kind\": \"classify\"}}", "\"examples\""},
        {"{\"data\": {\"examples\": [{\"text\": \"a b\", \"class\": 7}, {\"text\": \"b\", \"class\": 0}]}, \"task\": {\"kind\": \"classify\", \"classes\": [\"x\", \"y\"]}}", "0 to 1"},
        {ONE_ROW(", \"mask\": [0,0,0,0]", ""), "no target"},
        {ONE_ROW(", \"mask\": [0,1,1]", ""), "4 targets"},
        {ONE_ROW(", \"mask\": [0,1,1,2]", ""), "0 and 1"},
        {ONE_ROW(", \"prompt_length\": 5", ""), "no target"},
        {ONE_ROW(", \"prompt_length\": 2, \"mask\": [0,1,1,1]", ""), "one of the two"},
        {ONE_ROW("", ", \"lora\": {\"alpha\": 2}"), "\"rank\""},
        {ONE_ROW("", ", \"task\": {\"train\": [\"blok1\"]}"), "\"blok1\""},
        {ONE_ROW("", ", \"lora\": {\"rank\": 2, \"targets\": [\"W_X\"]}"), "\"W_X\""},
        {"{" SHAPE ", \"data\": {\"examples\": [{\"tokens\": [0,0], \"class\": 0}, {\"tokens\": [1], \"class\": 1}]}, \"task\": {\"kind\": \"classify\"}}", "padding"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Session session;
        Error error = {0};
        EXPECT(!begin(&session, cases[i].json, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        model_free(&session.model);
    }
}

/* Counts, and the most certain mistake first. */
static void evaluates(void **state)
{
    (void)state;
    json_t *root = golden();
    Session session;
    Evaluation evaluation;
    Error error = {0};
    EXPECT(begin(&session, CLASSIFIER(ROWS, "last"), &error), "%s", error.text);
    set_weights(&session.run, root, "classifier.W", json_object_get(json_object_get(root, "classification"), "head"));
    EXPECT(evaluation_make(&session, &evaluation, &error), "%s", error.text);
    const PartEvaluation *train = &evaluation.parts[PART_LEARNED];
    EXPECT(train->examples == 3 && train->right == 2 && evaluation.mistake_count == 1, "%d of %d", train->right, train->examples);
    EXPECT(fabs(train->loss - 0.8150911057827143) <= 1e-12, "the loss is %.17g", train->loss);
    EXPECT(train->confusion[1] == 1 && train->confusion[3] == 2 && train->confusion[0] == 0 && train->confusion[2] == 0, "another confusion");
    EXPECT(evaluation.mistakes[0].row == 0 && fabs(evaluation.mistakes[0].probability - (1 - exp(-2.026781523193145))) <= 1e-12, "another mistake");
    evaluation_free(&evaluation);
    session_close(&session);
    json_decref(root);
}

int test_finetune(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof CLASS_CASES / sizeof *CLASS_CASES; i++)
        tests_add(&list, classes, &CLASS_CASES[i], "classes: %s", CLASS_CASES[i].what);
    tests_add(&list, stops_at_the_wall, NULL, "the way back stops where nothing is trained any more");
    tests_add(&list, prompts, NULL, "a prompt is read and not learned");
    tests_add(&list, adapters, NULL, "adapters, alpha apart from the rank");
    tests_add(&list, adapters_begin, NULL, "adapters change nothing at first, and A learns nothing");
    tests_add(&list, adapters_travel, NULL, "adapters merged, saved alone, loaded");
    tests_add(&list, counts, NULL, "parameters of GPT-2 small");
    tests_add(&list, both_directions, NULL, "bidirectional attention and padding");
    tests_add(&list, refusals, NULL, "what cannot work is refused by its key");
    tests_add(&list, evaluates, NULL, "accuracy, confusion, mistakes");
    return tests_run(&list, "finetune");
}
