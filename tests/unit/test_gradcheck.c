/* The gradient check on whole models: every parameter cell of the presets, some activations. */
#include "support.h"

#include "gpt_facts.h"
#include "tiny_model/gradcheck.h"
#include "tiny_model/rules/rule.h"

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

/* 2 features, 3 hidden units, 2 classes: two matrices and two biases. */
static void xor_parameters(void **state)
{
    (void)state;
    expect_every_parameter("xor", 6 + 3 + 6 + 2);
}

/* Values between the parameters and the loss, and how many cells of them a preset has at least. */
static const struct {
    const System *system;
    int least;
    const char *names[17];
} ACTIVATIONS[] = {
    {&GPT, 301,
     {"embedding", "block0.attention.head0.Q", "block0.attention.head1.V", "block0.attention.head0.scores",
      "block0.attention.head0.scaled", "block0.attention.head1.masked", "block0.attention.head0.weights",
      "block0.attention.head1.output", "block0.attention.concat", "block0.attention.residual", "block0.mlp.hidden",
      "block0.mlp.activated", "block0.output", "logits", "loss.per_token", "loss"}},
    {&MLP, 12 + 12 + 8 + 4 + 1, {"hidden", "activated", "logits", "loss.per_example", "loss"}},
};

static void activations(void **state)
{
    Pair pair;
    open_pair(&pair, *state);
    size_t row = 0, rows = sizeof ACTIVATIONS / sizeof *ACTIVATIONS;
    while (row < rows && ACTIVATIONS[row].system != pair.session.model.system)
        row++;
    EXPECT(row < rows, "no activations of the system %s are written down", pair.session.model.system->name);
    int cells = 0;
    for (int i = 0; ACTIVATIONS[row].names[i]; i++)
        expect_true_gradient(&pair, value_called(&pair.session, ACTIVATIONS[row].names[i]), &cells);
    EXPECT(cells >= ACTIVATIONS[row].least, "%d cells", cells);
    close_pair(&pair);
}

/* The largest number in the cells that attention does not see. */
static double largest_unseen(const Gpt *gpt, const Value *value)
{
    double most = 0;
    for (int row = 0; row < value->rows; row++)
        for (int col = 0; col < value->cols; col++)
            if (!gpt_sees(gpt, row, col))
                most = fmax(most, fabs(cell_of(value, row, col)));
    return most;
}

static bool is_behind_the_mask(const Rule *rule)
{
    return rule == &SCORES || rule == &SCALED || rule == &DISTANCE_BIAS || rule == &MASKED;
}

/* A masked score moves nothing; a masked weight would, if it were moved by hand. Without a mask, and in
 * a classifier, nothing is hidden. */
static void masked_cells(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    const Gpt *gpt = gpt_or_none(&session.model);
    int masks = 0, maps = 0;
    double most = 0;
    for (int i = 0; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        masks += call->rule == &MASKED;
        maps += call->rule == &SOFTMAX;
        if (!gpt || !(is_behind_the_mask(call->rule) || call->rule == &SOFTMAX))
            continue;
        double unseen = largest_unseen(gpt, tape_value(tape, tape_value(tape, call->output)->gradient));
        EXPECT(call->rule == &SOFTMAX || unseen == 0, "%s.grad is %g in a masked cell", name_of(&session.names, call->output), unseen);
        most = fmax(most, unseen);
    }
    bool masked = gpt && gpt_masks(gpt);
    EXPECT(masks == (masked ? maps : 0), "%d masks for %d softmaxes", masks, maps);
    EXPECT((maps > 0) == (gpt != NULL) && (most > 0) == masked, "the weights' gradients are at most %g in masked cells", most);
    session_close(&session);
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
    tests_add(&list, xor_parameters, NULL, "every parameter of xor");
    for (int i = 0; i < PRESET_COUNT; i++)
        tests_add(&list, activations, PRESETS[i].name, "activations of %s", PRESETS[i].name);
    tests_add_models(&list, masked_cells, "masked cells");
    tests_add(&list, wrong_gradients_are_found, NULL, "wrong gradients are found");
    tests_add(&list, parameters_stay, NULL, "the parameters stay");
    return tests_run(&list, "gradcheck");
}
