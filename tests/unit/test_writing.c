/* --write: the tape of a text. Its stages and what was read are found on it, it is what sample writes, and nothing that
 * belongs to training can be asked of it. */
#include "generation_golden.h"

#include "tiny_model/primitive.h"
#include "tracer/query/drawings.h"
#include "tracer/query/lab.h"
#include "tracer/session/generate.h"
#include "tracer/session/session.h"

static void open_written(Session *session, const char *model, const char *text, const char *write)
{
    Error error = {0};
    EXPECT(session_open(session, &(RunOptions){.model = model, .text = text, .write = write}, &error), "%s", error.text);
}

/* The same tokens and the same work as going on token by token. */
static void is_what_sample_writes(void **state)
{
    const char *model = *state;
    char path[100];
    Session session, other;
    Generation generation;
    DrawnToken token;
    Error error = {0};
    snprintf(path, sizeof path, preset_find(model) ? "%s" : "%s/model.json", model);
    EXPECT(session_load(&other, &(RunOptions){.model = path}, &error), "%s", error.text);
    bool speaks = other.model.system->language != NULL;
    if (other.model.system == &ENCODER_DECODER)
        return session_close(&other); /* it writes from its source: test_encoder_decoder.c */
    if (!speaks) {
        EXPECT(!session_open(&session, &(RunOptions){.model = path, .write = "-n 2"}, &error), "%s writes", model);
        expect_error(&error, EXIT_USED_WRONGLY, "does not go on with a text");
        return session_close(&other);
    }
    EXPECT(generation_begin(&generation, &other, NULL, 3, &error), "%s", error.text);
    generation.how.temperature = 0.8;
    generation.how.repetition = 1.5;
    random_seed(&generation.random, 3);
    while (!generation_done(&generation))
        EXPECT(generation_next(&generation, &error), "%s", error.text);
    open_written(&session, path, NULL, "-n 3 --temperature 0.8 --repetition 1.5 --seed 3");
    const Tape *tape = &session.run.tape;
    EXPECT(session.run.loss < 0, "there is a loss");
    /* Without a cache only the last token is on the tape. */
    int drawn = 0, read = 0, seen = 0, last = generation.count - 1, map;
    while (drawn_token(tape, drawn, &token))
        drawn++;
    bool whole = drawn == generation.count - generation.prompt;
    EXPECT(drawn > 0 && (whole || drawn == 1 || generation.count > other.model.system->language->context(&other.model)), "%d tokens are drawn", drawn);
    EXPECT(drawn_token(tape, drawn - 1, &token) && tape_value(tape, token.token)->data[0] == generation.tokens[last], "the last token is another");
    for (int i = 0; (map = read_for_token(tape, i)) >= 0; i++) {
        read += tape_value(tape, map)->rows;
        seen += tape_value(tape, map)->cols;
    }
    EXPECT(!whole || read == 0 || (read == generation.done.positions && seen == generation.without.positions), "%d of %d were read, not %lld of %lld", read,
           seen, generation.done.positions, generation.without.positions);
    expect_all_explained(tape);
    generation_end(&generation);
    session_close(&session);
    session_close(&other);
}

/* Each stage by its name, in its order, with the numbers of its step; idle ones are none. */
static void stages_in_their_order(void **state)
{
    (void)state;
    static const char *const names[] = {"logits", "repetition", "frequency", "cooled", "probabilities", "top_p", "min_p"};
    static const char *const values[] = {"sampling.logits", "sampling.repetition.logits", "sampling.frequency.less", "sampling.cooled",
                                         "sampling.probabilities", "sampling.top_p.probabilities", "sampling.min_p.probabilities"};
    Session session;
    DrawnToken token;
    open_written(&session, "tiny", "the cat", "-n 3 --temperature 0.8 --top-k 8 --top-p 0.9 --min-p 0.25 --repetition 1.5 --frequency 0.1 --presence 0.1");
    const Tape *tape = &session.run.tape;
    EXPECT(drawn_token(tape, 0, &token) && token.stage_count == 7, "%d stages", token.stage_count);
    for (int i = 0; i < 7; i++) {
        EXPECT(strcmp(token.stages[i].name, names[i]) == 0, "stage %d is %s", i, token.stages[i].name);
        EXPECT(tape_value(tape, token.stages[i].value) == named(tape, values[i]), "stage %d is not %s", i, values[i]);
        EXPECT(token.stages[i].shares == (i >= 4), "stage %d", i);
    }
    EXPECT(token.stages[6].value == token.probabilities, "the last stage is not what is drawn from");
    /* A step belongs to the draw behind it. */
    EXPECT(drawn_at(tape, 0) == 0 && drawn_at(tape, token.step) == 0 && drawn_at(tape, token.step + 1) == 1, "steps belong to other draws");
    EXPECT(drawn_at(tape, tape->step_count) == 1 && drawn_token(tape, 1, &token) && !drawn_token(tape, 2, &token), "two tokens, the second ends the text");
    session_close(&session);
    open_written(&session, "tiny", "the cat", "-n 1");
    EXPECT(drawn_token(&session.run.tape, 0, &token) && token.stage_count == 2, "%d stages where nothing is turned", token.stage_count);
    session_close(&session);
    open_model(&session, "tiny", NULL, 0);
    EXPECT(!drawn_token(&session.run.tape, 0, &token) && drawn_at(&session.run.tape, 0) == -1, "a training step draws");
    session_close(&session);
}

static void nothing_of_training(void **state)
{
    (void)state;
    static const struct {
        RunOptions options;
        const char *says;
    } bad[] = {
        {{.write = "-n 0"}, "-n needs a whole number"}, {{.write = "--nonsense"}, "no option \"--nonsense\""},
        {{.write = "-n '3"}, "is not closed"}, {{.write = "three"}, "\"three\" is too much"},
        {{.write = "-n 2", .text = "the mouse"}, "\"mouse\""}, {{.write = "--beam 2 --seed 1"}, "--beam draws nothing"},
    };
    Session session;
    Lab lab;
    Error error = {0};
    open_written(&session, "tiny", NULL, "-n 2 --beam 2");
    EXPECT(strcmp(tape_rows(&session.run.tape, value_called(&session, "token1.choice.candidates"))->name, "beam") == 0, "its rows are no beams");
    EXPECT(!session_learns(&session, &error), "it learns");
    expect_error(&error, EXIT_USED_WRONGLY, "was written");
    error = (Error){0};
    EXPECT(lab_init(&lab, &session, &error), "%s", error.text);
    EXPECT(!lab_record(&lab, &(Wish){.training_step = 1}, &error), "another training step is recorded");
    expect_error(&error, EXIT_USED_WRONGLY, "stands as it is");
    lab_free(&lab);
    session_close(&session);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        error = (Error){0};
        EXPECT(!session_open(&session, &bad[i].options, &error), "%s is taken", bad[i].options.write);
        expect_error(&error, EXIT_USED_WRONGLY, bad[i].says);
    }
}

int test_writing(void)
{
    TestList list = {0};
    tests_add_models(&list, is_what_sample_writes, "what sample writes");
    tests_add(&list, stages_in_their_order, NULL, "stages in their order");
    tests_add(&list, nothing_of_training, NULL, "nothing of training");
    return tests_run(&list, "writing");
}
