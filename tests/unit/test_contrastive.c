/* Pairs that belong together: an independent implementation (golden/reference/contrastive), what must hold for any
 * numbers, pairs that say the same, and what has no direction. */
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool make_model(MadeModel *made, const char *parts, Error *error)
{
    char json[1500];
    snprintf(json, sizeof json, "{\"system\": \"contrastive\", \"init\": {\"kind\": \"normal\", \"std\": 0.5}, %s}", parts);
    return made_model(made, json, error);
}

static void make(MadeModel *made, const char *parts)
{
    Error error = {0};
    EXPECT(make_model(made, parts, &error) && run_init(&made->run, &made->model, NULL, &error) && run_record(&made->run, &error), "%s", error.text);
}

static void add_rows(char *out, const json_t *rows, size_t i)
{
    for (size_t c = 0; c < 3; c++)
        sprintf(out + strlen(out), "%s%.17g", c ? ", " : "", json_number_value(json_array_get(json_array_get(rows, i), c)));
}

/* With encoders that change nothing, left and right are the golden's rows. */
static void golden(void **state)
{
    (void)state;
    json_error_t why;
    json_t *root = json_load_file("golden/reference/contrastive/infonce.json", 0, &why);
    EXPECT(root, "%s", why.text);
    char parts[1200] = "\"data\": {\"examples\": [";
    for (size_t i = 0; i < 4; i++) {
        strcat(parts, i ? ", {\"x\": [" : "{\"x\": [");
        add_rows(parts, json_object_get(root, "image"), i);
        strcat(parts, "], \"y\": [");
        add_rows(parts, json_object_get(root, "text"), i);
        strcat(parts, "]}");
    }
    strcat(parts, "]}, \"model\": {\"d_model\": 3}");
    MadeModel made;
    Error error = {0};
    make(&made, parts);
    for (int p = 0; p < made.run.parameters.count; p++)
        for (int c = 0; c < 9 && made.run.parameters.list[p].rows == 3; c++)
            run_parameter(&made.run, p)[c] = c % 4 == 0;
    EXPECT(run_record(&made.run, &error), "%s", error.text);
    static const char *const names[][2] = {
        {"left", "image"}, {"right", "text"}, {"log_scale", "log_scale"}, {"left.unit", "a"}, {"right.unit", "b"}, {"cosine", "cos"},
        {"logits", "logits"}, {"loss.rows", "loss_image"}, {"loss.columns", "loss_text"}, {"logits.grad", "logits_grad"},
        {"left.unit.grad", "a_grad"}, {"right.unit.grad", "b_grad"}, {"left.grad", "image.grad"}, {"right.grad", "text.grad"},
        {"log_scale.grad", "log_scale.grad"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_matrix(&made.run, names[i][0], json_object_get(root, names[i][1]), 1e-13);
    EXPECT(is_close(run_loss(&made.run), json_number_value(json_object_get(root, "loss")), 1e-13), "loss %.17g", run_loss(&made.run));
    expect_all_explained(&made.run.tape);
    made_free(&made);
    json_decref(root);
}

#define PAIRS "\"data\": {\"examples\": [{\"left\": \"a b\", \"right\": \"c\"}, {\"left\": \"b d\", \"right\": \"e c\"}, {\"left\": \"d\", \"right\": \"f\"}"

/* Rows of R - I sum to 0, gradients of rows stand at right angles to them. */
static void facts(void **state)
{
    (void)state;
    MadeModel made;
    make(&made, PAIRS "]}, \"model\": {\"d_model\": 4}");
    const Value *x = made_value(&made.run, "left"), *dx = made_value(&made.run, "left.grad"), *ds = made_value(&made.run, "logits.grad");
    double sum = 0, size = 0;
    for (int r = 0; r < 3; r++) {
        double along = 0;
        for (int c = 0; c < 4; c++) {
            along += cell_of(x, r, c) * cell_of(dx, r, c);
            size = fmax(size, fabs(cell_of(dx, r, c)));
        }
        EXPECT(fabs(along) < 1e-13, "row %d: %g", r, along);
        for (int c = 0; c < 3; c++)
            sum += cell_of(ds, r, c);
    }
    EXPECT(size > 1e-3 && fabs(sum) < 1e-14, "gradients of %g, sum %g", size, sum);
    made_free(&made);
    make(&made, "\"data\": {\"examples\": [{\"left\": \"a b\", \"right\": \"c\"}]}");
    EXPECT(run_loss(&made.run) == 0 && made_value(&made.run, "logits.grad")->data[0] == 0, "one pair: loss %g", run_loss(&made.run));
    made_free(&made);
    make(&made, "\"data\": {\"examples\": [{\"left\": \"a\", \"right\": \"c\"}, {\"left\": \"a\", \"right\": \"c\"}]}, \"model\": {\"masked\": false}");
    EXPECT(is_close(run_loss(&made.run), log(2), 1e-15), "all alike: loss %.17g", run_loss(&made.run));
    made_free(&made);
}

/* The same left side twice: neither is the other's wrong answer, and no gradient goes there. */
static void duplicates(void **state)
{
    (void)state;
    MadeModel made;
    make(&made, PAIRS ", {\"left\": \"b, A\", \"right\": \"f f\"}]}, \"model\": {\"d_model\": 4}");
    const Value *masked = made_value(&made.run, "loss.masked"), *gradient = made_value(&made.run, "logits.grad");
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) {
            bool same = (r == 0 && c == 3) || (r == 3 && c == 0) || (r == 2 && c == 3) || (r == 3 && c == 2);
            EXPECT((isinf(cell_of(masked, r, c)) != 0) == same && (cell_of(gradient, r, c) == 0) == same, "cell %d,%d", r, c);
        }
    EXPECT(isfinite(run_loss(&made.run)), "loss %g", run_loss(&made.run));
    made_free(&made);
}

/* The preset learns which belongs to which. */
static void learns(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    EXPECT(preset_open(&made.model, preset_find("matching"), &error) && model_finish(&made.model, &error) &&
           run_init(&made.run, &made.model, NULL, &error) && run_record(&made.run, &error), "%s", error.text);
    double before = run_loss(&made.run), scale = made_value(&made.run, "log_scale")->data[0];
    EXPECT(is_close(scale, log(1 / 0.07), 1e-12), "log_scale begins with %.17g", scale);
    EXPECT(run_to(&made.run, 200, NULL, NULL, &error), "%s", error.text);
    EXPECT(before > 1 && run_loss(&made.run) < 0.05, "loss %g -> %g", before, run_loss(&made.run));
    EXPECT(made_value(&made.run, "log_scale")->data[0] != scale, "the temperature does not learn");
    made_free(&made);
}

/* The scale is cut behind the update, not in the gradient; without a limit it goes on. */
static void limit(void **state)
{
    (void)state;
    static const char *const keys[] = {"\"scale_most\": 100, \"log_scale\": 4.6", "\"scale_most\": 2, \"log_scale\": 0.69", "\"scale_most\": null, \"log_scale\": 4.6"};
    for (int i = 0; i < 3; i++) {
        char parts[400];
        MadeModel made;
        snprintf(parts, sizeof parts, "\"data\": {\"examples\": [{\"x\": [1, 0.9], \"y\": [1, 0.9]}, {\"x\": [0.9, 1], \"y\": [0.9, 1]}]}, "
                                      "\"model\": {\"d_model\": 2, \"shared\": true, %s}, \"optimizer\": {\"kind\": \"sgd\", \"lr\": 1e6, \"weight_decay\": 0}", keys[i]);
        make(&made, parts);
        double now = made_value(&made.run, "log_scale")->data[0], slope = made_value(&made.run, "log_scale.grad")->data[0], next = made_value(&made.run, "log_scale.next")->data[0];
        double whole = now - 1e6 * slope, most = i == 0 ? log(100) : i == 1 ? log(2) : INFINITY;
        EXPECT(slope < 0 && (i == 2 || whole > most) && is_close(next, i == 2 ? whole : most, 1e-14), "limit %d: %.17g, uncut %.17g", i, next, whole);
        expect_all_explained(&made.run.tape);
        made_free(&made);
    }
}

/* 33 sentences and what says the same: every one finds its own, and the two that mean one thing are not told apart. */
static void paraphrases(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    EXPECT(preset_open(&made.model, preset_find("paraphrases"), &error) && model_finish(&made.model, &error) &&
           run_init(&made.run, &made.model, NULL, &error) && run_record(&made.run, &error), "%s", error.text);
    double before = run_loss(&made.run);
    EXPECT(run_to(&made.run, 200, NULL, NULL, &error), "%s", error.text);
    const Value *cosine = made_value(&made.run, "cosine"), *same = made_value(&made.run, "same");
    EXPECT(before > 3 && run_loss(&made.run) < 0.01 && cosine->rows == 33, "loss %g -> %g", before, run_loss(&made.run));
    for (int r = 0; r < 33; r++)
        for (int c = 0; c < 33; c++)
            EXPECT(r == c || isinf(cell_of(same, r, c)) || cell_of(cosine, r, c) < cell_of(cosine, r, r), "sentence %d finds %d", r, c);
    made_free(&made);
}

static void refused(void **state)
{
    (void)state;
    static const char *const models[][2] = {
        {"\"data\": {\"examples\": [{\"left\": \"a\", \"right\": \"..\"}]}", "a side of example 0 has no words"},
        {"\"data\": {\"examples\": [{\"x\": [0, 0], \"y\": [1]}]}", "it has no direction"},
        {"\"data\": {\"examples\": [{\"x\": [1], \"y\": [1]}, {\"x\": [1, 2], \"y\": [1]}]}", "has 2 numbers, that of example 0 has 1"},
        {"\"data\": {\"examples\": [{\"left\": \"a\"}]}", "example 0 needs \"right\" or \"y\""},
        {"\"data\": {\"examples\": [{\"left\": \"a\", \"right\": \"b\"}, {\"x\": [1], \"right\": \"b\"}]}", "example 1 needs \"left\" or \"x\""},
        {"\"data\": {\"examples\": [{\"x\": [1], \"y\": [1, 2]}]}, \"model\": {\"shared\": true}", "two sides of one form"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        MadeModel made;
        Error error = {0};
        EXPECT(!make_model(&made, models[i][0], &error), "%s was taken", models[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, models[i][1]);
        model_free(&made.model);
    }
}

int test_contrastive(void)
{
    TestList list = {0};
    tests_add(&list, golden, NULL, "four pairs, forward and back");
    tests_add(&list, facts, NULL, "what holds for any numbers");
    tests_add(&list, duplicates, NULL, "pairs that have a side in common");
    tests_add(&list, learns, NULL, "the preset learns");
    tests_add(&list, limit, NULL, "the scale is cut");
    tests_add(&list, paraphrases, NULL, "sentences that mean the same");
    tests_add(&list, refused, NULL, "what cannot be matched");
    return tests_run(&list, "contrastive");
}
