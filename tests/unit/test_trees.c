/* Boosted trees: every candidate of an independent implementation, the published losses, the same bits on the tape and
 * without it, what cannot be cut, areas under curves. */
#include "support.h"

#include "tiny_model/random.h"
#include "tiny_model/run.h"
#include "tiny_model/system.h"
#include "tiny_model/systems/trees.h"
#include "tracer/session/json_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 40, MOST_WIDE = 3 };
#define CLOSE 1e-12

typedef struct {
    double x[MOST_ROWS][MOST_WIDE], y[MOST_ROWS];
    Field fields[MOST_ROWS][2];
    Example examples[MOST_ROWS];
    int rows, wide;
} Table;

static void fill_examples(Table *table)
{
    for (int i = 0; i < table->rows; i++) {
        table->fields[i][0] = (Field){"x", NULL, table->x[i], table->wide};
        table->fields[i][1] = (Field){"class", NULL, &table->y[i], 1};
        table->examples[i] = (Example){table->fields[i], 2};
    }
}

static Trees *begin(Model *model, const Table *table)
{
    Error error = {0};
    EXPECT(model_defaults(model, system_find("trees"), &error), "%s", error.text);
    model->data = (Data){.examples = table->examples, .example_count = table->rows};
    return model->settings;
}

static void end(Model *model, Run *run)
{
    Error error = {0};
    EXPECT(model_finish(model, &error) && run_init(run, model, NULL, &error) && run_record(run, &error), "%s", error.text);
}

static const Value *called(const Run *run, const char *format, int a, int b, int c)
{
    char wanted[100], name[200];
    snprintf(wanted, sizeof wanted, format, a, b, c);
    for (int id = 0; id < run->tape.value_count; id++) {
        tape_name(&run->tape, id, name, sizeof name);
        if (strcmp(name, wanted) == 0)
            return tape_value(&run->tape, id);
    }
    fail_test(__FILE__, __LINE__, "no value %s", wanted);
}

static json_t *reference(Table *table)
{
    Error error = {0};
    json_t *json = json_file_read("golden/reference/trees/rounds.json", 1 << 20, &error), *row;
    size_t i, f;
    EXPECT(json, "%s", error.text);
    json_array_foreach(json_object_get(json, "X"), i, row)
        for (f = 0; f < json_array_size(row); f++)
            table->x[i][f] = json_number_value(json_array_get(row, f));
    table->rows = (int)json_array_size(json_object_get(json, "X"));
    table->wide = 2;
    for (i = 0; i < (size_t)table->rows; i++)
        table->y[i] = json_number_value(json_array_get(json_object_get(json, "y"), i));
    fill_examples(table);
    return json;
}

static double number(const json_t *of, const char *key)
{
    return json_number_value(json_object_get(of, key));
}

/* The candidates of a node in the order of the tape, where those of its own rows are possible. */
static int expect_candidates(const Run *run, int node, const json_t *expected)
{
    const json_t *candidates = json_object_get(expected, "candidates");
    size_t at = 0;
    for (int f = 0; f < 2; f++) {
        const Value *gain = called(run, "round0.node%d.feature%d.gain", node, f, 0);
        const Value *possible = called(run, "round0.node%d.feature%d.possible", node, f, 0);
        const Value *cuts = called(run, "round0.node%d.feature%d.cuts", node, f, 0);
        const Value *g = called(run, "round0.node%d.feature%d.gradient.left", node, f, 0);
        const Value *h = called(run, "round0.node%d.feature%d.gain.right.hessian", node, f, 0);
        for (int i = 0; i < gain->cols; i++) {
            if (possible->data[i] == 0)
                continue;
            const json_t *one = json_array_get(candidates, at++);
            EXPECT(number(one, "feature") == f && number(one, "threshold") == cuts->data[i], "node %d: a cut at %g of %d", node, cuts->data[i], f);
            EXPECT(is_close(gain->data[i], number(one, "gain"), CLOSE) && is_close(g->data[i], number(one, "GL"), CLOSE) &&
                       is_close(h->data[i], number(one, "HR"), CLOSE), "node %d, cut %d: gain %.17g", node, i, gain->data[i]);
        }
    }
    EXPECT(at == json_array_size(candidates), "node %d has %zu candidates", node, at);
    return (int)at;
}

static int expect_node(const Run *run, int node, const json_t *expected)
{
    const json_t *rows = json_object_get(expected, "rows"), *split = json_object_get(expected, "split");
    const Value *member = called(run, "round0.node%d.member", node, 0, 0);
    double members = 0;
    for (int i = 0; i < member->rows; i++)
        members += member->data[i];
    EXPECT(members == (double)json_array_size(rows), "node %d has %g rows", node, members);
    EXPECT(is_close(called(run, "round0.node%d.G", node, 0, 0)->data[0], number(expected, "G"), CLOSE) &&
               is_close(called(run, "round0.node%d.H", node, 0, 0)->data[0], number(expected, "H"), CLOSE) &&
               is_close(called(run, "round0.node%d.value", node, 0, 0)->data[0], number(expected, "value"), CLOSE), "node %d: G, H or value", node);
    if (!json_object_get(expected, "candidates"))
        return 0;
    int compared = expect_candidates(run, node, expected);
    EXPECT((called(run, "round0.node%d.split.gain", node, 0, 0)->data[0] > 0) == (split != NULL), "node %d is cut", node);
    if (!split)
        return compared;
    EXPECT(called(run, "round0.node%d.split", node, 0, 0)->data[0] == number(split, "threshold"), "node %d is cut elsewhere", node);
    EXPECT(called(run, "round0.node%d.split.feature", node, 0, 0)->data[0] == number(split, "feature"), "node %d is cut by another", node);
    return compared + expect_node(run, 2 * node + 1, json_object_get(expected, "left")) +
           expect_node(run, 2 * node + 2, json_object_get(expected, "right"));
}

static void candidates_are_those_of_others(void **state)
{
    (void)state;
    static const double losses[] = {.6931471805599453, .5878176019412117, .5111826939935078, .4539000481171234};
    Table table = {0};
    Model model;
    Run run;
    json_t *json = reference(&table), *round = json_array_get(json_object_get(json, "rounds"), 0);
    begin(&model, &table);
    end(&model, &run);
    int compared = expect_node(&run, 0, json_object_get(round, "tree"));
    EXPECT(compared == 22 + 12 + 8, "%d candidates", compared);
    for (int r = 0; r < 3; r++)
        EXPECT(is_close(called(&run, "round%d.loss", r, 0, 0)->data[0], losses[r], 1e-15), "round %d: %.17g", r,
               called(&run, "round%d.loss", r, 0, 0)->data[0]);
    EXPECT(is_close(called(&run, "loss", 0, 0, 0)->data[0], losses[3], 1e-15), "%.17g", called(&run, "loss", 0, 0, 0)->data[0]);
    for (int i = 0; i < table.rows; i++)
        EXPECT(is_close(called(&run, "round1.margin", 0, 0, 0)->data[i], json_number_value(json_array_get(json_object_get(round, "margin_after"), (size_t)i)), CLOSE),
               "margin %d", i);
    expect_all_explained(&run.tape);
    run_free(&run);
    model_free(&model);
    json_decref(json);
}

static void bins_are_those_of_others(void **state)
{
    (void)state;
    Table table = {0};
    Model model;
    Run run;
    json_t *json = reference(&table), *of = json_object_get(json, "histogram"), *list;
    begin(&model, &table)->bins = 4;
    end(&model, &run);
    size_t f, k;
    int compared = 0;
    json_array_foreach(json_object_get(of, "edges"), f, list)
        for (k = 0; k < json_array_size(list); k++, compared++)
            EXPECT(called(&run, "feature%d.edges", (int)f, 0, 0)->data[k] == json_number_value(json_array_get(list, k)), "edge %zu of %zu", k, f);
    json_array_foreach(json_object_get(of, "bins"), k, list)
        for (f = 0; f < 2; f++, compared++)
            EXPECT(called(&run, "feature%d.bin", (int)f, 0, 0)->data[k] == json_number_value(json_array_get(list, f)), "bin of row %zu", k);
    json_array_foreach(json_object_get(of, "G"), f, list)
        for (k = 0; k < json_array_size(list); k++, compared++)
            EXPECT(called(&run, "round0.node0.feature%d.gradient.row", (int)f, 0, 0)->data[k] == json_number_value(json_array_get(list, k)), "G of bin %zu", k);
    json_array_foreach(json_object_get(of, "H"), f, list)
        for (k = 0; k < json_array_size(list); k++, compared++)
            EXPECT(called(&run, "round0.node0.feature%d.hessian.row", (int)f, 0, 0)->data[k] == json_number_value(json_array_get(list, k)), "H of bin %zu", k);
    EXPECT(compared == 6 + 24 + 8 + 8, "%d numbers", compared);
    expect_all_explained(&run.tape);
    run_free(&run);
    model_free(&model);
    json_decref(json);
}

/* Few different numbers, so that many are equal, and labels that lean on the first feature. */
static void draw_table(Table *table, Random *random)
{
    table->rows = 2 + (int)(random_bits(random) % (MOST_ROWS - 2));
    table->wide = 1 + (int)(random_bits(random) % MOST_WIDE);
    for (int i = 0; i < table->rows; i++) {
        for (int f = 0; f < table->wide; f++)
            table->x[i][f] = (double)(random_bits(random) % 9) / 4 - 1;
        table->y[i] = table->x[i][0] + (double)(random_bits(random) % 5) / 2 > 1;
    }
    fill_examples(table);
}

static void draw_settings(Trees *trees, Random *random)
{
    static const double lambdas[] = {0, 0.5, 1, 3}, gammas[] = {0, 0, 0.05, 0.3}, weights[] = {0, 0, 0.3, 1};
    trees->rounds = 1 + (int)(random_bits(random) % 3);
    trees->depth = (int)(random_bits(random) % 4);
    trees->bins = random_bits(random) % 3 ? 0 : 2 + (int)(random_bits(random) % 5);
    trees->lambda = lambdas[random_bits(random) % 4];
    trees->gamma = gammas[random_bits(random) % 4];
    trees->min_child_weight = weights[random_bits(random) % 4];
    trees->base_score = random_bits(random) % 2 ? 0.5 : 0.2;
}

static void expect_same_round(const Run *run, const Trees *trees, const TreeNode *nodes, int round)
{
    for (int i = 0; i < tree_nodes(trees); i++) {
        const TreeNode *node = &nodes[i];
        if (node->rows == 0)
            continue;
        EXPECT(called(run, "round%d.node%d.G", round, i, 0)->data[0] == node->g && called(run, "round%d.node%d.H", round, i, 0)->data[0] == node->h &&
                   called(run, "round%d.node%d.value", round, i, 0)->data[0] == node->value, "round %d, node %d: G, H or value", round, i);
        if (2 * i + 2 >= tree_nodes(trees))
            continue;
        double gain = called(run, "round%d.node%d.split.gain", round, i, 0)->data[0];
        EXPECT((gain > 0) == (node->feature >= 0), "round %d, node %d is cut", round, i);
        if (node->feature >= 0)
            EXPECT(gain == node->gain && called(run, "round%d.node%d.split", round, i, 0)->data[0] == node->cut &&
                       called(run, "round%d.node%d.split.feature", round, i, 0)->data[0] == node->feature, "round %d, node %d: %g, %g", round, i, gain, node->gain);
    }
}

static void same_bits_without_the_tape(void **state)
{
    (void)state;
    Random random;
    random_seed(&random, 5);
    int cuts = 0;
    for (int trial = 0; trial < 150; trial++) {
        Table table = {0};
        Model model;
        Run run;
        Error error = {0};
        draw_table(&table, &random);
        Trees *trees = begin(&model, &table);
        draw_settings(trees, &random);
        end(&model, &run);
        Forest *forest = forest_begin(&model, &error);
        double unseen[MOST_ROWS]; /* the same rows, as if they were only asked about */
        EXPECT(forest, "%s", error.text);
        TREE_ROUNDS.unseen(forest, 0, trees->numbers, trees->rows, unseen);
        for (int r = 0; r < trees->rounds; r++) {
            EXPECT(called(&run, "round%d.loss", r, 0, 0)->data[0] == trees_loss(trees, forest_margins(forest), 0, trees->rows), "trial %d: loss %d", trial, r);
            const TreeNode *nodes = forest_round(forest);
            cuts += nodes[0].feature >= 0;
            expect_same_round(&run, trees, nodes, r);
            TREE_ROUNDS.unseen(forest, r + 1, trees->numbers, trees->rows, unseen);
        }
        EXPECT(memcmp(unseen, forest_margins(forest), (size_t)trees->rows * sizeof *unseen) == 0, "trial %d: rows that are asked about", trial);
        for (int i = 0; i < trees->rows; i++)
            EXPECT(same_bits(called(&run, "margin", 0, 0, 0)->data[i], forest_margins(forest)[i]), "trial %d: margin %d", trial, i);
        EXPECT(called(&run, "loss", 0, 0, 0)->data[0] == trees_loss(trees, forest_margins(forest), 0, trees->rows), "trial %d: the loss", trial);
        if (trial % 10 == 0)
            expect_all_explained(&run.tape);
        forest_free(forest);
        run_free(&run);
        model_free(&model);
    }
    EXPECT(cuts > 100, "only %d trees were cut", cuts);
}

/* Rows kept apart change nothing, and their margins are those of the tree that they did not grow. */
static void rows_apart_teach_nothing(void **state)
{
    (void)state;
    Random random;
    Table table = {0};
    Model model, all;
    Error error = {0};
    random_seed(&random, 8);
    do
        draw_table(&table, &random);
    while (table.rows < 20);
    Trees *trees = begin(&model, &table);
    model.training.validation = 0.25;
    EXPECT(model_finish(&model, &error), "%s", error.text);
    int rows = trees->rows;
    EXPECT(rows + trees->held == table.rows && trees->held == table.rows / 4, "%d of %d rows", rows, table.rows);
    table.rows = rows;
    begin(&all, &table);
    EXPECT(model_finish(&all, &error), "%s", error.text);
    Forest *with = forest_begin(&model, &error), *without = forest_begin(&all, &error);
    EXPECT(with && without, "%s", error.text);
    for (int r = 0; r < 3; r++) {
        forest_round(with);
        forest_round(without);
    }
    EXPECT(memcmp(forest_margins(with), forest_margins(without), (size_t)rows * sizeof(double)) == 0, "other margins");
    for (int i = rows; i < rows + trees->held; i++)
        for (int j = 0; j < rows; j++)
            if (memcmp(table.x[i], table.x[j], (size_t)table.wide * sizeof(double)) == 0)
                EXPECT(forest_margins(with)[i] == forest_margins(with)[j], "rows %d and %d are alike", i, j);
    forest_free(with);
    forest_free(without);
    model_free(&model);
    model_free(&all);
}

static void nothing_to_cut(void **state)
{
    (void)state;
    static const struct {
        double x[3], y[3];
        double gamma;
    } cases[] = {{{1, 1, 1}, {0, 1, 1}, 0}, {{1, 2, 3}, {1, 1, 1}, 0}, {{1, 2, 3}, {0, 1, 1}, 50}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Table table = {.rows = 3, .wide = 1};
        Model model;
        Run run;
        for (int i = 0; i < 3; i++) {
            table.x[i][0] = cases[c].x[i];
            table.y[i] = cases[c].y[i];
        }
        fill_examples(&table);
        begin(&model, &table)->gamma = cases[c].gamma;
        end(&model, &run);
        EXPECT(!(called(&run, "round0.node0.split.gain", 0, 0, 0)->data[0] > 0), "case %zu is cut", c);
        for (int i = 0; i < 3; i++)
            EXPECT(called(&run, "round0.leaf", 0, 0, 0)->data[i] == called(&run, "round0.node0.value", 0, 0, 0)->data[0], "case %zu, row %d", c, i);
        run_free(&run);
        model_free(&model);
    }
}

static void tables_that_cannot_work(void **state)
{
    (void)state;
    static const struct {
        int rows;
        double y, x;
        const char *says;
    } cases[] = {{1, 0, 1, "a cut needs two"}, {3, 2, 1, "3 classes"}, {3, 1, INFINITY, "not finite"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Table table = {.rows = cases[c].rows, .wide = 1, .x = {{1}, {2}, {3}}};
        Model model;
        Error error = {0};
        table.y[table.rows - 1] = cases[c].y;
        table.x[table.rows - 1][0] = cases[c].x;
        fill_examples(&table);
        begin(&model, &table);
        EXPECT(!model_finish(&model, &error), "case %zu works", c);
        expect_error(&error, EXIT_USED_WRONGLY, cases[c].says);
        model_free(&model);
    }
}

/* Trees that were written down say the same to the last bit, and what is no tree of the model is none. */
static void trees_come_back(void **state)
{
    (void)state;
    enum { NODES = 7, PARTS = 3 };
    double numbers[3][PARTS][NODES];
    Random random;
    Table table = {0};
    Model model;
    Error error = {0};
    random_seed(&random, 11);
    draw_table(&table, &random);
    Trees *trees = begin(&model, &table);
    trees->depth = 2;
    EXPECT(table.rows > 10 && model_finish(&model, &error), "%s", error.text);
    Forest *grown = forest_begin(&model, &error), *read = forest_begin(&model, &error);
    EXPECT(grown && read && TREE_ROUNDS.part_size(&model) == NODES, "%s", error.text);
    for (int r = 0; r < 3; r++) {
        const double *parts[PARTS] = {numbers[r][0], numbers[r][1], numbers[r][2]};
        forest_round(grown);
        for (int p = 0; p < PARTS; p++)
            TREE_ROUNDS.give(grown, p, numbers[r][p]);
        EXPECT(TREE_ROUNDS.take(read, parts), "round %d is not taken", r);
        EXPECT(memcmp(forest_margins(grown), forest_margins(read), (size_t)table.rows * sizeof(double)) == 0 &&
                   forest_margins(read)[0] != trees_base(trees), "round %d: other margins", r);
    }
    const double *parts[] = {numbers[0][0], numbers[0][1], numbers[0][2]}, wrong[][3] = {{0, 0, table.wide}, {0, 0, 0.5}, {0, 0, -2}, {0, NODES - 1, 0}, {1, 0, NAN}, {2, 0, INFINITY}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double *cell = &numbers[0][(int)wrong[i][0]][(int)wrong[i][1]], before = *cell;
        *cell = wrong[i][2];
        EXPECT(!TREE_ROUNDS.take(read, parts), "taken: %g in part %g", wrong[i][2], wrong[i][0]);
        *cell = before;
    }
    forest_free(grown), forest_free(read), model_free(&model);
}

int test_trees(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_are_those_of_others),
        cmocka_unit_test(bins_are_those_of_others),
        cmocka_unit_test(same_bits_without_the_tape),
        cmocka_unit_test(rows_apart_teach_nothing),
        cmocka_unit_test(trees_come_back),
        cmocka_unit_test(nothing_to_cut),
        cmocka_unit_test(tables_that_cannot_work),
    };
    return cmocka_run_group_tests_name("trees", tests, NULL, NULL);
}
