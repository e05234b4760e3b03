/* Cross-attention, padding and an encoder-decoder. The numbers of one head are those of an independent
 * implementation, golden/reference/cross_attention.json. */
#include "support.h"

#include "tiny_model/backward.h"
#include "tiny_model/gradcheck.h"
#include "tiny_model/rules/rule.h"
#include "tracer/session/generate.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHAPE "\"model\": {\"vocabulary_size\": 7, \"context\": 8, \"d_model\": 4, \"d_encoder\": 6, \"d_k\": 2, \"n_heads\": 2, " \
    "\"activation\": \"gelu_tanh\"}, \"init\": {\"kind\": \"normal\", \"std\": 0.5}"
#define ROW(source, target) "{\"system\": \"encoder_decoder\", " SHAPE ", \"data\": {\"examples\": [{\"source\": " source ", \"target\": " target "}]}}"

/* --- one head --- */

typedef struct {
    const json_t *root;
    int q, k, v, weights, y;
    double seed[18];
} Head;

static int leaf(Tape *tape, const json_t *root, const char *key, Kind kind)
{
    const json_t *matrix = json_object_get(root, key);
    int rows = (int)json_array_size(matrix), cols = (int)json_array_size(json_array_get(matrix, 0));
    double *numbers = tape_room(tape, rows, cols);
    for (int i = 0; i < rows * cols; i++)
        numbers[i] = json_number_value(json_array_get(json_array_get(matrix, (size_t)(i / cols)), (size_t)(i % cols)));
    return tape_leaf(tape, kind, key, (Shape){rows, cols}, numbers);
}

static void record_head(Tape *tape, void *context)
{
    Head *head = context;
    int in[6];
    static const char *const names[] = {"X", "Z", "W_Q", "W_K", "W_V", "W_O"};
    for (int i = 0; i < 6; i++)
        in[i] = leaf(tape, head->root, names[i], KIND_PARAMETER);
    double *keep = tape_room(tape, 3, 4);
    for (int i = 0; i < 12; i++)
        keep[i] = json_number_value(json_array_get(json_object_get(head->root, "keep"), (size_t)(i % 4)));
    int mask = tape_leaf(tape, KIND_INPUT, "keep", (Shape){3, 4}, keep);
    tape_begin_phase(tape, PHASE_FORWARD);
    head->q = linear(tape, "Q", in[0], in[2], -1);
    head->k = linear(tape, "K", in[1], in[3], -1);
    head->v = linear(tape, "V", in[1], in[4], -1);
    int s = scaled(tape, "scaled", scores(tape, "scores", head->q, head->k), 2);
    head->weights = softmax(tape, "softmax", "weights", hidden_keys(tape, "masked", s, mask));
    head->y = linear(tape, "Y", weighted_sum(tape, "output", head->weights, head->v), in[5], -1);
    tape_end(tape);
    backward(tape, head->y, head->seed, 0);
}

static void expect_named(const Tape *tape, const char *name, const json_t *matrix)
{
    char text[200];
    int id = 0;
    while (id < tape->value_count && (tape_name(tape, id, text, sizeof text), strcmp(text, name) != 0))
        id++;
    EXPECT(id < tape->value_count && json_array_size(matrix) > 0, "no %s", name);
    const Value *value = tape_value(tape, id);
    for (int row = 0; row < value->rows; row++)
        for (int col = 0; col < value->cols; col++) {
            const json_t *cell = json_array_get(json_array_get(matrix, (size_t)row), (size_t)col);
            double number = json_is_string(cell) ? -INFINITY : json_number_value(cell);
            EXPECT(is_close(cell_of(value, row, col), number, 1e-12), "%s[%d,%d] is %.17g", name, row, col, cell_of(value, row, col));
        }
}

static void one_head(void **state)
{
    (void)state;
    static const char *const same[] = {"Q", "K", "V", "scores", "scaled", "masked", "weights", "output", "Y", "X.grad", "Z.grad",
                                       "W_Q.grad", "W_K.grad", "W_V.grad", "W_O.grad"};
    static const char *const gradients[] = {"output", "weights", "masked", "scores", "Q", "K", "V"};
    Error error = {0};
    Tape tape = {.frame = -1};
    Head head = {.root = json_file_read("golden/reference/cross_attention.json", 1 << 20, &error)};
    EXPECT(head.root, "%s", error.text);
    for (int i = 0; i < 18; i++)
        head.seed[i] = json_number_value(json_array_get(json_array_get(json_object_get(head.root, "Y_grad"), (size_t)(i / 6)), (size_t)(i % 6)));
    EXPECT(tape_attempt(&tape, record_head, &head, &error), "%s", error.text);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect_named(&tape, same[i], json_object_get(head.root, same[i]));
    for (size_t i = 0; i < sizeof gradients / sizeof *gradients; i++) {
        char ours[80], theirs[80];
        snprintf(ours, sizeof ours, "%s.grad", gradients[i]);
        snprintf(theirs, sizeof theirs, "%s_grad", gradients[i]);
        expect_named(&tape, ours, json_object_get(head.root, theirs));
    }
    expect_all_explained(&tape);
    tape_free(&tape);
    json_decref((json_t *)head.root);
}

/* --- the system --- */

static bool begin(Session *session, const char *json, Error *error)
{
    *session = (Session){0};
    return model_defaults(&session->model, system_find("gpt"), error) &&
           model_file_parse(json, strlen(json), "m", &session->model, error) && model_finish(&session->model, error) &&
           run_init(&session->run, &session->model, NULL, error);
}

static void open_recorded(Session *session, const char *json)
{
    Error error = {0};
    EXPECT(begin(session, json, &error) && run_record(&session->run, &error) && session_index(session, &error), "%s", error.text);
}

static void gradients(void **state)
{
    Session session;
    Run scratch;
    Error error = {0};
    int checked = 0;
    open_recorded(&session, *state);
    EXPECT(run_clone(&scratch, &session.run, &error), "%s", error.text);
    for (int p = 0; p < session.run.parameters.count; p++) {
        Gradcheck found = {.ok = true};
        EXPECT(gradcheck_value(&session.run, &scratch, p, EVERY, EVERY, &found, &error), "%s", error.text);
        EXPECT(found.ok && gradcheck_judged(&found) > 0, "%s: %g", session.run.parameters.list[p].name, found.max_rel);
        checked++;
    }
    EXPECT(checked > 30, "%d parameters", checked);
    expect_all_explained(&session.run.tape);
    run_free(&scratch);
    session_close(&session);
}

static const Value *value_of(const Session *session, const char *name)
{
    return tape_value(&session->run.tape, value_called(session, name));
}

static bool row_is_zero(const Value *value, int row)
{
    for (int col = 0; col < value->cols; col++)
        if (cell_of(value, row, col) != 0)
            return false;
    return true;
}

/* Three more tokens of padding: no number of the decoder moves, and nothing comes back from them. */
static void padding(void **state)
{
    (void)state;
    Session plain, padded;
    open_recorded(&plain, ROW("[3,4,5]", "[1,3,6,2]"));
    open_recorded(&padded, ROW("[3,4,5,0,0,0]", "[1,3,6,2]"));
    static const char *const same[] = {"loss", "logits", "decoder.block0.self.residual", "decoder.block0.cross.residual",
                                       "decoder.block0.output", "decoder.block0.cross.head1.Q.grad", "decoder.token_embedding.grad"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const Value *a = value_of(&plain, same[i]), *b = value_of(&padded, same[i]);
        for (size_t cell = 0; cell < cells_of(a); cell++)
            EXPECT(cells_of(a) == cells_of(b) && same_bits(a->data[cell], b->data[cell]), "%s moves", same[i]);
    }
    const Value *weights = value_of(&padded, "decoder.block0.cross.head0.weights");
    EXPECT(weights->rows == 3 && weights->cols == 6 && cell_of(weights, 1, 3) == 0 && cell_of(weights, 1, 2) > 0, "the weights");
    for (int row = 0; row < 6; row++)
        EXPECT(row_is_zero(value_of(&padded, "memory.grad"), row) == (row >= 3), "memory.grad, row %d", row);
    EXPECT(row_is_zero(value_of(&padded, "encoder.token_embedding.grad"), 0) && !row_is_zero(value_of(&padded, "encoder.token_embedding.grad"), 3), "the embedding of padding moves");
    session_close(&plain);
    session_close(&padded);
}

/* A target that is padded says nothing of its padding; one key is taken whole, whatever it says. */
static void edges(void **state)
{
    (void)state;
    Session plain, padded, one;
    open_recorded(&plain, ROW("[3,4,5]", "[1,3,6,2]"));
    open_recorded(&padded, ROW("[3,4,5]", "[1,3,6,2,0,0]"));
    EXPECT(same_bits(run_loss(&plain.run), run_loss(&padded.run)), "the loss is %.17g", run_loss(&padded.run));
    open_recorded(&one, ROW("[4]", "[1,3,6,2]"));
    const Value *weights = value_of(&one, "decoder.block0.cross.head0.weights");
    for (int row = 0; row < weights->rows; row++)
        EXPECT(cell_of(weights, row, 0) == 1, "a weight is %g", cell_of(weights, row, 0));
    const Value *gradient = value_of(&one, "decoder.block0.cross.head0.W_Q.grad");
    for (int row = 0; row < gradient->rows; row++)
        EXPECT(row_is_zero(gradient, row), "W_Q learns from one key");
    session_close(&plain);
    session_close(&padded);
    session_close(&one);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {ROW("[0,0]", "[1,3,2]"), "see nothing"},
        {ROW("[3]", "[0,3,2]"), "see nothing"},
        {ROW("[3]", "[1,0,0]"), "no target"},
        {ROW("[3]", "[1]"), "\"target\""},
        {ROW("[9]", "[1,2]"), "0 to 6"},
        {ROW("\"a b\"", "[1,2]"), "mixes"},
        {"{\"system\": \"encoder_decoder\", \"data\": {\"examples\": [{\"source\": \"a\"}]}}", "\"target\""},
        {"{\"system\": \"encoder_decoder\", \"data\": {\"examples\": [{\"source\": \" \", \"target\": \"x\"}]}}", "empty"},
        {"{\"system\": \"encoder_decoder\", \"model\": {\"d_model\": 5}}", "\"n_heads\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Session session;
        Error error = {0};
        EXPECT(!begin(&session, cases[i].json, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        model_free(&session.model);
    }
}

/* --- writing --- */

#define WRITES ROW("[3,0,5,4]", "[1,3,6,2,0]")

/* Every token is read once with what was kept, or all are read anew: the same logits to the last bit, and as many
 * multiplications as the tape has. */
static void writing(void **state)
{
    (void)state;
    enum { WRITTEN = 5, WIDE = 7 };
    double logits[2][WRITTEN][WIDE];
    for (int anew = 0; anew < 2; anew++) {
        Session session;
        Generation writes;
        Error error = {0};
        EXPECT(begin(&session, WRITES, &error), "%s", error.text);
        session.options.tokens = "5,3,0";
        EXPECT(generation_begin(&writes, &session, NULL, WRITTEN, &error), "%s", error.text);
        writes.no_cache = anew;
        for (int i = 0; i < WRITTEN; i++) {
            EXPECT(generation_next(&writes, &error), "%s", error.text);
            const Value *value = tape_value(&session.run.tape, writes.drawing.logits);
            EXPECT(value->cols == WIDE && value->rows == 1, "logits are %d x %d", value->rows, value->cols);
            memcpy(logits[anew][i], value->data, sizeof logits[anew][i]);
        }
        double made = tape_products(&session.run.tape);
        long long last = model_writes(&session.model)->products(&session.model, WRITTEN, 0);
        EXPECT(made == (double)(anew ? last : writes.done.products), "%g products on the tape", made);
        EXPECT(anew ? writes.done.products == writes.without.products : writes.done.products < writes.without.products, "nothing is spared");
        expect_all_explained(&session.run.tape);
        generation_end(&writes);
        session_close(&session);
    }
    for (int i = 0; i < WRITTEN * WIDE; i++)
        EXPECT(same_bits(logits[0][i / WIDE][i % WIDE], logits[1][i / WIDE][i % WIDE]), "token %d differs", i / WIDE);
}

/* It learns its two sentences by heart, and says each for its source. */
static void translates(void **state)
{
    (void)state;
    static const char *const sentences[][2] = {{"red red cat", "miu rot rot"}, {"old red dog", "vau rot vet"}};
    Session session;
    Error error = {0};
    open_model(&session, "translate", NULL, 60);
    for (size_t i = 0; i < 2; i++) {
        Generation writes;
        Text text = {0};
        EXPECT(generation_begin(&writes, &session, sentences[i][0], 0, &error), "%s", error.text);
        writes.how.temperature = 0;
        while (!generation_done(&writes))
            EXPECT(generation_next(&writes, &error), "%s", error.text);
        generation_text(&writes, &text);
        EXPECT(generation_ended(&writes) && strcmp(text.data, sentences[i][1]) == 0, "\"%s\" is \"%s\"", sentences[i][0], text.data);
        text_free(&text);
        generation_end(&writes);
    }
    static const struct {
        const char *text, *says;
    } refused[] = {{"red zebra", "\"zebra\""}, {" ", "empty"}, {"<PAD>", "no padding"}, {"red red red red red", "\"context\""}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Generation writes;
        error = (Error){0};
        EXPECT(!generation_begin(&writes, &session, refused[i].text, 0, &error), "\"%s\" is translated", refused[i].text);
        expect_error(&error, EXIT_USED_WRONGLY, refused[i].says);
    }
    session_close(&session);
}

int test_encoder_decoder(void)
{
    TestList list = {0};
    tests_add(&list, one_head, NULL, "one head of cross-attention");
    tests_add(&list, gradients, ROW("[3,0,5,6]", "[1,3,6,2]"), "gradients are true, with padding inside");
    tests_add(&list, gradients, ROW("[3,4]", "[1,3,0,6,2,0]"), "gradients are true, with a padded target");
    tests_add(&list, padding, NULL, "padding of the source moves nothing");
    tests_add(&list, edges, NULL, "a padded target, a source of one token");
    tests_add(&list, writing, NULL, "what is kept of a source changes nothing that is written");
    tests_add(&list, translates, NULL, "it writes what it learned");
    tests_add(&list, refusals, NULL, "what cannot work is refused by name");
    return tests_run(&list, "encoder_decoder");
}
