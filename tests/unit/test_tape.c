/* The tape and what it stands on: errors, the arena, names, nudges, limits, costs. */
#include "support.h"

#include "tiny_model/optimizer/optimizer.h"
#include "tiny_model/record.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void errors_are_one_line(void **state)
{
    (void)state;
    Error error = {0};
    EXPECT(!error_set(&error, EXIT_USED_WRONGLY, "first \"%s\"", "a\nb\033[2J\x7f"), "error_set returns true");
    assert_string_equal(error.text, "first \"a\\x0ab\\x1b[2J\\x7f\"");
    EXPECT(!error_set(&error, EXIT_INPUT_OUTPUT, "second") && error.code == EXIT_USED_WRONGLY, "the second one wins");
    char long_text[2000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    error = (Error){0};
    EXPECT(!error_set(&error, EXIT_USED_WRONGLY, "%s", long_text) && strlen(error.text) < sizeof error.text, "too long");
    error = (Error){0};
    EXPECT(!error_memory(&error) && error.code == EXIT_INPUT_OUTPUT, "code %d", error.code);
}

static void arena_pieces(void **state)
{
    (void)state;
    enum { PIECES = 300 };
    Arena arena = {0};
    void *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(&arena, i * i);
        EXPECT(pieces[i] && (uintptr_t)pieces[i] % (i * i < 64 ? 16 : 64) == 0, "piece %zu is not aligned", i);
        memset(pieces[i], (int)(i & 0x7f), i * i);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t byte = 0; byte < i * i; byte += 7)
            EXPECT(((char *)pieces[i])[byte] == (char)(i & 0x7f), "piece %zu was written over", i);
    size_t used = arena.used;
    arena_rewind(&arena);
    EXPECT(arena.used == 0 && used > 0, "%zu bytes are used after the rewind", arena.used);
    for (size_t i = 0; i < PIECES; i++)
        EXPECT(arena_alloc(&arena, i * i) == pieces[i], "piece %zu moved", i);
    arena_free(&arena);
    EXPECT(!arena.first && arena.used == 0, "something is left");
}

static void names_are_cut_off(void **state)
{
    (void)state;
    static const char full[] = "block0.attention.head0.softmax.backward.product";
    Session session;
    open_model(&session, "tiny", NULL, 0);
    int value = value_called(&session, full);
    for (size_t size = 0; size <= sizeof full + 2; size++) {
        char text[64];
        memset(text, '#', sizeof text);
        EXPECT(tape_name(&session.run.tape, value, text, size) == sizeof full - 1, "another length at size %zu", size);
        if (size > 0)
            EXPECT(strncmp(text, full, size - 1) == 0 && strlen(text) == (size < sizeof full ? size - 1 : sizeof full - 1),
                   "size %zu: %s", size, text);
        EXPECT(text[size] == '#', "size %zu was not enough for it", size);
    }
    session_close(&session);
}

/* 2 x 3 cells: 1.5 times 2, each. */
static void record_some(Tape *tape, void *context)
{
    int *output = context;
    int a = fill(tape, HERE("a"), 1.5, 2, 3);
    *output = scale(tape, HERE("b"), a, 2);
}

static void nudges(void **state)
{
    (void)state;
    static const Nudge changes[] = {{.value = 0, .row = 1, .col = 2, .amount = 0.25},
                                    {.value = 1, .row = 0, .col = 1, .absolute = true, .amount = -7}};
    Tape tape = {.frame = -1, .nudges = changes, .nudge_count = 2};
    Error error = {0};
    int output;
    EXPECT(tape_attempt(&tape, record_some, &output, &error), "%s", error.text);
    const Value *a = tape_value(&tape, 0), *b = tape_value(&tape, 1);
    for (int row = 0; row < 2; row++)
        for (int col = 0; col < 3; col++) {
            bool moved = row == 1 && col == 2, set = row == 0 && col == 1;
            EXPECT(cell_of(a, row, col) == (moved ? 1.75 : 1.5), "a[%d,%d] is %g", row, col, cell_of(a, row, col));
            EXPECT(cell_of(b, row, col) == (moved ? 3.5 : set ? -7 : 3), "b[%d,%d] is %g", row, col, cell_of(b, row, col));
        }
    tape_free(&tape);
}

static void limits(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    Error error = {0};
    int output;
    EXPECT(tape_attempt(&tape, record_some, &output, &error), "%s", error.text);
    size_t bytes = tape.bytes;
    EXPECT(bytes > 12 * sizeof(double), "%zu bytes", bytes);
    tape_rewind(&tape);
    EXPECT(tape.bytes == 0 && tape.step_count == 0 && tape.value_count == 0, "something is left");
    tape.limit = bytes - 1;
    EXPECT(!tape_attempt(&tape, record_some, &output, &error), "the limit does not hold");
    expect_error(&error, EXIT_USED_WRONGLY, "tape");
    tape_rewind(&tape);
    tape.limit = bytes;
    error = (Error){0};
    EXPECT(tape_attempt(&tape, record_some, &output, &error), "%s", error.text);
    tape_free(&tape);
}

/* What run_init reckoned without numbers, beside the store, is no less than what the tape takes then. */
static void promised_size(void **state)
{
    Session session;
    Error error = {0};
    open_model(&session, *state, NULL, 0);
    Run run;
    EXPECT(run_init(&run, &session.model, NULL, &error), "%s", error.text);
    size_t promised = run.takes - STORE_BUFFERS * run.parameters.cells * sizeof(double);
    EXPECT(run_record(&run, &error), "%s", error.text);
    size_t took = tape_memory(&run.tape);
    EXPECT(promised >= took && promised < 2 * took, "promised %zu bytes, took %zu", promised, took);
    run_free(&run);
    session_close(&session);
}

/* What is reckoned before anything is recorded is no less than what is taken then, by the arena's own count, and by no
 * more than a tenth: of a model whose numbers weigh more than its lists. */
static void reckoned_size(void **state)
{
    static const char json[] = "{\"d_model\": 128, \"n_heads\": 4, \"n_layers\": 2, \"context\": 64}";
    Model model;
    Error error = {0};
    Run run;
    (void)state;
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "m.json", &model, &error) &&
               model_finish(&model, &error) && run_init(&run, &model, NULL, &error) && run_record(&run, &error),
           "%s", error.text);
    const Tape *tape = &run.tape;
    size_t lists = (size_t)tape->value_capacity * sizeof(Value) + (size_t)tape->step_capacity * sizeof(Step) +
                   (size_t)tape->frame_capacity * sizeof(Frame) + (size_t)tape->call_capacity * sizeof(Call) +
                   (size_t)tape->axis_capacity * sizeof(Axis);
    size_t store = (size_t)(run.store.v[1] - run.store.values[0]) * sizeof(double) + run.parameters.cells * sizeof(double);
    size_t takes = tape->arena.used + lists + store;
    EXPECT(store == 6 * run.parameters.cells * sizeof(double) && takes > 10 << 20, "%zu bytes, %zu of them stored", takes, store);
    EXPECT(run.takes >= takes && (double)run.takes <= 1.1 * (double)takes, "reckoned %zu, taken %zu", run.takes, takes);
    run_free(&run);
    model_free(&model);
}

/* Of two parameters only the first has a gradient: the second and its moments go on as they are. */
static void no_gradient_no_change(void **state)
{
    (void)state;
    const Optimizer optimizer = {.kind = OPTIMIZER_ADAMW, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.5, .eps = 1,
                                 .weight_decay = 0.5, .clip_norm = INFINITY};
    Parameters parameters = {.limit = 100};
    Store store;
    Error error = {0};
    Tape tape = {.frame = -1};
    double gradient[] = {2};
    for (int p = 0; p < 2; p++) {
        Parameter parameter = {.rows = 1, .cols = 1};
        EXPECT(parameters_add(&parameters, p ? "b" : "a", parameter, &error), "%s", error.text);
    }
    EXPECT(store_init(&store, parameters.cells, false, &error), "%s", error.text);
    size_t second = parameters.list[1].offset;
    for (int p = 0; p < 2; p++) {
        double *cell = store.values[0] + parameters.list[p].offset;
        *cell = 3;
        parameters.list[p].value = tape_parameter(&tape, "", parameters.list[p].local, (Shape){1, 1}, cell);
    }
    store.m[0][second] = 4;
    store.v[0][second] = 5;
    tape.values[0].gradient = tape_leaf_of(&tape, 0, "grad", gradient);
    optimizer_record(&tape, &(Model){.optimizer = optimizer}, &parameters, &store, 0);
    EXPECT(is_close(store.values[1][0], 3 * (1 - 0.05) - 0.1 * 2 / 3, 1e-15), "a becomes %.17g", store.values[1][0]);
    EXPECT(store.values[1][second] == 3 && store.m[1][second] == 4 && store.v[1][second] == 5, "b becomes %g, %g, %g",
           store.values[1][second], store.m[1][second], store.v[1][second]);
    tape_free(&tape);
    store_free(&store);
    parameters_free(&parameters);
}

static void add_wrong_shapes(void)
{
    Tape tape = {.frame = -1};
    add(&tape, HERE("sum"), sample_input(&tape, "a", 2, 3), sample_input(&tape, "b", 3, 2));
}

static void add_too_few(void)
{
    Tape tape = {.frame = -1};
    tape_step(&tape, &ADD, HERE("sum"), (int[]){sample_input(&tape, "a", 2, 3)}, 1, (Attributes){0});
}

static void close_nothing(void)
{
    Tape tape = {.frame = -1};
    tape_end(&tape);
}

static void our_bugs_abort(void **state)
{
    (void)state;
    expect_abort(add_wrong_shapes, "add cannot take 2x3 3x2");
    expect_abort(add_too_few, "add cannot take 2x3");
    expect_abort(close_nothing, "never opened");
}

static void costs(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    for (int how = 0; how < 4; how++) {
        bool ta = how & 1, tb = how & 2;
        int a = sample_input(&tape, "a", ta ? 7 : 5, ta ? 5 : 7), b = sample_input(&tape, "b", tb ? 13 : 7, tb ? 7 : 13);
        tape_step(&tape, &MATMUL, HERE("c"), (int[]){a, b}, 2, (Attributes){.transposed = {ta, tb}});
        assert_int_equal(step_flops(&tape, &tape.steps[how]), 2 * 5 * 7 * 13);
        assert_int_equal(step_bytes(&tape, &tape.steps[how]), 8 * (5 * 7 + 7 * 13 + 5 * 13));
    }
    int a = sample_input(&tape, "a", 4, 6);
    add(&tape, HERE("sum"), a, a);
    row_sum(&tape, HERE("rows"), a);
    copy(&tape, HERE("copy"), a);
    const Step *steps = tape.steps;
    assert_int_equal(step_flops(&tape, &steps[4]), 24);
    assert_int_equal(step_flops(&tape, &steps[5]), 24);
    assert_int_equal(step_flops(&tape, &steps[6]), 0);
    assert_int_equal(step_bytes(&tape, &steps[5]), 8 * 28);
    tape_free(&tape);
}

int test_tape(void)
{
    TestList list = {0};
    tests_add(&list, errors_are_one_line, NULL, "errors are one line, the first one stays");
    tests_add(&list, arena_pieces, NULL, "pieces of the arena");
    tests_add(&list, names_are_cut_off, NULL, "names are cut off to fit");
    tests_add(&list, nudges, NULL, "nudges");
    tests_add(&list, limits, NULL, "the limit of the tape");
    tests_add(&list, no_gradient_no_change, NULL, "a parameter without gradient goes on unchanged");
    tests_add(&list, our_bugs_abort, NULL, "our own bugs abort and say so");
    tests_add(&list, costs, NULL, "operations and bytes of a step");
    tests_add(&list, reckoned_size, NULL, "the size that is reckoned");
    tests_add_models(&list, promised_size, "the size that is promised");
    return tests_run(&list, "tape");
}
