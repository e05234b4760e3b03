/* A GPT that reads byte pairs: its ids are those of the encoder, on the tape too, of documents and of windows that begin
 * anywhere; files that come back; texts and folders that are refused. */
#include "support.h"

#include "tiny_model/systems/gpt.h"
#include "tiny_model/tokenizer/tokenizer.h"
#include "tracer/query/text_loss.h"
#include "tracer/session/generate.h"
#include "tracer/session/model_file.h"
#include "tracer/session/tokenizer_files.h"
#include "tracer/base/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Blanks in runs, short forms, characters of several bytes: where windows begin badly. */
static const char *const CORPUS =
    "It's the day''s end,  they'll say:\n\n\n  the days of the \xc3\xa9t\xc3\xa9s are the \xf0\x9f\x98\x80\xf0\x9f\x98\x80 days, aren't they?\n"
    "the end of the ends \xe2\x80\x94 the   theme of \xc3\xa9\xc3\xa9\xc3\xa9 days''  'll they end 1234 12 3412?\n";

/* A folder with a tokenizer of the corpus in it and one special token, and a model file beside it. */
typedef struct {
    char folder[32];
    char model[64];
} Place;

static void file_in(const Place *place, const char *name, char path[PATH_SIZE + 40])
{
    snprintf(path, PATH_SIZE + 40, "%s/%s", place->folder, name);
}

static void begin(Place *place, int merges, const char *keys)
{
    static const char *const specials[] = {"<|end|>"};
    Bpe bpe;
    Error error = {0};
    char path[PATH_SIZE + 40], json[2000];
    strcpy(place->folder, "/tmp/tracer-test-XXXXXX");
    EXPECT(mkdtemp(place->folder), "no temporary folder");
    EXPECT(bpe_train(&bpe, CORPUS, strlen(CORPUS), PATTERN_GPT2, merges, specials, 1, NULL, NULL, &error), "%s", error.text);
    file_in(place, "tok", path);
    EXPECT(tokenizer_files_write(&bpe, path, &error), "%s", error.text);
    bpe_free(&bpe);
    snprintf(place->model, sizeof place->model, "%s/m.json", place->folder);
    snprintf(json, sizeof json, "{\"tokenizer\": {\"bpe\": \"tok\"}, \"d_model\": 4, \"n_heads\": 2, \"n_layers\": 1%s}", keys);
    EXPECT(file_write(place->model, json, strlen(json), &error), "%s", error.text);
}

static void end(const Place *place)
{
    static const char *const names[] = {"tok/vocab.json", "tok/merges.txt", "tok/tracer.json", "m.json", "again.json"};
    char path[PATH_SIZE + 40];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        file_in(place, names[i], path);
        unlink(path);
    }
    file_in(place, "tok", path);
    rmdir(path);
    rmdir(place->folder);
}

static void expect_row(const Session *session, const char *name, const int *expected, int count)
{
    const Value *row = tape_value(&session->run.tape, value_called(session, name));
    EXPECT(row->rows == 1 && row->cols == count, "%s is [%d x %d], not %d", name, row->rows, row->cols, count);
    for (int i = 0; i < count; i++)
        EXPECT(row->data[i] == expected[i], "%s[%d] is %g, not %d", name, i, row->data[i], expected[i]);
}

/* The ids of a text by the encoder alone, from a tokenizer of its own. */
static void encoded(const Place *place, const char *text, TokenIds *out)
{
    Bpe bpe;
    Error error = {0};
    char path[PATH_SIZE + 40];
    file_in(place, "tok", path);
    EXPECT(tokenizer_files_read(path, &bpe, &error), "%s", error.text);
    EXPECT(bpe_encode(&bpe, text, strlen(text), false, out, &error), "%s", error.text);
    bpe_free(&bpe);
}

static void documents_on_the_tape(void **state)
{
    (void)state;
    static const char *const texts[] = {"the days", "It's  the end", " the", "\xc3\xa9\xc3\xa9", "xyzzy", "''ll   ", "the theme\n\n of 12 days"};
    Place place;
    begin(&place, 40, "");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Session session;
        Error error = {0};
        TokenIds ids = {0};
        encoded(&place, texts[i], &ids);
        bool opened = session_open(&session, &(RunOptions){.model = place.model, .text = texts[i]}, &error);
        if (ids.count < 2) {
            EXPECT(!opened, "\"%s\" is one token", texts[i]);
        } else {
            EXPECT(opened, "\"%s\": %s", texts[i], error.text);
            expect_row(&session, "tokens", ids.list, (int)ids.count);
            expect_row(&session, "targets", ids.list + 1, (int)ids.count - 1);
            expect_all_explained(&session.run.tape);
            session_close(&session);
        }
        free(ids.list);
    }
    end(&place);
}

static void marks(void **state)
{
    (void)state;
    Place place;
    Session session;
    Error error = {0};
    TokenIds ids = {0};
    begin(&place, 40, ", \"add_bos\": true, \"add_eos\": true");
    encoded(&place, "the days of", &ids);
    EXPECT(session_open(&session, &(RunOptions){.model = place.model, .text = "the days of"}, &error), "%s", error.text);
    const Gpt *gpt = gpt_of(&session.model);
    int special = gpt->bpe->specials[0], expected[20] = {special}, count = (int)ids.count;
    memcpy(expected + 1, ids.list, ids.count * sizeof *expected);
    expected[count + 1] = special;
    expect_row(&session, "tokens", expected, count + 2);
    EXPECT(strcmp(gpt->labels.list[special], "<|end|>") == 0, "the special is \"%s\"", gpt->labels.list[special]);
    EXPECT(session.model.system->language->ends(&session.model) == special, "a text does not end with it");
    expect_all_explained(&session.run.tape);
    session_close(&session);
    free(ids.list);
    end(&place);
}

/* Windows of four tokens begin at each of them: within words, within characters, in runs of blanks. The tape finds the
 * ids of the whole text in all of them. */
static void windows_on_the_tape(void **state)
{
    (void)state;
    enum { LENGTH = 4 };
    Place place;
    Model model;
    Run run;
    Error error = {0};
    TokenIds ids = {0};
    begin(&place, 60, "");
    encoded(&place, CORPUS, &ids);
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_read(place.model, &model, &error), "%s", error.text);
    model.data.text = CORPUS;
    model.training = (Training){.loader = LOADER_WINDOWS, .length = LENGTH, .stride = 1, .accumulate = 1, .shuffle = INFINITY};
    EXPECT(model_finish(&model, &error) && run_init(&run, &model, NULL, &error), "%s", error.text);
    const Gpt *gpt = gpt_of(&model);
    EXPECT(gpt->learned.examples == (int)ids.count - LENGTH && ids.count > 40, "%d windows", gpt->learned.examples);
    for (int w = 0; w < gpt->learned.examples; w++) {
        Names names;
        EXPECT(run_record(&run, &error) && names_init(&names, &run.tape, &error), "window %d: %s", w, error.text);
        const Value *window = tape_value(&run.tape, name_find(&names, "window"));
        for (int i = 0; i <= LENGTH; i++)
            EXPECT(window->data[i] == ids.list[w + i], "window %d, token %d: %g, not %d", w, i, window->data[i], ids.list[w + i]);
        const Value *merges = name_find(&names, "merges") < 0 ? NULL : tape_value(&run.tape, name_find(&names, "merges"));
        for (int m = 0; merges && m + 1 < merges->rows; m++)
            EXPECT(bpe_rank(gpt->bpe, (int)cell_of(merges, m, 0), (int)cell_of(merges, m, 1)) <
                       bpe_rank(gpt->bpe, (int)cell_of(merges, m + 1, 0), (int)cell_of(merges, m + 1, 1)), "ranks do not ascend");
        names_free(&names);
        run_advance(&run);
    }
    int length;
    Ids part;
    EXPECT(model.system->language->part(&model, false, 0, &part, &length) && length == (int)strlen(CORPUS), "%d bytes", length);
    run_free(&run);
    model_free(&model);
    free(ids.list);
    end(&place);
}

/* What is written of the model is read as the same model, from anywhere. */
static void comes_back(void **state)
{
    (void)state;
    Place place;
    Model model, again;
    Error error = {0};
    Text text = {0}, other = {0};
    char path[PATH_SIZE + 40];
    begin(&place, 20, ", \"text\": \"the days of the days\"");
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_read(place.model, &model, &error) && model_finish(&model, &error), "%s",
           error.text);
    model_file_text(&model, 0, true, &text);
    file_in(&place, "again.json", path);
    EXPECT(strstr(text.data, "\"tokenizer\": {\"bpe\": \"/tmp/tracer-test-") && !strstr(text.data, "\"vocabulary\""), "%s", text.data);
    EXPECT(file_write(path, text.data, text.length, &error), "%s", error.text);
    EXPECT(model_defaults(&again, &GPT, &error) && model_file_read(path, &again, &error) && model_finish(&again, &error), "%s",
           error.text);
    model_file_text(&again, 0, true, &other);
    EXPECT(strcmp(text.data, other.data) == 0, "%s\nis not\n%s", other.data, text.data);
    EXPECT(gpt_of(&again)->vocabulary_count == BYTES + 20 + 1, "%d tokens", gpt_of(&again)->vocabulary_count);
    text_free(&text);
    text_free(&other);
    model_free(&model);
    model_free(&again);
    end(&place);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *text;
        int code;
        const char *says;
    } cases[] = {
        {"", "the <|end|> of", EXIT_USED_WRONGLY, "spells the special token \"<|end|>\" at byte 4"},
        {"", "", EXIT_USED_WRONGLY, "\"text\" is empty"},
        {"", "a\xff" "b", EXIT_USED_WRONGLY, "not valid UTF-8 at byte 1"},
        {", \"vocabulary\": [\"a\", \"b\"]", "the days", EXIT_USED_WRONGLY, "\"vocabulary\" is that of the \"tokenizer\""},
        {", \"vocabulary_size\": 200", "the days", EXIT_USED_WRONGLY, "\"vocabulary_size\" is 200"},
        {", \"add_bos\": true, \"bos\": \"<none>\"", "the days", EXIT_USED_WRONGLY, "\"add_bos\" needs <none>"},
        {", \"model\": {\"tokenizer\": {\"bpe\": 3}}", "the days", 0, NULL}, /* the first one counts */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Place place;
        Session session;
        Error error = {0};
        begin(&place, 20, cases[i].keys);
        bool opened = session_open(&session, &(RunOptions){.model = place.model, .text = cases[i].text}, &error);
        EXPECT(opened == !cases[i].says, "case %zu", i);
        if (opened)
            session_close(&session);
        else
            expect_error(&error, cases[i].code, cases[i].says);
        end(&place);
    }
}

static void refused_keys(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
        int code;
    } cases[] = {
        {"{\"tokenizer\": {\"bpe\": \"/nowhere/at/all\"}}", "\"/nowhere/at/all\" has no vocab.json", EXIT_INPUT_OUTPUT},
        {"{\"tokenizer\": {\"bpe\": \"\"}}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": {\"bpe\": 3}}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": {}}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": {\"bpe\": \"a\", \"x\": 1}}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": \"bpe\"}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": \"{\\\"bpe\\\": DIR}\"}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"tokenizer\": [\"bpe\"]}", "words | characters | {\"bpe\": DIR}", EXIT_USED_WRONGLY},
        {"{\"system\": \"mlp\", \"tokenizer\": {\"bpe\": \"a\"}}", "\"tokenizer\"", EXIT_USED_WRONGLY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Model model;
        Error error = {0};
        bool parsed = model_defaults(&model, &GPT, &error) &&
                      model_file_parse(cases[i].json, strlen(cases[i].json), "m.json", &model, &error);
        EXPECT(!parsed, "%s is taken", cases[i].json);
        expect_error(&error, cases[i].code, cases[i].says);
        model_free(&model);
    }
}

/* A character of several tokens is one again in what is written, and what is cut off shows as such. */
static void writes_whole_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written;
    } cases[] = {{"\xc3\xa9\xf0\x9f\x98\x81 the", "\xc3\xa9\xf0\x9f\x98\x81 the"}, {"xyz", "xyz"}};
    Place place;
    Session session;
    Error error = {0};
    begin(&place, 2, ", \"text\": \"the days\"");
    EXPECT(session_open(&session, &(RunOptions){.model = place.model}, &error), "%s", error.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Generation generation;
        Text text = {0};
        EXPECT(generation_begin(&generation, &session, cases[i].text, 1, &error), "%s", error.text);
        EXPECT(generation.count >= 3, "%d tokens: no character is cut", generation.count);
        generation_text(&generation, &text);
        EXPECT(strcmp(text.data, cases[i].written) == 0, "\"%s\" is written as \"%s\"", cases[i].written, text.data);
        text_free(&text);
        generation.count = 1;
        generation_text(&generation, &text);
        EXPECT(strcmp(text.data, i ? "x" : "\xef\xbf\xbd") == 0, "its first token is written as \"%s\"", text.data);
        text_free(&text);
        generation_end(&generation);
    }
    session_close(&session);
    end(&place);
}

/* The sum of the losses over the bytes of what is said; a mark has none. */
static void losses_a_byte(void **state)
{
    (void)state;
    Place place;
    Session session;
    Error error = {0};
    begin(&place, 40, ", \"add_bos\": true, \"add_eos\": true, \"loss\": \"sum\"");
    EXPECT(session_open(&session, &(RunOptions){.model = place.model, .text = "the days of \xc3\xa9"}, &error), "%s", error.text);
    TextLoss loss = text_loss(&session);
    const Sequence *sequence = gpt_of(&session.model)->sequences;
    EXPECT(loss.bytes == 14 && loss.targets == sequence->count - 1, "%d bytes, %d targets", loss.bytes, loss.targets);
    EXPECT(is_close(loss.nats, run_loss(&session.run), 1e-12 * loss.nats), "%.17g nats, not %.17g", loss.nats, run_loss(&session.run));
    session_close(&session);
    EXPECT(session_open(&session, &(RunOptions){.model = "by-hand"}, &error), "%s", error.text);
    loss = text_loss(&session);
    EXPECT(loss.bytes == 20 && loss.targets == 4, "\"I like transformers\" and a blank before it: %d bytes", loss.bytes);
    session_close(&session);
    end(&place);
}

/* Another text of an exercise has as many tokens, one of them twice. */
static void varied(void **state)
{
    (void)state;
    Place place;
    Random random;
    begin(&place, 60, ", \"text\": \"the days of\"");
    random_seed(&random, 5);
    for (int size = 3; size <= 12; size++) {
        Model model;
        Error error = {0};
        EXPECT(model_defaults(&model, &GPT, &error) && model_file_read(place.model, &model, &error), "%s", error.text);
        EXPECT(model.system->vary(&model, &random, size, &error) && model_finish(&model, &error), "%s", error.text);
        const Sequence *sequence = gpt_of(&model)->sequences;
        bool twice = false;
        EXPECT(sequence->count == size, "\"%s\" has %d tokens, not %d", model.data.text, sequence->count, size);
        for (int i = 0; i + 2 < size; i++)
            twice |= sequence->tokens[i] == sequence->tokens[i + 2];
        EXPECT(twice, "\"%s\" has no token twice", model.data.text);
        model_free(&model);
    }
    end(&place);
}

/* A mistake of learning is none of reading: it would leave fewer tokens than the text has. */
static void mistakes_of_learning(void **state)
{
    (void)state;
    Place place;
    Session session;
    Error error = {0};
    begin(&place, 60, "");
    RunOptions planted = {.model = place.model, .text = "\xc3\xa9\xc3\xa9\xc3\xa9 the days", .mistake = "merges.overlapping"};
    EXPECT(!session_open(&session, &planted, &error), "it is planted");
    expect_error(&error, EXIT_USED_WRONGLY, "changes nothing in this model");
    end(&place);
}

int test_byte_pairs(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_on_the_tape), cmocka_unit_test(marks),   cmocka_unit_test(windows_on_the_tape),
        cmocka_unit_test(comes_back),            cmocka_unit_test(refused), cmocka_unit_test(refused_keys),
        cmocka_unit_test(writes_whole_characters), cmocka_unit_test(losses_a_byte), cmocka_unit_test(varied),
        cmocka_unit_test(mistakes_of_learning),
    };
    return cmocka_run_group_tests_name("byte_pairs", tests, NULL, NULL);
}
