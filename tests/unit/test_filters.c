/* Every filter between logits and a token, and the draw, against numbers of an independent implementation
 * (golden/reference/generation.json). */
#include "generation_golden.h"

#include "tiny_model/mistakes.h"
#include "tiny_model/random.h"
#include "tiny_model/sampling.h"

enum { MOST = 16 };

typedef struct {
    Tape tape;
    double numbers[MOST], ids[MOST];
    Drawing drawing;
} Bench;

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
    one = json_object_get(root, "frequency_presence");
    Sampling less = {1, 0, 1, 0, 1, real(one, "frequency"), real(one, "presence")};
    sampled(&bench, json_object_get(one, "logits"), NULL, json_object_get(one, "history"), less);
    expect_cells("frequency and presence", named(&bench.tape, "sampling.frequency.less"), json_object_get(one, "out"));
    tape_free(&bench.tape);
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

int test_filters(void)
{
    TestList list = {0};
    tests_add(&list, every_filter, NULL, "every filter");
    tests_add(&list, penalties_and_the_chain, NULL, "penalties and the whole chain");
    tests_add(&list, mistakes_of_filters, NULL, "mistakes of filters");
    tests_add(&list, never_nothing, NULL, "one token is always left");
    tests_add(&list, draws, NULL, "draws");
    return tests_run(&list, "filters");
}
