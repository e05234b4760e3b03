/* Steps that are computed later, by several threads or in the most contrary order: the same tape, to the last bit. */
#include "support.h"

#include "tiny_model/painting.h"
#include "tracer/session/crew.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void record(Run *run)
{
    Error error = {0};
    EXPECT(run_record(run, &error), "%s", error.text);
}

static void expect_same_step(const Tape *tape, const Tape *other, int i)
{
    const Step *a = &tape->steps[i], *b = &other->steps[i];
    EXPECT(a->primitive == b->primitive && a->output == b->output && a->frame == b->frame && a->line == b->line,
           "step %d is another one", i);
    EXPECT(a->input_count == b->input_count &&
           memcmp(a->inputs, b->inputs, (size_t)a->input_count * sizeof *a->inputs) == 0, "step %d reads others", i);
}

/* Names, ids and bits. */
static void expect_same_tape(const Tape *tape, const Tape *other)
{
    EXPECT(tape->step_count == other->step_count && tape->value_count == other->value_count &&
           tape->frame_count == other->frame_count, "%d steps, not %d", other->step_count, tape->step_count);
    for (int i = 0; i < tape->step_count; i++)
        expect_same_step(tape, other, i);
    for (int id = 0; id < tape->value_count; id++) {
        const Value *a = tape_value(tape, id), *b = tape_value(other, id);
        char name[200], other_name[200];
        tape_name(tape, id, name, sizeof name);
        tape_name(other, id, other_name, sizeof other_name);
        EXPECT(strcmp(name, other_name) == 0 && cells_of(a) == cells_of(b), "%s became %s", name, other_name);
        for (size_t i = 0; i < cells_of(a); i++)
            EXPECT(same_bits(a->data[i], b->data[i]), "cell %zu of %s is %.17g, not %.17g", i, name, b->data[i], a->data[i]);
    }
}

/* Two training steps of a model, and of its clone by `threads`. */
static void expect_same_by(Session *session, int threads)
{
    Run clone;
    Crew *crew;
    Error error = {0};
    EXPECT(run_clone(&clone, &session->run, &error) && crew_begin(&crew, &clone, threads, &error), "%s", error.text);
    EXPECT(crew && clone.computer.compute, "nobody came");
    record(&clone);
    expect_same_tape(&session->run.tape, &clone.tape);
    run_advance(&clone);
    record(&clone);
    crew_end(crew, &clone);
    Run alone;
    EXPECT(run_clone(&alone, &session->run, &error), "%s", error.text);
    run_advance(&session->run);
    record(&session->run);
    expect_same_tape(&session->run.tape, &clone.tape);
    run_free(&session->run);
    session->run = alone;
    record(&session->run);
    run_free(&clone);
}

static void threads_agree(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    for (int threads = 2; threads <= 4; threads++)
        expect_same_by(&session, threads);
    session_close(&session);
}

/* --- in the most contrary order that is allowed --- */

typedef struct {
    int calls, steps;
    bool *done;
} Contrary;

static bool is_ready(const Tape *tape, const Step *step, const bool *done)
{
    for (int i = 0; i < step->input_count; i++) {
        int maker = tape->values[step->inputs[i]].producer;
        if (maker >= 0 && !done[maker])
            return false;
    }
    return true;
}

/* Always the last step that can be computed; what nobody has computed yet is nan. */
static void compute_from_behind(void *context, const Tape *tape, int first, int end)
{
    Contrary *contrary = context;
    contrary->done = realloc(contrary->done, (size_t)end + 1);
    memset(contrary->done + first, 0, (size_t)(end - first));
    for (int step = first; step < end; step++) {
        const Value *output = step_output(tape, &tape->steps[step]);
        for (size_t i = 0; i < cells_of(output); i++)
            output->data[i] = NAN;
    }
    for (int left = end - first; left > 0; left--) {
        int step = end - 1;
        while (contrary->done[step] || !is_ready(tape, &tape->steps[step], contrary->done))
            step--;
        EXPECT(step >= first, "no step is ready");
        tape->steps[step].primitive->run(tape, &tape->steps[step]);
        contrary->done[step] = true;
    }
    contrary->calls++;
    contrary->steps += end - first;
}

static void expect_free_order(Session *of)
{
    Run clone;
    Error error = {0};
    Contrary contrary = {0};
    EXPECT(run_clone(&clone, &of->run, &error), "%s", error.text);
    clone.computer = (Computer){compute_from_behind, &contrary};
    record(&clone);
    EXPECT(!of->model.system->numbers_later || (contrary.calls > 0 && contrary.steps == clone.tape.step_count),
           "%d of %d steps were computed later", contrary.steps, clone.tape.step_count);
    expect_same_tape(&of->run.tape, &clone.tape);
    free(contrary.done);
    run_free(&clone);
}

static void order_is_free(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    expect_free_order(&session);
    session_close(&session);
}

/* Looking inside asks which scores are masked, and which tokens are alike. */
static void order_is_free_inside(void **state)
{
    (void)state;
    Session session;
    Error error = {0};
    EXPECT(session_open(&session, &(RunOptions){.model = "tiny", .inside = true}, &error), "%s", error.text);
    EXPECT(session.run.inside, "nobody looked inside");
    expect_free_order(&session);
    session_close(&session);
}

/* Who changes numbers on the way has each computed at once. */
static void mistakes_are_at_once(void **state)
{
    (void)state;
    Session session;
    Contrary contrary = {0};
    open_model(&session, "tiny", "softmax.columns", 0);
    session.run.computer = (Computer){compute_from_behind, &contrary};
    record(&session.run);
    EXPECT(contrary.calls == 0, "a planted mistake was computed later");
    session_close(&session);
}

/* What is kept apart has the same loss, whoever computes it. */
static void validation_agrees(void **state)
{
    Session session;
    Crew *crew;
    Error error = {0};
    double alone, together;
    open_model(&session, *state, NULL, 0);
    EXPECT(run_validate(&session.run, &alone, &error) && crew_begin(&crew, &session.run, 3, &error), "%s", error.text);
    EXPECT(run_validate(&session.run, &together, &error), "%s", error.text);
    crew_end(crew, &session.run);
    EXPECT(isfinite(alone) && same_bits(alone, together), "%.17g, and by three %.17g", alone, together);
    session_close(&session);
}

static void as_many_as_useful(void **state)
{
    (void)state;
    Session tiny, moby;
    Crew *crew;
    Error error = {0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    open_model(&tiny, "tiny", NULL, 0);
    open_model(&moby, "moby", NULL, 0);
    EXPECT(crew_useful(&tiny.run) == 1, "%d threads for a tiny model", crew_useful(&tiny.run));
    EXPECT(crew_useful(&moby.run) == (processors < 8 ? processors : 8), "%d threads for eight sequences", crew_useful(&moby.run));
    EXPECT(crew_begin(&crew, &tiny.run, 0, &error) && !crew && !tiny.run.computer.compute, "somebody came for a tiny model");
    crew_end(crew, &tiny.run);
    session_close(&tiny);
    session_close(&moby);
}

/* What is painted while a training goes on has its numbers when it is asked for. */
static void paintings_agree(void **state)
{
    Session session;
    Run clone;
    Crew *crew;
    Error error = {0};
    double noise[32];
    int states[2][4];
    open_model(&session, *state, NULL, 0);
    painting_noise(1, 0, noise, 32);
    EXPECT(run_clone(&clone, &session.run, &error) && crew_begin(&crew, &clone, 3, &error), "%s", error.text);
    Painting how = {.steps = 3, .count = 2, .guidance = 1, .noise = noise};
    EXPECT(run_paint(&session.run, &how, states[0], &error) && run_paint(&clone, &how, states[1], &error), "%s", error.text);
    expect_same_tape(&session.run.tape, &clone.tape);
    EXPECT(memcmp(states[0], states[1], sizeof states[0]) == 0, "other pictures");
    crew_end(crew, &clone);
    run_free(&clone);
    session_close(&session);
}

int test_crew(void)
{
    TestList list = {0};
    tests_add_models(&list, threads_agree, "2, 3 and 4 threads");
    tests_add_models(&list, order_is_free, "steps in contrary order");
    tests_add(&list, order_is_free_inside, NULL, "looking inside in contrary order");
    tests_add(&list, threads_agree, "moby", "moby: 2, 3 and 4 threads");
    tests_add(&list, threads_agree, "loomings", "loomings: 2, 3 and 4 threads");
    tests_add(&list, validation_agrees, "moby", "moby: the validation by three threads");
    tests_add(&list, validation_agrees, "loomings", "loomings: the validation by three threads");
    tests_add(&list, paintings_agree, "dit", "dit: a painting by three threads");
    tests_add(&list, paintings_agree, "flow", "flow: a painting by three threads");
    tests_add(&list, mistakes_are_at_once, NULL, "a planted mistake is computed at once");
    tests_add(&list, as_many_as_useful, NULL, "as many threads as are useful");
    return tests_run(&list, "crew");
}
