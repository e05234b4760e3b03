/* Tables: numbers of independent implementations, forward and back; what cannot be a table; what is standardised by whom. */
#include "second.h"

#include "tiny_model/data/auc.h"
#include "tiny_model/data/table.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/trees.h"
#include "tracer/exercise/variant.h"
#include "tracer/session/evaluation.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLOSE 1e-12
#define GOLDEN(name) "golden/reference/tabular/" name ".json"

static void as_in_torch(void **state)
{
    char path[100];
    snprintf(path, sizeof path, "golden/reference/tabular/%s.json", (const char *)*state);
    Second second;
    second_open(&second, path, NULL);
    EXPECT(second_expect_all(&second, CLOSE) > 10, "the file has few values");
    second_close(&second);
}

/* --- one rule, with the gradient that the file hands it --- */

typedef struct {
    Tape tape;
    json_t *root;
    double *seed;
} Alone;

static json_t *matrix(const Alone *of, const char *key, int index)
{
    json_t *found = json_object_get(of->root, key);
    return index < 0 ? found : json_array_get(found, (size_t)index);
}

static double cell(const json_t *rows, int r, int c)
{
    return json_number_value(json_array_get(json_array_get(rows, (size_t)r), (size_t)c));
}

static int weight(Alone *of, const char *name, const json_t *rows)
{
    int r = (int)json_array_size(rows), c = (int)json_array_size(json_array_get(rows, 0));
    double *data = tape_room(&of->tape, r, c);
    for (int i = 0; i < r * c; i++)
        data[i] = cell(rows, i / c, i % c);
    return tape_parameter(&of->tape, "", name, (Shape){r, c}, data);
}

static void begin(Alone *of, const char *path)
{
    Error error = {0};
    *of = (Alone){.tape = {.frame = -1}, .root = json_file_read(path, 1 << 20, &error)};
    EXPECT(of->root, "%s", error.text);
    tape_begin_phase(&of->tape, PHASE_FORWARD);
}

static void go_back(Alone *of, int output, const json_t *seed)
{
    const Value *y = tape_value(&of->tape, output);
    of->seed = arena_alloc(&of->tape.arena, cells_of(y) * sizeof(double));
    for (int i = 0; i < (int)cells_of(y); i++)
        of->seed[i] = cell(seed, i / y->cols, i % y->cols);
    tape_end(&of->tape);
    backward(&of->tape, output, of->seed, 0);
}

static void expect_grad(const Alone *of, int value, const char *key)
{
    int gradient = tape_value(&of->tape, value)->gradient;
    EXPECT(gradient >= 0, "no %s", key);
    second_expect(tape_value(&of->tape, gradient), key, json_object_get(of->root, key), CLOSE);
}

static void end(Alone *of)
{
    tape_free(&of->tape);
    json_decref(of->root);
}

/* The file keeps a matrix a feature; here they stand side by side, or one below the other. */
static json_t *features_beside(const json_t *list)
{
    json_t *out = json_array();
    size_t r, f, c;
    const json_t *row, *feature, *number;
    json_array_foreach(list, r, row) {
        json_t *flat = json_array();
        json_array_foreach(row, f, feature)
            json_array_foreach(feature, c, number)
                json_array_append(flat, (json_t *)number);
        json_array_append_new(out, flat);
    }
    return out;
}

static json_t *features_below(const json_t *list)
{
    json_t *out = json_array();
    size_t f, r;
    const json_t *feature, *row;
    json_array_foreach(list, f, feature)
        json_array_foreach(feature, r, row)
            json_array_append(out, (json_t *)row);
    return out;
}

static void expect_flat(const Alone *of, int value, json_t *rows, const char *name)
{
    second_expect(tape_value(&of->tape, value), name, rows, CLOSE);
    json_decref(rows);
}

static void waves_of_numbers(void **state)
{
    (void)state;
    Alone of;
    begin(&of, GOLDEN("plr"));
    json_t *below = features_below(matrix(&of, "W", -1)), *seed = features_beside(matrix(&of, "out_grad", -1));
    int x = weight(&of, "x", matrix(&of, "x", -1)), c = weight(&of, "c", matrix(&of, "c", -1));
    int w = weight(&of, "W", below), b = weight(&of, "b", matrix(&of, "bias", -1));
    int waves = periodic(&of.tape, "periodic", x, c), hidden = each_feature(&of.tape, "hidden", waves, w, b);
    int out = relu_rule(&of.tape, "embedded", hidden);
    expect_flat(&of, waves, features_beside(matrix(&of, "features", -1)), "features");
    expect_flat(&of, hidden, features_beside(matrix(&of, "pre", -1)), "pre");
    expect_flat(&of, out, features_beside(matrix(&of, "out", -1)), "out");
    go_back(&of, out, seed);
    expect_grad(&of, x, "x.grad");
    expect_grad(&of, c, "c.grad");
    expect_grad(&of, b, "bias.grad");
    expect_flat(&of, tape_value(&of.tape, w)->gradient, features_below(matrix(&of, "W.grad", -1)), "W.grad");
    json_decref(below);
    json_decref(seed);
    end(&of);
}

static void whole_crosses(void **state)
{
    (void)state;
    Alone of;
    begin(&of, GOLDEN("dcn_full"));
    int x0 = weight(&of, "x0", matrix(&of, "x0", -1)), w1 = weight(&of, "W1", matrix(&of, "W1", -1));
    int b1 = weight(&of, "b1", matrix(&of, "b1", -1)), w2 = weight(&of, "W2", matrix(&of, "W2", -1));
    int b2 = weight(&of, "b2", matrix(&of, "b2", -1));
    int u1 = linear(&of.tape, "u1", x0, w1, b1), x1 = cross(&of.tape, "x1", x0, u1, x0);
    int u2 = linear(&of.tape, "u2", x1, w2, b2), x2 = cross(&of.tape, "x2", x0, u2, x1);
    second_expect(tape_value(&of.tape, x1), "x1", matrix(&of, "x1", -1), CLOSE);
    second_expect(tape_value(&of.tape, x2), "x2", matrix(&of, "x2", -1), CLOSE);
    go_back(&of, x2, matrix(&of, "x2_grad", -1));
    expect_grad(&of, x0, "x0.grad");
    expect_grad(&of, w1, "W1.grad");
    expect_grad(&of, b1, "b1.grad");
    expect_grad(&of, w2, "W2.grad");
    expect_grad(&of, b2, "b2.grad");
    end(&of);
}

static void thin_crosses(void **state)
{
    (void)state;
    Alone of;
    begin(&of, GOLDEN("dcn_low_rank"));
    int x0 = weight(&of, "x0", matrix(&of, "x0", -1)), x = weight(&of, "x", matrix(&of, "x", -1));
    int v = weight(&of, "V", matrix(&of, "V", -1)), u = weight(&of, "U", matrix(&of, "U", -1));
    int b = weight(&of, "b", matrix(&of, "b", -1));
    int down = linear(&of.tape, "h", x, v, -1), up = linear(&of.tape, "u", down, u, b), y = cross(&of.tape, "y", x0, up, x);
    second_expect(tape_value(&of.tape, y), "y", matrix(&of, "y", -1), CLOSE);
    go_back(&of, y, matrix(&of, "y_grad", -1));
    expect_grad(&of, x0, "x0.grad");
    expect_grad(&of, x, "x.grad");
    expect_grad(&of, v, "V.grad");
    expect_grad(&of, u, "U.grad");
    expect_grad(&of, b, "b.grad");
    end(&of);
}

static void yes_or_no(void **state)
{
    (void)state;
    Alone of;
    begin(&of, GOLDEN("bce"));
    int z = weight(&of, "z", matrix(&of, "logits", -1)), y = weight(&of, "y", matrix(&of, "labels", -1));
    of.tape.values[y].kind = KIND_INPUT;
    int losses = binary_cross_entropy(&of.tape, "loss", "per_example", z, y), all = mean(&of.tape, "mean", &losses, 1);
    second_expect(tape_value(&of.tape, losses), "per_row", matrix(&of, "per_row", -1), CLOSE);
    EXPECT(is_close(tape_value(&of.tape, all)->data[0], json_number_value(matrix(&of, "loss", -1)), CLOSE), "the loss");
    tape_end(&of.tape);
    backward(&of.tape, all, NULL, 0);
    expect_grad(&of, z, "logits_grad");
    double room[4];
    EXPECT(area_under_curve(tape_value(&of.tape, z)->data, tape_value(&of.tape, y)->data, 4, room) ==
               json_number_value(matrix(&of, "auc", -1)), "the area, with a tie");
    end(&of);
}

static void far_from_the_middle(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    double z[] = {40, -40, 800, -800}, y[] = {0, 1, 0, 1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int logits = tape_parameter(&tape, "", "z", (Shape){4, 1}, z), classes = tape_leaf(&tape, KIND_INPUT, "y", (Shape){4, 1}, y);
    const double *loss = tape_value(&tape, binary_cross_entropy(&tape, "loss", "each", logits, classes))->data;
    EXPECT(loss[0] == 40 && loss[1] == 40 && loss[2] == 800 && loss[3] == 800, "%g %g %g %g", loss[0], loss[1], loss[2], loss[3]);
    tape_end(&tape);
    tape_free(&tape);
}

/* --- model files --- */

static bool make(Model *model, const char *parts, Error *error)
{
    char json[2000];
    snprintf(json, sizeof json, "{\"system\": \"tabular\", %s}", parts);
    return model_defaults(model, &GPT, error) && model_file_parse(json, strlen(json), "here", model, error) &&
           model_finish(model, error);
}

static const struct {
    const char *parts, *says;
} REFUSED[] = {
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 2}]}", "3 classes"},
    {"\"data\": {\"examples\": [{\"class\": 1}]}", "example 0 has no \"x\""},
    {"\"data\": {\"examples\": [{\"x\": [1], \"class\": 1}, {\"x\": [1, 2], \"class\": 0}]}", "example 1 has 2 numbers"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"category\": [3], \"class\": 1}]}, \"model\": {\"categories\": 3}", "category 0 of example 0 is 3, which is unknown"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"category\": [-1], \"class\": 1}]}", "is -1, which is unknown"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"category\": [0.5], \"class\": 1}]}", "is 0.5, which is unknown"},
    {"\"data\": {\"examples\": [{\"x\": [1], \"category\": [0], \"class\": 1}, {\"x\": [1], \"class\": 1}]}", "example 1 has 0 categories"},
    {"\"data\": {\"examples\": [{\"x\": [1]}]}", "needs a \"class\" or a \"label\""},
    {"\"model\": {\"cross_experts\": 2}", "\"cross_rank\""},
    {"\"model\": {\"cross_rank\": 2, \"cross_layers\": 0}", "\"cross_layers\" is 0"},
    {"\"data\": {\"examples\": [{\"x\": [1, 2], \"class\": 1}, {\"x\": [1, 3], \"class\": 0}]}, \"model\": {\"standardise\": true}", "feature 0 is the same"},
    {"\"training\": {\"validation\": 0.9}", "leave none of 6 examples"},
};

static void what_is_no_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        Model model;
        Error error = {0};
        EXPECT(!make(&model, REFUSED[i].parts, &error), "taken: %s", REFUSED[i].parts);
        expect_error(&error, EXIT_USED_WRONGLY, REFUSED[i].says);
        model_free(&model);
    }
}

/* A column whose first cell is no number holds categories; names go to the axes. */
static void a_csv_with_categories(void **state)
{
    (void)state;
    static const char csv[] = "age,town,orders,label\n30,Bern,2,yes\n41,Basel,5,no\n22,Bern,1,no\n";
    static const char missing[] = "age,town,label\n30,Bern,yes\n,Basel,no\n", nothing[] = "age,town,label\n30,Bern,yes\n2,,no\n";
    char path[PATH_SIZE], parts[200];
    Model model;
    Error error = {0};
    temporary_file(path, csv, sizeof csv - 1);
    snprintf(parts, sizeof parts, "\"data\": {\"csv\": \"%s\"}", path);
    EXPECT(make(&model, parts, &error), "%s", error.text);
    EXPECT(model.data.columns.count == 2 && strcmp(model.data.columns.list[1], "orders") == 0, "%d columns", model.data.columns.count);
    EXPECT(model.table->columns == 1 && model.table->sizes[0] == 2 && strcmp(model.data.categories[0].list[1], "Basel") == 0, "its categories");
    EXPECT(example_field(&model.data.examples[2], "category")->numbers[0] == 0 && example_field(&model.data.examples[1], "x")->numbers[1] == 5, "its rows");
    model_free(&model);
    remove(path);
    temporary_file(path, missing, sizeof missing - 1);
    snprintf(parts, sizeof parts, "\"data\": {\"csv\": \"%s\"}", path);
    EXPECT(!make(&model, parts, &error), "a missing number is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "line 3: a number is needed, not \"\"");
    model_free(&model);
    remove(path);
    error = (Error){0};
    temporary_file(path, nothing, sizeof nothing - 1);
    snprintf(parts, sizeof parts, "\"data\": {\"csv\": \"%s\"}", path);
    EXPECT(!make(&model, parts, &error), "a missing category is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "line 3: there is nothing in the column \"town\"");
    model_free(&model);
    remove(path);
}

/* Who is held out tells nothing of the mean. */
static void standardised_by_what_is_learned(void **state)
{
    (void)state;
    Model model;
    Run run;
    Error error = {0};
    const char *parts = "\"data\": {\"examples\": [{\"x\": [1], \"class\": 1}, {\"x\": [3], \"class\": 0}, {\"x\": [99], \"class\": 1},"
                        " {\"x\": [7], \"class\": 0}]}, \"training\": {\"validation\": 0.25, \"test\": 0.25},"
                        " \"model\": {\"numbers\": \"plain\", \"standardise\": true}";
    EXPECT(make(&model, parts, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s", error.text);
    for (int id = 0; id < run.tape.value_count; id++) {
        char name[100];
        tape_name(&run.tape, id, name, sizeof name);
        const double *data = tape_value(&run.tape, id)->data;
        EXPECT(strcmp(name, "mean") != 0 || data[0] == 2, "the mean is %g", data[0]);
        EXPECT(strcmp(name, "x") != 0 || (data[0] == -1 && data[1] == 1), "x is %g %g", data[0], data[1]);
    }
    run_free(&run);
    model_free(&model);
}

static void areas_count_ties_as_halves(void **state)
{
    (void)state;
    static const double classes[] = {0, 0, 1, 1}, scores[] = {.1, .4, .35, .8};
    static const double tied_classes[] = {0, 1, 0, 1}, tied[] = {.5, .5, .2, .7}, same[] = {1, 1, 1, 1};
    double room[4];
    EXPECT(area_under_curve(scores, classes, 4, room) == .75, "%g", area_under_curve(scores, classes, 4, room));
    EXPECT(area_under_curve(tied, tied_classes, 4, room) == .875, "%g", area_under_curve(tied, tied_classes, 4, room));
    EXPECT(area_under_curve(same, classes, 4, room) == .5, "%g", area_under_curve(same, classes, 4, room));
    EXPECT(isnan(area_under_curve(scores, same, 4, room)), "an area of one class");
}

static void a_margin_of_hundreds_has_a_loss(void **state)
{
    (void)state;
    double classes[] = {0, 1}, margins[] = {800, 800};
    Trees trees = {.classes = classes};
    EXPECT(trees_loss(&trees, margins, 0, 1) == 800, "%g", trees_loss(&trees, margins, 0, 1));
    EXPECT(trees_loss(&trees, margins, 1, 1) == 0, "%g", trees_loss(&trees, margins, 1, 1));
}

/* The area that a tape counts pair by pair is that of the formula, also where logits are equal; each mistake moves it,
 * and with it only what is judged. */
static void areas_on_the_tape(void **state)
{
    (void)state;
    static const double classes[] = {1, 0, 1, 0, 0, 1};
    static const char *const mistakes[] = {NULL, "area.ties_lost", "area.ties_won", "table.spread_leaked"};
    const char *json = "{\"system\": \"tabular\", \"data\": {\"examples\": [{\"x\": [0.5], \"class\": 1}, {\"x\": [0.1], \"class\": 0}, "
                       "{\"x\": [3], \"class\": 1}, {\"x\": [3], \"class\": 0}, {\"x\": [7], \"class\": 1}, {\"x\": [5], \"class\": 0}, "
                       "{\"x\": [7], \"class\": 0}, {\"x\": [3], \"class\": 1}]}, \"training\": {\"validation\": 0.75}, \"init\": {\"std\": 1}, "
                       "\"model\": {\"numbers\": \"plain\", \"standardise\": true, \"area\": true, \"cross_layers\": 0, \"deep_layers\": 0}}";
    double areas[4], x[4], room[6], loss[4];
    for (int i = 0; i < 4; i++) {
        Model model;
        Run run;
        Error error = {0};
        EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &model, &error) && model_finish(&model, &error) &&
                   run_init(&run, &model, mistakes[i] ? mistake_find(mistakes[i]) : NULL, &error) && run_record(&run, &error), "%s", error.text);
        areas[i] = tape_value(&run.tape, tape_find(&run.tape, "judged0.area.share"))->data[0];
        x[i] = tape_value(&run.tape, tape_find(&run.tape, "judged0.x"))->data[0];
        loss[i] = run_loss(&run);
        const double *logits = tape_value(&run.tape, tape_find(&run.tape, "judged0.logit"))->data;
        EXPECT(i || is_close(areas[i], area_under_curve(logits, classes, 6, room), 1e-15), "%.17g", areas[i]);
        run_free(&run);
        model_free(&model);
    }
    EXPECT(areas[1] < areas[0] && areas[0] < areas[2] && areas[0] - areas[1] == areas[2] - areas[0], "ties: %g %g %g", areas[1], areas[0], areas[2]);
    EXPECT(fabs(x[3] - x[0]) > 0.1 && x[1] == x[0], "those who are judged stand at %g and at %g", x[0], x[3]);
    EXPECT(loss[3] == loss[0] && loss[1] == loss[0], "the loss moves");
}

int test_tabular(void)
{
    TestList list = {0};
    static const char *const files[] = {"mixture", "parallel", "plain", "standardised"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        tests_add(&list, as_in_torch, files[i], "%s: every number as in PyTorch", files[i]);
    tests_add(&list, waves_of_numbers, NULL, "numbers become waves, forward and back");
    tests_add(&list, whole_crosses, NULL, "two cross layers, forward and back");
    tests_add(&list, thin_crosses, NULL, "a cross layer of low rank, forward and back");
    tests_add(&list, yes_or_no, NULL, "binary cross-entropy, its gradient, the area under the curve");
    tests_add(&list, areas_on_the_tape, NULL, "areas on the tape");
    tests_add(&list, areas_count_ties_as_halves, NULL, "areas count ties as halves");
    tests_add(&list, a_margin_of_hundreds_has_a_loss, NULL, "a margin of hundreds has a loss");
    tests_add(&list, far_from_the_middle, NULL, "logits that are far away");
    tests_add(&list, what_is_no_table, NULL, "what is no table is refused by name");
    tests_add(&list, a_csv_with_categories, NULL, "a csv with categories");
    tests_add(&list, standardised_by_what_is_learned, NULL, "the mean is that of what is learned from");
    return tests_run(&list, "tabular");
}
