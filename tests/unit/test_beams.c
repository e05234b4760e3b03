/* Beam search: the golden's table, greedy as one beam, the likeliest of all texts where there are beams enough, the same
 * bits with the cache and without. */
#include "generation_golden.h"

#include "tiny_model/primitive.h"
#include "tracer/session/beam_search.h"

#include <math.h>

enum { TOKENS = 5 };

/* A model whose chances are a table: token i stands for row i of the logits, and its block adds nothing. */
static void open_table(Session *session, const json_t *table)
{
    static const char json[] =
        "{\"text\": \"a b\", \"tokenizer\": \"words\", \"add_bos\": false, \"add_eos\": false, \"eos\": \"<EOS>\","
        " \"vocabulary\": [\"a\", \"b\", \"c\", \"d\", \"<EOS>\"], \"context\": 8, \"d_model\": 5, \"n_heads\": 1, \"d_ff\": 5,"
        " \"n_layers\": 1, \"position\": \"none\", \"norm_attention\": \"none\", \"norm_mlp\": \"none\", \"final_norm\": false,"
        " \"attention_bias\": false, \"output_bias\": false, \"mlp_bias\": false, \"head_bias\": false, \"tied_head\": false}";
    json_t *logits = json_array(), *one = json_array();
    for (int r = 0; r < TOKENS; r++) {
        json_t *row = json_array(), *unit = json_array();
        for (int c = 0; c < TOKENS; c++) {
            double p = json_number_value(json_array_get(json_array_get(table, (size_t)r), (size_t)c));
            json_array_append_new(row, json_real(p > 0 ? log(p) : -1e4)); /* exp makes 0 of it */
            json_array_append_new(unit, json_real(r == c));
        }
        json_array_append_new(logits, row);
        json_array_append_new(one, unit);
    }
    open_json(session, json);
    set_parameter(session, "token_embedding", logits, 0, 1);
    set_parameter(session, "head.W", one, 0, 1);
    set_parameter(session, "block0.attention.W_O", one, 0, 0);
    set_parameter(session, "block0.mlp.W_2", one, 0, 0);
    json_decref(logits);
    json_decref(one);
}

static void begin(BeamSearch *search, Session *session, const char *prompt, int most, int wide, double alpha)
{
    Error error = {0};
    EXPECT(beam_search_begin(search, session, prompt, most, wide, alpha, &error), "%s", error.text);
}

static void next(BeamSearch *search)
{
    Error error = {0};
    EXPECT(beam_search_next(search, &error), "%s", error.text);
}

static void expect_beams(const BeamSearch *search, const json_t *expected, const char *key, int step)
{
    EXPECT(json_array_size(expected) == (size_t)search->beams.count, "%s, step %d: %d beams", key, step, search->beams.count);
    for (int i = 0; i < search->beams.count; i++) {
        const Beam *beam = &search->best[i];
        const json_t *one = json_array_get(expected, (size_t)i), *ids = json_object_get(one, "ids");
        EXPECT(json_array_size(ids) == (size_t)beam->count, "%s, step %d, beam %d: %d ids", key, step, i, beam->count);
        for (int t = 0; t < beam->count; t++)
            EXPECT(beam->tokens[t] == json_integer_value(json_array_get(ids, (size_t)t)), "%s, step %d, beam %d: id %d", key, step, i, t);
        EXPECT(is_close(beam->total, real(one, "logp"), 1e-12) && is_close(beam->score, real(one, "score"), 1e-12),
               "%s, step %d, beam %d: %.17g, %.17g", key, step, i, beam->total, beam->score);
    }
}

static void table_of_the_golden(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int wide;
        double alpha;
    } cases[] = {{"greedy", 1, 0}, {"beam2", 2, 0}, {"beam3", 3, 0}, {"beam2_alpha1", 2, 1}};
    json_t *root = golden(), *beam = json_object_get(root, "beam");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int no_cache = 0; no_cache < 2; no_cache++) {
            const json_t *steps = json_object_get(beam, cases[i].key);
            Session session;
            BeamSearch search;
            int step = 0;
            open_table(&session, json_object_get(beam, "table"));
            begin(&search, &session, "a", 4, cases[i].wide, cases[i].alpha);
            search.start.no_cache = no_cache;
            for (; !beam_search_done(&search); step++) {
                next(&search);
                expect_beams(&search, json_array_get(steps, (size_t)step), cases[i].key, step);
                expect_all_explained(&session.run.tape);
            }
            EXPECT(step > 0, "%s: nothing was searched", cases[i].key);
            /* Those that have ended keep their place. */
            expect_beams(&search, json_array_get(steps, json_array_size(steps) - 1), cases[i].key, step);
            beam_search_end(&search);
            session_close(&session);
        }
    json_decref(root);
}

/* One beam is what temperature 0 writes. */
static void one_beam_is_greedy(void **state)
{
    Session session, other;
    BeamSearch search;
    Generation generation;
    Error error = {0};
    open_model(&session, *state, NULL, 0);
    if (session.model.system->language) {
        open_model(&other, *state, NULL, 0);
        int most = session.model.system->language->context(&session.model) + 2;
        begin(&search, &session, NULL, most < 12 ? most : 12, 1, 0);
        EXPECT(generation_begin(&generation, &other, NULL, most < 12 ? most : 12, &error), "%s", error.text);
        generation.how.temperature = 0;
        while (!beam_search_done(&search))
            next(&search);
        while (!generation_done(&generation))
            EXPECT(generation_next(&generation, &error), "%s", error.text);
        EXPECT(generation.count == search.best->count && generation.count > generation.prompt, "%d and %d tokens", generation.count, search.best->count);
        for (int i = 0; i < generation.count; i++)
            EXPECT(generation.tokens[i] == search.best->tokens[i], "token %d", i);
        generation_end(&generation);
        beam_search_end(&search);
        session_close(&other);
    }
    session_close(&session);
}

/* Beams, filters and a full context: with the cache and without the same numbers. */
static void same_with_and_without(void **state)
{
    static const Sampling ways[] = {{1, 0, 1, 0, 1}, {0.8, 4, 1, 0.01, 1.3, 0.2, 0.1}};
    long long saved = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        Session with, without;
        BeamSearch a, b;
        open_model(&with, *state, NULL, 0);
        open_model(&without, *state, NULL, 0);
        if (with.model.system->language) {
            int most = with.model.system->language->context(&with.model) + 2;
            most = most < 12 ? most : 12;
            begin(&a, &with, NULL, most, 3, 0.7);
            begin(&b, &without, NULL, most, 3, 0.7);
            a.start.how = b.start.how = ways[i];
            b.start.no_cache = true;
            while (!beam_search_done(&b)) {
                next(&a);
                next(&b);
                EXPECT(a.beams.count == b.beams.count, "%d and %d beams", a.beams.count, b.beams.count);
                for (int k = 0; k < a.beams.count; k++) {
                    const Beam *x = &a.best[k], *y = &b.best[k];
                    EXPECT(x->count == y->count && memcmp(x->tokens, y->tokens, (size_t)x->count * sizeof(int)) == 0, "beam %d is another", k);
                    EXPECT(same_bits(x->total, y->total) && same_bits(x->score, y->score), "beam %d: %.17g and %.17g", k, x->total, y->total);
                }
            }
            EXPECT(beam_search_done(&a), "the cached search goes on");
            saved += b.start.done.products - a.start.done.products;
            EXPECT(b.start.done.products == a.start.without.products, "the work differs");
            expect_all_explained(&with.run.tape);
            EXPECT(saved > 0 || a.start.count <= a.start.prompt + 1 || !generation_can_cache(&with, NULL), "nothing was saved");
            beam_search_end(&a);
            beam_search_end(&b);
        }
        session_close(&with);
        session_close(&without);
    }
}

/* The sum of log p of two tokens behind the prompt, read one after the other. */
static double total_of(Session *session, const int *prompt, int count, int first, int second, int ends)
{
    int tokens[8];
    double total = 0;
    Error error = {0};
    for (int i = 0; i < count; i++)
        tokens[i] = prompt[i];
    for (int i = 0; i < 2; i++) {
        Drawing drawing;
        int id = i ? second : first;
        EXPECT(run_next(&session->run, &(Next){tokens, count, count, SAMPLING_PLAIN, 0.5, NULL}, &drawing, &error), "%s", error.text);
        total += log(tape_value(&session->run.tape, drawing.probabilities)->data[id]);
        tokens[count++] = id;
        if (id == ends)
            break;
    }
    return total;
}

/* With as many beams as there are texts nothing is lost, so the best is the best of all: found by trying each. */
static void enough_beams_find_the_best(void **state)
{
    (void)state;
    Session session, other;
    BeamSearch search;
    int best[2] = {-1, -1};
    double largest = -INFINITY;
    open_model(&session, "by-hand", NULL, 0);
    open_model(&other, "by-hand", NULL, 0);
    begin(&search, &session, "I like", 2, 36, 0);
    while (!beam_search_done(&search))
        next(&search);
    for (int first = 0; first < 6; first++)
        for (int second = 0; second < 6; second++) {
            double total = total_of(&other, search.start.tokens, search.start.prompt, first, second, search.beams.ends);
            if (total > largest) {
                largest = total;
                best[0] = first;
                best[1] = second;
            }
        }
    const int *found = search.best->tokens + search.start.prompt;
    EXPECT(is_close(search.best->total, largest, 1e-12), "%.17g, not %.17g", search.best->total, largest);
    EXPECT(found[0] == best[0] && (search.best->made == 1 || found[1] == best[1]), "%d %d, not %d %d", found[0], found[1], best[0], best[1]);
    EXPECT(search.beams.count == 31, "%d of 31 texts, since one token ends them", search.beams.count); /* 5 x 6 + 1 */
    beam_search_end(&search);
    session_close(&session);
    session_close(&other);
}

/* Why a beam stays: its score, and the nearest that did not; from there through its total to the beam that it
 * grew from. */
static void why_a_beam_stays(void **state)
{
    (void)state;
    json_t *root = golden();
    Session session;
    BeamSearch search;
    Explanation out = {0};
    open_table(&session, json_object_get(json_object_get(root, "beam"), "table"));
    begin(&search, &session, "a", 4, 2, 0);
    next(&search);
    next(&search);
    const Tape *tape = &session.run.tape;
    const Value *chosen = named(tape, "token1.choice.chosen");
    EXPECT(chosen->data[0] == 1 && chosen->data[1] == 4, "the best is row %g, token %g", chosen->data[0], chosen->data[1]);
    EXPECT(explain(tape, search.choice.chosen, 0, 1, &out), "no memory");
    EXPECT(out.count == 1 && out.terms[0].cell_count == 3, "%d terms", out.count);
    EXPECT(is_close(out.terms[0].cells[0].number, log(0.36), 1e-12), "it stays with %g", out.terms[0].cells[0].number);
    EXPECT(is_close(out.terms[0].cells[1].number, log(0.15), 1e-12), "the nearest that did not is %g", out.terms[0].cells[1].number);
    EXPECT(strcmp(tape_rows(tape, search.choice.candidates)->labels[1], "c") == 0, "row 1 is \"%s\"", tape_rows(tape, search.choice.candidates)->labels[1]);
    named(tape, "token1.beam1.block0.attention.head0.cache.K");
    explanation_free(&out);
    beam_search_end(&search);
    session_close(&session);
    json_decref(root);
}

/* Nothing that can be drawn from, and no language at all. */
static void refused(void **state)
{
    (void)state;
    Session session;
    BeamSearch search;
    Error error = {0};
    open_model(&session, "tiny", NULL, 0);
    for (int id = 0; id < 9; id++) /* the first number of every token's row */
        run_parameter(&session.run, 0)[id * session.run.parameters.list[0].cols] = NAN;
    begin(&search, &session, "the", 2, 3, 0);
    EXPECT(!beam_search_next(&search, &error) && error.code == EXIT_USED_WRONGLY, "chances that are no numbers");
    expect_error(&error, EXIT_USED_WRONGLY, "no finite numbers");
    beam_search_end(&search);
    session_close(&session);
    error = (Error){0};
    open_model(&session, "xor", NULL, 0);
    EXPECT(!beam_search_begin(&search, &session, NULL, 2, 3, 0, &error), "xor goes on with a text");
    expect_error(&error, EXIT_USED_WRONGLY, "\"mlp\"");
    beam_search_end(&search);
    session_close(&session);
}

int test_beams(void)
{
    TestList list = {0};
    tests_add(&list, table_of_the_golden, NULL, "the table of the golden");
    tests_add_models(&list, one_beam_is_greedy, "one beam is greedy");
    tests_add_models(&list, same_with_and_without, "with the cache and without the same bits");
    tests_add(&list, enough_beams_find_the_best, NULL, "enough beams find the best text");
    tests_add(&list, why_a_beam_stays, NULL, "why a beam stays");
    tests_add(&list, refused, NULL, "what cannot be followed");
    return tests_run(&list, "beams");
}
