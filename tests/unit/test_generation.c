/* Going on with a text: with the cache and without the same bits, what it saves, and what `why` sees through it. */
#include "generation_golden.h"

#include "tiny_model/record.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/generate.h"

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

/* The golden's own model, with the cache and without: its tokens, and its last logits. */
static void text_of_the_golden(void **state)
{
    (void)state;
    static const char json[] =
        "{\"text\": \"b d c\", \"tokenizer\": \"words\", \"add_bos\": false, \"add_eos\": false,"
        " \"vocabulary\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\"], \"context\": 8, \"d_model\": 8, \"n_heads\": 2,"
        " \"d_ff\": 16, \"n_layers\": 2, \"position\": \"learned\", \"norm_attention\": \"none\", \"norm_mlp\": \"none\","
        " \"final_norm\": false, \"activation\": \"relu\", \"attention_bias\": false, \"output_bias\": false,"
        " \"mlp_bias\": false, \"head_bias\": false, \"tied_head\": false}";
    static const struct {
        const char *key, *name;
    } in_block[] = {{"o", "attention.W_O"}, {"w1", "mlp.W_1"}, {"w2", "mlp.W_2"}}, in_head[] = {{"q", "W_Q"}, {"k", "W_K"}, {"v", "W_V"}};
    json_t *root = golden(), *kv = json_object_get(root, "kv_equality"), *params = json_object_get(kv, "params");
    const json_t *greedy = json_object_get(kv, "greedy"), *logits = json_object_get(kv, "last_logits");
    for (int no_cache = 0; no_cache < 2; no_cache++) {
        Session session;
        Generation generation;
        Error error = {0};
        char name[100], key[20];
        open_json(&session, json);
        set_parameter(&session, "token_embedding", json_object_get(params, "E"), 0, 0.3);
        set_parameter(&session, "position_embedding", json_object_get(params, "Pe"), 0, 0.3);
        set_parameter(&session, "head.W", json_object_get(params, "U"), 0, 0.1);
        for (int block = 0; block < 2; block++)
            for (int i = 0; i < 3; i++) {
                snprintf(key, sizeof key, "%s%d", in_block[i].key, block);
                snprintf(name, sizeof name, "block%d.%s", block, in_block[i].name);
                set_parameter(&session, name, json_object_get(params, key), 0, 1);
                snprintf(key, sizeof key, "%s%d", in_head[i].key, block);
                for (int head = 0; head < 2; head++) {
                    snprintf(name, sizeof name, "block%d.attention.head%d.%s", block, head, in_head[i].name);
                    set_parameter(&session, name, json_object_get(params, key), 4 * head, 1);
                }
            }
        EXPECT(generation_begin(&generation, &session, "b d c", 5, &error), "%s", error.text);
        generation.how.temperature = 0;
        generation.no_cache = no_cache;
        while (!generation_done(&generation))
            next(&generation);
        EXPECT(json_array_size(greedy) == (size_t)generation.count, "%d tokens", generation.count);
        for (int i = 0; i < generation.count; i++)
            EXPECT(generation.tokens[i] == json_integer_value(json_array_get(greedy, (size_t)i)), "token %d is %d", i,
                   generation.tokens[i]);
        /* The golden's are behind the last token, which nothing was drawn behind. */
        Next after = {generation.tokens, 8, 8, generation.how, 0, no_cache ? NULL : &generation.cache};
        EXPECT(run_next(&session.run, &after, &generation.drawing, &error), "%s", error.text);
        const Value *last = tape_value(&session.run.tape, generation.drawing.logits);
        EXPECT(last->cols == 7, "%d logits", last->cols);
        for (int c = 0; c < 7; c++)
            EXPECT(is_close(last->data[c], json_number_value(json_array_get(logits, (size_t)c)), 1e-12), "logit %d is %.17g", c, last->data[c]);
        generation_end(&generation);
        session_close(&session);
    }
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
    tests_add_models(&list, same_with_and_without, "with the cache and without the same bits");
    tests_add_models(&list, counted_as_recorded, "what is counted was recorded");
    tests_add(&list, counts_of_the_golden, NULL, "the counts of the golden");
    tests_add(&list, text_of_the_golden, NULL, "the text of the golden, with its weights");
    tests_add(&list, why_goes_through_the_cache, NULL, "why goes through the cache");
    return tests_run(&list, "generation");
}
