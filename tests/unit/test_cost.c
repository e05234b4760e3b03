/* What things cost: closed formulas against somebody else's numbers, what a tape did against the formulas, over presets
 * and model files that nobody has seen. */
#include "support.h"

#include "tiny_model/random.h"
#include "tiny_model/primitives/families.h"
#include "tiny_model/record.h"
#include "tracer/query/reckon.h"
#include "tracer/session/json_file.h"
#include "tracer/session/shapes.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char GOLDEN[] = "golden/reference/accounting.json";

static json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read(GOLDEN, 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static double number_at(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    EXPECT(json_is_number(number), "%s has no \"%s\"", GOLDEN, key);
    return json_number_value(number);
}

static const ReckonedLine *line_called(const char *key)
{
    for (int i = 0; i < RECKONED_COUNT; i++)
        if (strcmp(RECKONED[i].key, key) == 0)
            return &RECKONED[i];
    return NULL;
}

/* Two of the shapes there are no published model: they are what this model file says. */
static void find_shape(const json_t *of, ModelSizes *sizes, char title[SHAPE_NAME])
{
    const char *name = json_string_value(json_object_get(of, "name"));
    Error error = {0};
    char json[300], path[PATH_SIZE];
    if (strncmp(name, "char ", 5) && strncmp(name, "tiny M ", 7)) {
        EXPECT(shape_find(name, sizes, title, &error), "%s", error.text);
        return;
    }
    snprintf(json, sizeof json, "{\"vocabulary_size\": %.0f, \"context\": %.0f, \"d_model\": 64, \"n_heads\": 4, "
             "\"n_layers\": 2, \"tied_head\": true, \"data\": {\"examples\": [{\"tokens\": [1, 2]}]}}",
             number_at(of, "vocab"), number_at(of, "context"));
    temporary_file(path, json, strlen(json));
    EXPECT(shape_find(path, sizes, title, &error), "%s", error.text);
    remove(path);
}

static void published_shapes(void **state)
{
    (void)state;
    json_t *root = golden();
    const json_t *models = json_object_get(root, "models");
    int compared = 0;
    for (size_t i = 0; i < json_array_size(models); i++) {
        const json_t *of = json_array_get(models, i);
        const char *key, *name = json_string_value(json_object_get(of, "name"));
        const json_t *value;
        ModelSizes sizes;
        char title[SHAPE_NAME];
        find_shape(of, &sizes, title);
        Reckoning r = reckon(&sizes, (long long)number_at(of, "context"));
        json_object_foreach((json_t *)of, key, value) {
            const ReckonedLine *line = line_called(key);
            if (!json_is_number(value))
                continue;
            EXPECT(line, "nobody reckons \"%s\"", key);
            EXPECT(line->of(&r) == json_number_value(value), "%s: %s is %.17g, not %.17g", name, key, line->of(&r),
                   json_number_value(value));
            compared++;
        }
        const json_t *block = json_object_get(of, "per_block_flops");
        EXPECT(2 * (double)r.products.qkv == number_at(block, "qkv") && 2 * (double)r.products.scores == number_at(block, "scores") &&
               2 * (double)r.products.weighted == number_at(block, "weighted") && 2 * (double)r.products.out == number_at(block, "out") &&
               2 * (double)r.products.mlp == number_at(block, "mlp"), "%s: the products of a block", name);
    }
    EXPECT(compared > 11 * 30, "only %d numbers were compared", compared);
    json_decref(root);
}

/* What their authors published. */
static void other_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        long long parameters;
    } known[] = {{"gpt2", 124439808}, {"gpt3", 174604259328}, {"llama2-13b", 13015864320},
                 {"llama3-70b", 70553706496}, {"mixtral", 46702792704}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ModelSizes sizes;
        char title[SHAPE_NAME];
        Error error = {0};
        EXPECT(shape_find(known[i].name, &sizes, title, &error), "%s", error.text);
        EXPECT(sizes_numbers(&sizes).all == known[i].parameters, "%s has %lld", known[i].name, sizes_numbers(&sizes).all);
    }
    ModelSizes mixtral;
    char title[SHAPE_NAME];
    Error error = {0};
    EXPECT(shape_find("mixtral", &mixtral, title, &error) && sizes_numbers(&mixtral).active == 12879925248,
           "a token of mixtral meets %lld", sizes_numbers(&mixtral).active);
    EXPECT(!shape_find("gpt2-xxl", &mixtral, title, &error), "an unknown shape");
    expect_error(&error, EXIT_USED_WRONGLY, "gpt2-xl");
}

static void budgets(void **state)
{
    (void)state;
    json_t *root = golden();
    const json_t *time = json_object_get(root, "time_estimate"), *gpt3 = json_object_get(root, "gpt3_training");
    Budget budget = {.parameters = 70e9, .tokens = 15e12, .devices = 1024, .peak = 989e12, .utilisation = 0.5};
    EXPECT(budget_flops(&budget) == number_at(time, "flops"), "FLOPs");
    EXPECT(is_close(budget_seconds(&budget, budget_flops(&budget)) / 86400, number_at(time, "days"), 1e-9), "days");
    budget = (Budget){.devices = 8, .memory = 80e9, .each = BYTES_ADAMW_F32};
    EXPECT(budget_most_parameters(&budget) == number_at(time, "params"), "the largest model");
    budget = (Budget){.parameters = 174604259328.0, .tokens = 300e9};
    EXPECT(is_close(budget_flops(&budget), number_at(gpt3, "with_exact_params"), 1e8), "%.17g", budget_flops(&budget));
    const json_t *devices = json_object_get(root, "roofline");
    EXPECT((int)json_array_size(devices) == DEVICE_COUNT, "other devices");
    for (int i = 0; i < DEVICE_COUNT; i++)
        EXPECT(DEVICES[i].peak == number_at(json_array_get(devices, (size_t)i), "peak") &&
               DEVICES[i].bandwidth == number_at(json_array_get(devices, (size_t)i), "bandwidth"), "%s", DEVICES[i].name);
    json_decref(root);
}

/* A product alone: f64, so the other sizes of numbers are reached by their share of 8 bytes. */
static void intensities(void **state)
{
    (void)state;
    json_t *root = golden();
    const json_t *products = json_object_get(root, "matmul_intensity");
    int compared = 0;
    for (size_t i = 0; i < json_array_size(products); i++) {
        const json_t *of = json_array_get(products, i);
        int m = (int)number_at(of, "m"), k = (int)number_at(of, "k"), n = (int)number_at(of, "n");
        if (m > 64 || k > 64)
            continue; /* the formula is the same, the memory is not */
        Tape tape = {.frame = -1};
        int a = sample_input(&tape, "a", m, k), b = sample_input(&tape, "b", k, n);
        tape_step(&tape, &MATMUL, HERE("c"), (int[]){a, b}, 2, (Attributes){0});
        Cost cost = step_cost(&tape, 0);
        EXPECT(cost.flops == number_at(of, "flops"), "%g FLOPs", cost.flops);
        EXPECT(is_close(cost_intensity(&cost) * 8 / number_at(of, "bytes_each"), number_at(of, "intensity"), 1e-12),
               "%d x %d x %d: %.17g", m, k, n, cost_intensity(&cost));
        EXPECT(cost.written == 8.0 * m * n && cost.read == 8.0 * (m * k + k * n), "bytes");
        tape_free(&tape);
        compared++;
    }
    EXPECT(compared >= 2, "only %d products", compared);
    Tape tape = {.frame = -1};
    int a = sample_input(&tape, "a", 50, 4), ids = sample_ids(&tape, "ids", 3, 50);
    tape_step(&tape, &GATHER_ROWS, HERE("rows"), (int[]){a, ids}, 2, (Attributes){0});
    EXPECT(step_cost(&tape, 0).read == 8 * (3 * 4 + 3), "a lookup reads %g bytes", step_cost(&tape, 0).read);
    tape_free(&tape);
    json_decref(root);
}

static void expect_equal(const Session *session, const char *what)
{
    Costs costs;
    ModelSizes sizes;
    const Tape *tape = &session->run.tape;
    EXPECT(session->model.system->sizes(&session->model, &sizes), "%s: no sizes", what);
    if (sizes.crowded) /* who finds no room, numbers decide */
        return;
    EXPECT(costs_count(tape, &costs), "out of memory");
    Comparable counted = count_tape(tape, &costs), by_formula = reckon_tape(tape, &sizes);
    EXPECT(counted.parameters > 0 && counted.forward > 0, "%s: nothing was counted", what);
    EXPECT(counted.parameters == by_formula.parameters, "%s: %g parameters, by formula %g", what, counted.parameters,
           by_formula.parameters);
    EXPECT(counted.forward == by_formula.forward, "%s: %g multiply-adds forward, by formula %g", what,
           counted.forward, by_formula.forward);
    EXPECT(counted.cache == by_formula.cache, "%s: keys and values %g, by formula %g", what, counted.cache,
           by_formula.cache);
    EXPECT(!all_learn(tape) || counted.backward == by_formula.backward, "%s: %g multiply-adds backward, by formula %g",
           what, counted.backward, by_formula.backward);
    costs_free(&costs);
}

/* By hand: the parts of the published calculation. */
static void by_hand(void **state)
{
    (void)state;
    Session session;
    open_model(&session, "by-hand", NULL, 0);
    json_t *root = golden();
    const json_t *parts = json_object_get(json_object_get(root, "by_hand"), "matmul_macs_forward");
    ModelSizes sizes;
    GPT.sizes(&session.model, &sizes);
    SizesProducts p = sizes_products(&sizes, 5, 0);
    EXPECT((double)p.qkv == number_at(parts, "qkv") && (double)p.scores == number_at(parts, "scores") &&
           (double)p.weighted == number_at(parts, "weighted") && (double)p.out == number_at(parts, "out") &&
           (double)p.mlp == number_at(parts, "mlp") && (double)p.head == number_at(parts, "head") && p.all == 16640,
           "the parts of the published calculation");
    expect_equal(&session, "by-hand");
    json_decref(root);
    session_close(&session);
}

/* The same numbers reckoned step by step on a tape. */
static void on_the_tape(void **state)
{
    (void)state;
    static const struct {
        const char *value, *key;
    } pairs[] = {{"parameters", "params"}, {"forward_flops", "forward_flops"}, {"train_flops", "train_flops"}, {"flops.products", "matmul_weights"},
                 {"flops.pairs", "forward_flops_attention_full"}, {"bytes", "bytes_adamw_f32_params_grads_m_v"}};
    Session session;
    json_t *root = golden();
    const json_t *models = json_object_get(root, "models");
    open_model(&session, "costs", NULL, 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const Value *value = tape_value(&session.run.tape, value_called(&session, pairs[i].value));
        double small = number_at(json_array_get(models, 0), pairs[i].key), characters = number_at(json_array_get(models, 9), pairs[i].key);
        EXPECT(cell_of(value, 3, 0) == small && cell_of(value, 2, 0) == characters, "%s: %.17g and %.17g", pairs[i].value, cell_of(value, 3, 0),
               cell_of(value, 2, 0));
    }
    json_decref(root);
    session_close(&session);
}

static const char *one_among(Random *random, const char *const *of)
{
    int count = 0;
    while (of[count])
        count++;
    return of[random_bits(random) % (unsigned)count];
}

static int from_to(Random *random, int least, int most)
{
    return least + (int)(random_bits(random) % (unsigned)(most - least + 1));
}

static bool coin(Random *random)
{
    return random_bits(random) % 2;
}

static const char *flag(Random *random)
{
    return coin(random) ? "true" : "false";
}

/* A model file with every choice that changes what it costs. */
static void write_model(Random *random, Text *json)
{
    static const char *const positions[] = {"learned", "sinusoidal", "rope", "alibi", "none", NULL};
    static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "swiglu", NULL};
    static const char *const places[] = {"none", "pre", "post", NULL}, *const norms[] = {"layernorm", "rmsnorm", NULL};
    int groups = from_to(random, 1, 3), heads = groups * from_to(random, 1, 3), d_k = 2 * from_to(random, 1, 3);
    text_add(json, "{\"text\": \"%s\", \"d_model\": %d, \"n_heads\": %d, \"d_k\": %d, \"d_ff\": %d, \"n_layers\": %d",
             coin(random) ? "a b c a d" : "to be or not to be that is", from_to(random, 2, 9), heads, d_k,
             from_to(random, 2, 17), from_to(random, 1, 3));
    if (coin(random))
        text_add(json, ", \"n_kv_heads\": %d", groups);
    if (coin(random))
        text_add(json, ", \"window\": %d", from_to(random, 1, 4));
    if (coin(random))
        text_add(json, ", \"context\": %d", from_to(random, 12, 20));
    text_add(json, ", \"position\": \"%s\", \"activation\": \"%s\"", one_among(random, positions), one_among(random, activations));
    text_add(json, ", \"norm\": \"%s\", \"norm_attention\": \"%s\"", one_among(random, norms), one_among(random, places));
    text_add(json, ", \"norm_mlp\": \"%s\"", one_among(random, places));
    static const char *const flags[] = {"norm_gain", "norm_embedding", "final_norm", "attention_bias", "output_bias",
                                        "mlp_bias", "head_bias", "tied_head", "residual_attention", "residual_mlp",
                                        "add_bos", "add_eos", NULL};
    for (int i = 0; flags[i]; i++)
        text_add(json, ", \"%s\": %s", flags[i], flag(random));
    text_add(json, ", \"mask\": \"%s\", \"mlp\": \"%s\"", coin(random) ? "causal" : "none",
             from_to(random, 0, 3) ? "dense" : "none");
    text_add(json, ", \"init\": {\"kind\": \"normal\"}, \"training\": {\"batch\": 1}}");
}

static void unseen_models(void **state)
{
    (void)state;
    Random random;
    random_seed(&random, 13);
    for (int i = 0; i < 150; i++) {
        Text json = {0};
        Session session;
        Error error = {0};
        char path[PATH_SIZE];
        write_model(&random, &json);
        temporary_file(path, json.data, json.length);
        EXPECT(session_open(&session, &(RunOptions){.model = path}, &error), "%s: %s", json.data, error.text);
        expect_equal(&session, json.data);
        session_close(&session);
        text_free(&json);
        remove(path);
    }
}

static void references(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    if (session.model.system->sizes)
        expect_equal(&session, *state);
    session_close(&session);
}

/* Of any tape: what stands in a frame costs no more than the frame, the phases make all of it, and all numbers of the
 * tape are counted once. */
static void adds_up(void **state)
{
    Session session;
    Costs costs;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    EXPECT(costs_count(tape, &costs), "out of memory");
    Cost sum = {0};
    double numbers = 0, read = 0;
    for (int frame = 0; frame < tape->frame_count; frame++) {
        int parent = tape->frames[frame].parent;
        const Cost *own = &costs.frames[frame];
        for (int c = 0; parent >= 0 && c < COST_COLUMN_COUNT - 1; c++)
            EXPECT(COST_COLUMNS[c].of(own) <= COST_COLUMNS[c].of(&costs.frames[parent]), "%s of %s",
                   COST_COLUMNS[c].key, tape->frames[frame].path);
        if (parent >= 0)
            continue;
        sum.products += own->products;
        sum.flops += own->flops;
        sum.read += own->read;
        sum.written += own->written;
    }
    for (int value = 0; value < tape->value_count; value++)
        numbers += 8 * (double)cells_of(tape_value(tape, value));
    for (int step = 0; step < tape->step_count; step++)
        read += step_cost(tape, step).read;
    EXPECT(sum.products == costs.all.products && sum.flops == costs.all.flops && sum.read == costs.all.read &&
           sum.written == costs.all.written, "the phases do not make the whole");
    EXPECT(costs.all.tape == numbers && costs.all.read == read && read > 0, "%g bytes on the tape, %g counted", numbers,
           costs.all.tape);
    costs_free(&costs);
    session_close(&session);
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *says;
    } cases[] = {{0, "0"}, {7, "7"}, {999, "999"}, {1234, "1,234"}, {99999, "99,999"}, {100000, "100k"}, {124439808, "124M"},
                 {1.5e6, "1.50M"}, {999600, "1.00M"}, {0.3333, "0.33"}, {12.34, "12.3"}};
    char text[COST_TEXT], exact[COST_EXACT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(cost_text(text, cases[i].number), cases[i].says);
    assert_string_equal(cost_exact(exact, 174604259328), "174,604,259,328");
}

int test_cost(void)
{
    TestList list = {0};
    tests_add(&list, published_shapes, NULL, "eleven shapes to the last digit");
    tests_add(&list, other_shapes, NULL, "shapes that were published, and one that was not");
    tests_add(&list, budgets, NULL, "days and devices");
    tests_add(&list, intensities, NULL, "operations for each byte");
    tests_add(&list, by_hand, NULL, "the published hand calculation, counted and by formula");
    tests_add(&list, on_the_tape, NULL, "reckoned on a tape");
    tests_add(&list, unseen_models, NULL, "counted equals calculated in 150 model files");
    tests_add(&list, texts, NULL, "numbers of a table");
    tests_add_references(&list, references, "counted equals calculated");
    tests_add_models(&list, adds_up, "costs add up");
    return tests_run(&list, "cost");
}
