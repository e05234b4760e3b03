/* What a system asks of its scene: parameters by name, shared ones, batches, random numbers of a place. Systems
 * that are made for one test record what it needs. */
#include "support.h"

#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const ModelKey NO_KEYS[] = {{.key = NULL}};

static void no_defaults(Model *model)
{
    (void)model;
}

static bool finished(Model *model, Error *error)
{
    (void)model, (void)error;
    return true;
}

/* A system that records so; it outlives the run. */
static System system_of(int (*forward)(Scene *))
{
    return (System){.name = "probe", .good_for = "a test", .size = sizeof(int), .keys = NO_KEYS, .defaults = no_defaults,
                    .finish = finished, .forward = forward};
}

typedef struct {
    System system;
    Model model;
    Run run;
} Probe;

/* Declares and records one training step. */
static void open_probe(Probe *probe, int (*forward)(Scene *), Texts frozen)
{
    Error error = {0};
    probe->system = system_of(forward);
    EXPECT(model_defaults(&probe->model, &probe->system, &error), "%s", error.text);
    probe->model.init.std = 1;
    probe->model.training.frozen = frozen;
    EXPECT(model_finish(&probe->model, &error) && run_init(&probe->run, &probe->model, NULL, &error) && run_record(&probe->run, &error), "%s",
           error.text);
}

static void close_probe(Probe *probe)
{
    run_free(&probe->run);
    model_free(&probe->model);
}

static int weight_of(Scene *scene, const char *name, int rows, int cols)
{
    return parameter(scene, name, (Shape){rows, cols}, PARAMETER_WEIGHT);
}

static int x_of(Scene *scene, int cols)
{
    double *numbers = tape_room(scene->tape, 1, cols);
    for (int i = 0; numbers && i < cols; i++)
        numbers[i] = i + 1;
    return tape_leaf(scene->tape, KIND_INPUT, "x", (Shape){1, cols}, numbers);
}

/* --- the same name, the same parameter --- */

static int asks_twice(Scene *scene)
{
    Tape *tape = scene->tape;
    int losses[3];
    tape_begin(tape, "block", 0, NULL);
    int w = weight_of(scene, "W", 2, 3);
    CHECK(weight_of(scene, "W", 2, 3) == w, "another id under one name");
    CHECK(weight_of(scene, "V", 2, 3) != w, "one id under two names");
    for (int i = 0; i < 2; i++) {
        tape_begin_instance(tape, "sequence", i);
        CHECK(weight_of(scene, "W", 2, 3) == w, "a sequence has a parameter of its own");
        tape_begin(tape, "head", 1, NULL);
        int own = weight_of(scene, "W", 2, 3);
        CHECK(own != w && own == shared_parameter(scene, "block0.head1.W", (Shape){2, 3}, PARAMETER_WEIGHT), "the frame inside is not named");
        losses[i] = matmul(tape, HERE("product"), x_of(scene, 2), own);
        tape_end(tape);
        tape_end(tape);
    }
    tape_end(tape);
    CHECK(shared_parameter(scene, "block0.W", (Shape){2, 3}, PARAMETER_WEIGHT) == w, "not shared by its whole name");
    tape_begin(tape, "elsewhere", -1, NULL);
    int table = shared_parameter(scene, "table", (Shape){4, 3}, PARAMETER_BIAS);
    CHECK(weight_of(scene, "table", 4, 3) != table, "what is shared is not named by the frame");
    tape_end(tape);
    CHECK(weight_of(scene, "table", 4, 3) == table, "outside of all frames its name is whole");
    losses[2] = matmul(tape, HERE("last"), x_of(scene, 2), w);
    return total(tape, "loss", losses, 3);
}

static void one_name_one_parameter(void **state)
{
    (void)state;
    static const char *const names[] = {"block0.W", "block0.V", "block0.head1.W", "table", "elsewhere.table"};
    static const char *const values[] = {"block0.sequence0.head1.product", "block0.sequence1.head1.x", "x", "last"};
    Probe probe;
    open_probe(&probe, asks_twice, (Texts){0});
    Names found;
    Error error = {0};
    EXPECT(names_init(&found, &probe.run.tape, &error), "%s", error.text);
    EXPECT(probe.run.parameters.count == 5, "%d parameters", probe.run.parameters.count);
    for (int i = 0; i < 5; i++) {
        const Parameter *parameter = &probe.run.parameters.list[i];
        char whole[100];
        assert_string_equal(parameter->name, names[i]);
        EXPECT(parameter_name(parameter, whole, sizeof whole) == strlen(names[i]) && strcmp(whole, names[i]) == 0, "it is called %s", whole);
        EXPECT(parameter->value == i && name_find(&found, names[i]) == i, "%s is value %d", names[i], parameter->value);
        EXPECT(tape_value(&probe.run.tape, i)->kind == KIND_PARAMETER && tape_value(&probe.run.tape, i)->producer < 0, "%s is no parameter", names[i]);
    }
    EXPECT(probe.run.parameters.list[3].class == PARAMETER_BIAS, "the first who asks says of which class it is");
    for (int i = 0; i < 4; i++)
        EXPECT(name_find(&found, values[i]) >= 0, "no value %s", values[i]);
    names_free(&found);
    close_probe(&probe);
}

/* Axes that are named where a parameter is asked for are there on every recording. */
static int names_axes(Scene *scene)
{
    static const char *const labels[] = {"red", "green"};
    Tape *tape = scene->tape;
    tape_axis(tape, (Axis){scene->declaring ? "first" : "later", 7, NULL, false}); /* other ids on other recordings */
    if (!scene->declaring)
        tape_axis(tape, (Axis){"more", 7, NULL, false});
    int colour = tape_axis(tape, (Axis){"colour", 2, labels, true}), feature = tape_axis(tape, (Axis){"feature", 3, NULL, false});
    int w = parameter(scene, "W", (Shape){2, 3, colour, feature}, PARAMETER_WEIGHT);
    CHECK(strcmp(tape_rows(tape, w)->name, "colour") == 0 && tape_rows(tape, w)->labels == labels && tape_rows(tape, w)->place, "its rows");
    CHECK(strcmp(tape_cols(tape, w)->name, "feature") == 0 && tape_cols(tape, w)->size == 3, "its columns");
    CHECK(tape_value(tape, w)->row_axis == colour, "the same axis, another id");
    return total(tape, "loss", &w, 1);
}

static void axes_stay(void **state)
{
    (void)state;
    Probe probe;
    Error error = {0};
    open_probe(&probe, names_axes, (Texts){0});
    EXPECT(run_record(&probe.run, &error), "%s", error.text);
    EXPECT(strcmp(probe.run.parameters.list[0].row_axis.name, "colour") == 0, "%s", probe.run.parameters.list[0].row_axis.name);
    close_probe(&probe);
}

/* --- frozen: by a whole name or its beginning, or by whoever asks --- */

static int asks_frozen(Scene *scene)
{
    Tape *tape = scene->tape;
    int parts[5];
    tape_begin(tape, "block", 1, NULL);
    parts[0] = weight_of(scene, "W", 1, 2);
    tape_end(tape);
    tape_begin(tape, "block", 10, NULL);
    parts[1] = weight_of(scene, "W", 1, 2);
    parts[2] = weight_of(scene, "W_2", 1, 2);
    tape_end(tape);
    scene->frozen = true;
    parts[3] = weight_of(scene, "table", 1, 2);
    scene->frozen = false;
    parts[4] = weight_of(scene, "last", 1, 2);
    return total(tape, "loss", parts, 5);
}

static void frozen_by_name(void **state)
{
    (void)state;
    static const char *const frozen[] = {"block1", "block10.W"};
    static const bool expected[] = {true, true, false, true, false};
    Probe probe;
    open_probe(&probe, asks_frozen, (Texts){frozen, 2});
    for (int i = 0; i < 5; i++) {
        const Parameter *parameter = &probe.run.parameters.list[i];
        const Value *value = tape_value(&probe.run.tape, parameter->value);
        EXPECT(parameter->frozen == expected[i] && value->frozen == expected[i], "%s is %sfrozen", parameter->name, parameter->frozen ? "" : "not ");
        EXPECT((value->gradient < 0) == expected[i], "%s has %s gradient", parameter->name, value->gradient < 0 ? "no" : "a");
    }
    close_probe(&probe);
}

/* --- batches --- */

static void batches(void **state)
{
    (void)state;
    static const struct {
        int batch, of, usual, step, count, first;
    } cases[] = {{0, 5, 1, 0, 1, 0}, {0, 5, 1, 7, 1, 2}, {0, 5, 5, 3, 5, 0}, {2, 5, 1, 1, 2, 2}, {2, 5, 1, 2, 2, 4},
                 {7, 5, 1, 1, 7, 2}, {3, 1000000, 1, 2000000000, 3, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Model model = {.training = {.batch = cases[i].batch, .shuffle = INFINITY}};
        Scene scene = {.model = &model, .training_step = cases[i].step};
        Batch batch = scene_batch(&scene, cases[i].of, cases[i].usual);
        EXPECT(batch.count == cases[i].count && batch.first == cases[i].first, "case %zu: %d rows from %d on", i, batch.count, batch.first);
        for (int row = 0; row < batch.count; row++)
            EXPECT(batch_row(batch, row) == (cases[i].first + row) % cases[i].of, "case %zu, row %d is %d", i, row, batch_row(batch, row));
    }
}

/* Numbers of a place and a training step, whatever was drawn before. */
static void random_numbers(void **state)
{
    (void)state;
    Model model = {.init.seed = 42};
    Random random, other;
    for (int step = 0; step < 3; step++)
        for (unsigned site = 1; site < 3; site++) {
            scene_random(&(Scene){.model = &model, .training_step = step}, site, &random);
            random_seed_at(&other, 42, (uint32_t)step, site);
            EXPECT(same_bits(random_uniform(&random), random_uniform(&other)), "training step %d, place %u", step, site);
        }
    scene_random(&(Scene){.model = &model, .training_step = 7}, 3, &random);
    EXPECT(same_bits(random_uniform(&random), 0.3221122819835045), "not what Python draws");
}

/* --- bugs of a system abort where they happen --- */

static void record_bug(int (*forward)(Scene *))
{
    Probe probe;
    open_probe(&probe, forward, (Texts){0});
}

static int grows(Scene *scene)
{
    tape_begin(scene->tape, "block", 0, NULL);
    weight_of(scene, "W", 2, 3);
    return weight_of(scene, "W", 3, 2);
}

static int shared_grows(Scene *scene)
{
    weight_of(scene, "table", 2, 3);
    tape_begin(scene->tape, "block", 0, NULL);
    return shared_parameter(scene, "table", (Shape){2, 4}, PARAMETER_WEIGHT);
}

static int comes_late(Scene *scene)
{
    tape_begin(scene->tape, "block", 0, NULL);
    int w = weight_of(scene, scene->declaring ? "W" : "V", 1, 1);
    tape_end(scene->tape);
    return total(scene->tape, "loss", &w, 1);
}

static int two_leaves(Scene *scene)
{
    tape_begin(scene->tape, "block", 0, NULL);
    x_of(scene, 2);
    return x_of(scene, 3);
}

static int two_steps(Scene *scene)
{
    Tape *tape = scene->tape;
    int x = x_of(scene, 2);
    tape_begin(tape, "block", 0, NULL);
    scale(tape, HERE("y"), x, 2);
    return scale(tape, HERE("y"), x, 3);
}

static int leaf_like_a_parameter(Scene *scene)
{
    weight_of(scene, "x", 2, 2);
    return x_of(scene, 2);
}

static int two_frames(Scene *scene)
{
    int x = x_of(scene, 2);
    softmax(scene->tape, "softmax", "p", x);
    return softmax(scene->tape, "softmax", "q", x);
}

static void bug_grows(void) { record_bug(grows); }
static void bug_shared_grows(void) { record_bug(shared_grows); }
static void bug_comes_late(void) { record_bug(comes_late); }
static void bug_two_leaves(void) { record_bug(two_leaves); }
static void bug_two_steps(void) { record_bug(two_steps); }
static void bug_leaf_like_a_parameter(void) { record_bug(leaf_like_a_parameter); }
static void bug_two_frames(void) { record_bug(two_frames); }

static void our_bugs_abort(void **state)
{
    (void)state;
    expect_abort(bug_grows, "the parameter block0.W is 2 x 3, not 3 x 2");
    expect_abort(bug_shared_grows, "the parameter table is 2 x 3, not 2 x 4");
    expect_abort(bug_comes_late, "the parameter block0.V was not asked for on the dry pass");
    expect_abort(bug_two_leaves, "two values are called block0.x");
    expect_abort(bug_two_steps, "two values are called block0.y");
    expect_abort(bug_leaf_like_a_parameter, "two values are called x");
    expect_abort(bug_two_frames, "two values are called softmax.max");
}

/* Also where there are so many names that the table of them has grown, on a second dry recording too. */
static int many_names(Scene *scene)
{
    int x = x_of(scene, 2);
    for (int i = 0; i < 3000; i++) {
        tape_begin(scene->tape, "frame", i, NULL);
        x = scale(scene->tape, HERE("y"), x, 1);
        tape_end(scene->tape);
    }
    return x;
}

static int many_and_one_twice(Scene *scene)
{
    int x = many_names(scene);
    tape_begin(scene->tape, "frame", 1234, NULL);
    return scale(scene->tape, HERE("y"), x, 1);
}

static void bug_many(void) { record_bug(many_and_one_twice); }

static void names_are_found_again(void **state)
{
    (void)state;
    expect_abort(bug_many, "two values are called frame1234.y");
    Probe probe;
    Error error = {0};
    open_probe(&probe, asks_twice, (Texts){0});
    for (int i = 0; i < 3; i++) {
        Run again;
        EXPECT(run_clone(&again, &probe.run, &error) && run_record(&again, &error), "%s", error.text);
        EXPECT(again.tape.value_count == probe.run.tape.value_count, "%d values", again.tape.value_count);
        run_free(&again);
    }
    close_probe(&probe);
}

int test_scene(void)
{
    TestList list = {0};
    tests_add(&list, one_name_one_parameter, NULL, "one name, one parameter");
    tests_add(&list, axes_stay, NULL, "a parameter has its axes on every recording");
    tests_add(&list, frozen_by_name, NULL, "frozen by name");
    tests_add(&list, batches, NULL, "batches go round");
    tests_add(&list, random_numbers, NULL, "random numbers of a place");
    tests_add(&list, our_bugs_abort, NULL, "a system's bugs abort where they happen");
    tests_add(&list, names_are_found_again, NULL, "names among many");
    return tests_run(&list, "scene");
}
