/* What a training step reads: windows, shuffles and dropout masks as an independent implementation has them
 * (golden/reference/train_loop.json), text files, validation kept apart, and what is refused. */
#include "support.h"
#include "tensor_files.h"

#include "tiny_model/data/texts.h"
#include "tiny_model/random.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/train_loop.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static int integer(const json_t *object, const char *key)
{
    EXPECT(json_is_integer(json_object_get(object, key)), "no \"%s\"", key);
    return (int)json_integer_value(json_object_get(object, key));
}

/* A model of ids 0 ... n-1, cut into windows. */
static bool model_of_ids(Model *model, int n, const char *training, Error *error)
{
    Text text = {0};
    text_add(&text, "{\"vocabulary_size\": %d, \"d_model\": 2, \"n_heads\": 1, \"training\": {%s}, "
             "\"data\": {\"examples\": [{\"tokens\": [", n, training);
    for (int i = 0; i < n; i++)
        text_add(&text, "%s%d", i ? ", " : "", i);
    text_add(&text, "]}]}}");
    bool whole = model_defaults(model, &GPT, error) && model_file_parse(text.data, text.length, "m", model, error) &&
                 model_finish(model, error);
    text_free(&text);
    return whole;
}

/* The first and the last window of each case, how many there are, and what is left over. */
static void windows(void **state)
{
    (void)state;
    json_t *root = golden();
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(root, "windows"), i, one) {
        int n = integer(one, "n"), length = integer(one, "max_length"), stride = integer(one, "stride"),
            count = integer(one, "count");
        char training[120];
        Model model;
        Error error = {0};
        EXPECT(windows_in(n, length, stride) == count, "case %zu: %d windows", i, windows_in(n, length, stride));
        snprintf(training, sizeof training, "\"loader\": \"windows\", \"length\": %d, \"stride\": %d", length, stride);
        bool made = model_of_ids(&model, n, training, &error);
        EXPECT(made == (count > 0), "case %zu: %s", i, error.text);
        for (int w = 0; made && w < count; w++) {
            Sequence window = gpt_example(gpt_of(&model), false, w);
            EXPECT(window.tokens[0] == w * stride && window.count == length + 1 && sequence_reads(&window) == length,
                   "case %zu: window %d begins at %d", i, w, window.tokens[0]);
            EXPECT(window.tokens[length] == w * stride + length, "case %zu: window %d has no last target", i, w);
        }
        if (made) {
            const json_t *last = json_array_get(json_object_get(one, "last"), 0);
            EXPECT(json_integer_value(json_array_get(last, 0)) == (count - 1) * stride, "case %zu: the last window", i);
            EXPECT(integer(one, "unused_tail") == n - 1 - ((count - 1) * stride + length), "case %zu: the tail", i);
        }
        model_free(&model);
    }
    EXPECT(i >= 12, "%zu cases", i);
    json_decref(root);
}

static void shuffles(void **state)
{
    (void)state;
    json_t *root = golden(), *list;
    const char *key;
    int cases = 0;
    json_object_foreach(json_object_get(root, "shuffle"), key, list) {
        int seed, count, order[64];
        EXPECT(sscanf(key, "%d,%d", &seed, &count) == 2 && count <= 64, "%s", key);
        char training[80];
        Model model;
        Error error = {0};
        snprintf(training, sizeof training, "\"loader\": \"windows\", \"length\": 1, \"shuffle\": %d, \"batch\": 3", seed);
        EXPECT(model_of_ids(&model, count + 1, training, &error), "%s", error.text);
        Tape tape = {.frame = -1};
        for (int step = 0, seen = 0; seen < 2 * count; step++) {
            tape_rewind(&tape);
            Batch batch = scene_batch(&(Scene){.tape = &tape, .model = &model, .training_step = step}, count, 1);
            for (int i = 0; i < batch.count; i++, seen++)
                if (seen < count)
                    EXPECT(batch_row(batch, i) == json_integer_value(json_array_get(list, (size_t)seen)), "%s: place %d is %d",
                           key, seen, batch_row(batch, i));
                else if (seen < 2 * count)
                    order[seen - count] = batch_row(batch, i); /* the next epoch: all again, in another order */
        }
        Random random;
        int again[64];
        for (int i = 0; i < count; i++)
            again[i] = i;
        random_seed(&random, (uint64_t)seed + ((uint64_t)1 << 32));
        random_shuffle(&random, again, count);
        EXPECT(memcmp(order, again, (size_t)count * sizeof *order) == 0, "%s: the second epoch", key);
        tape_free(&tape);
        model_free(&model);
        cases++;
    }
    EXPECT(cases >= 4, "%d cases", cases);
    json_decref(root);
}

static void masks(void **state)
{
    (void)state;
    json_t *root = golden(), *one;
    size_t at;
    json_array_foreach(json_object_get(root, "dropout"), at, one) {
        double p = json_number_value(json_object_get(one, "p")), numbers[12];
        Model model = {.init.seed = integer(one, "seed")};
        Error error = {0};
        Tape tape = {.frame = -1, .error = &error};
        for (int i = 0; i < 12; i++)
            numbers[i] = json_number_value(json_array_get(json_array_get(json_object_get(one, "x"), (size_t)i / 4), (size_t)i % 4));
        Scene scene = {.tape = &tape, .model = &model, .training_step = integer(one, "step"), .learning = true,
                       .sites = (unsigned)integer(one, "site") - 1};
        tape_begin_phase(&tape, PHASE_FORWARD);
        int x = tape_leaf(&tape, KIND_PARAMETER, "x", (Shape){3, 4}, numbers);
        int y = scene_dropout(&scene, "y", x, p);
        tape_end(&tape);
        const Value *value = tape_value(&tape, y), *mask = tape_value(&tape, tape.calls[0].saved[0]);
        for (size_t i = 0; i < 12; i++) {
            const json_t *row = json_array_get(json_object_get(one, "y"), i / 4),
                         *kept = json_array_get(json_object_get(one, "mask"), i / 4);
            EXPECT(same_bits(value->data[i], json_number_value(json_array_get(row, i % 4))), "case %zu, cell %zu: %.17g", at, i,
                   value->data[i]);
            EXPECT(mask->data[i] == json_number_value(json_array_get(kept, i % 4)), "case %zu, cell %zu of the mask", at, i);
        }
        scene.learning = false;
        EXPECT(scene_dropout(&scene, "z", x, p) == x, "a model that is used drops something");
        tape_free(&tape);
    }
    EXPECT(at >= 5, "%zu cases", at);
    json_decref(root);
}

/* random: as Python draws them, the same for a training step whatever was drawn before. */
static void drawn_windows(void **state)
{
    (void)state;
    static const int python[2][4] = {{637, 261, 759, 367}, {161, 497, 289, 911}};
    Model model;
    Error error = {0};
    EXPECT(model_of_ids(&model, 1000, "\"loader\": \"random\", \"length\": 8, \"batch\": 4, \"shuffle\": 5", &error), "%s", error.text);
    EXPECT(gpt_of(&model)->learned.examples == 992, "%d places", gpt_of(&model)->learned.examples);
    Tape tape = {.frame = -1};
    for (int step = 1; step >= 0; step--) {
        Batch batch = scene_batch(&(Scene){.tape = &tape, .model = &model, .training_step = step}, 992, 1);
        for (int i = 0; i < 4; i++)
            EXPECT(batch_row(batch, i) == python[step][i], "step %d, window %d begins at %d", step, i, batch_row(batch, i));
    }
    tape_free(&tape);
    model_free(&model);
}

/* The last share of the tokens is in no window that is learned from, and all windows of it stand side by side. */
static void validation_apart(void **state)
{
    (void)state;
    Model model;
    Error error = {0};
    EXPECT(model_of_ids(&model, 103, "\"loader\": \"random\", \"length\": 4, \"validation\": 0.3", &error), "%s", error.text);
    const Gpt *gpt = gpt_of(&model);
    Sequence last = gpt_example(gpt, false, gpt->learned.examples - 1);
    EXPECT(last.tokens[4] == 71, "the last window that is learned from ends at %d", last.tokens[4]);
    EXPECT(gpt->held.examples == windows_in(31, 4, 4), "%d windows are kept apart", gpt->held.examples);
    for (int i = 0; i < gpt->held.examples; i++)
        EXPECT(gpt_example(gpt, true, i).tokens[0] == 72 + 4 * i, "window %d begins at %d", i, gpt_example(gpt, true, i).tokens[0]);
    model_free(&model);
}

static void shipped_texts(void **state)
{
    (void)state;
    EXPECT(strlen(MOBY_20K) == 20223 && strlen(MOBY_100K) == 99418, "%zu and %zu bytes", strlen(MOBY_20K), strlen(MOBY_100K));
    EXPECT(strncmp(MOBY_20K, MOBY_100K, 20000) == 0, "they are two books");
    static const struct {
        const char *preset;
        int tokens, kinds;
    } presets[] = {{"moby", 99418, 73}, {"loomings", 20223, 65}};
    for (int i = 0; i < 2; i++) {
        Session session;
        Error error = {0};
        EXPECT(session_load(&session, &(RunOptions){.model = presets[i].preset}, &error), "%s", error.text);
        const Gpt *gpt = gpt_of(&session.model);
        size_t cells = 0;
        for (int p = 0; p < session.run.parameters.count; p++)
            cells += (size_t)session.run.parameters.list[p].rows * (size_t)session.run.parameters.list[p].cols;
        EXPECT(gpt->sequences[0].count == presets[i].tokens && gpt->vocabulary_count == presets[i].kinds, "%d tokens of %d kinds",
               gpt->sequences[0].count, gpt->vocabulary_count);
        EXPECT(cells == 106816 - 64 * (73 - (size_t)presets[i].kinds), "%zu parameters", cells);
        session_close(&session);
    }
}

/* A text file, as one document and a line each. */
static void files(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf" "a b c d\r\n\r\nb c d a\r\nc d a b\n";
    static const struct {
        const char *data;
        int documents, tokens;
        const char *training;
    } cases[] = {{"\"file\": \"t.txt\", \"documents\": \"lines\"", 3, 6, ""},
                 {"\"file\": \"t.txt\"", 1, 12, "\"loader\": \"windows\", \"length\": 3"},
                 {"\"file\": \"t.txt\", \"documents\": \"lines\"", 3, 4, "\"loader\": \"windows\", \"length\": 3, \"stride\": 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[PATH_SIZE], json[300], path[2 * PATH_SIZE];
        Model model;
        Error error = {0};
        folder_make(folder);
        folder_put(folder, "t.txt", text, sizeof text - 1);
        snprintf(json, sizeof json, "{\"data\": {%s}, \"training\": {%s}}", cases[i].data, cases[i].training);
        bool read = model_defaults(&model, &GPT, &error) &&
                    model_file_parse(json, strlen(json), folder_path(path, folder, "m.json"), &model, &error) &&
                    model_finish(&model, &error);
        folder_remove(folder);
        EXPECT(read, "%s", error.text);
        const Gpt *gpt = gpt_of(&model);
        EXPECT(gpt->sequence_count == cases[i].documents && gpt->sequences[0].count == cases[i].tokens, "case %zu: %d of %d", i,
               gpt->sequence_count, gpt->sequences[0].count);
        EXPECT(gpt->vocabulary_count == 7, "case %zu: %d words", i, gpt->vocabulary_count);
        model_free(&model);
    }
}

typedef struct {
    const char *what, *json, *says;
} Refused;

static const Refused REFUSED[] = {
    {"a text beside examples", "{\"text\": \"a b\", \"data\": {\"examples\": [{\"text\": \"a b\"}]}}", "\"text\" and \"examples\""},
    {"a file beside a text", "{\"data\": {\"text\": \"a b\", \"file\": \"t.txt\"}}", "\"text\" and \"file\""},
    {"no file", "{\"data\": {\"file\": \"/nowhere/t.txt\"}}", "/nowhere/t.txt"},
    {"documents without a file", "{\"data\": {\"documents\": \"lines\"}}", "\"documents\""},
    {"a text too short for a window", "{\"text\": \"a b c\", \"training\": {\"loader\": \"windows\", \"length\": 3}}", "3 tokens"},
    {"windows without a length", "{\"text\": \"a b c\", \"training\": {\"loader\": \"windows\"}}", "\"length\""},
    {"windows beyond the context", "{\"context\": 2, \"text\": \"a b c d e\", \"training\": {\"loader\": \"random\", \"length\": 3}}", "\"context\" 2"},
    {"all for validation", "{\"text\": \"a b c d e\", \"training\": {\"loader\": \"windows\", \"length\": 3, \"validation\": 0.9}}", "\"length\" 3"},
    {"validation of one document", "{\"text\": \"a b c d e\", \"training\": {\"validation\": 0.5}}", "several documents"},
    {"validation of a classifier", "{\"system\": \"mlp\", \"training\": {\"validation\": 0.5}}", "\"validation\""},
    {"windows of a classifier", "{\"system\": \"mlp\", \"training\": {\"loader\": \"windows\"}}", "\"loader\""},
    {"half a seed", "{\"training\": {\"shuffle\": 0.5}}", "\"shuffle\""},
};

static void refused(void **state)
{
    const Refused *of = *state;
    Model model;
    Error error = {0};
    EXPECT(!(model_defaults(&model, &GPT, &error) && model_file_parse(of->json, strlen(of->json), "m.json", &model, &error) &&
             model_finish(&model, &error)), "it is accepted");
    EXPECT(error.code == EXIT_USED_WRONGLY || error.code == EXIT_INPUT_OUTPUT, "code %d", error.code);
    expect_error(&error, error.code, of->says);
    model_free(&model);
}

static void bad_files(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *says;
    } cases[] = {{"", 0, "is empty"}, {" \n", 2, "is empty"}, {"ab\0cd", 5, "byte 2"}, {"ab\xff", 3, "byte 2"}, {"one", 3, "1 token"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[PATH_SIZE];
        Session session;
        Error error = {0};
        temporary_file(path, cases[i].bytes, cases[i].size);
        EXPECT(!session_open(&session, &(RunOptions){.file = path}, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        remove(path);
    }
}

int test_loader(void)
{
    TestList list = {0};
    tests_add(&list, windows, NULL, "windows of the goldens");
    tests_add(&list, shuffles, NULL, "shuffles of the goldens, epoch after epoch");
    tests_add(&list, masks, NULL, "dropout masks of the goldens");
    tests_add(&list, drawn_windows, NULL, "windows drawn as Python draws them");
    tests_add(&list, validation_apart, NULL, "validation is kept apart");
    tests_add(&list, shipped_texts, NULL, "the texts that ship are whole");
    tests_add(&list, files, NULL, "text files");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        tests_add(&list, refused, &REFUSED[i], "refused: %s", REFUSED[i].what);
    tests_add(&list, bad_files, NULL, "files that are no text");
    return tests_run(&list, "loader");
}
