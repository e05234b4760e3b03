/* Word vectors: the numbers of independent implementations (golden/reference/word2vec), and updates that are not
 * recorded held against those that are, bit by bit. */
#include "made.h"

#include "tiny_model/systems/word2vec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void make(MadeModel *made, const char *json)
{
    Error error = {0};
    EXPECT(made_model(made, json, &error) && run_init(&made->run, &made->model, NULL, &error), "%s", error.text);
}

static const double *value(const Run *run, const char *wanted, int *rows, int *cols)
{
    char name[200];
    for (int id = 0; id < run->tape.value_count; id++) {
        tape_name(&run->tape, id, name, sizeof name);
        if (strcmp(name, wanted) != 0)
            continue;
        *rows = run->tape.values[id].rows;
        *cols = run->tape.values[id].cols;
        return run->tape.values[id].data;
    }
    fail_test(__FILE__, __LINE__, "there is no %s", wanted);
}

/* Numbers of a list, or of a list of lists. */
static void expect_numbers(const Run *run, const char *name, const json_t *wanted, double tolerance)
{
    int rows, cols;
    const double *data = value(run, name, &rows, &cols);
    size_t at = 0;
    for (size_t r = 0; r < json_array_size(wanted); r++) {
        const json_t *row = json_array_get(wanted, r);
        for (size_t c = 0; c < (json_is_array(row) ? json_array_size(row) : 1); c++, at++) {
            double number = json_number_value(json_is_array(row) ? json_array_get(row, c) : row);
            EXPECT(at < (size_t)rows * (size_t)cols && fabs(data[at] - number) <= tolerance, "%s: number %zu is %.17g, not %.17g", name, at, data[at], number);
        }
    }
    EXPECT(at == (size_t)rows * (size_t)cols, "%s has %d numbers, not %zu", name, rows * cols, at);
}

/* --- unrecorded updates are the recorded ones --- */

static const char *const KINDS[] = {
    "\"kind\": \"skipgram\", \"loss\": \"negative_sampling\", \"negatives\": 7",
    "\"kind\": \"cbow\", \"loss\": \"negative_sampling\"",
    "\"kind\": \"skipgram\", \"loss\": \"softmax\"",
    "\"kind\": \"cbow\", \"loss\": \"softmax\", \"window\": 2",
};

static void same_update(void **state)
{
    char json[600];
    MadeModel recorded, passed;
    Error error = {0};
    snprintf(json, sizeof json,
             "{\"system\": \"word2vec\", \"data\": {\"make\": \"people\"}, \"model\": {%s, \"d_model\": 5}, "
             "\"init\": {\"seed\": 3}, \"optimizer\": {\"lr\": 0.7}, \"training\": {\"steps\": 500, \"schedule\": \"word2vec\"}}",
             *(const char *const *)*state);
    make(&recorded, json);
    make(&passed, json);
    size_t bytes = recorded.run.parameters.cells * sizeof(double);
    for (int step = 0; step < 500; step++) {
        Updated updated;
        EXPECT(run_record(&recorded.run, &error), "%s", error.text);
        EXPECT(run_pass(&passed.run, &updated), "update %d must be recorded", step);
        EXPECT(same_bits(updated.loss, run_loss(&recorded.run)), "the loss of update %d is %.17g, on the tape %.17g", step, updated.loss, run_loss(&recorded.run));
        EXPECT(is_close(updated.gradient_norm, run_gradient_norm(&recorded.run), 1e-12), "gradient norm of update %d", step);
        run_advance(&recorded.run);
        EXPECT(memcmp(recorded.run.store.values[recorded.run.store.now], passed.run.store.values[passed.run.store.now], bytes) == 0, "update %d has other bits", step);
    }
    EXPECT(passed.run.training_step == 500, "it stands at %d", passed.run.training_step);
    made_free(&recorded);
    made_free(&passed);
}

/* What the quick way does not repeat is recorded. */
static void not_passed(void **state)
{
    (void)state;
    static const char *const others[] = {
        "\"optimizer\": {\"kind\": \"adam\"}", "\"optimizer\": {\"weight_decay\": 0.1}", "\"optimizer\": {\"clip_norm\": 1}",
        "\"training\": {\"batch\": 2}", "\"training\": {\"accumulate\": 2}", "\"training\": {\"shuffle\": 1}",
        "\"training\": {\"loader\": \"random\"}", "\"training\": {\"frozen\": [\"input_embedding\"]}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char json[300];
        MadeModel made;
        Updated updated;
        Error error = {0};
        snprintf(json, sizeof json, "{\"system\": \"word2vec\", %s}", others[i]);
        make(&made, json);
        EXPECT(!run_pass(&made.run, &updated) && made.run.training_step == 0, "%s was passed", others[i]);
        EXPECT(run_reach(&made.run, 3, NULL, NULL, &error) && made.run.training_step == 3, "%s: %s", others[i], error.text);
        made_free(&made);
    }
}

/* --- the published updates --- */

static void one_update(void **state)
{
    (void)state;
    static const char *const kinds[] = {"sgns", "cbow", "softmax"};
    json_t *root = reference_json("word2vec/word2vec_step.json");
    for (int k = 0; k < 3; k++) {
        const json_t *golden = json_object_get(root, kinds[k]);
        bool cbow = k == 1, all = k == 2;
        char json[400];
        MadeModel made;
        Error error = {0};
        snprintf(json, sizeof json,
                 "{\"system\": \"word2vec\", \"data\": {\"examples\": [{\"center\": \"%s\", \"context\": \"%s\"%s}]}, "
                 "\"model\": {\"kind\": \"%s\", \"loss\": \"%s\", \"d_model\": 3}}",
                 cbow ? "w" : "v", cbow ? "a b c" : "w", all ? "" : ", \"negatives\": \"x y z\"", cbow ? "cbow" : "skipgram",
                 all ? "softmax" : "negative_sampling");
        if (all) /* the four words are all that there are: v is the first of them */
            snprintf(json, sizeof json,
                     "{\"system\": \"word2vec\", \"data\": {\"examples\": [{\"center\": \"w\", \"context\": \"w\"}, {\"center\": \"x\", "
                     "\"context\": \"y\"}, {\"center\": \"z\", \"context\": \"z\"}]}, \"model\": {\"loss\": \"softmax\", \"d_model\": 3}}");
        make(&made, json);
        double *input = run_parameter(&made.run, 0), *output = run_parameter(&made.run, 1);
        const json_t *rows = json_object_get(golden, cbow ? "context" : "v"), *targets = json_object_get(golden, "targets");
        const Word2vec *words = made.model.settings;
        for (int id = 0; id < words->size; id++)
            for (int c = 0; c < 3; c++) {
                static const char from[] = "abcv", to[] = "wxyz";
                const char *in = strchr(from, *words->words[id]), *out = strchr(to, *words->words[id]);
                if (in || (all && id == 0))
                    input[id * 3 + c] = json_number_value(json_array_get(json_array_get(rows, cbow ? (size_t)(in - from) : 0), (size_t)c));
                if (out)
                    output[id * 3 + c] = json_number_value(json_array_get(json_array_get(targets, (size_t)(out - to)), (size_t)c));
            }
        EXPECT(run_record(&made.run, &error), "%s", error.text);
        EXPECT(is_close(run_loss(&made.run), json_number_value(json_object_get(golden, "loss")), 1e-14), "%s: loss %.17g", kinds[k], run_loss(&made.run));
        if (!all) {
            expect_numbers(&made.run, "pair0.scores", json_object_get(golden, "scores"), 1e-14);
            expect_numbers(&made.run, "pair0.scores.grad", json_object_get(golden, "g"), 1e-14);
            expect_numbers(&made.run, "pair0.targets.grad", json_object_get(golden, "targets_grad"), 1e-14);
        } else {
            expect_numbers(&made.run, "output_embedding.grad", json_object_get(golden, "targets_grad"), 1e-14);
        }
        expect_numbers(&made.run, cbow ? "pair0.rows.grad" : "pair0.vector.grad", json_object_get(golden, cbow ? "context_grad" : "v_grad"), 1e-14);
        made_free(&made);
    }
    json_decref(root);
}

static int id_of(const Word2vec *words, const char *word)
{
    for (int id = 0; id < words->size; id++)
        if (strcmp(words->words[id], word) == 0)
            return id;
    fail_test(__FILE__, __LINE__, "\"%s\" is no word", word);
}

static void first_updates(void **state)
{
    (void)state;
    json_t *root = reference_json("word2vec/word2vec_training.json");
    const json_t *updates = json_object_get(root, "first_updates");
    MadeModel made;
    Error error = {0};
    make(&made, "{\"system\": \"word2vec\", \"data\": {\"make\": \"people\"}, \"model\": {\"d_model\": 12}, \"init\": {\"seed\": 7}, "
                "\"training\": {\"steps\": 103680, \"schedule\": \"word2vec\"}}");
    const Word2vec *words = made.model.settings;
    EXPECT(words->size == 54 && words->pair_count == 6912, "%d words, %d pairs", words->size, words->pair_count);
    EXPECT(json_array_size(updates) == 3, "%zu updates", json_array_size(updates));
    for (size_t i = 0; i < 3; i++) {
        const json_t *golden = json_array_get(updates, i), *targets = json_object_get(golden, "targets");
        int rows, cols;
        EXPECT(run_record(&made.run, &error), "%s", error.text);
        EXPECT(is_close(learning_rate(&made.model, (int)i), json_number_value(json_object_get(golden, "lr")), 1e-16), "rate %zu", i);
        expect_numbers(&made.run, "pair0.scores", json_object_get(golden, "scores"), 1e-15);
        expect_numbers(&made.run, "pair0.scores.grad", json_object_get(golden, "g"), 1e-15);
        expect_numbers(&made.run, "pair0.vector.grad", json_object_get(golden, "grad_center"), 1e-15);
        const double *ids = value(&made.run, "pair0.target_ids", &rows, &cols);
        const double *next = value(&made.run, "output_embedding.next", &rows, &cols);
        for (size_t t = 0; t < json_array_size(targets); t++) {
            int id = id_of(words, json_string_value(json_array_get(targets, t)));
            EXPECT(ids[t] == id, "target %zu of update %zu is %g", t, i, ids[t]);
            for (int c = 0; c < 12; c++) {
                double wanted = json_number_value(json_array_get(json_array_get(json_object_get(golden, "targets_after"), t), (size_t)c));
                EXPECT(is_close(next[id * 12 + c], wanted, 1e-16), "target %zu of update %zu, column %d", t, i, c);
            }
        }
        run_advance(&made.run);
    }
    made_free(&made);
    json_decref(root);
}

/* --- whole trainings --- */

static const double *unit_of(const Run *run, int *cols)
{
    int rows;
    return value(run, "unit", &rows, cols);
}

/* The nearest word to b - a + c, without the three. */
static int answer(const double *unit, int size, int d, int a, int b, int c)
{
    int best = -1;
    double most = -INFINITY;
    for (int id = 0; id < size; id++) {
        double cosine = 0;
        for (int k = 0; k < d; k++)
            cosine += unit[id * d + k] * (unit[b * d + k] - unit[a * d + k] + unit[c * d + k]);
        if (id != a && id != b && id != c && cosine > most) {
            most = cosine;
            best = id;
        }
    }
    return best;
}

/* Three axes of four pairs each, every pair with every other, in both directions: 72 questions. */
static int right_answers(const MadeModel *made)
{
    static const char *const axes[3][4][2] = {
        {{"king", "queen"}, {"prince", "princess"}, {"man", "woman"}, {"boy", "girl"}},
        {{"king", "man"}, {"queen", "woman"}, {"prince", "boy"}, {"princess", "girl"}},
        {{"king", "prince"}, {"queen", "princess"}, {"man", "boy"}, {"woman", "girl"}},
    };
    const Word2vec *words = made->model.settings;
    int d, right = 0;
    const double *unit = unit_of(&made->run, &d);
    for (int axis = 0; axis < 3; axis++)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                for (int way = 0; way < 2 && i != j; way++) {
                    const char *const *p = axes[axis][i], *const *q = axes[axis][j];
                    int got = answer(unit, words->size, d, id_of(words, p[way]), id_of(words, p[1 - way]), id_of(words, q[way]));
                    right += got == id_of(words, q[1 - way]);
                }
    return right;
}

static void whole_run(void **state)
{
    (void)state;
    json_t *root = reference_json("word2vec/people.json");
    MadeModel made;
    Error error = {0};
    EXPECT(preset_open(&made.model, preset_find("people"), &error) && model_finish(&made.model, &error) &&
           run_init(&made.run, &made.model, NULL, &error) && run_reach(&made.run, 276480, NULL, NULL, &error) &&
           run_record(&made.run, &error), "%s", error.text);
    EXPECT(json_integer_value(json_object_get(root, "updates")) == 276480 && made.run.training_step == 276480, "updates");
    expect_numbers(&made.run, "input_embedding", json_object_get(root, "input_embedding"), 1e-10);
    expect_numbers(&made.run, "output_embedding", json_object_get(root, "output_embedding"), 1e-10);
    EXPECT(right_answers(&made) == 72, "%d of 72", right_answers(&made));
    made_free(&made);
    json_decref(root);
}

/* Any update opens on the tape as it was made without one: of two that got there the quick way one goes on recorded. */
static void any_update(void **state)
{
    (void)state;
    MadeModel recorded, passed;
    MadeModel *const both[] = {&recorded, &passed};
    Error error = {0};
    for (int i = 0; i < 2; i++)
        EXPECT(preset_open(&both[i]->model, preset_find("people"), &error) && model_finish(&both[i]->model, &error) && run_init(&both[i]->run, &both[i]->model, NULL, &error), "%s", error.text);
    static const int steps[] = {6911, 123456, 276479};
    size_t bytes = recorded.run.parameters.cells * sizeof(double);
    for (int k = 0; k < 3; k++) {
        Updated updated;
        for (int i = 0; i < 2; i++)
            EXPECT(run_reach(&both[i]->run, steps[k], NULL, NULL, &error), "%s", error.text);
        EXPECT(run_record(&recorded.run, &error), "%s", error.text);
        EXPECT(run_pass(&passed.run, &updated) && same_bits(updated.loss, run_loss(&recorded.run)), "the loss of update %d", steps[k]);
        run_advance(&recorded.run);
        EXPECT(memcmp(recorded.run.store.values[recorded.run.store.now], passed.run.store.values[passed.run.store.now], bytes) == 0, "update %d has other bits", steps[k]);
    }
    made_free(&recorded);
    made_free(&passed);
}

static void whole_softmax(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    make(&made, "{\"system\": \"word2vec\", \"data\": {\"make\": \"people\"}, \"model\": {\"loss\": \"softmax\", \"d_model\": 12, \"geometry\": true}, "
                "\"init\": {\"seed\": 7}, \"optimizer\": {\"lr\": 0.2}, \"training\": {\"steps\": 103680, \"schedule\": \"word2vec\"}}");
    EXPECT(run_record(&made.run, &error) && right_answers(&made) < 10, "%d of 72 before it learned", right_answers(&made));
    EXPECT(run_reach(&made.run, 103680, NULL, NULL, &error) && run_record(&made.run, &error), "%s", error.text);
    EXPECT(right_answers(&made) == 72, "%d of 72", right_answers(&made));
    made_free(&made);
}

int test_word2vec(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        tests_add(&list, same_update, &KINDS[i], "unrecorded updates of %s", KINDS[i]);
    tests_add(&list, not_passed, NULL, "other updates are recorded");
    tests_add(&list, one_update, NULL, "one update of each kind");
    tests_add(&list, first_updates, NULL, "the first updates of a training");
    tests_add(&list, whole_run, NULL, "276480 updates, 72 of 72 analogies");
    tests_add(&list, any_update, NULL, "any update of them, recorded");
    tests_add(&list, whole_softmax, NULL, "full softmax: 72 of 72 analogies");
    return tests_run(&list, "word2vec");
}
