/* Byte-pair encoding: merges, counts and ties of an independent implementation, GPT-2's pre-tokens, the same on the
 * tape as without it, round trips, files good and bad. */
#include "support.h"

#include "tiny_model/tokenizer/bpe.h"
#include "tiny_model/tokenizer/unicode.h"
#include "tiny_model/primitives/families.h"
#include "tiny_model/run.h"
#include "tiny_model/system.h"
#include "tracer/session/alphabet.h"
#include "tracer/session/json_file.h"
#include "tracer/session/tokenizer_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *reference(const char *name)
{
    char path[100];
    Error error = {0};
    snprintf(path, sizeof path, "golden/reference/bpe/%s.json", name);
    json_t *json = json_file_read(path, 1 << 20, &error);
    EXPECT(json, "%s", error.text);
    return json;
}

typedef struct {
    const Bpe *bpe;
    const char *key;
    const json_t *expected;
    int rounds;
} Golden;

static void expect_token(const Golden *golden, int id, const json_t *written)
{
    char bytes[200];
    const char *text = json_string_value(written);
    size_t length = alphabet_decode(text, bytes);
    const Piece *piece = &golden->bpe->pieces[id];
    EXPECT((size_t)piece->length == length && memcmp(piece->bytes, bytes, length) == 0, "%s, merge %d: not \"%s\"", golden->key,
           golden->rounds, text);
}

static bool expect_round(void *context, int round, const BpeRound *chosen)
{
    Golden *golden = context;
    size_t at = (size_t)round;
    const json_t *pair = json_array_get(json_object_get(golden->expected, "merges"), at);
    expect_token(golden, chosen->left, json_array_get(pair, 0));
    expect_token(golden, chosen->right, json_array_get(pair, 1));
    EXPECT(chosen->count == json_integer_value(json_array_get(json_object_get(golden->expected, "counts"), at)), "%s: count %ld", golden->key,
           chosen->count);
    EXPECT(chosen->ties == json_integer_value(json_array_get(json_object_get(golden->expected, "ties"), at)), "%s: ties %d", golden->key,
           chosen->ties);
    golden->rounds++;
    return true;
}

/* The merges that the tape chooses on the same text are those of the training. */
static void expect_on_tape(const Bpe *bpe, const char *text, const char *key)
{
    Model model;
    Run run;
    Error error = {0};
    EXPECT(model_defaults(&model, system_find("bpe"), &error), "%s", error.text);
    model.data.text = text;
    for (int i = 0; model_key(model.system, i); i++) {
        const ModelKey *name = model_key(model.system, i);
        if (strcmp(name->key, "merges") == 0)
            *(int *)model_member(&model, name) = bpe->merge_count;
        if (strcmp(name->key, "pattern") == 0)
            *(int *)model_member(&model, name) = (int)bpe->pattern;
    }
    EXPECT(model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error), "%s: %s", key, error.text);
    int r = 0;
    for (int step = 0; step < run.tape.step_count; step++)
        if (run.tape.steps[step].primitive == &LARGEST_PAIR) {
            const double *pair = step_output(&run.tape, &run.tape.steps[step])->data;
            EXPECT(r < bpe->merge_count && pair[0] == bpe->merges[r].left && pair[1] == bpe->merges[r].right, "%s, merge %d on the tape: %g %g", key,
                   r, pair[0], pair[1]);
            r++;
        }
    EXPECT(r == bpe->merge_count, "%s: %d merges on the tape", key, r);
    expect_all_explained(&run.tape);
    run_free(&run);
    model_free(&model);
}

static void learns_the_merges(void **state)
{
    (void)state;
    json_t *all = reference("train"), *expected;
    const char *key;
    int cases = 0;
    json_object_foreach(all, key, expected) {
        const char *text = json_string_value(json_object_get(expected, "text"));
        size_t merges = json_array_size(json_object_get(expected, "merges"));
        Bpe bpe;
        Error error = {0};
        Golden golden = {&bpe, key, expected, 0};
        Pattern pattern = strstr(key, "|none|") ? PATTERN_NONE : PATTERN_GPT2;
        EXPECT(bpe_train(&bpe, text, strlen(text), pattern, (int)merges, NULL, 0, expect_round, &golden, &error), "%s: %s", key, error.text);
        EXPECT(golden.rounds == (int)merges && merges > 0, "%s: %d rounds", key, golden.rounds);
        TokenIds ids = {0};
        const json_t *wanted = json_object_get(expected, "ids_of_text");
        EXPECT(bpe_encode(&bpe, text, strlen(text), false, &ids, &error), "%s", error.text);
        EXPECT(ids.count == json_array_size(wanted), "%s: %zu ids", key, ids.count);
        for (size_t i = 0; i < ids.count; i++)
            EXPECT(ids.list[i] == json_integer_value(json_array_get(wanted, i)), "%s: id %zu is %d", key, i, ids.list[i]);
        free(ids.list);
        expect_on_tape(&bpe, text, key);
        bpe_free(&bpe);
        cases++;
    }
    EXPECT(cases == 8, "%d cases", cases);
    json_decref(all);
}

static void cuts_as_gpt2(void **state)
{
    (void)state;
    json_t *all = reference("gpt2"), *one;
    size_t index;
    int cases = 0;
    json_array_foreach(all, index, one) {
        const json_t *told = json_object_get(one, "text"), *expected = json_object_get(one, "pretokens");
        const char *text = json_string_value(told);
        size_t left = json_string_length(told), length;
        if (!json_is_array(expected))
            continue;
        for (size_t i = 0; (length = pretoken_length(text, left, PATTERN_GPT2)) > 0; i++, text += length, left -= length) {
            const json_t *piece = json_array_get(expected, i);
            EXPECT(piece && json_string_length(piece) == length && memcmp(json_string_value(piece), text, length) == 0,
                   "text %zu, pre-token %zu: %.*s", index, i, (int)length, text);
        }
        cases++;
    }
    EXPECT(cases >= 15, "%d cases", cases);
    json_decref(all);
}

static void knows_unicode(void **state)
{
    (void)state;
    static const struct {
        unsigned point;
        CharacterClass class;
    } cases[] = {{'a', CHARACTER_LETTER}, {'Z', CHARACTER_LETTER}, {'0', CHARACTER_NUMBER}, {'_', CHARACTER_OTHER}, {' ', CHARACTER_BLANK},
                 {0x1c, CHARACTER_OTHER}, {0x85, CHARACTER_BLANK}, {0xa0, CHARACTER_BLANK}, {0xbd, CHARACTER_NUMBER}, {0xe9, CHARACTER_LETTER},
                 {0x301, CHARACTER_OTHER}, {0x663, CHARACTER_NUMBER}, {0x2167, CHARACTER_NUMBER}, {0x3000, CHARACTER_BLANK}, {0x4e2d, CHARACTER_LETTER},
                 {0xd800, CHARACTER_OTHER}, {0xfeff, CHARACTER_OTHER}, {0x1f600, CHARACTER_OTHER}, {0x10ffff, CHARACTER_OTHER}, {0x1d7d8, CHARACTER_NUMBER}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT(character_class(cases[i].point) == cases[i].class, "U+%04X", cases[i].point);
}

static void bytes_come_back(void **state)
{
    (void)state;
    enum { MOST = 400 };
    static const char *const specials[] = {"<|a|>", "<|a|>b"};
    const char *corpus = "the theme of the thesis is that this is the thing, <|a|> and that <|a|>b is it";
    Random random;
    Error error = {0};
    random_seed(&random, 7);
    for (int pattern = PATTERN_GPT2; pattern <= PATTERN_NONE; pattern++) {
        Bpe bpe;
        EXPECT(bpe_train(&bpe, corpus, strlen(corpus), (Pattern)pattern, 30, specials, 2, NULL, NULL, &error), "%s", error.text);
        for (int i = 0; i < bpe.merge_count; i++)
            EXPECT(!memchr(bpe.pieces[bpe.merges[i].made].bytes, '|', (size_t)bpe.pieces[bpe.merges[i].made].length), "merged across a special");
        for (int round = 0; round < 60; round++) {
            char text[MOST + 1];
            size_t length = random_bits(&random) % MOST;
            for (size_t i = 0; i < length; i++)
                text[i] = round % 2 ? "the is\n\xc3\xa9 "[random_bits(&random) % 10] : (char)(random_bits(&random) % 256);
            text[length] = '\0';
            TokenIds ids = {0};
            EXPECT(bpe_encode(&bpe, text, length, true, &ids, &error), "%s", error.text);
            size_t at = 0;
            for (size_t i = 0; i < ids.count; i++) {
                const Piece *piece = &bpe.pieces[ids.list[i]];
                EXPECT(at + (size_t)piece->length <= length && memcmp(text + at, piece->bytes, (size_t)piece->length) == 0, "round %d", round);
                at += (size_t)piece->length;
            }
            EXPECT(at == length, "round %d: %zu of %zu bytes", round, at, length);
            free(ids.list);
        }
        TokenIds ids = {0};
        const char *both = "x<|a|>by<|a|>";
        EXPECT(!bpe_encode(&bpe, both, strlen(both), false, &ids, &error), "specials are refused");
        expect_error(&error, EXIT_USED_WRONGLY, "<|a|>b");
        error = (Error){0};
        ids.count = 0;
        EXPECT(bpe_encode(&bpe, both, strlen(both), true, &ids, &error) && ids.count == 4, "%zu ids", ids.count);
        EXPECT(ids.list[1] == bpe.piece_count - 1 && ids.list[3] == bpe.piece_count - 2, "the longer special first");
        free(ids.list);
        bpe_free(&bpe);
    }
}

/* The longer of two specials is cut out while it is learned too: nothing of it is left to be merged. */
static void cuts_the_longest_special(void **state)
{
    (void)state;
    static const char *const specials[] = {"<|a|>", "<|a|>b"};
    static const char *const refused[] = {"", "a"};
    Bpe bpe;
    Error error = {0};
    const char *text = "<|a|>bc<|a|>bc<|a|>bc";
    EXPECT(bpe_train(&bpe, text, strlen(text), PATTERN_NONE, 9, specials, 2, NULL, NULL, &error), "%s", error.text);
    EXPECT(bpe.merge_count == 0 && bpe.piece_count == BYTES + 2, "%d merges of what stands behind a special", bpe.merge_count);
    bpe_free(&bpe);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        error = (Error){0};
        EXPECT(!bpe_train(&bpe, text, strlen(text), PATTERN_NONE, 9, &refused[i], 1, NULL, NULL, &error), "\"%s\" is special", refused[i]);
        expect_error(&error, EXIT_USED_WRONGLY, "a special token has 2 to 200 bytes");
    }
}

static void remove_folder(const char *folder);

/* Specials of letters that the files' alphabet has another use for come back as they were. */
static void strange_specials_come_back(void **state)
{
    (void)state;
    static const char *const specials[] = {"<\xc3\xa9>", "\xc4\xa0t", "<a b>"};
    const char *text = "a<\xc3\xa9>b\xc4\xa0t t<a b>";
    char folder[] = "/tmp/tracer-test-XXXXXX";
    Bpe bpe, again;
    Error error = {0};
    TokenIds ids = {0};
    EXPECT(mkdtemp(folder), "no temporary folder");
    EXPECT(bpe_train(&bpe, "a a a", 5, PATTERN_GPT2, 1, specials, 3, NULL, NULL, &error), "%s", error.text);
    EXPECT(tokenizer_files_write(&bpe, folder, &error) && tokenizer_files_read(folder, &again, &error), "%s", error.text);
    EXPECT(again.special_count == 3 && bpe_encode(&again, text, strlen(text), true, &ids, &error), "%d specials, %s", again.special_count, error.text);
    const int expected[] = {'a', 257, 'b', 258, ' ', 't', 259};
    for (size_t i = 0; i < 7; i++)
        EXPECT(ids.count == 7 && ids.list[i] == expected[i], "id %zu is %d", i, ids.list[i]);
    free(ids.list);
    bpe_free(&bpe);
    bpe_free(&again);
    remove_folder(folder);
}

static void write_into(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    EXPECT(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"vocab.json", "merges.txt", "tracer.json"};
    char path[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void files_come_back(void **state)
{
    (void)state;
    static const char *const specials[] = {"<|end|>"};
    static const struct {
        const char *name, *text, *says;
    } bad[] = {{"merges.txt", "a\n", "line 1: a merge is two tokens"},
               {"merges.txt", "#version: 0.2\nl o\nl o w\n", "line 3: a merge is two tokens"},
               {"merges.txt", "l q\n", "\"lq\", is not in the vocabulary"},
               {"merges.txt", "lx o\n", "\"lx\" is not in the vocabulary"},
               {"merges.txt", "l o\nl o\n", "the same as merge 0"},
               {"vocab.json", "{\"a\": 0}", "not in the vocabulary"},
               {"vocab.json", "{\"a\": 0, \"b\": 0}", "is that of another token too"},
               {"vocab.json", "{\"a\": 5}", "leaves a hole"},
               {"vocab.json", "{\"a\": -1}", "no whole number"},
               {"vocab.json", "{\"\": 0}", "is empty"},
               {"vocab.json", "[]", "must be an object"},
               {"tracer.json", "{\"pattern\": \"x\"}", "\"pattern\" is"}};
    const char *corpus = "lo lo lo lo";
    char folder[] = "/tmp/tracer-test-XXXXXX";
    EXPECT(mkdtemp(folder), "no temporary folder");
    for (size_t i = 0; i < 1 + sizeof bad / sizeof *bad; i++) {
        Bpe bpe, again;
        Error error = {0};
        EXPECT(bpe_train(&bpe, corpus, strlen(corpus), PATTERN_NONE, 4, specials, 1, NULL, NULL, &error), "%s", error.text);
        EXPECT(tokenizer_files_write(&bpe, folder, &error), "%s", error.text);
        if (i > 0) {
            write_into(folder, bad[i - 1].name, bad[i - 1].text);
            EXPECT(!tokenizer_files_read(folder, &again, &error), "%s is read", bad[i - 1].text);
            expect_error(&error, EXIT_USED_WRONGLY, bad[i - 1].says);
        } else {
            EXPECT(tokenizer_files_read(folder, &again, &error), "%s", error.text);
            EXPECT(again.pattern == PATTERN_NONE && again.merge_count == bpe.merge_count && again.piece_count == bpe.piece_count &&
                       again.special_count == 1 && again.specials[0] == bpe.specials[0], "another tokenizer comes back");
            for (int m = 0; m < bpe.merge_count; m++)
                EXPECT(memcmp(&again.merges[m], &bpe.merges[m], sizeof *bpe.merges) == 0, "merge %d", m);
            bpe_free(&again);
        }
        bpe_free(&bpe);
    }
    remove_folder(folder);
}

int test_bpe(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_the_merges), cmocka_unit_test(cuts_as_gpt2),    cmocka_unit_test(knows_unicode),
        cmocka_unit_test(bytes_come_back),   cmocka_unit_test(files_come_back),   cmocka_unit_test(cuts_the_longest_special),
        cmocka_unit_test(strange_specials_come_back),
    };
    return cmocka_run_group_tests_name("bpe", tests, NULL, NULL);
}
