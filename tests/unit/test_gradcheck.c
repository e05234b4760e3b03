/* The gradient check on whole models: every parameter cell of the presets, some activations. */
#include "support.h"

#include "activations.h"
#include "tiny_model/gradcheck.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double TOLERANCE = 1e-6;

/* Two runs of one preset: the recorded one, and one to move cells in. */
typedef struct {
    Session session;
    Run scratch;
} Pair;

static void open_pair(Pair *pair, const char *name)
{
    Error error = {0};
    open_model(&pair->session, name, NULL, 0);
    EXPECT(run_init(&pair->scratch, &pair->session.model, NULL, &error), "%s", error.text);
}

static void close_pair(Pair *pair)
{
    run_free(&pair->scratch);
    session_close(&pair->session);
}

static void expect_true_gradient(Pair *pair, int value, int *cells)
{
    const char *name = name_of(&pair->session.names, value);
    Gradcheck result;
    Error error = {0};
    EXPECT(gradcheck_value(&pair->session.run, &pair->scratch, value, EVERY, EVERY, &result, &error), "%s", error.text);
    const Value *of = tape_value(&pair->session.run.tape, value);
    EXPECT(result.cells == of->rows * of->cols, "%s: %d cells were checked", name, result.cells);
    EXPECT(result.ok && result.max_rel < TOLERANCE, "%s[%d,%d]: recorded %.12g, numerically %.12g", name, result.worst_row,
           result.worst_col, result.recorded, result.numerical);
    *cells += result.cells;
}

static void expect_every_parameter(const char *preset, int expected)
{
    Pair pair;
    open_pair(&pair, preset);
    int cells = 0;
    for (int p = 0; p < pair.session.run.parameters.count; p++)
        expect_true_gradient(&pair, p, &cells);
    EXPECT(cells == expected, "%d cells", cells);
    close_pair(&pair);
}

static void by_hand_parameters(void **state)
{
    (void)state;
    expect_every_parameter("by-hand", 3456);
}

/* 54 + 42 embeddings, norms 3 x 12, heads 2 x (54 + 9), W_O 36 + 6, MLP 48 + 8 + 48 + 6, head 54. */
static void tiny_parameters(void **state)
{
    (void)state;
    expect_every_parameter("tiny", 54 + 42 + 36 + 126 + 42 + 110 + 54);
}

/* 2 features, 3 hidden units, 2 classes: two matrices and two biases. */
static void xor_parameters(void **state)
{
    (void)state;
    expect_every_parameter("xor", 6 + 3 + 6 + 2);
}

static void activations(void **state)
{
    Pair pair;
    open_pair(&pair, *state);
    size_t row = 0, rows = sizeof ACTIVATIONS / sizeof *ACTIVATIONS;
    while (row < rows && !ACTIVATIONS[row].fits(&pair.session.model))
        row++;
    EXPECT(row < rows, "no activations of the system %s are written down", pair.session.model.system->name);
    int cells = 0;
    for (int i = 0; ACTIVATIONS[row].names[i]; i++)
        expect_true_gradient(&pair, value_called(&pair.session, ACTIVATIONS[row].names[i]), &cells);
    EXPECT(cells >= ACTIVATIONS[row].least, "%d cells", cells);
    close_pair(&pair);
}

/* The check must say no to a gradient that is a little wrong, and to nan. */
static void wrong_gradients_are_found(void **state)
{
    (void)state;
    static const double wrong[] = {1e-5, -1e-5, NAN, INFINITY};
    Pair pair;
    open_pair(&pair, "tiny");
    int parameter = value_called(&pair.session, "block0.mlp.W_1");
    const Value *gradient = tape_value(&pair.session.run.tape, tape_value(&pair.session.run.tape, parameter)->gradient);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Gradcheck result;
        Error error = {0};
        double *cell = &gradient->data[2 * gradient->cols + 3], before = *cell;
        *cell += wrong[i];
        EXPECT(gradcheck_value(&pair.session.run, &pair.scratch, parameter, EVERY, EVERY, &result, &error), "%s", error.text);
        EXPECT(!result.ok, "a gradient off by %g passes", wrong[i]);
        EXPECT(result.worst_row == 2 && result.worst_col == 3, "the worst cell is [%d,%d]", result.worst_row,
               result.worst_col);
        EXPECT(gradcheck_value(&pair.session.run, &pair.scratch, parameter, 2, EVERY, &result, &error), "%s", error.text);
        EXPECT(!result.ok && result.cells == gradient->cols, "%d cells of the row", result.cells);
        EXPECT(gradcheck_value(&pair.session.run, &pair.scratch, parameter, 2, 4, &result, &error), "%s", error.text);
        EXPECT(result.ok && result.cells == 1 && result.worst_row == 2 && result.worst_col == 4, "%d cells, not the one beside", result.cells);
        *cell = before;
    }
    close_pair(&pair);
}

/* Afterwards the scratch run has the parameters that it had. */
static void parameters_stay(void **state)
{
    (void)state;
    Pair pair;
    open_pair(&pair, "tiny");
    int cells = 0;
    expect_true_gradient(&pair, 0, &cells);
    expect_true_gradient(&pair, value_called(&pair.session, "logits"), &cells);
    for (int p = 0; p < pair.session.run.parameters.count; p++) {
        const Parameter *of = &pair.session.run.parameters.list[p];
        for (int i = 0; i < of->rows * of->cols; i++)
            EXPECT(same_bits(run_parameter(&pair.session.run, p)[i], run_parameter(&pair.scratch, p)[i]), "%s has changed",
                   of->local);
    }
    EXPECT(pair.scratch.tape.nudge_count == 0, "a nudge is left behind");
    close_pair(&pair);
}

/* --- models of strangers --- */

static void open_written(Pair *pair, const char *json)
{
    Error error = {0};
    char path[PATH_SIZE];
    temporary_file(path, json, strlen(json));
    EXPECT(session_open(&pair->session, &(RunOptions){.model = path}, &error) &&
               run_clone(&pair->scratch, &pair->session.run, &error),
           "%s", error.text);
    unlink(path);
}

static Gradcheck checked(Pair *pair, int value)
{
    Gradcheck result;
    Error error = {0};
    EXPECT(gradcheck_value(&pair->session.run, &pair->scratch, value, EVERY, EVERY, &result, &error), "%s", error.text);
    return result;
}

/* Small weights before a norm bend the loss: plain differences of step 1e-5 are off by up to 5e-5. What is right
 * must hold, and what is off by a thousandth be found. */
static void small_weights(void **state)
{
    const char *norm = *state;
    for (int seed = 1; seed <= 10; seed++)
        for (int k = 0; k < 2; k++) {
            char json[400];
            Pair pair;
            snprintf(json, sizeof json,
                     "{\"text\": \"the cat saw the dog\", \"context\": 8, \"d_model\": 6, \"n_heads\": 2, \"d_ff\": 8, "
                     "\"norm\": \"%s\", \"activation\": \"swiglu\", \"init\": {\"kind\": \"normal\", \"seed\": %d, \"std\": %g}}",
                     norm, seed, k ? 0.005 : 0.02);
            open_written(&pair, json);
            const Tape *tape = &pair.session.run.tape;
            for (int p = 0; p < pair.session.run.parameters.count; p++) {
                const Value *gradient = tape_value(tape, tape_value(tape, p)->gradient);
                const char *name = pair.session.run.parameters.list[p].name;
                Gradcheck result = checked(&pair, p);
                EXPECT(result.ok && gradcheck_judged(&result) == result.cells, "seed %d, %s[%d,%d]: %g, %g, %d unsure", seed, name,
                       result.worst_row, result.worst_col, result.recorded, result.numerical, result.unsure);
                double *cell = &gradient->data[(seed * 7 + p) % (int)cells_of(gradient)], before = *cell;
                *cell += 1e-3 * fmax(fabs(before), 1e-3);
                EXPECT(checked(&pair, p).wrong == 1, "seed %d, %s: a gradient off by a thousandth passes", seed, name);
                *cell = before;
            }
            close_pair(&pair);
        }
}

/* The first example puts both hidden units exactly at the kink of ReLU: b_1 cannot be judged, everything else can,
 * and a gradient that is wrong beside a kink is still found. */
static void kinks_are_told(void **state)
{
    (void)state;
    Pair pair;
    open_written(&pair, "{\"system\": \"mlp\", \"data\": {\"examples\": [{\"x\": [0, 0], \"class\": 0}, "
                        "{\"x\": [0.3, -0.4], \"class\": 1}, {\"x\": [-0.3, 0.6], \"class\": 1}]}, \"model\": {\"hidden\": 2, "
                        "\"activation\": \"relu\"}, \"init\": {\"kind\": \"normal\", \"std\": 0.5, \"seed\": 3}}");
    int kinks = 0;
    for (int p = 0; p < pair.session.run.parameters.count; p++) {
        bool is_bias = strcmp(pair.session.run.parameters.list[p].name, "b_1") == 0;
        Gradcheck result = checked(&pair, p);
        EXPECT(result.ok && result.unsure == 0, "%s is wrong", pair.session.run.parameters.list[p].name);
        EXPECT(result.kinks == (is_bias ? 2 : 0), "%d kinks in %s", result.kinks, pair.session.run.parameters.list[p].name);
        kinks += result.kinks;
        double *cell = tape_value(&pair.session.run.tape, tape_value(&pair.session.run.tape, p)->gradient)->data, before = *cell;
        *cell += 10; /* far more than the slopes differ by */
        EXPECT(checked(&pair, p).wrong == 1, "a gradient off by 10 passes in %s", pair.session.run.parameters.list[p].name);
        *cell = before;
    }
    Error error = {0};
    const Tape *tape = &pair.session.run.tape;
    int hidden = value_called(&pair.session, "hidden"), activated = value_called(&pair.session, "activated");
    double open = cell_of(tape_value(tape, tape_value(tape, activated)->gradient), 0, 1);
    Rerun rerun;
    EXPECT(rerun_begin(&rerun, &pair.scratch, hidden, &error), "%s", error.text);
    Slope slope = gradcheck_slope(&pair.session.run, &rerun, 0, 1);
    rerun_free(&rerun);
    EXPECT(slope.verdict == SLOPE_AT_KINK && is_close(slope.left, 0, 1e-8) && is_close(slope.right, open, 1e-8) && fabs(open) > 1e-4,
           "hidden[0,1]: slopes %g and %g, not 0 and %g", slope.left, slope.right, open);
    EXPECT(kinks == 2, "%d kinks", kinks);
    close_pair(&pair);
}

/* Round weights on round numbers: somewhere a product would be exactly 0, and is drawn again. */
static void round_weights_leave_the_corner(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 20; seed++) {
        char json[500];
        Pair pair;
        snprintf(json, sizeof json,
                 "{\"system\": \"mlp\", \"data\": {\"examples\": [{\"x\": [1, 0], \"class\": 0}, {\"x\": [0, 1], \"class\": 1}, "
                 "{\"x\": [1, 1], \"class\": 1}, {\"x\": [0.5, 0.5], \"class\": 0}, {\"x\": [0.2, -0.4], \"class\": 0}]}, "
                 "\"model\": {\"hidden\": 12, \"activation\": \"relu\"}, "
                 "\"init\": {\"kind\": \"decimal\", \"std\": 0.5, \"seed\": %d, \"decimals\": 1}}", seed);
        open_written(&pair, json);
        const Value *hidden = tape_value(&pair.session.run.tape, value_called(&pair.session, "hidden"));
        for (size_t i = 0; i < cells_of(hidden); i++)
            EXPECT(fabs(hidden->data[i]) > 1e-9, "seed %d: hidden cell %zu is %g", seed, i, hidden->data[i]);
        for (int p = 0; p < pair.session.run.parameters.count; p++) {
            Gradcheck result = checked(&pair, p);
            EXPECT(result.ok && gradcheck_judged(&result) == result.cells, "seed %d: %d of %d", seed, gradcheck_judged(&result), result.cells);
        }
        close_pair(&pair);
    }
}

/* The loss with one cell moved, as a recording of the whole forward phase has it. */
static double recorded_loss(Run *run, int value, int row, int col, double h)
{
    Error error = {0};
    Nudge nudge = {.value = value, .row = row, .col = col, .amount = h};
    bool parameter = value < run->parameters.count;
    double *cell = parameter ? run_parameter(run, value) + (size_t)row * (size_t)run->parameters.list[value].cols + col : NULL;
    double before = parameter ? *cell : 0;
    if (parameter)
        *cell = before + h;
    run->tape.nudges = &nudge;
    run->tape.nudge_count = !parameter;
    EXPECT(run_forward(run, &error), "%s", error.text);
    if (parameter)
        *cell = before;
    run->tape.nudge_count = 0;
    return run_loss(run);
}

/* Every parameter and activation, its first and its last cell; that is moved back and forth, which must leave nothing
 * behind. With a mistake planted too: what is on the tape runs again, not what should be. */
static void reruns_are_recordings(void **state)
{
    for (int planted = 0; planted < 2; planted++) {
        Session session;
        Run scratch, other;
        Error error = {0};
        open_model(&session, *state, NULL, 0);
        const char *planted_id = is_table(&session.model) || is_fusion(&session.model) ? "yes_or_no.turned" : session.model.system == &VAE ? "vae.no_one" : session.model.system == &WORD2VEC ? "word2vec.no_label" : session.model.system == &FLOW ? "flow.sum_for_mean" : "loss.log2";
        const Mistake *mistake = planted ? mistake_find(planted_id) : NULL;
        EXPECT(run_init(&scratch, &session.model, mistake, &error) && run_init(&other, &session.model, mistake, &error) &&
                   run_forward(&scratch, &error), "%s", error.text);
        int count = scratch.tape.value_count, compared = 0;
        for (int id = 0; id < count; id++) {
            const Value *value = tape_value(&scratch.tape, id);
            if (value->kind == KIND_INPUT)
                continue;
            int rows = value->rows, cols = value->cols;
            Rerun rerun;
            EXPECT(rerun_begin(&rerun, &scratch, id, &error), "%s", error.text);
            for (int i = 0; i < 2; i++, compared++) {
                int row = i * (rows - 1), col = i * (cols - 1);
                double moved = rerun_loss(&rerun, row, col, 0.01), same = rerun_loss(&rerun, row, col, 0);
                EXPECT(same_bits(moved, recorded_loss(&other, id, row, col, 0.01)) &&
                           same_bits(same, recorded_loss(&other, id, row, col, 0)), "value %d [%d,%d]: %.17g", id, row, col, moved);
            }
            rerun_free(&rerun);
        }
        EXPECT(compared > 20, "%d compared", compared);
        run_free(&scratch);
        run_free(&other);
        session_close(&session);
    }
}

int test_gradcheck(void)
{
    TestList list = {0};
    tests_add(&list, by_hand_parameters, NULL, "every parameter of by-hand");
    tests_add(&list, tiny_parameters, NULL, "every parameter of tiny");
    tests_add(&list, xor_parameters, NULL, "every parameter of xor");
    for (int i = 0; i < small_presets(); i++)
        if (!PRESETS[i].system->without_loss) {
            tests_add(&list, activations, PRESETS[i].name, "activations of %s", PRESETS[i].name);
            tests_add(&list, reruns_are_recordings, PRESETS[i].name, "reruns of %s are recordings", PRESETS[i].name);
        }
    tests_add(&list, wrong_gradients_are_found, NULL, "wrong gradients are found");
    tests_add(&list, small_weights, "rmsnorm", "small weights before rmsnorm");
    tests_add(&list, small_weights, "layernorm", "small weights before layernorm");
    tests_add(&list, kinks_are_told, NULL, "kinks are told");
    tests_add(&list, round_weights_leave_the_corner, NULL, "round weights leave the corner of relu");
    tests_add(&list, parameters_stay, NULL, "the parameters stay");
    return tests_run(&list, "gradcheck");
}
