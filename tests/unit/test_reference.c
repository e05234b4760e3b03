/* Every model of golden/reference, computed by PyTorch: forward, gradients, optimizer, ten steps,
 * and the whole training of those that say how long it is. */
#include "support.h"

#include "contract_names.h"
#include "tracer/session/model_file.h"
#include "tracer/session/safetensors.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double CLOSE = 1e-9, ABSOLUTE = 1e-12, BY_HAND = 1e-12;

static void read_tensors(const char *directory, const char *file, NamedMatrices *tensors)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    Error error = {0};
    EXPECT(named_matrices_read(path, tensors, &error), "%s", error.text);
    EXPECT(tensors->count > 0, "%s is empty", path);
}

static double largest_finite(const NamedMatrix *tensor)
{
    double most = 0;
    for (size_t i = 0; i < (size_t)tensor->rows * (size_t)tensor->cols; i++)
        if (isfinite(tensor->data[i]))
            most = fmax(most, fabs(tensor->data[i]));
    return most;
}

/* No tensor needs an exception: the noise in b_K.grad (0 on paper) is below ABSOLUTE, and what Adam
 * makes of it in b_K.next below CLOSE of the largest. */
static double tolerance_for(const char *directory, const NamedMatrix *tensor, Kind kind)
{
    bool by_hand = strstr(directory, "/by-hand") != NULL;
    bool forward = kind == KIND_PARAMETER || kind == KIND_ACTIVATION || kind == KIND_INPUT;
    if (by_hand && forward)
        return BY_HAND * largest_finite(tensor);
    return fmax(CLOSE * largest_finite(tensor), ABSOLUTE);
}

static void expect_tensor(const Session *session, const char *directory, const NamedMatrix *tensor)
{
    const Value *value = tape_value(&session->run.tape, value_called(session, tensor->name));
    EXPECT(value->rows == tensor->rows && value->cols == tensor->cols, "%s is %d x %d, not %d x %d", tensor->name,
           value->rows, value->cols, tensor->rows, tensor->cols);
    double tolerance = tolerance_for(directory, tensor, value->kind);
    for (size_t i = 0; i < cells_of(value); i++)
        EXPECT(is_close(value->data[i], tensor->data[i], tolerance), "%s, cell %zu: %.17g, PyTorch has %.17g", tensor->name,
               i, value->data[i], tensor->data[i]);
}

static void first_step_agrees(void **state)
{
    const char *directory = *state;
    Session session;
    NamedMatrices tensors;
    read_tensors(directory, "step1.safetensors", &tensors);
    open_model(&session, directory, NULL, 0);
    for (int i = 0; i < tensors.count; i++)
        expect_tensor(&session, directory, &tensors.list[i]);
    int named = 0;
    for (int id = 0; id < session.names.count; id++)
        if (is_contract_name(name_of(&session.names, id))) {
            EXPECT(named_matrix_find(&tensors, name_of(&session.names, id)), "PyTorch has no %s", name_of(&session.names, id));
            named++;
        }
    EXPECT(named == tensors.count, "%d values of the contract, %d tensors", named, tensors.count);
    named_matrices_free(&tensors);
    session_close(&session);
}

enum { STEPS = 10, MOST_STEPS = 60 };

/* What each training step of a run said. */
typedef struct {
    double losses[MOST_STEPS], learning_rates[MOST_STEPS], gradient_norms[MOST_STEPS];
    int count;
} Course;

static bool take_step(void *context, const Run *run)
{
    Course *course = context;
    int k = course->count++;
    EXPECT(k < MOST_STEPS && run->training_step == k, "step %d out of order", run->training_step);
    course->losses[k] = run_loss(run);
    course->learning_rates[k] = learning_rate(run->model, k);
    course->gradient_norms[k] = run_gradient_norm(run);
    return true;
}

/* One number for each training step, in the row called `name`. */
static const NamedMatrix *expect_course(const NamedMatrices *tensors, const char *name, const double *found, int steps)
{
    const NamedMatrix *expected = named_matrix_find(tensors, name);
    EXPECT(expected && expected->rows == 1 && expected->cols == steps, "no %s to compare with", name);
    for (int k = 0; k < steps; k++)
        EXPECT(is_close(found[k], expected->data[k], CLOSE * fabs(expected->data[k])), "%s, step %d: %.17g, not %.17g", name, k,
               found[k], expected->data[k]);
    return expected;
}

/* Trains until the end of `steps` updates, which is what the session then shows. */
static void train(Session *session, const char *directory, int steps, Course *course)
{
    Error error = {0};
    *course = (Course){0};
    open_model(session, directory, NULL, 0);
    EXPECT(run_to(&session->run, steps - 1, take_step, course, &error), "%s", error.text);
    EXPECT(session_index(session, &error), "%s", error.text);
    EXPECT(course->count == steps, "%d steps, not %d", course->count, steps);
}

static void ten_steps_agree(void **state)
{
    const char *directory = *state;
    Session session;
    NamedMatrices tensors;
    Course course;
    read_tensors(directory, "step10.safetensors", &tensors);
    train(&session, directory, STEPS, &course);
    const NamedMatrix *losses = expect_course(&tensors, "losses", course.losses, STEPS);
    EXPECT(tensors.count > session.run.parameters.count, "%d tensors for %d parameters", tensors.count,
           session.run.parameters.count);
    for (int i = 0; i < tensors.count; i++)
        if (&tensors.list[i] != losses)
            expect_tensor(&session, directory, &tensors.list[i]);
    named_matrices_free(&tensors);
    session_close(&session);
}

/* The whole training, where the model file says how long it is: rates, losses, norms before clipping, and
 * where it ends. */
static void training_agrees(void **state)
{
    const char *directory = *state;
    Session session;
    NamedMatrices tensors;
    Course course;
    char path[256];
    open_model(&session, directory, NULL, 0);
    int steps = session.model.training.steps;
    session_close(&session);
    snprintf(path, sizeof path, "%s/trained.safetensors", directory);
    EXPECT((steps > 0) == (access(path, F_OK) == 0), "%d steps, and %s is not as that says", steps, path);
    if (steps == 0)
        return;
    read_tensors(directory, "trained.safetensors", &tensors);
    train(&session, directory, steps, &course);
    expect_course(&tensors, "losses", course.losses, steps);
    expect_course(&tensors, "learning_rates", course.learning_rates, steps);
    expect_course(&tensors, "gradient_norms", course.gradient_norms, steps);
    EXPECT(tensors.count == session.run.parameters.count + 3, "%d tensors for %d parameters", tensors.count,
           session.run.parameters.count);
    for (int i = 0; i < tensors.count; i++)
        if (strstr(tensors.list[i].name, ".next"))
            expect_tensor(&session, directory, &tensors.list[i]);
    named_matrices_free(&tensors);
    session_close(&session);
}

/* These have a training of their own; nobody may lose one. */
static void trainings_are_there(void **state)
{
    (void)state;
    static const char *const trained[] = {"m34", "m35", "m36", "m37", "m38", "m39", "p02"};
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        char directory[64];
        Session session;
        snprintf(directory, sizeof directory, "golden/reference/%s", trained[i]);
        open_model(&session, directory, NULL, 0);
        EXPECT(session.model.training.steps >= STEPS, "%s trains for %d steps", directory, session.model.training.steps);
        session_close(&session);
    }
}

/* The published losses: "Attention to Detail", page 7. */
static void by_hand_is_as_published(void **state)
{
    (void)state;
    static const double published[] = {2.0763018813851617, 1.8969125667977764, 1.7556963551288793, 1.7310208915391951};
    Session session;
    open_model(&session, "by-hand", NULL, 0);
    const Value *losses = tape_value(&session.run.tape, value_called(&session, "loss.per_token"));
    EXPECT(losses->rows == 4 && losses->cols == 1, "%d x %d losses", losses->rows, losses->cols);
    for (int i = 0; i < 4; i++)
        EXPECT(is_close(losses->data[i], published[i], 1e-15 * published[i]), "loss %d: %.17g", i, losses->data[i]);
    double sum = run_loss(&session.run);
    EXPECT(is_close(sum, 7.4599316948510133, 1e-15 * sum), "loss: %.17g", sum);
    session_close(&session);
}

/* What init draws is what the reference has as weights, as far as two libraries agree about a logarithm and a cosine;
 * numbers of our own making, which have few decimals, to the last bit. */
static void preset_draws_the_weights(void **state)
{
    const char *preset = *state;
    char directory[64], name[256];
    snprintf(directory, sizeof directory, "golden/reference/%s", preset);
    Session session;
    NamedMatrices tensors;
    read_tensors(directory, "weights.safetensors", &tensors);
    open_model(&session, preset, NULL, 0);
    EXPECT(tensors.count == session.run.parameters.count, "%d tensors", tensors.count);
    double gauss = session.model.init.kind == INIT_PYTHON_GAUSS ? 4 * DBL_EPSILON : 0;
    for (int i = 0; i < session.run.parameters.count; i++) {
        const Value *parameter = tape_value(&session.run.tape, i);
        parameter_name(&session.run.parameters.list[i], name, sizeof name);
        const NamedMatrix *tensor = named_matrix_find(&tensors, name);
        EXPECT(tensor && tensor->rows == parameter->rows && tensor->cols == parameter->cols, "no %s", name);
        for (size_t cell = 0; cell < cells_of(parameter); cell++)
            EXPECT(is_close(parameter->data[cell], tensor->data[cell], gauss * fabs(tensor->data[cell])),
                   "%s, cell %zu: %.17g, not %.17g", name, cell,
                   parameter->data[cell], tensor->data[cell]);
    }
    named_matrices_free(&tensors);
    session_close(&session);
}

/* Every key of the preset is that of the model file that PyTorch read. */
static void preset_is_the_model_file(void **state)
{
    const char *preset = *state;
    char directory[64];
    snprintf(directory, sizeof directory, "golden/reference/%s", preset);
    Session one, other;
    Text text = {0}, expected = {0};
    open_model(&one, preset, NULL, 0);
    open_model(&other, directory, NULL, 0);
    model_file_text(&one.model, 0, true, &text);
    model_file_text(&other.model, 0, true, &expected);
    assert_string_equal(text.data, expected.data);
    text_free(&text);
    text_free(&expected);
    session_close(&one);
    session_close(&other);
}

int test_reference(void)
{
    TestList list = {0};
    tests_add_references(&list, first_step_agrees, "the first step agrees");
    tests_add_references(&list, ten_steps_agree, "ten steps agree");
    tests_add_references(&list, training_agrees, "the training agrees");
    tests_add(&list, trainings_are_there, NULL, "trainings are there");
    tests_add(&list, by_hand_is_as_published, NULL, "by-hand has the published losses");
    for (int i = 0; i < small_presets(); i++) {
        if (PRESETS[i].system != &GPT && PRESETS[i].system != &MLP)
            continue; /* the numbers of the others stand in files of their own form */
        tests_add(&list, preset_is_the_model_file, PRESETS[i].name, "preset %s is its model file", PRESETS[i].name);
        tests_add(&list, preset_draws_the_weights, PRESETS[i].name, "preset %s draws the weights of the reference",
                  PRESETS[i].name);
    }
    return tests_run(&list, "reference");
}
