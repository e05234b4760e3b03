/* From a text to pairs of words: who stands around whom, what is left out, and what no pairs can be made of. */
#include "made.h"

#include "tiny_model/systems/word2vec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void make(MadeModel *made, const char *json)
{
    Error error = {0};
    EXPECT(made_model(made, json, &error) && run_init(&made->run, &made->model, NULL, &error), "%s", error.text);
}

static void subsampling(void **state)
{
    (void)state;
    json_t *root = json_load_file("golden/reference/word2vec/subsampling.json", 0, NULL), *golden;
    const char *word;
    EXPECT(json_object_size(root) == 3, "%zu words", json_object_size(root));
    json_object_foreach(root, word, golden) {
        double f = json_number_value(json_object_get(golden, "f"));
        double paper = json_number_value(json_object_get(golden, "paper_discard")), c = json_number_value(json_object_get(golden, "word2vec_c_keep"));
        EXPECT(is_close(1 - word2vec_kept(SUBSAMPLING_PAPER, 0.01, f), paper, 1e-15), "%s: paper", word);
        EXPECT(is_close(word2vec_kept(SUBSAMPLING_WORD2VEC, 0.01, f), c, 1e-15), "%s: word2vec.c", word);
    }
    json_decref(root);
}

/* A sentence of one word makes no pair; rare words are gone before anybody looks around; a word may be its own
 * neighbour. */
static void pairs(void **state)
{
    (void)state;
    static const struct {
        const char *text, *keys;
        int words, pairs;
    } texts[] = {
        {"one\\ntwo three", "\"window\": 5", 3, 2},
        {"a b c d", "\"window\": 1", 4, 6},
        {"a b c d", "\"window\": 100", 4, 12},
        {"a a", "\"window\": 1", 1, 2},
        {"a x a y a", "\"window\": 1, \"min_count\": 2", 1, 4},
        {"A, b! (a) B\\n\\n\\n...\\nb", "\"window\": 1", 2, 6},
        {"a b c d", "\"kind\": \"cbow\"", 4, 4},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char json[300];
        MadeModel made;
        Error error = {0};
        snprintf(json, sizeof json, "{\"system\": \"word2vec\", \"data\": {\"text\": \"%s\"}, \"model\": {%s}}", texts[i].text, texts[i].keys);
        make(&made, json);
        const Word2vec *words = made.model.settings;
        EXPECT(words->size == texts[i].words && words->pair_count == texts[i].pairs, "\"%s\": %d words, %d pairs", texts[i].text, words->size, words->pair_count);
        EXPECT(run_record(&made.run, &error) && isfinite(run_loss(&made.run)), "\"%s\": %s", texts[i].text, error.text);
        expect_all_explained(&made.run.tape);
        made_free(&made);
    }
}

static void refused(void **state)
{
    (void)state;
    static const char *const models[][2] = {
        {"\"data\": {\"text\": \"one\"}", "no word of the text has a neighbour"},
        {"\"data\": {\"text\": \"a b c\"}, \"model\": {\"min_count\": 2}", "stands there 2 times"},
        {"\"data\": {\"make\": \"digits\"}", "\"make\" in data is \"digits\""},
        {"\"data\": {\"examples\": [{\"center\": \"a\"}]}", "needs a \"center\" and a \"context\""},
        {"\"data\": {\"examples\": [{\"center\": \"a b\", \"context\": \"c\"}]}", "must be one word"},
        {"\"data\": {\"examples\": [{\"center\": \"a\", \"context\": \"c d\"}]}", "unless \"kind\" is cbow"},
        {"\"model\": {\"noise_seed\": 1.5}", "\"noise_seed\" is 1.5"},
        {"\"model\": {\"analogy\": \"a b\"}", "takes three words"},
        {"\"model\": {\"window\": 0}", "\"window\""},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char json[300];
        MadeModel made;
        Error error = {0};
        snprintf(json, sizeof json, "{\"system\": \"word2vec\", %s}", models[i][0]);
        EXPECT(!made_model(&made, json, &error), "%s was taken", models[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, models[i][1]);
        model_free(&made.model);
    }
}

int test_word_pairs(void)
{
    TestList list = {0};
    tests_add(&list, subsampling, NULL, "subsampling of frequent words");
    tests_add(&list, pairs, NULL, "pairs of small texts");
    tests_add(&list, refused, NULL, "what no pairs are made of");
    return tests_run(&list, "word_pairs");
}
