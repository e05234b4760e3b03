/* The loop that trains: the toy language model of golden/reference/train_loop.json over twenty updates, resumed from
 * a folder to the last bit, with masks over its targets. */
#include "support.h"
#include "tensor_files.h"

#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/gpt.h"
#include "tracer/exercise/variant.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"
#include "tracer/session/training.h"
#include "tracer/views/training_view.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the toy: logits = E[token] W + b on four sequences of three targets --- */

enum { TOKENS = 5, WIDTH = 3, TARGETS = 3, SEQUENCES = 4 };
typedef struct {
    int sequences[SEQUENCES][TARGETS + 1];
    bool counts[SEQUENCES][TARGETS];
} Toy;

static int ids_leaf(Tape *tape, const char *name, const int *ids, int count)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids[i];
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count}, numbers);
}

static int toy_forward(Scene *scene)
{
    const Toy *toy = scene->model->settings;
    Tape *tape = scene->tape;
    int losses[SEQUENCES];
    for (int s = 0; s < SEQUENCES; s++) {
        int targets[TARGETS], rows[TARGETS], count = 0;
        for (int t = 0; t < TARGETS; t++)
            if (toy->counts[s][t]) {
                rows[count] = t;
                targets[count++] = toy->sequences[s][t + 1];
            }
        tape_begin_instance(tape, "sequence", s);
        int table = parameter(scene, "E", (Shape){TOKENS, WIDTH}, PARAMETER_WEIGHT);
        int w = parameter(scene, "W", (Shape){WIDTH, TOKENS}, PARAMETER_WEIGHT);
        int b = parameter(scene, "b", (Shape){1, TOKENS}, PARAMETER_BIAS);
        int x = embedding(tape, "x", table, ids_leaf(tape, "tokens", toy->sequences[s], TARGETS), -1, -1);
        int logits = linear(tape, "logits", x, w, b);
        losses[s] = cross_entropy(tape, "cross_entropy", "loss.per_token", logits, ids_leaf(tape, "targets", targets, count),
                                  ids_leaf(tape, "rows", rows, count), false);
        tape_end(tape);
    }
    return mean(tape, "loss", losses, SEQUENCES);
}

static void no_defaults(Model *model)
{
    (void)model;
}

static const ModelKey NO_KEYS[] = {{.key = NULL}};
static const System TOY = {.name = "toy", .size = sizeof(Toy), .keys = NO_KEYS, .defaults = no_defaults, .forward = toy_forward};

static json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/train_loop.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static double cell_in(const json_t *matrix, int row, int col)
{
    const json_t *number = json_array_get(json_array_get(matrix, (size_t)row), (size_t)col);
    EXPECT(json_is_number(number), "no number at %d, %d", row, col);
    return json_number_value(number);
}

static void toy_open(Session *session, Toy *toy, const json_t *root, bool masked)
{
    Error error = {0};
    const json_t *of = json_object_get(root, "toy"), *weights = json_object_get(json_object_get(of, "masked"), "weights");
    for (int s = 0; s < SEQUENCES; s++)
        for (int t = 0; t <= TARGETS; t++) {
            toy->sequences[s][t] = (int)json_integer_value(json_array_get(json_array_get(json_object_get(of, "sequences"), (size_t)s), (size_t)t));
            if (t < TARGETS)
                toy->counts[s][t] = !masked || cell_in(weights, s, t) > 0;
        }
    *session = (Session){.model = {.name = "toy", .system = &TOY, .settings = toy, .init.kind = INIT_ZEROS,
                         .optimizer = {.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                       .weight_decay = 0.1, .clip_norm = INFINITY, .decay = DECAY_MATRICES},
                         .training = {.accumulate = 1, .shuffle = INFINITY, .steps = 20, .warmup = 4, .min_lr = 0.005,
                                      .schedule = SCHEDULE_COSINE}}};
    EXPECT(run_init(&session->run, &session->model, NULL, &error), "%s", error.text);
    for (int p = 0; p < session->run.parameters.count; p++) {
        const Parameter *parameter = &session->run.parameters.list[p];
        for (int r = 0; r < parameter->rows; r++)
            for (int c = 0; c < parameter->cols; c++)
                run_parameter(&session->run, p)[r * parameter->cols + c] = cell_in(json_object_get(of, parameter->name), r, c);
    }
}

static void toy_close(Session *session)
{
    run_free(&session->run);
}

/* b_K has no gradient on paper: a constant in a row of scores changes no share. What there is of it is rounding, 1e-17,
 * which Adam divides by eps, 1e-8, and moves by at most lr. */
static void expect_matrix(const Session *session, const char *name, const json_t *expected)
{
    double within = strstr(name, "b_K.") ? 1e-9 : 1e-12;
    const Value *value = tape_value(&session->run.tape, value_called(session, name));
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++)
            EXPECT(is_close(cell_of(value, r, c), cell_in(expected, r, c), within), "%s[%d,%d] is %.17g", name, r, c,
                   cell_of(value, r, c));
}

/* Loss and gradients of the whole batch, all targets or those that the mask counts, divided by their number. */
static void toy_gradients(void **state)
{
    bool masked = *state != NULL;
    Session session;
    Toy toy;
    Error error = {0};
    json_t *root = golden();
    const json_t *of = json_object_get(root, "toy");
    of = masked ? json_object_get(of, "masked") : of;
    toy_open(&session, &toy, root, masked);
    EXPECT(run_record(&session.run, &error) && session_index(&session, &error), "%s", error.text);
    EXPECT(is_close(run_loss(&session.run), json_number_value(json_object_get(of, "loss")), 1e-14), "loss %.17g",
           run_loss(&session.run));
    static const char *const names[] = {"E", "W", "b"}, *const gradients[] = {"E.grad", "W.grad", "b.grad"};
    for (int i = 0; i < 3; i++)
        expect_matrix(&session, gradients[i], json_object_get(json_object_get(of, "grad"), names[i]));
    names_free(&session.names);
    toy_close(&session);
    json_decref(root);
}

typedef struct {
    const json_t *losses;
    int seen;
} Expected;

static bool expect_loss(void *context, const Run *run, const UpdateRecord *update)
{
    Expected *expected = context;
    double loss = json_number_value(json_array_get(expected->losses, (size_t)update->step));
    EXPECT(is_close(update->loss, loss, 1e-12), "loss %d is %.17g, not %.17g", update->step, update->loss, loss);
    EXPECT(same_bits(update->loss, run_loss(run)), "another loss");
    expected->seen++;
    return true;
}

static void train_toy(Session *session, int last, RunFolder *folder, Expected *expected)
{
    TrainingEnd end;
    Error error = {0};
    TrainingPlan plan = {.last = last, .folder = folder, .each = expect_loss, .context = expected};
    EXPECT(training_run(session, &plan, &end, &error) && end == END_DONE, "%s", error.text);
}

/* Twenty updates, and the same from a folder after eight: 1e-12 of the golden, and of each other the same bits. */
static void toy_resumed(void **state)
{
    (void)state;
    Session whole, first, second;
    Toy toy;
    Error error = {0};
    char parent[PATH_SIZE], path[2 * PATH_SIZE];
    json_t *root = golden();
    const json_t *resume = json_object_get(root, "resume");
    Expected expected = {.losses = json_object_get(resume, "losses")};
    toy_open(&whole, &toy, root, false);
    train_toy(&whole, 19, NULL, &expected);
    EXPECT(expected.seen == 20 && session_index(&whole, &error), "%d losses", expected.seen);
    static const char *const names[] = {"E", "W", "b"};
    for (int i = 0; i < 3; i++) {
        char name[20];
        snprintf(name, sizeof name, "%s.next", names[i]);
        expect_matrix(&whole, name, json_object_get(json_object_get(resume, "final"), names[i]));
        snprintf(name, sizeof name, "%s.m", names[i]);
        expect_matrix(&whole, name, json_object_get(json_object_get(resume, "m_final"), names[i]));
        snprintf(name, sizeof name, "%s.v", names[i]);
        expect_matrix(&whole, name, json_object_get(json_object_get(resume, "v_final"), names[i]));
    }
    folder_make(parent);
    folder_path(path, parent, "run");
    RunFolder folder;
    toy_open(&first, &toy, root, false);
    EXPECT(run_folder_make(&folder, path, &first.model, false, &error), "%s", error.text);
    train_toy(&first, 8, &folder, &expected);
    run_folder_close(&folder);
    toy_open(&second, &toy, root, false);
    EXPECT(run_folder_open(&folder, path, &error) && folder.step == 8, "%s", error.text);
    EXPECT(run_folder_restore(&folder, 8, &second.run, &error) && run_folder_continue(&folder, 8, &error), "%s", error.text);
    train_toy(&second, 19, &folder, &expected);
    run_folder_close(&folder);
    size_t bytes = whole.run.parameters.cells * sizeof(double);
    int after = 1 - whole.run.store.now, again = 1 - second.run.store.now;
    EXPECT(memcmp(whole.run.store.values[after], second.run.store.values[again], bytes) == 0, "other parameters");
    EXPECT(memcmp(whole.run.store.m[after], second.run.store.m[again], bytes) == 0, "another m");
    EXPECT(memcmp(whole.run.store.v[after], second.run.store.v[again], bytes) == 0, "another v");
    char command[3 * PATH_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", parent);
    EXPECT(system(command) == 0, "%s", command);
    names_free(&whole.names);
    toy_close(&whole);
    toy_close(&first);
    toy_close(&second);
    json_decref(root);
}

/* --- a GPT on windows of a text, computed by PyTorch --- */

typedef struct {
    const json_t *root;
    int seen;
} OwnText;

static double number_at(const json_t *root, const char *key, int step)
{
    const json_t *number = json_array_get(json_object_get(root, key), (size_t)step);
    EXPECT(json_is_number(number), "%s has no %d", key, step);
    return json_number_value(number);
}

static bool expect_update(void *context, const Run *run, const UpdateRecord *update)
{
    OwnText *own = context;
    const Gpt *gpt = gpt_of(run->model);
    EXPECT(is_close(update->loss, number_at(own->root, "losses", update->step), 1e-12), "loss %d is %.17g", update->step, update->loss);
    EXPECT(is_close(update->gradient_norm, number_at(own->root, "gradient_norms", update->step), 1e-12), "norm %d is %.17g",
           update->step, update->gradient_norm);
    EXPECT(is_close(update->validation, number_at(own->root, "validations", update->step), 1e-12), "validation %d is %.17g",
           update->step, update->validation);
    const json_t *windows = json_array_get(json_object_get(own->root, "windows"), (size_t)update->step);
    for (int i = 0; i < (int)json_array_size(windows); i++) {
        char name[40];
        snprintf(name, sizeof name, "sequence%d.window", i);
        const Value *window = tape_value(&run->tape, tape_find(&run->tape, name));
        for (int c = 0; c < window->cols; c++)
            EXPECT(window->data[c] == gpt->sequences[0].tokens[json_integer_value(json_array_get(windows, (size_t)i)) + c],
                   "step %d, window %d, character %d", update->step, i, c);
    }
    own->seen++;
    return true;
}

/* Windows drawn at random, dropout in four places, a tied head, decay of matrices, clipping, a cosine, two batches an
 * update, validation: losses, norms and what is kept apart at each of twelve updates, and all parameters at the end. */
static void own_text(void **state)
{
    (void)state;
    Session session = {0};
    TrainingEnd end;
    Error error = {0};
    json_t *root = json_file_read("golden/reference/own_text.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    OwnText own = {.root = root};
    char *model = json_dumps(json_object_get(root, "model"), 0);
    EXPECT(model && model_defaults(&session.model, &GPT, &error) &&
           model_file_parse(model, strlen(model), "own_text.json", &session.model, &error) && model_finish(&session.model, &error) &&
           run_init(&session.run, &session.model, NULL, &error), "%s", error.text);
    EXPECT(training_run(&session, &(TrainingPlan){.last = 11, .each = expect_update, .context = &own}, &end, &error), "%s", error.text);
    EXPECT(own.seen == 12 && end == END_DONE && session_index(&session, &error), "%d updates", own.seen);
    const char *name;
    json_t *expected;
    int compared = 0;
    json_object_foreach(json_object_get(root, "final"), name, expected) {
        char next[80];
        snprintf(next, sizeof next, "%s.next", name);
        expect_matrix(&session, next, expected);
        compared++;
    }
    EXPECT(compared == session.run.parameters.count, "%d of %d parameters", compared, session.run.parameters.count);
    free(model);
    json_decref(root);
    session_close(&session);
}

/* The screen of a training that paints: shades where there is room, two pixels a character where there is less, and no
 * picture where there is none. Picture i is black but for its pixel [i,i]. */
static void paints_on_the_screen(void **state)
{
    static const struct {
        int rows, cols;
        const char *there, *missing;
    } screens[] = {{50, 200, "\n ██                       ░░", "▀"}, {24, 80, "\n ▀             ▄", "█"}, {12, 80, NULL, "paints"}};
    enum { SIDE = 12, COUNT = 3 };
    double pictures[COUNT * SIDE * SIDE];
    (void)state;
    for (int k = 0; k < COUNT * SIDE * SIDE; k++)
        pictures[k] = k % (SIDE * SIDE) == k / (SIDE * SIDE) * (SIDE + 1) ? 1 : -1;
    pictures[SIDE * SIDE] = -0.5;
    TrainingView view = {.model = "digits", .update = {.step = 30, .change = NAN}, .to = 100, .validation = NAN, .best = NAN, .tokens_a_second = NAN,
                         .pictures = pictures, .picture_count = COUNT, .picture_rows = SIDE, .picture_cols = SIDE, .pictures_step = 29, .asked = " a cat, 7"};
    setlocale(LC_CTYPE, "C.UTF-8");
    for (int step = 0; step <= 30; step++)
        curve_add(&view.losses, step, 2 - step / 30.0);
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        Grid grid;
        Text text = {0};
        EXPECT(grid_init(&grid, screens[i].rows, screens[i].cols, false), "out of memory");
        training_draw(&view, &grid);
        grid_text(&grid, &text);
        EXPECT(!screens[i].there || (strstr(text.data, "after 29 updates it paints a cat, 7:") && strstr(text.data, screens[i].there)), "%s", text.data);
        EXPECT(!strstr(text.data, screens[i].missing) && strstr(text.data, "loss 1.0000"), "%s", text.data);
        text_free(&text);
        grid_free(&grid);
    }
    setlocale(LC_CTYPE, "C");
}

int test_training(void)
{
    TestList list = {0};
    tests_add(&list, toy_gradients, NULL, "the toy's loss and gradients");
    tests_add(&list, toy_gradients, "masked", "the same with a mask over its targets");
    tests_add(&list, toy_resumed, NULL, "twenty updates, and resumed to the last bit");
    tests_add(&list, own_text, NULL, "a GPT on windows with dropout is PyTorch's");
    tests_add(&list, paints_on_the_screen, NULL, "what it paints is on the screen");
    return tests_run(&list, "training");
}
