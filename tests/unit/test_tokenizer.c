/* Text to tokens: UTF-8, words, characters, vocabularies, and the same on the tape. */
#include "support.h"

#include "gpt_facts.h"
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

/* The tokens, and from the first target that counts on the next one of each and where it stands. */
static void expect_sequence(const Session *session, const char *prefix, Sequence own)
{
    int from = gpt_of(&session->model)->loss_from, counted = own.count - 1 - from, positions[MOST_TOKENS];
    char name[PREFIX_SIZE + 20];
    EXPECT(counted >= 1, "%d tokens", own.count);
    for (int i = 0; i < counted; i++)
        positions[i] = from + i;
    snprintf(name, sizeof name, "%stokens", prefix);
    expect_row(session, name, own.tokens, own.count);
    snprintf(name, sizeof name, "%stargets", prefix);
    expect_row(session, name, own.tokens + 1 + from, counted);
    snprintf(name, sizeof name, "%starget_positions", prefix);
    expect_row(session, name, positions, counted);
}

/* A classifier has no tokens: rows of numbers and their classes. */
static void expect_examples(const Session *session, int training_step)
{
    const Data *data = &session->model.data;
    int size = session->model.training.batch ? session->model.training.batch : data->example_count;
    const System *system = session->model.system;
    const char *name = system == &NUFO ? "tabular.plr.x" : system == &TABULAR ? "plr.x" : "x";
    const Value *x = tape_value(&session->run.tape, value_called(session, name));
    EXPECT(name_find(&session->names, "tokens") < 0, "a classifier has tokens");
    EXPECT(x->rows == size && size > 0, "%d examples, not %d", x->rows, size);
    int classes[MOST_TOKENS], rows[MOST_TOKENS];
    for (int i = 0; i < size; i++) {
        const Example *example = &data->examples[(training_step * size + i) % data->example_count];
        const Field *own = example_field(example, "x");
        EXPECT(own->count == x->cols, "example %d has %d numbers", i, x->cols);
        for (int c = 0; c < x->cols; c++)
            EXPECT(same_bits(cell_of(x, i, c), own->numbers[c]), "x[%d,%d] is %.17g", i, c, cell_of(x, i, c));
        classes[i] = (int)example_field(example, "class")->numbers[0];
        rows[i] = i;
    }
    if (session->model.table)
        return; /* their classes are a column */
    expect_row(session, "targets", classes, size);
    expect_row(session, "rows", rows, size);
}

/* The steps of the tape find the ids that tokenizer_prepare found, of every sequence of a batch; later
 * training steps read the next ones, and the first again behind the last. */
static void on_the_tape(void **state)
{
    for (int training_step = 0; training_step < 3; training_step++) {
        Session session;
        char prefix[PREFIX_SIZE];
        open_model(&session, *state, NULL, training_step);
        bool is_gpt = gpt_or_none(&session.model) != NULL;
        for (int i = 0; is_gpt && i < gpt_batch(&session.model); i++)
            expect_sequence(&session, gpt_prefix(&session.model, i, prefix), gpt_sequence(&session.model, training_step, i));
        if (session.model.system == &MLP || session.model.table)
            expect_examples(&session, training_step);
        session_close(&session);
    }
}

/* --tokens: ids in the place of a text. They are read as they are, nothing is put before or behind them. */
static void ids_for_a_text(void **state)
{
    (void)state;
    static const int ids[] = {3, 4, 7, 3, 5};
    Session text, given;
    Error error = {0};
    open_model(&text, "tiny", NULL, 0);
    EXPECT(session_open(&given, &(RunOptions){.tokens = "3,4,7,3,5"}, &error), "%s", error.text);
    expect_row(&given, "tokens", ids, 5);
    expect_row(&given, "targets", ids + 1, 4);
    EXPECT(name_find(&given.names, "text") < 0, "ids have a text");
    EXPECT(same_bits(run_loss(&given.run), run_loss(&text.run)), "the loss is %.17g", run_loss(&given.run));
    EXPECT(strcmp(tape_cols(&given.run.tape, value_called(&given, "tokens"))->labels[2], "saw") == 0, "ids without their words");
    expect_all_explained(&given.run.tape);
    session_close(&text);
    session_close(&given);
    EXPECT(session_open(&given, &(RunOptions){.model = "by-hand", .tokens = "1,2"}, &error), "%s", error.text);
    expect_row(&given, "tokens", (int[]){1, 2}, 2);
    session_close(&given);
    /* A vocabulary that comes from the texts of a batch stays theirs, and the ids may be a longer text. */
    open_model(&text, "golden/reference/m37", NULL, 0);
    EXPECT(text.model.training.batch > 1 && text.model.data.example_count > 1, "m37 is no batch");
    EXPECT(session_open(&given, &(RunOptions){.model = "golden/reference/m37/model.json", .tokens = "3,4,5"}, &error), "%s", error.text);
    expect_row(&given, "tokens", (int[]){3, 4, 5}, 3);
    EXPECT(gpt_of(&given.model)->vocabulary_count == gpt_of(&text.model)->vocabulary_count, "another vocabulary");
    session_close(&text);
    session_close(&given);
}

static void ids_refused(void **state)
{
    (void)state;
    static const struct {
        RunOptions options;
        const char *says;
    } cases[] = {
        {{.tokens = "3"}, "1 token"}, {{.tokens = "3,9"}, "0 to 8"}, {{.tokens = "3,-1"}, "\"-1\""}, {{.tokens = ""}, "--tokens"},
        {{.tokens = "3,,4"}, "--tokens"}, {{.tokens = "3,4,"}, "--tokens"}, {{.tokens = "3 4"}, "\"3 4\""}, {{.tokens = "3,4.0"}, "\"4.0\""},
        {{.tokens = "3,99999999999999999999999999"}, "--tokens"}, {{.tokens = "3,000000000000000000000000004"}, "--tokens"}, {{.tokens = "3,cat"}, "\"cat\""},
        {{.tokens = "1,2,3,4,5,6,7,8"}, "\"context\""}, {{.tokens = "3,4", .text = "the cat"}, "--text and --tokens"},
        {{.model = "xor", .tokens = "3,4"}, "\"mlp\""}, {{.model = "xor", .text = "the cat"}, "\"mlp\""},
        {{.model = "golden/reference/p02/model.json", .tokens = "0,1"}, "--tokens"},
        {{.model = "golden/reference/p02/model.json", .text = ""}, "--text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Session session;
        Error error = {0};
        EXPECT(!session_open(&session, &cases[i].options, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    Text many = {0};
    for (int i = 0; i < MOST_TOKENS + 1; i++)
        text_add(&many, "%s1", i ? "," : "");
    Session session;
    Error error = {0};
    EXPECT(!many.failed && !session_open(&session, &(RunOptions){.tokens = many.data}, &error), "%d ids are accepted", MOST_TOKENS + 1);
    expect_error(&error, EXIT_USED_WRONGLY, "4096");
    text_free(&many);
}

int test_tokenizer(void)
{
    TestList list = {0};
    tests_add(&list, utf8, NULL, "UTF-8, legal and not");
    tests_add(&list, words, NULL, "words end at blanks");
    tests_add(&list, characters, NULL, "characters of one to four bytes");
    tests_add(&list, specials_in_the_text, NULL, "special tokens in the text");
    tests_add(&list, refused, NULL, "texts and vocabularies that cannot be");
    tests_add(&list, ids_for_a_text, NULL, "ids in the place of a text");
    tests_add(&list, ids_refused, NULL, "ids and texts that are refused");
    tests_add_models(&list, on_the_tape, "the tape finds the same tokens");
    return tests_run(&list, "tokenizer");
}
