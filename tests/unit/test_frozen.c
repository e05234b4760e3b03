/* Parameters that stay as they are, and ways back that go through a part of the calls only: what leads to
 * nothing that is trained has no gradient, which is not 0; all the rest is as it was. */
#include "support.h"

#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/system.h"
#include "tracer/session/model_file.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FROZEN = 6, LATER = 3 };

typedef struct {
    const char *model;
    const char *frozen[MOST_FROZEN]; /* ended by NULL */
} Case;

static const Case CASES[] = {
    {"tiny", {"token_embedding", "position_embedding", "block0"}},
    {"tiny", {"final_norm", "head"}},
    {"tiny", {"block0.attention.head0.W_Q"}},
    {"tiny", {"block0.attention.head1", "block0.mlp.b_2", "token_embedding"}},
    {"by-hand", {"block0.attention", "position_embedding"}},
    {"xor", {"W_1", "b_1"}},
    {"xor", {"W_2", "b_2"}},
    {"xor", {"b_1"}},
    {"golden/reference/m21", {"token_embedding"}},                               /* tied, groups of heads */
    {"golden/reference/m21", {"block0.attention.group1", "position_embedding", "token_embedding"}},
    {"golden/reference/m29", {"block0", "token_embedding"}},                     /* attention alone */
    {"golden/reference/m37", {"block0.attention.head0"}},                        /* three sequences */
    {"golden/reference/m38", {"token_embedding", "block0.attention"}},           /* sinusoids */
    {"golden/reference/m39", {"token_embedding", "norm_embedding", "block0.attention"}},
    {"golden/reference/m02", {"token_embedding", "block0"}},
    {"golden/reference/p02", {"W_1"}},
};
enum { CASE_COUNT = sizeof CASES / sizeof *CASES };

/* The model with these frozen, not recorded. */
static void load_frozen(Session *session, const char *name, Texts frozen)
{
    Error error = {0};
    char path[200];
    const Preset *preset = preset_find(name);
    *session = (Session){0};
    snprintf(path, sizeof path, "%s/model.json", name);
    bool whole = preset ? preset_open(&session->model, preset, &error)
                        : model_defaults(&session->model, SYSTEMS[0], &error) && model_file_read(path, &session->model, &error);
    EXPECT(whole, "%s: %s", name, error.text);
    session->model.training.frozen = frozen;
    EXPECT(model_finish(&session->model, &error) && run_init(&session->run, &session->model, NULL, &error), "%s: %s", name, error.text);
    snprintf(path, sizeof path, "%s/weights.safetensors", name);
    EXPECT(preset || weights_load(path, &session->run, &error), "%s: %s", name, error.text);
}

static void record_to(Session *session, int step)
{
    Error error = {0};
    EXPECT(run_to(&session->run, step, NULL, NULL, &error) && session_index(session, &error), "%s", error.text);
}

static Texts texts_of(const Case *test)
{
    int count = 0;
    while (count < MOST_FROZEN && test->frozen[count])
        count++;
    return (Texts){test->frozen, count};
}

/* 1 for what is trained and what was made from it, told from the calls of a run in which all is trained. */
static bool *learning(const Session *full, const Session *part)
{
    const Tape *tape = &full->run.tape;
    bool *learns = calloc((size_t)tape->value_count, sizeof *learns);
    EXPECT(learns, "out of memory");
    for (int p = 0; p < full->run.parameters.count; p++)
        learns[p] = !part->run.parameters.list[p].frozen;
    for (int call = 0; call < tape->call_count; call++)
        for (int i = 0; i < tape->calls[call].input_count; i++)
            learns[tape->calls[call].output] |= learns[tape->calls[call].inputs[i]];
    return learns;
}

/* What the optimizer does differs as soon as another norm clips. */
static bool is_of_the_update(const Value *value)
{
    return value->kind == KIND_OPTIMIZER || (value->name.base >= 0 && strcmp(value->name.local, "clipped") == 0);
}

/* Nothing is new, nothing has another name, no number changed: neither forward nor on the way back. */
static void expect_a_part_of(const Session *part, const Session *full)
{
    int compared = 0;
    for (int id = 0; id < part->names.count; id++) {
        const Value *value = tape_value(&part->run.tape, id);
        const Value *other = tape_value(&full->run.tape, value_called(full, name_of(&part->names, id)));
        if (is_of_the_update(value))
            continue;
        compared++;
        EXPECT(value->rows == other->rows && value->cols == other->cols, "%s has another form", name_of(&part->names, id));
        EXPECT(memcmp(value->data, other->data, cells_of(value) * sizeof *value->data) == 0, "%s has other numbers", name_of(&part->names, id));
    }
    EXPECT(compared > 20, "%d values", compared);
}

static void expect_gradients(const Session *part, const Session *full)
{
    bool *learns = learning(full, part);
    int with = 0, without = 0;
    for (int id = 0; id < full->run.tape.value_count; id++) {
        if (tape_value(&full->run.tape, id)->gradient < 0)
            continue;
        const char *name = name_of(&full->names, id);
        const Value *value = tape_value(&part->run.tape, value_called(part, name));
        EXPECT((value->gradient >= 0) == learns[id], "%s has %s gradient", name, value->gradient < 0 ? "no" : "a");
        with += learns[id];
        without += !learns[id];
    }
    EXPECT(with > 0 && without > 0, "%d gradients are there, %d are not", with, without);
    free(learns);
}

/* Neither a gradient nor moments nor a next value. */
static void expect_nothing_of(const Session *part, const char *parameter)
{
    static const char *const derived[] = {"grad", "grad.clipped", "m", "v", "m_hat", "v_hat", "next", "average"};
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        char name[200], reference[220];
        Reference found;
        Error error = {0};
        snprintf(name, sizeof name, "%s.%s", parameter, derived[i]);
        EXPECT(name_find(&part->names, name) < 0, "there is %s", name);
        snprintf(reference, sizeof reference, "%s[0,0]", name);
        EXPECT(!reference_parse(&part->names, reference, &found, &error), "%s is found", reference);
        expect_error(&error, EXIT_USED_WRONGLY, "is frozen");
        expect_error(&error, EXIT_USED_WRONGLY, parameter);
    }
}

static void frozen_parts(void **state)
{
    const Case *test = *state;
    Session full, part;
    load_frozen(&full, test->model, (Texts){0});
    load_frozen(&part, test->model, texts_of(test));
    record_to(&full, 0);
    record_to(&part, 0);
    EXPECT(part.run.parameters.count == full.run.parameters.count, "%d parameters", part.run.parameters.count);
    int frozen = 0;
    for (int p = 0; p < part.run.parameters.count; p++) {
        const Parameter *parameter = &part.run.parameters.list[p];
        assert_string_equal(parameter->name, full.run.parameters.list[p].name);
        frozen += parameter->frozen;
        if (parameter->frozen)
            expect_nothing_of(&part, parameter->name);
        else
            EXPECT(name_find(&part.names, parameter->name) == p && tape_value(&part.run.tape, p)->gradient >= 0, "%s is not trained", parameter->name);
    }
    EXPECT(frozen > 0 && frozen < part.run.parameters.count, "%d of %d are frozen", frozen, part.run.parameters.count);
    expect_a_part_of(&part, &full);
    expect_gradients(&part, &full);
    expect_all_explained(&part.run.tape);
    session_close(&full);
    session_close(&part);
}

/* After some updates those that are frozen have the bits that they had, the others have moved. */
static void frozen_stay(void **state)
{
    const Case *test = *state;
    Session before, after;
    load_frozen(&before, test->model, texts_of(test));
    load_frozen(&after, test->model, texts_of(test));
    record_to(&before, 0);
    record_to(&after, LATER);
    for (int p = 0; p < before.run.parameters.count; p++) {
        const Parameter *parameter = &before.run.parameters.list[p];
        const Value *a = tape_value(&before.run.tape, p), *b = tape_value(&after.run.tape, p);
        bool same = memcmp(a->data, b->data, cells_of(a) * sizeof *a->data) == 0;
        EXPECT(same == parameter->frozen, "%s has %s", parameter->name, same ? "stayed" : "moved");
    }
    EXPECT(run_loss(&after.run) != run_loss(&before.run), "the loss is as before");
    session_close(&before);
    session_close(&after);
}

/* Nothing to train: there is a loss, one gradient, which is its own, and no update. */
static void all_frozen(void **state)
{
    (void)state;
    static const char *const all[] = {"W_1", "b_1", "W_2", "b_2"};
    Session session;
    load_frozen(&session, "xor", (Texts){all, 4});
    record_to(&session, LATER);
    int gradients = 0;
    for (int id = 0; id < session.run.tape.value_count; id++)
        gradients += tape_value(&session.run.tape, id)->gradient >= 0;
    EXPECT(gradients == 1 && tape_value(&session.run.tape, session.run.loss)->gradient >= 0, "%d gradients", gradients);
    EXPECT(is_close(run_loss(&session.run), 0.78188788073138915, 1e-12), "the loss is %.17g", run_loss(&session.run));
    EXPECT(isnan(run_gradient_norm(&session.run)), "the norm of nothing is %g", run_gradient_norm(&session.run));
    session_close(&session);
}

static void unknown_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {"blok0", "block0.attention.head", "block0.mlp.W_1.grad", "block", "", "W_1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const frozen[] = {"block0.mlp", wrong[i]};
        char quoted[80];
        Model model;
        Run run;
        Error error = {0};
        EXPECT(preset_open(&model, preset_find("tiny"), &error), "%s", error.text);
        model.training.frozen = (Texts){frozen, 2};
        EXPECT(model_finish(&model, &error) && !run_init(&run, &model, NULL, &error), "\"%s\" is accepted", wrong[i]);
        snprintf(quoted, sizeof quoted, "\"%s\"", wrong[i]);
        expect_error(&error, EXIT_USED_WRONGLY, quoted);
        expect_error(&error, EXIT_USED_WRONGLY, "\"frozen\"");
        model_free(&model);
    }
}

/* --- the way back through some of the calls --- */

/* hidden = tanh(x W) is a first part, loss = mean(hidden V + W') a second one that reads W' = W too. */
typedef struct {
    int x, w, v, hidden, between, loss;
    int first;       /* call of the second part */
    bool from_first; /* go back through the second part only */
} Parts;

static void record_parts(Tape *tape, void *context)
{
    Parts *parts = context;
    parts->x = sample_input(tape, "x", 2, 2);
    parts->w = sample_weight(tape, "W", 2, 2);
    parts->v = sample_weight(tape, "V", 2, 2);
    tape_begin_phase(tape, PHASE_FORWARD);
    parts->hidden = tanh_rule(tape, "hidden", linear(tape, "product", parts->x, parts->w, -1));
    tape_end(tape);
    parts->first = tape->call_count;
    tape_begin_phase(tape, PHASE_FORWARD);
    parts->between = linear(tape, "between", parts->hidden, parts->v, -1);
    int sum = residual(tape, "residual", parts->between, parts->w);
    parts->loss = mean(tape, "loss", &sum, 1);
    tape_end(tape);
    backward(tape, parts->loss, NULL, parts->from_first ? parts->first : 0);
}

static const Value *gradient_of(const Tape *tape, int value)
{
    int gradient = tape_value(tape, value)->gradient;
    EXPECT(gradient >= 0, "value %d has no gradient", value);
    return tape_value(tape, gradient);
}

static void a_range_of_calls(void **state)
{
    (void)state;
    Tape whole = {.frame = -1}, part = {.frame = -1};
    Parts all = {0}, second = {.from_first = true};
    Error error = {0};
    char name[80];
    EXPECT(tape_attempt(&whole, record_parts, &all, &error) && tape_attempt(&part, record_parts, &second, &error), "%s", error.text);
    EXPECT(second.first == 2 && part.call_count == 5, "%d of %d calls", second.first, part.call_count);
    EXPECT(tape_value(&part, second.hidden)->gradient < 0 && tape_value(&part, second.x)->gradient < 0, "what comes from before is a number");
    EXPECT(tape_value(&whole, all.hidden)->gradient >= 0 && tape_value(&whole, all.x)->gradient < 0, "through all calls it is not");
    const Value *v = gradient_of(&part, second.v), *v_whole = gradient_of(&whole, all.v);
    EXPECT(memcmp(v->data, v_whole->data, cells_of(v) * sizeof *v->data) == 0, "V.grad is another");
    /* W is read twice; seen from the second part once, and each cell has a quarter of the loss's gradient */
    tape_name(&part, tape_value(&part, second.w)->gradient, name, sizeof name);
    assert_string_equal(name, "W.grad");
    for (int i = 0; i < 4; i++)
        EXPECT(same_bits(gradient_of(&part, second.w)->data[i], 0.25), "W.grad is %g", gradient_of(&part, second.w)->data[i]);
    int messages = 0;
    for (int id = 0; id < whole.value_count; id++)
        messages += tape_value(&whole, id)->name.base == all.w && tape_value(&whole, id)->name.from >= 0;
    EXPECT(messages == 2, "%d messages for W through all calls", messages);
    double difference = 0;
    for (int i = 0; i < 4; i++)
        difference = fmax(difference, fabs(gradient_of(&whole, all.w)->data[i] - 0.25));
    EXPECT(difference > 1e-3, "through all calls W.grad is the same");
    tape_free(&whole);
    tape_free(&part);
}

/* Two losses on one tape, each with its own way back: the second leaves the first alone. */
static void record_two_ways(Tape *tape, void *context)
{
    int *ids = context;
    int x = sample_input(tape, "x", 2, 2);
    for (int way = 0; way < 2; way++) {
        int w = sample_weight(tape, way ? "V" : "W", 2, 2), first = tape->call_count;
        tape_begin_phase(tape, PHASE_FORWARD);
        tape_begin(tape, "part", way, NULL);
        int y = linear(tape, "y", way ? ids[1] : x, w, -1);
        ids[2 + way] = mean(tape, "loss", &y, 1);
        tape_end(tape);
        tape_end(tape);
        ids[way ? 4 : 1] = way ? w : y;
        ids[0] = way ? ids[0] : w;
        backward(tape, ids[2 + way], NULL, first);
        ids[5 + way] = tape_value(tape, ids[way ? 1 : 0])->gradient;
    }
}

static void two_ways_back(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    Error error = {0};
    int ids[7] = {0};
    EXPECT(tape_attempt(&tape, record_two_ways, ids, &error), "%s", error.text);
    EXPECT(tape_value(&tape, ids[0])->gradient == ids[5] && tape_value(&tape, ids[1])->gradient == ids[6], "a gradient was made anew");
    EXPECT(tape_value(&tape, ids[4])->gradient >= 0 && tape_value(&tape, ids[2])->gradient >= 0 && tape_value(&tape, ids[3])->gradient >= 0,
           "a gradient is missing");
    const Value *y = tape_value(&tape, ids[1]), *dv = gradient_of(&tape, ids[4]);
    for (int row = 0; row < 2; row++)
        for (int col = 0; col < 2; col++)
            EXPECT(is_close(cell_of(dv, row, col), (cell_of(y, 0, row) + cell_of(y, 1, row)) / 4, 1e-15), "V.grad[%d,%d] is %g", row, col,
                   cell_of(dv, row, col));
    tape_free(&tape);
}

int test_frozen(void)
{
    TestList list = {0};
    for (int i = 0; i < CASE_COUNT; i++) {
        tests_add(&list, frozen_parts, &CASES[i], "%s, case %d: what is frozen has no gradient", CASES[i].model, i);
        tests_add(&list, frozen_stay, &CASES[i], "%s, case %d: what is frozen stays", CASES[i].model, i);
    }
    tests_add(&list, all_frozen, NULL, "nothing to train");
    tests_add(&list, unknown_names, NULL, "only parameters can be frozen");
    tests_add(&list, a_range_of_calls, NULL, "the way back through some of the calls");
    tests_add(&list, two_ways_back, NULL, "two ways back on one tape");
    return tests_run(&list, "frozen");
}
