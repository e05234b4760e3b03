/* Training steps that are run again instead of being recorded: the same parameters, moments, loss and norms, to the last
 * bit, and a refusal where a step is not like the recorded one. */
#include "support.h"

#include "tiny_model/primitive.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/crew.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATES = 6 };

static void record(Run *run)
{
    Error error = {0};
    EXPECT(run_record(run, &error), "%s", error.text);
}

static void expect_same_store(const Run *recorded, const Run *passed)
{
    size_t bytes = recorded->parameters.cells * sizeof(double);
    double *const *const one[] = {recorded->store.values, recorded->store.m, recorded->store.v, recorded->store.average};
    double *const *const other[] = {passed->store.values, passed->store.m, passed->store.v, passed->store.average};
    EXPECT(recorded->training_step == passed->training_step, "it stands at %d", passed->training_step);
    for (int i = 0; i < 4 && one[i][0]; i++)
        EXPECT(memcmp(one[i][recorded->store.now], other[i][passed->store.now], bytes) == 0, "other bits at training step %d", passed->training_step);
}

static void expect_same_tape(const Tape *tape, const Tape *other)
{
    EXPECT(tape->step_count == other->step_count && tape->value_count == other->value_count, "%d steps, not %d", other->step_count, tape->step_count);
    for (int id = 0; id < tape->value_count; id++) {
        const Value *a = tape_value(tape, id), *b = tape_value(other, id);
        EXPECT(cells_of(a) == cells_of(b) && memcmp(a->data, b->data, cells_of(a) * sizeof *a->data) == 0, "value %d is another one", id);
    }
}

/* The next update of both, the second one passed if it can be. Returns whether it was. */
static bool update_both(Run *recorded, Run *passed)
{
    Updated updated;
    record(recorded);
    bool was = run_pass(passed, &updated);
    if (was) {
        EXPECT(same_bits(updated.loss, run_loss(recorded)), "the loss of update %d is %.17g, on the tape %.17g", recorded->training_step, updated.loss, run_loss(recorded));
        EXPECT(recorded->model->system->update || same_bits(updated.gradient_norm, run_gradient_norm(recorded)), "gradient norm of update %d", recorded->training_step);
        EXPECT(recorded->model->system->update || same_bits(updated.change, run_change_norm(recorded)), "change of update %d", recorded->training_step);
    } else {
        record(passed);
        run_advance(passed);
    }
    run_advance(recorded);
    expect_same_store(recorded, passed);
    return was;
}

/* Some updates, the first of which is recorded, and what is recorded behind them. Returns how many were passed. */
static int expect_same_training(Run *of, int updates)
{
    Run recorded;
    Error error = {0};
    int passed = 0;
    EXPECT(run_clone(&recorded, of, &error), "%s", error.text);
    record(of);
    EXPECT(!recorded.repeat.recording, "a clone has no recording");
    for (int i = 0; i < updates; i++)
        passed += update_both(&recorded, of);
    record(&recorded);
    record(of);
    expect_same_tape(&recorded.tape, &of->tape);
    run_free(&recorded);
    return passed;
}

static void every_model(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    expect_same_training(&session.run, UPDATES);
    session_close(&session);
}

/* All updates of these are like the first, clipped or not. */
static void all_are_passed(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    int passed = expect_same_training(&session.run, UPDATES);
    EXPECT(passed == UPDATES, "%d of %d updates were passed", passed, UPDATES);
    session_close(&session);
}

/* --- models of one's own --- */

typedef struct {
    Model model;
    Run run;
} OwnRun;

static void make(OwnRun *made, const char *json)
{
    Error error = {0};
    *made = (OwnRun){0};
    EXPECT(model_defaults(&made->model, &GPT, &error) && model_file_parse(json, strlen(json), "here", &made->model, &error) &&
           model_finish(&made->model, &error) && run_init(&made->run, &made->model, NULL, &error), "%s", error.text);
}

static void unmake(OwnRun *made)
{
    run_free(&made->run);
    model_free(&made->model);
}

typedef struct {
    const char *what, *json;
    int passed; /* of UPDATES */
} Own;

/* Dropout draws other masks each time. A text of another length has other steps: of three in turn one is like the one before,
 * and the first is recorded before it is passed. A mixture of experts looks at its numbers. */
static const Own OWN[] = {
    {"dropout", "{\"text\": \"the cat sat on the mat\", \"dropout\": 0.3, \"d_model\": 8, \"n_heads\": 2}", UPDATES},
    {"lengths", "{\"data\": {\"examples\": [{\"text\": \"the cat sat\"}, {\"text\": \"the dog sat\"}, {\"text\": \"the cat sat on the dog\"}]}, \"training\": {\"batch\": 1}}", 3},
    {"experts", "{\"text\": \"the cat sat on the mat\", \"mlp\": \"moe\"}", 0},
    {"clipped", "{\"text\": \"the cat sat on the mat\", \"optimizer\": {\"lr\": 0.1, \"clip_norm\": 1}}", UPDATES},
    {"average", "{\"text\": \"the cat sat on the mat\", \"training\": {\"average\": 0.9}}", UPDATES},
    {"frozen", "{\"text\": \"the cat sat on the mat\", \"training\": {\"frozen\": [\"block0.mlp\"]}}", UPDATES},
};

static void own_models(void **state)
{
    const Own *own = *state;
    OwnRun made;
    make(&made, own->json);
    int passed = expect_same_training(&made.run, UPDATES);
    EXPECT(passed == own->passed, "%d of %d updates were passed", passed, UPDATES);
    unmake(&made);
}

/* --- who else uses the tape, and who computes --- */

static void not_from_what_was_overwritten(void **state)
{
    (void)state;
    Session session;
    Run recorded;
    Error error = {0};
    double loss;
    open_model(&session, "moby", NULL, 0);
    EXPECT(run_clone(&recorded, &session.run, &error), "%s", error.text);
    EXPECT(update_both(&recorded, &session.run), "it could have been passed");
    EXPECT(run_validate(&session.run, &loss, &error), "%s", error.text);
    EXPECT(!update_both(&recorded, &session.run), "there is a validation on the tape");
    EXPECT(update_both(&recorded, &session.run), "it could have been passed");
    EXPECT(run_forward(&session.run, &error), "%s", error.text);
    EXPECT(!update_both(&recorded, &session.run), "there is half a training step on the tape");
    run_free(&recorded);
    session_close(&session);
}

/* Several threads, nobody, two. */
static void whoever_computes(void **state)
{
    static const int THREADS[] = {3, 1, 2};
    Session session;
    Run recorded;
    Crew *crew;
    Error error = {0};
    int passed = 0;
    open_model(&session, *state, NULL, 0);
    EXPECT(run_clone(&recorded, &session.run, &error), "%s", error.text);
    for (int round = 0; round < 3; round++) {
        EXPECT(crew_begin(&crew, &session.run, THREADS[round], &error), "%s", error.text);
        for (int i = 0; i < 3; i++)
            passed += update_both(&recorded, &session.run);
        crew_end(crew, &session.run);
    }
    EXPECT(passed == 7, "%d updates were passed", passed);
    run_free(&recorded);
    session_close(&session);
}

/* --- as if there were a thread for every lot --- */

static void run_recorded(void *context, const Tape *tape, int first, int end)
{
    (void)context;
    for (int step = first; step < end; step++)
        tape->steps[step].primitive->run(tape, &tape->steps[step]);
}

/* Of every lot that may begin one step, then the next of each, the last lot first. */
static void run_in_turns(void *context, const Tape *tape, const Repeat *repeat)
{
    int finished = 0, most = 0, *ran = calloc((size_t)repeat->lot_count, sizeof *ran);
    while (finished < repeat->lot_count) {
        int running = 0, may_begin = finished;
        for (int i = repeat->lot_count - 1; i >= 0; i--) {
            const Stint *stint = &repeat->lots[i].stint;
            if (stint->needs > may_begin || stint->first + ran[i] == stint->end)
                continue;
            repeat_some(tape, &repeat->order[stint->first + ran[i]++], 1);
            running++;
        }
        EXPECT(running, "nobody may begin, %d of %d are finished", finished, repeat->lot_count);
        most = running > most ? running : most;
        while (finished < repeat->lot_count && repeat->lots[finished].stint.first + ran[finished] == repeat->lots[finished].stint.end)
            finished++;
    }
    free(ran);
    *(int *)context = most;
}

static void rooms_are_apart(void **state)
{
    Session session;
    Run recorded;
    Error error = {0};
    open_model(&session, *state, NULL, 0);
    for (int threads = 2; threads <= 4; threads++) {
        int most = 0;
        EXPECT(run_clone(&recorded, &session.run, &error), "%s", error.text);
        session.run.computer = (Computer){run_recorded, &most, run_in_turns, threads};
        record(&session.run);
        for (int i = 0; i < 3; i++)
            EXPECT(update_both(&recorded, &session.run), "it could have been passed");
        EXPECT(most >= threads && most <= 2 * threads + 2, "%d lots ran side by side for %d threads", most, threads);
        run_free(&recorded);
    }
    session_close(&session);
}

static void mistakes_are_recorded(void **state)
{
    (void)state;
    Session session;
    Updated updated;
    open_model(&session, "tiny", "softmax.columns", 0);
    EXPECT(!run_pass(&session.run, &updated), "a planted mistake was passed");
    session_close(&session);
}

/* What is no number is recorded, to be looked at. */
static void no_number_is_passed(void **state)
{
    (void)state;
    Session session;
    Updated updated;
    open_model(&session, "tiny", NULL, 0);
    EXPECT(run_pass(&session.run, &updated), "it could have been passed");
    record(&session.run);
    run_parameter(&session.run, session.run.parameters.count - 1)[0] = NAN;
    EXPECT(!run_pass(&session.run, &updated) && session.run.training_step == 1, "nan was passed");
    record(&session.run);
    EXPECT(isnan(run_loss(&session.run)), "the loss is %g", run_loss(&session.run));
    session_close(&session);
}

int test_repeat(void)
{
    static const char *const all[] = {"tiny", "by-hand", "moby", "digits"};
    TestList list = {0};
    tests_add_models(&list, every_model, "passed and recorded");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        tests_add(&list, all_are_passed, all[i], "%s: all are passed", all[i]);
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        tests_add(&list, own_models, &OWN[i], "%s", OWN[i].what);
    tests_add(&list, not_from_what_was_overwritten, NULL, "what was overwritten is not run again");
    tests_add(&list, whoever_computes, "moby", "moby: three threads, one, two");
    tests_add(&list, whoever_computes, "digits", "digits: three threads, one, two");
    for (size_t i = 2; i < sizeof all / sizeof *all; i++)
        tests_add(&list, rooms_are_apart, all[i], "%s: lots side by side", all[i]);
    tests_add(&list, mistakes_are_recorded, NULL, "a planted mistake is recorded");
    tests_add(&list, no_number_is_passed, NULL, "what is no number is recorded");
    return tests_run(&list, "repeat");
}
