/* Text to tokens: UTF-8, words, characters, vocabularies, and the same on the tape. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <string.h>

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int length;
        unsigned point;
    } cases[] = {
        {"a", 1, 'a'}, {"\x7f", 1, 0x7f}, {"\xc2\x80", 2, 0x80}, {"\xc3\xa9x", 2, 0xe9}, {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800}, {"\xe2\x82\xac", 3, 0x20ac}, {"\xed\x9f\xbf", 3, 0xd7ff}, {"\xee\x80\x80", 3, 0xe000},
        {"\xf0\x90\x80\x80", 4, 0x10000}, {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"", 0, 0}, {"\x80", 0, 0}, {"\xbf", 0, 0}, {"\xc0\x80", 0, 0}, {"\xc1\xbf", 0, 0}, {"\xe0\x9f\xbf", 0, 0},
        {"\xed\xa0\x80", 0, 0}, {"\xed\xbf\xbf", 0, 0}, {"\xf0\x8f\xbf\xbf", 0, 0}, {"\xf4\x90\x80\x80", 0, 0},
        {"\xf5\x80\x80\x80", 0, 0}, {"\xff", 0, 0}, {"\xc3", 0, 0}, {"\xe2\x82", 0, 0}, {"\xf0\x9f\x90", 0, 0},
        {"\xc3(", 0, 0}, {"\xe2(\xac", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned point = 0;
        EXPECT(utf8_decode(cases[i].text, &point) == cases[i].length, "length of case %zu", i);
        EXPECT(point == cases[i].point, "case %zu is U+%04X", i, point);
    }
}

static Gpt *settings(Model *model)
{
    return model->settings;
}

/* A model with this text; fields that are not given stay. */
static Model model_of(const char *text, TokenizerKind kind)
{
    Model model;
    Error error = {0};
    EXPECT(model_defaults(&model, &GPT, &error), "%s", error.text);
    model.data.text = text;
    settings(&model)->tokenizer = (int)kind;
    return model;
}

static void expect_tokens(Model *model, const char *const *tokens, int count)
{
    Error error = {0};
    EXPECT(tokenizer_prepare(model, &error), "%s", error.text);
    const Gpt *gpt = gpt_of(model);
    const Sequence *own = gpt->sequences;
    EXPECT(own->count == count, "%d tokens, not %d", own->count, count);
    for (int i = 0; i < count; i++)
        EXPECT(strcmp(gpt->vocabulary.list[own->tokens[i]], tokens[i]) == 0, "token %d is \"%s\", not \"%s\"", i,
               gpt->vocabulary.list[own->tokens[i]], tokens[i]);
}

static void words(void **state)
{
    (void)state;
    static const char *const tokens[] = {"<BOS>", "b,", "a", "b,", "b", "<EOS>"};
    Model model = model_of("  b, \t a\nb,\r b ", TOKENIZER_WORDS);
    expect_tokens(&model, tokens, 6);
    static const char *const vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "b,", "a", "b"};
    assert_int_equal(gpt_of(&model)->vocabulary_count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(gpt_of(&model)->vocabulary.list[i], vocabulary[i]);
    model_free(&model);
}

static void characters(void **state)
{
    (void)state;
    static const char *const tokens[] = {"\xc3\xa9", " ", "a", "\xf0\x9f\x90\xb1", "a"};
    Model model = model_of("\xc3\xa9 a\xf0\x9f\x90\xb1" "a", TOKENIZER_CHARACTERS);
    settings(&model)->add_bos = settings(&model)->add_eos = 0;
    expect_tokens(&model, tokens, 5);
    assert_int_equal(gpt_of(&model)->vocabulary_count, 7);
    model_free(&model);
}

/* A word of the text may be a special token. */
static void specials_in_the_text(void **state)
{
    (void)state;
    static const char *const tokens[] = {"<BOS>", "a", "<EOS>", "a"};
    Model model = model_of("a <EOS> a", TOKENIZER_WORDS);
    settings(&model)->add_eos = 0;
    expect_tokens(&model, tokens, 4);
    assert_int_equal(gpt_of(&model)->sequences[0].tokens[2], 2);
    assert_int_equal(gpt_of(&model)->vocabulary_count, 4);
    model_free(&model);
}

static void refused(void **state)
{
    (void)state;
    static const char *const twice[] = {"a", "b", "a"}, *const hollow[] = {"a", ""}, *const plain[] = {"a", "b"};
    static const struct {
        const char *text;
        const char *const *vocabulary;
        int size;
        bool specials;
        const char *says;
    } cases[] = {
        {"", NULL, 0, false, "\"text\" is empty"}, {" \t\n", NULL, 0, true, "\"text\" is empty"},
        {"a \xff", NULL, 0, false, "not valid UTF-8 at byte 2"}, {"a c", plain, 2, false, "\"c\""},
        {"a b", plain, 2, true, "add_bos"}, {"a b", twice, 3, false, "\"a\" twice"}, {"a", hollow, 2, false, "empty token"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = {0};
        Model model = model_of(cases[i].text, TOKENIZER_WORDS);
        settings(&model)->vocabulary = (Texts){cases[i].vocabulary, cases[i].size};
        settings(&model)->add_bos = settings(&model)->add_eos = cases[i].specials;
        EXPECT(!tokenizer_prepare(&model, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        model_free(&model);
    }
}

static void expect_row(const Session *session, const char *name, const int *ids, int count)
{
    const Value *value = tape_value(&session->run.tape, value_called(session, name));
    EXPECT(value->rows == 1 && value->cols == count, "%s is %d x %d", name, value->rows, value->cols);
    for (int i = 0; i < count; i++)
        EXPECT(value->data[i] == ids[i], "%s[0,%d] is %g, not %d", name, i, value->data[i], ids[i]);
}

/* The steps of the tape find the ids that tokenizer_prepare found. */
static void on_the_tape(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Sequence *own = gpt_of(&session.model)->sequences;
    EXPECT(own->count >= 2, "%d tokens", own->count);
    expect_row(&session, "tokens", own->tokens, own->count);
    expect_row(&session, "targets", own->tokens + 1, own->count - 1);
    session_close(&session);
}

int test_tokenizer(void)
{
    TestList list = {0};
    tests_add(&list, utf8, NULL, "UTF-8, legal and not");
    tests_add(&list, words, NULL, "words end at blanks");
    tests_add(&list, characters, NULL, "characters of one to four bytes");
    tests_add(&list, specials_in_the_text, NULL, "special tokens in the text");
    tests_add(&list, refused, NULL, "texts and vocabularies that cannot be");
    tests_add_models(&list, on_the_tape, "the tape finds the same tokens");
    return tests_run(&list, "tokenizer");
}
