/* Counts, tf-idf in its variants, cosines and LSA beside an independent implementation (golden/reference/counts), and
 * documents that have little to count. */
#include "support.h"

#include "tracer/session/model_file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static json_t *root;

static const Value *value(const Run *run, const char *wanted)
{
    char name[200];
    for (int id = 0; id < run->tape.value_count; id++)
        if (tape_name(&run->tape, id, name, sizeof name) && strcmp(name, wanted) == 0)
            return tape_value(&run->tape, id);
    fail_test(__FILE__, __LINE__, "there is no %s", wanted);
}

typedef struct {
    Model model;
    Run run;
} Made;

static void make(Made *made, const char *parts)
{
    char json[600];
    Error error = {0};
    snprintf(json, sizeof json, "{\"system\": \"counts\", %s}", parts);
    EXPECT(model_defaults(&made->model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &made->model, &error) &&
           model_finish(&made->model, &error) && run_init(&made->run, &made->model, NULL, &error) && run_record(&made->run, &error), "%s", error.text);
}

static void unmake(Made *made)
{
    run_free(&made->run);
    model_free(&made->model);
}

static void expect_matrix(const Run *run, const char *name, const json_t *wanted, double tolerance)
{
    const Value *of = value(run, name);
    bool rows = json_is_array(json_array_get(wanted, 0));
    for (int r = 0; r < of->rows; r++)
        for (int c = 0; c < of->cols; c++) {
            const json_t *row = rows ? json_array_get(wanted, (size_t)r) : wanted, *cell = json_array_get(row, (size_t)(rows ? c : r + c));
            EXPECT(cell && is_close(cell_of(of, r, c), json_number_value(cell), tolerance), "%s[%d,%d] is %.17g", name, r, c, cell_of(of, r, c));
        }
}

static void variants(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *idf, *tfidf;
    } all[] = {
        {"\"tf\": \"share\", \"idf\": \"textbook\", \"norm\": \"none\"", "idf_textbook_ln", "tfidf_textbook"},
        {"\"tf\": \"share\", \"idf\": \"log10\", \"norm\": \"none\"", "idf_log10", "tfidf_seed_log10"},
        {"\"idf\": \"smooth\"", "idf_sklearn_smooth", "tfidf_sklearn"},
        {"\"idf\": \"plus_one\"", "idf_sklearn_nosmooth", "tfidf_sklearn_nosmooth"},
        {"\"tf\": \"log\"", "idf_sklearn_smooth", "tfidf_sklearn_sublinear"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char parts[200];
        Made made;
        snprintf(parts, sizeof parts, "\"model\": {%s}", all[i].keys);
        make(&made, parts);
        expect_matrix(&made.run, "counts", json_object_get(root, "counts"), 0);
        expect_matrix(&made.run, "document_frequency", json_object_get(root, "df"), 0);
        expect_matrix(&made.run, "idf", json_object_get(root, all[i].idf), 1e-15);
        expect_matrix(&made.run, "tfidf", json_object_get(root, all[i].tfidf), 1e-15);
        expect_all_explained(&made.run.tape);
        unmake(&made);
    }
}

/* u, sigma and v of both components, and the first rounds of the first. */
static void lsa(void **state)
{
    (void)state;
    Made made;
    make(&made, "\"name\": \"classic\"");
    expect_matrix(&made.run, "cosine", json_object_get(root, "cosine"), 1e-15);
    expect_matrix(&made.run, "euclid", json_object_get(root, "euclid"), 2e-15);
    const json_t *components = json_object_get(json_object_get(root, "lsa"), "components");
    for (size_t k = 0; k < 2; k++) {
        const json_t *golden = json_array_get(components, k);
        char name[60];
        snprintf(name, sizeof name, "lsa.component%zu.v", k);
        expect_matrix(&made.run, name, json_object_get(golden, "v"), 1e-12);
        snprintf(name, sizeof name, "lsa.component%zu.iteration59.u", k);
        expect_matrix(&made.run, name, json_object_get(golden, "u"), 1e-12);
        EXPECT(is_close(value(&made.run, "lsa.sigma")->data[k], json_number_value(json_object_get(golden, "sigma")), 1e-13), "sigma %zu", k);
        const json_t *iterates = json_object_get(golden, "first_iterates");
        EXPECT(json_array_size(iterates) >= 5, "%zu rounds", json_array_size(iterates));
        for (size_t i = 1; i < json_array_size(iterates); i++) {
            snprintf(name, sizeof name, "lsa.component%zu.iteration%zu.u", k, i - 1);
            expect_matrix(&made.run, name, json_array_get(iterates, i), 1e-12);
        }
    }
    unmake(&made);
}

/* A document without words is a row of zeros, like nothing; a word in all documents weighs nothing in the textbook; one
 * document; a direction that is not there. */
static void little(void **state)
{
    (void)state;
    Made made;
    make(&made, "\"data\": {\"examples\": [{\"text\": \"a b\"}, {\"text\": \"\"}, {\"text\": \"a c\"}]}, \"model\": {\"components\": 3}");
    EXPECT(value(&made.run, "counts")->rows == 3, "%d documents", value(&made.run, "counts")->rows);
    for (int c = 0; c < 3; c++) {
        EXPECT(cell_of(value(&made.run, "tfidf"), 1, c) == 0, "an empty document has words");
        EXPECT(cell_of(value(&made.run, "cosine"), 1, c) == 0, "an empty document is like something");
    }
    for (int id = 0; id < made.run.tape.value_count; id++)
        for (size_t i = 0; i < cells_of(tape_value(&made.run.tape, id)); i++)
            EXPECT(isfinite(tape_value(&made.run.tape, id)->data[i]), "value %d is not finite", id);
    unmake(&made);
    make(&made, "\"data\": {\"text\": \"a b\\na c\"}, \"model\": {\"idf\": \"textbook\", \"norm\": \"none\"}");
    EXPECT(value(&made.run, "tfidf")->data[0] == 0 && value(&made.run, "tfidf")->data[1] > 0, "a word in all documents weighs");
    unmake(&made);
    make(&made, "\"data\": {\"text\": \"a a a b\"}, \"model\": {\"components\": 1}");
    EXPECT(is_close(value(&made.run, "lsa.sigma")->data[0], 1, 1e-15), "one document");
    unmake(&made);
    make(&made, "\"data\": {\"text\": \"a b\\na b\"}");
    EXPECT(fabs(value(&made.run, "lsa.sigma")->data[1]) < 1e-7, "a second direction of one");
    unmake(&made);
}

static void refused(void **state)
{
    (void)state;
    static const char *const models[][2] = {
        {"\"data\": {\"text\": \" .. \\n\"}", "no document has a word"},
        {"\"data\": {\"text\": \"a\"}", "\"components\" is 2, more than the 1 documents"},
        {"\"model\": {\"idf\": \"ln\"}", "\"idf\""},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char json[300];
        Model model;
        Error error = {0};
        snprintf(json, sizeof json, "{\"system\": \"counts\", %s}", models[i][0]);
        EXPECT(!(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) && model_finish(&model, &error)), "%s was taken", models[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, models[i][1]);
        model_free(&model);
    }
}

int test_counts(void)
{
    TestList list = {0};
    json_error_t why;
    root = json_load_file("golden/reference/counts/classic.json", 0, &why);
    if (!root)
        return 1;
    tests_add(&list, variants, NULL, "tf-idf in its variants");
    tests_add(&list, lsa, NULL, "LSA by power iteration");
    tests_add(&list, little, NULL, "little to count");
    tests_add(&list, refused, NULL, "what cannot be counted");
    int failed = tests_run(&list, "counts");
    json_decref(root);
    return failed;
}
