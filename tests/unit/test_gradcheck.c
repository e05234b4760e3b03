/* The gradient check on whole models: every parameter cell of both presets, some activations. */
#include "support.h"

#include "tiny_model/gradcheck.h"

#include <math.h>

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

static const char *const ACTIVATIONS[] = {
    "embedding", "block0.attention.head0.Q", "block0.attention.head1.V", "block0.attention.head0.scores",
    "block0.attention.head0.scaled", "block0.attention.head1.masked", "block0.attention.head0.weights",
    "block0.attention.head1.output", "block0.attention.concat", "block0.attention.residual", "block0.mlp.hidden",
    "block0.mlp.activated", "block0.output", "logits", "loss.per_token", "loss",
};

static void activations(void **state)
{
    Pair pair;
    open_pair(&pair, *state);
    int cells = 0;
    for (size_t i = 0; i < sizeof ACTIVATIONS / sizeof *ACTIVATIONS; i++)
        expect_true_gradient(&pair, value_called(&pair.session, ACTIVATIONS[i]), &cells);
    EXPECT(cells > 300, "%d cells", cells);
    close_pair(&pair);
}

/* A masked score moves nothing; a masked weight would, if it were moved by hand. */
static void masked_cells(void **state)
{
    Pair pair;
    open_pair(&pair, *state);
    const Tape *tape = &pair.session.run.tape;
    const Value *scores = tape_value(tape, value_called(&pair.session, "block0.attention.head0.scores.grad"));
    const Value *weights = tape_value(tape, value_called(&pair.session, "block0.attention.head0.weights.grad"));
    double most = 0;
    for (int row = 0; row < scores->rows; row++)
        for (int col = row + 1; col < scores->cols; col++) {
            EXPECT(cell_of(scores, row, col) == 0, "scores.grad[%d,%d] is %g", row, col, cell_of(scores, row, col));
            most = fmax(most, fabs(cell_of(weights, row, col)));
        }
    EXPECT(most > 0, "weights.grad is 0 in all masked cells");
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

int test_gradcheck(void)
{
    TestList list = {0};
    tests_add(&list, by_hand_parameters, NULL, "every parameter of by-hand");
    tests_add(&list, tiny_parameters, NULL, "every parameter of tiny");
    for (int i = 0; i < PRESET_COUNT; i++) {
        tests_add(&list, activations, PRESETS[i].name, "activations of %s", PRESETS[i].name);
        tests_add(&list, masked_cells, PRESETS[i].name, "masked cells of %s", PRESETS[i].name);
    }
    tests_add(&list, wrong_gradients_are_found, NULL, "wrong gradients are found");
    tests_add(&list, parameters_stay, NULL, "the parameters stay");
    return tests_run(&list, "gradcheck");
}
