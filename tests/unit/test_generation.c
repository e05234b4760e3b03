/* Going on with a text: every filter, the draw and the counts against numbers of an independent implementation
 * (golden/reference/generation.json); with the cache and without the same bits; and what `why` sees through it. */
#include "support.h"

#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/generate.h"
#include "tracer/session/json_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 16 };

typedef struct {
    Tape tape;
    double numbers[MOST], ids[MOST];
    Drawing drawing;
} Bench;

static json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/generation.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static double real(const json_t *of, const char *key)
{
    const json_t *number = json_object_get(of, key);
    EXPECT(json_is_number(number), "no number \"%s\"", key);
    return json_number_value(number);
}

static int row_of(const json_t *list, double out[MOST])
{
    EXPECT(json_array_size(list) > 0 && json_array_size(list) <= MOST, "a row of %zu", json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++)
        out[i] = json_number_value(json_array_get(list, i));
    return (int)json_array_size(list);
}

/* Records the frame `sampling` of a row of logits; probabilities that are given stand in the place of softmax's. */
static const Value *sampled(Bench *bench, const json_t *logits, const json_t *p, const json_t *history, Sampling how)
{
    double chances[MOST];
    Given given = {.name = "sampling.probabilities", .rows = 1, .data = chances};
    *bench = (Bench){.tape = {.frame = -1}};
    Tape *tape = &bench->tape;
    int count = row_of(logits ? logits : p, bench->numbers), said = -1;
    if (p) {
        given.cols = row_of(p, chances);
        tape->givens = &given;
        tape->given_count = 1;
    }
    tape_begin_phase(tape, PHASE_FORWARD);
    int row = tape_leaf(tape, KIND_INPUT, "row", (Shape){1, count}, bench->numbers);
    if (history) {
        int ids = row_of(history, bench->ids);
        said = tape_leaf(tape, KIND_INPUT, "said", (Shape){1, ids}, bench->ids);
    }
    bench->drawing = sampling_record(tape, row, said, &how);
    tape_end(tape);
    if (!p)
        expect_all_explained(tape);
    return tape_value(tape, bench->drawing.probabilities);
}

static const Value *named(const Tape *tape, const char *name)
{
    char text[200];
    for (int id = 0; id < tape->value_count; id++) {
        tape_name(tape, id, text, sizeof text);
        if (strcmp(text, name) == 0)
            return tape_value(tape, id);
    }
    EXPECT(false, "no %s", name);
    return NULL;
}

static void expect_cells(const char *what, const Value *value, const json_t *expected)
{
    EXPECT(json_array_size(expected) == cells_of(value), "%s: %zu cells", what, cells_of(value));
    for (size_t i = 0; i < cells_of(value); i++) {
        double wanted = json_number_value(json_array_get(expected, i));
        EXPECT(is_close(value->data[i], wanted, 1e-12) && (value->data[i] == 0) == (wanted == 0),
               "%s, cell %zu: %.17g, not %.17g", what, i, value->data[i], wanted);
    }
}

/* Exactly the ids of the list are left. */
static void expect_kept(const char *what, const Value *value, const json_t *ids)
{
    size_t left = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        left += value->data[i] > 0;
    EXPECT(left == json_array_size(ids), "%s leaves %zu, not %zu", what, left, json_array_size(ids));
    for (size_t i = 0; i < json_array_size(ids); i++)
        EXPECT(value->data[json_integer_value(json_array_get(ids, i))] > 0, "%s: one is missing", what);
}

static void every_filter(void **state)
{
    (void)state;
    json_t *root = golden(), *one;
    Bench bench;
    size_t i;
    json_array_foreach(json_object_get(root, "temperature"), i, one) {
        Sampling how = {real(one, "T"), 0, 1, 0, 1};
        expect_cells("temperature", sampled(&bench, json_object_get(one, "logits"), NULL, NULL, how),
                     json_object_get(one, "p"));
        tape_free(&bench.tape);
    }
    json_array_foreach(json_object_get(root, "topk"), i, one) {
        Sampling how = {1, (int)real(one, "k"), 1, 0, 1};
        const Value *p = sampled(&bench, json_object_get(one, "logits"), NULL, NULL, how);
        expect_kept("top-k", p, json_object_get(one, "kept_ties"));
        expect_cells("top-k", p, json_object_get(one, "p_ties"));
        tape_free(&bench.tape);
    }
    json_array_foreach(json_object_get(root, "topp"), i, one) {
        Sampling how = {1, 0, real(one, "top_p"), 0, 1};
        const Value *p = sampled(&bench, NULL, json_object_get(one, "p"), NULL, how);
        if (how.top_p < 1)
            expect_kept("top-p", p, json_object_get(one, "ours_before_lt"));
        expect_cells("top-p", p, json_object_get(one, "renormalised"));
        tape_free(&bench.tape);
    }
    json_array_foreach(json_object_get(root, "minp"), i, one) {
        Sampling how = {1, 0, 1, real(one, "min_p"), 1};
        expect_kept("min-p", sampled(&bench, NULL, json_object_get(one, "p"), NULL, how), json_object_get(one, "kept"));
        tape_free(&bench.tape);
    }
    json_decref(root);
}

static void penalties_and_the_chain(void **state)
{
    (void)state;
    json_t *root = golden(), *one, *chain = json_object_get(root, "chain");
    Bench bench;
    size_t i;
    json_array_foreach(json_object_get(root, "repetition"), i, one) {
        Sampling how = {1, 0, 1, 0, real(one, "theta")};
        sampled(&bench, json_object_get(one, "logits"), NULL, json_object_get(one, "history"), how);
        expect_cells("repetition", named(&bench.tape, how.repetition == 1 ? "sampling.cooled" : "sampling.repetition.logits"),
                     json_object_get(one, "out"));
        tape_free(&bench.tape);
    }
    Sampling how = {real(chain, "T"), (int)real(chain, "top_k"), real(chain, "top_p"), real(chain, "min_p"),
                    real(chain, "theta")};
    const Value *p =
        sampled(&bench, json_object_get(chain, "logits"), NULL, json_object_get(chain, "history"), how);
    expect_cells("the chain", p, json_object_get(chain, "p"));
    const json_t *stages = json_object_get(chain, "stages");
    expect_cells("penalised", named(&bench.tape, "sampling.repetition.logits"), json_array_get(stages, 0));
    expect_cells("cooled", named(&bench.tape, "sampling.cooled"), json_array_get(stages, 1));
    tape_free(&bench.tape);
    json_decref(root);
}

/* A mistake of a filter leaves other chances where the case is one that it gets wrong. */
static void mistakes_of_filters(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        Sampling how;
        double right[5], wrong[5];
    } cases[] = {
        {"sampling.tie_cut", {1, 2, 1, 0, 1}, {1, 1, 1, 0, 0}, {1, 1, 0, 0, 0}},
        {"sampling.crossing_dropped", {1, 0, 0.9, 0, 1}, {1, 1, 1, 0, 0}, {1, 1, 0, 0, 0}},
        {"sampling.penalty_divides_all", {1, 0, 1, 0.05, 4}, {1, 1, 1, 0, 0}, {1, 1, 1, 0, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int planted = 0; planted < 2; planted++) {
            Tape tape = {.frame = -1, .mistake = planted ? mistake_find(cases[i].id) : NULL};
            double logits[] = {2, 1, 1, -1.5, -2}, said[] = {4};
            EXPECT(!planted || tape.mistake, "no %s", cases[i].id);
            tape_begin_phase(&tape, PHASE_FORWARD);
            int row = tape_leaf(&tape, KIND_INPUT, "row", (Shape){1, 5}, logits);
            int history = tape_leaf(&tape, KIND_INPUT, "said", (Shape){1, 1}, said);
            const Value *p = tape_value(&tape, sampling_record(&tape, row, history, &cases[i].how).probabilities);
            tape_end(&tape);
            for (int c = 0; c < 5; c++)
                EXPECT((p->data[c] > 0) == ((planted ? cases[i].wrong : cases[i].right)[c] > 0),
                       "%s, %d: token %d has %g", cases[i].id, planted, c, p->data[c]);
            expect_all_explained(&tape);
            tape_free(&tape);
        }
}

/* Greedy takes the first of equal ones; whatever is cut, one is left. */
static void never_nothing(void **state)
{
    (void)state;
    Bench bench;
    json_t *logits = json_pack("[fffff]", 0.5, 2.0, 2.0, -1.0, 2.0);
    static const Sampling hard[] = {{0, 0, 1, 0, 1}, {1, 1, 1e-9, 1, 1}, {1e-9, 0, 1e-9, 1, 1}};
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        const Value *p = sampled(&bench, logits, NULL, NULL, hard[i]);
        for (int c = 0; c < 5; c++)
            EXPECT(p->data[c] == (c == 1), "%zu: token %d has %g", i, c, p->data[c]);
        tape_free(&bench.tape);
    }
    json_decref(logits);
}

static void draws(void **state)
{
    (void)state;
    json_t *root = golden(), *draw = json_object_get(root, "draw");
    static const char *const keys[][2] = {{"p", "ids"}, {"p2", "ids2"}};
    for (int k = 0; k < 2; k++) {
        Random random;
        random_seed(&random, (uint64_t)real(draw, "seed"));
        const json_t *ids = json_object_get(draw, keys[k][1]);
        EXPECT(json_array_size(ids) == 12, "%zu draws", json_array_size(ids));
        for (size_t i = 0; i < json_array_size(ids); i++) {
            Tape tape = {.frame = -1};
            double p[MOST], number = random_uniform(&random);
            int count = row_of(json_object_get(draw, keys[k][0]), p);
            EXPECT(same_bits(number, json_number_value(json_array_get(json_object_get(draw, "u"), i))), "u %zu", i);
            tape_begin_phase(&tape, PHASE_FORWARD);
            Drawing drawing = {.probabilities = tape_leaf(&tape, KIND_INPUT, "p", (Shape){1, count}, p)};
            sampling_draw(&tape, &drawing, number);
            tape_end(&tape);
            EXPECT(tape_value(&tape, drawing.token)->data[0] == json_number_value(json_array_get(ids, i)),
                   "draw %zu of %s", i, keys[k][0]);
            tape_free(&tape);
        }
    }
    json_decref(root);
}

/* --- the cache --- */

static const Sampling WAYS[] = {{1, 0, 1, 0, 1}, {0, 0, 1, 0, 1}, {0.8, 5, 0.9, 0.02, 1.3}};

static bool begin(Generation *generation, Session *session, Sampling how, bool no_cache)
{
    Error error = {0};
    if (!session->model.system->language)
        return false;
    int most = session->model.system->language->context(&session->model) + 3;
    EXPECT(generation_begin(generation, session, NULL, most < 20 ? most : 20, &error), "%s", error.text);
    generation->how = how;
    generation->no_cache = no_cache;
    random_seed(&generation->random, 7);
    return true;
}

static void next(Generation *generation)
{
    Error error = {0};
    EXPECT(generation_next(generation, &error), "%s", error.text);
}

static void expect_same_row(const Generation *a, int value_a, const Generation *b, int value_b)
{
    const Value *x = tape_value(&a->session->run.tape, value_a), *y = tape_value(&b->session->run.tape, value_b);
    EXPECT(x->cols == y->cols, "%d and %d columns", x->cols, y->cols);
    for (int c = 0; c < x->cols; c++)
        EXPECT(same_bits(cell_of(x, x->rows - 1, c), cell_of(y, y->rows - 1, c)), "cell %d of token %d", c, a->count);
}

static void same_with_and_without(void **state)
{
    const char *model = *state;
    int saved = 0;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        Session with, without;
        Generation a, b;
        open_model(&with, model, NULL, 0);
        open_model(&without, model, NULL, 0);
        bool speaks = begin(&a, &with, WAYS[i], false) && begin(&b, &without, WAYS[i], true);
        while (speaks && !generation_done(&b)) {
            next(&a);
            next(&b);
            EXPECT(a.tokens[a.count - 1] == b.tokens[b.count - 1], "token %d is another", a.count - 1);
            expect_same_row(&a, a.drawing.logits, &b, b.drawing.logits);
            expect_same_row(&a, a.drawing.softmax, &b, b.drawing.softmax);
            expect_same_row(&a, a.drawing.ends, &b, b.drawing.ends);
            saved += a.latest < b.latest;
        }
        if (speaks) {
            EXPECT(generation_done(&a), "the cached text goes on");
            EXPECT(b.done.products == b.without.products && a.without.products == b.without.products, "the work differs");
            EXPECT(saved > 0 || a.count <= a.prompt + 1 || !generation_can_cache(&with, NULL), "nothing was saved");
            expect_all_explained(&with.run.tape);
            generation_end(&a);
            generation_end(&b);
        }
        session_close(&with);
        session_close(&without);
    }
}

static double products_from(const Tape *tape, int step)
{
    double products = 0;
    for (; step < tape->step_count; step++)
        if (tape->steps[step].primitive == &MATMUL)
            products += step_flops(tape, &tape->steps[step]) / 2;
    return products;
}

/* What is counted is what is on the tape. */
static void counted_as_recorded(void **state)
{
    for (int no_cache = 0; no_cache < 2; no_cache++) {
        Session session;
        Generation generation;
        double products = 0;
        open_model(&session, *state, NULL, 0);
        const Tape *tape = &session.run.tape;
        if (begin(&generation, &session, SAMPLING_PLAIN, no_cache)) {
            while (!generation_done(&generation)) {
                int behind = tape->step_count;
                next(&generation);
                products += products_from(tape, generation.latest < generation.window ? behind : 0);
            }
            EXPECT((double)generation.done.products == products && products > 0, "%lld, not %.0f products",
                   generation.done.products, products);
            generation_end(&generation);
        }
        session_close(&session);
    }
}

/* The golden reads the head only where a token is drawn; here every position that is read has its logits, as in a
 * training step. */
static void counts_of_the_golden(void **state)
{
    (void)state;
    json_t *root = golden(), *one;
    Session session;
    size_t i;
    open_model(&session, "by-hand", NULL, 0);
    Gpt *gpt = session.model.settings;
    gpt->n_layers = 2; /* d 16, d_ff 64, V 6 */
    long long head = (long long)gpt->d_model * gpt->vocabulary_count;
    EXPECT(json_array_size(json_object_get(root, "kv")) > 3, "few counts");
    json_array_foreach(json_object_get(root, "kv"), i, one) {
        int prompt = (int)real(one, "prompt"), new = (int)real(one, "new"), with = 0, without = 0;
        long long products = 0, all = 0;
        for (int t = 0; t < new; t++) {
            int read = t ? 1 : prompt, window = prompt + t;
            with += read;
            without += window;
            products += session.model.system->language->products(&session.model, read, window - read);
            all += session.model.system->language->products(&session.model, window, 0);
        }
        EXPECT(with == real(one, "positions_with") && without == real(one, "positions_without"), "%d, %d", with, without);
        EXPECT((double)(products - (with - new) * head) == real(one, "macs_with"), "%lld with", products);
        EXPECT((double)(all - (without - new) * head) == real(one, "macs_without"), "%lld without", all);
    }
    session_close(&session);
    json_decref(root);
}

/* From a token to the one before, and from a key in the cache to the token that made it. */
static void why_goes_through_the_cache(void **state)
{
    (void)state;
    Session session;
    Generation generation;
    Explanation out = {0};
    char name[200];
    open_model(&session, "tiny", NULL, 0);
    const Tape *tape = &session.run.tape;
    EXPECT(begin(&generation, &session, SAMPLING_PLAIN, false), "tiny is silent");
    for (int i = 0; i < 3; i++)
        next(&generation);
    const Value *tokens = named(tape, "token2.tokens");
    tape_name(tape, tape->steps[tokens->producer].inputs[0], name, sizeof name);
    EXPECT(strcmp(name, "token1.draw.token") == 0, "it comes from %s", name);
    int cell = tape->steps[named(tape, "token2.block0.attention.head0.cache.K")->producer].output, row = 1;
    for (int back = 0; back < 2; back++) {
        EXPECT(explain(tape, cell, row, 0, &out) && out.count == 1, "%d terms", out.count);
        cell = out.terms[0].cells[0].value;
        row = out.terms[0].cells[0].row;
    }
    tape_name(tape, cell, name, sizeof name);
    EXPECT(strcmp(name, "token1.block0.attention.head0.K") == 0, "the second key comes from %s", name);
    explanation_free(&out);
    generation_end(&generation);
    session_close(&session);
}

int test_generation(void)
{
    TestList list = {0};
    tests_add(&list, every_filter, NULL, "every filter");
    tests_add(&list, penalties_and_the_chain, NULL, "penalties and the whole chain");
    tests_add(&list, mistakes_of_filters, NULL, "mistakes of filters");
    tests_add(&list, never_nothing, NULL, "one token is always left");
    tests_add(&list, draws, NULL, "draws");
    tests_add_models(&list, same_with_and_without, "with the cache and without the same bits");
    tests_add_models(&list, counted_as_recorded, "what is counted was recorded");
    tests_add(&list, counts_of_the_golden, NULL, "the counts of the golden");
    tests_add(&list, why_goes_through_the_cache, NULL, "why goes through the cache");
    return tests_run(&list, "generation");
}
