/* Weights into a run: all of them or none. */
#include "support.h"

#include "tiny_model/systems/gpt.h"
#include "tracer/base/files.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MODEL[] = "tiny", WEIGHTS[] = "golden/reference/tiny/weights.safetensors";

/* A run whose parameters are all 7, and the weights of the reference to change. */
typedef struct {
    Session session;
    NamedMatrices tensors;
} Loading;

static void begin(Loading *loading)
{
    Error error = {0};
    open_model(&loading->session, MODEL, NULL, 0);
    Run *run = &loading->session.run;
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++)
            run_parameter(run, p)[i] = 7;
    EXPECT(named_matrices_read(WEIGHTS, &loading->tensors, &error), "%s", error.text);
}

static void end(Loading *loading)
{
    named_matrices_free(&loading->tensors);
    session_close(&loading->session);
}

static void expect_untouched(Run *run)
{
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++)
            EXPECT(run_parameter(run, p)[i] == 7, "parameter %d was changed", p);
}

static void expect_file_refused(Loading *loading, const char *path, const char *says)
{
    Error error = {0};
    EXPECT(!weights_load(path, &loading->session.run, &error), "the weights are loaded");
    expect_error(&error, EXIT_USED_WRONGLY, says);
    expect_untouched(&loading->session.run);
}

/* Writes the tensors as they are now and expects that they are refused. */
static void expect_refused(Loading *loading, const char *says)
{
    char path[PATH_SIZE];
    Error error = {0};
    temporary_file(path, "", 0);
    EXPECT(named_matrices_write(path, &loading->tensors, &error), "%s", error.text);
    expect_file_refused(loading, path, says);
    unlink(path);
}

static void missing_and_surplus(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    NamedMatrices *tensors = &loading.tensors;
    NamedMatrix *last = &tensors->list[tensors->count - 1];
    tensors->count--;
    expect_refused(&loading, last->name);
    tensors->count++;
    char *name = last->name, other[] = "block0.attention.head7.W_Q";
    last->name = other;
    expect_refused(&loading, other);
    last->name = name;
    end(&loading);
}

static void surplus_only(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    NamedMatrices *tensors = &loading.tensors;
    double number[] = {1};
    NamedMatrix *more = malloc(((size_t)tensors->count + 1) * sizeof *more);
    EXPECT(more, "out of memory");
    memcpy(more, tensors->list, (size_t)tensors->count * sizeof *more);
    more[tensors->count] = (NamedMatrix){"extra", 1, 1, number};
    NamedMatrix *list = tensors->list;
    tensors->list = more;
    tensors->count++;
    expect_refused(&loading, "\"extra\"");
    tensors->list = list;
    tensors->count--;
    free(more);
    end(&loading);
}

/* The same number of cells, but another shape. */
static void other_shapes(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    int tried = 0;
    for (int i = 0; i < loading.tensors.count; i++) {
        NamedMatrix *tensor = &loading.tensors.list[i];
        int rows = tensor->rows, cols = tensor->cols;
        if (rows == cols)
            continue;
        tried++;
        tensor->rows = cols;
        tensor->cols = rows;
        expect_refused(&loading, tensor->name);
        tensor->rows = rows;
        tensor->cols = cols;
    }
    EXPECT(tried > 5, "%d tensors are not square", tried);
    end(&loading);
}

static void not_finite(void **state)
{
    (void)state;
    static const double numbers[] = {NAN, INFINITY, -INFINITY};
    Loading loading;
    begin(&loading);
    NamedMatrix *last = &loading.tensors.list[loading.tensors.count - 1];
    for (int i = 0; i < 3; i++) {
        double *cell = &last->data[last->rows * last->cols - 1], before = *cell;
        *cell = numbers[i];
        expect_refused(&loading, last->name);
        *cell = before;
    }
    end(&loading);
}

static void cut_off(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    char *bytes, path[PATH_SIZE];
    size_t size;
    Error error = {0};
    EXPECT(file_read(WEIGHTS, 1 << 20, &bytes, &size, &error), "%s", error.text);
    temporary_file(path, bytes, size);
    while (size-- > 0) {
        EXPECT(truncate(path, (off_t)size) == 0, "%s cannot be cut", path);
        expect_file_refused(&loading, path, path);
    }
    free(bytes);
    unlink(path);
    end(&loading);
}

static void of_another_model(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    expect_file_refused(&loading, "golden/reference/by-hand/weights.safetensors", "by-hand");
    expect_file_refused(&loading, "golden/reference/m02/weights.safetensors", "m02");
    end(&loading);
}

/* Before and after the update, and back into another run. */
static void saved_and_loaded(void **state)
{
    Session session, other;
    char path[PATH_SIZE];
    open_model(&session, *state, NULL, 2);
    open_model(&other, *state, NULL, 0);
    temporary_file(path, "", 0);
    for (int after = 0; after < 2; after++) {
        Error error = {0};
        EXPECT(weights_save(path, &session.run, after, &error) && weights_load(path, &other.run, &error), "%s", error.text);
        if (after)
            run_advance(&session.run);
        for (int p = 0; p < session.run.parameters.count; p++) {
            const Parameter *of = &session.run.parameters.list[p];
            size_t bytes = (size_t)of->rows * (size_t)of->cols * sizeof(double);
            bool same = memcmp(run_parameter(&session.run, p), run_parameter(&other.run, p), bytes) == 0;
            EXPECT(same, "%s differs", of->local);
        }
    }
    unlink(path);
    session_close(&session);
    session_close(&other);
}

/* Weights bring their words: a model of other words takes them, and what they do not know is refused by name. */
static void bring_their_words(void **state)
{
    (void)state;
    char path[PATH_SIZE];
    Session session, other;
    Error error = {0};
    temporary_file(path, "", 0);
    EXPECT(session_open(&session, &(RunOptions){.text = "I am here and you are there"}, &error), "%s", error.text);
    EXPECT(weights_save(path, &session.run, false, &error), "%s", error.text);
    EXPECT(session_open(&other, &(RunOptions){.weights = path, .text = "you are here and I am there"}, &error), "%s", error.text);
    EXPECT(gpt_of(&other.model)->vocabulary_count == 10, "%d tokens", gpt_of(&other.model)->vocabulary_count);
    const double expected[] = {7, 8, 5, 6, 3, 4, 9};
    EXPECT(memcmp(tape_value(&other.run.tape, value_called(&other, "tokens"))->data, expected, sizeof expected) == 0, "other ids");
    session_close(&other);
    session_close(&session);
    static const struct {
        const char *model, *text, *says;
    } cases[] = {{NULL, "you are lost", "has the token \"lost\""}, {NULL, "you are lost", "(\"there\", \"are\", \"you\""},
                 {NULL, NULL, "has the token \"the\""}, {"moby", "you are here", "read words, but the model reads characters"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        error = (Error){0};
        EXPECT(!session_open(&other, &(RunOptions){.model = cases[i].model, .weights = path, .text = cases[i].text}, &error), "case %zu", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    unlink(path);
}

/* A file whose words are none: nothing is loaded. */
static void words_that_are_none(void **state)
{
    (void)state;
    static const char *const lists[] = {"[]", "[1]", "{}", "x", "[\\\"a\\\", 2]"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char path[PATH_SIZE], header[300], file[400];
        Session session;
        Error error = {0};
        size_t length = (size_t)snprintf(header, sizeof header, "{\"__metadata__\":{\"tokenizer\":\"words\",\"vocabulary\":\"%s\"}}", lists[i]);
        while (length % 8)
            header[length++] = ' ';
        for (int b = 0; b < 8; b++)
            file[b] = (char)(length >> (8 * b));
        memcpy(file + 8, header, length);
        temporary_file(path, file, 8 + length);
        EXPECT(!session_open(&session, &(RunOptions){.weights = path}, &error), "%s is taken", lists[i]);
        expect_error(&error, EXIT_USED_WRONGLY, "\"vocabulary\" that is no list of tokens");
        unlink(path);
    }
}

/* The text of a model file that another one takes the place of need not be there, nor be one. */
static void a_text_that_is_replaced(void **state)
{
    (void)state;
    static const char *const files[] = {"{\"data\": {\"file\": \"/nowhere/at/all\"}}", "{\"text\": \"\"}", "{\"text\": \"a b\", \"vocabulary\": [\"<BOS>\", \"<EOS>\", \"x\", \"y\"]}"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_SIZE], model[PATH_SIZE + 5];
        Session session;
        Error error = {0};
        temporary_file(path, files[i], strlen(files[i]));
        snprintf(model, sizeof model, "%s.json", path);
        EXPECT(rename(path, model) == 0, "no file");
        EXPECT(!session_open(&session, &(RunOptions){.model = model}, &error), "%s is no bad text", files[i]);
        error = (Error){0};
        EXPECT(session_open(&session, &(RunOptions){.model = model, .text = "x y x"}, &error), "%s: %s", files[i], error.text);
        EXPECT(tape_value(&session.run.tape, value_called(&session, "tokens"))->cols == 5, "another text");
        session_close(&session);
        unlink(model);
    }
}

int test_weights(void)
{
    TestList list = {0};
    tests_add(&list, missing_and_surplus, NULL, "a missing tensor, a name that is not known");
    tests_add(&list, surplus_only, NULL, "a surplus tensor");
    tests_add(&list, other_shapes, NULL, "other shapes");
    tests_add(&list, not_finite, NULL, "numbers that are not finite");
    tests_add(&list, cut_off, NULL, "cut off at every length");
    tests_add(&list, of_another_model, NULL, "weights of another model");
    tests_add(&list, bring_their_words, NULL, "weights bring their words");
    tests_add(&list, words_that_are_none, NULL, "words that are none");
    tests_add(&list, a_text_that_is_replaced, NULL, "a text that is replaced");
    tests_add_models(&list, saved_and_loaded, "what is saved can be loaded");
    return tests_run(&list, "weights");
}
