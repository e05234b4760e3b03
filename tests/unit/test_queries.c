/* The questions of the debugger: conditions, invariants, the loss ledger, error curves, routes,
 * nudges and comparisons. */
#include "support.h"

#include "tracer/query/condition.h"
#include "tracer/query/invariants.h"
#include "tracer/query/ledger.h"
#include "tracer/query/nudge.h"
#include "tracer/query/routes.h"
#include "tracer/session/golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_tiny(void **state)
{
    static Session session;
    open_model(&session, "tiny", NULL, 0);
    *state = &session;
    return 0;
}

static int close_tiny(void **state)
{
    session_close(*state);
    return 0;
}

static Condition condition(const Session *session, const char *text)
{
    Condition out;
    Error error = {0};
    EXPECT(condition_parse(&session->names, text, &out, &error), "%s: %s", text, error.text);
    return out;
}

static int first_after(const Session *session, const char *text, int step)
{
    int which;
    Condition wanted = condition(session, text);
    return condition_find(&wanted, 1, &session->names, step, 1, &which);
}

static void conditions_find_their_step(void **state)
{
    const Session *session = *state;
    const Tape *tape = &session->run.tape;
    int weights = tape_value(tape, value_called(session, "block0.attention.head0.weights"))->producer;
    EXPECT(first_after(session, "head0.weights", 0) == weights, "head0.weights");
    EXPECT(first_after(session, "max(weights) > 0.99", 0) == weights, "the first row of attention is 1");
    EXPECT(first_after(session, "max(weights) > 1.5", 0) == -1, "no weight is above 1");
    EXPECT(first_after(session, "inf", 0) == tape_value(tape, value_called(session, "block0.attention.head0.masked"))->producer, "the mask");
    EXPECT(first_after(session, "nan", 0) == -1, "there is no nan");
    EXPECT(first_after(session, "invariant", 0) == -1, "every invariant holds");
    EXPECT(tape->frames[tape->steps[first_after(session, "rule softmax", 0)].frame].rule != NULL, "a softmax");
    int backward = first_after(session, "frame backward", 0);
    EXPECT(tape->steps[backward].phase == PHASE_BACKWARD && tape->steps[backward - 1].phase == PHASE_FORWARD, "step %d", backward);
    int big = first_after(session, "|x| > 12", 3), which;
    Condition same = condition(session, "|x| > 12");
    EXPECT(big > 0 && condition_find(&same, 1, &session->names, big + 1, -1, &which) == big, "the same step backwards");
}

/* A number is neither above nor below itself, by any measure; the next double is. */
static void conditions_at_their_bounds(void **state)
{
    const Session *session = *state;
    const Value *scores = tape_value(&session->run.tape, value_called(session, "block0.attention.head0.scores"));
    double max = -INFINITY, min = INFINITY, sum = 0, squares = 0;
    for (size_t i = 0; i < cells_of(scores); i++) {
        max = fmax(max, scores->data[i]);
        min = fmin(min, scores->data[i]);
        sum += scores->data[i];
        squares += scores->data[i] * scores->data[i];
    }
    const struct {
        const char *measure;
        double number;
    } cases[] = {{"max", max}, {"min", min}, {"sum", sum}, {"norm", sqrt(squares)}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int below = 0; below < 2; below++)
            for (int beside = 0; beside < 2; beside++) {
                char text[CONDITION_TEXT], number[NUMBER_SIZE];
                double limit = beside ? nextafter(cases[i].number, below ? INFINITY : -INFINITY) : cases[i].number;
                snprintf(text, sizeof text, "%s(head0.scores) %c %s", cases[i].measure, below ? '<' : '>', number_exact(number, limit));
                EXPECT(first_after(session, text, -1) == (beside ? scores->producer : -1), "%s", text);
            }
}

/* Every step is looked at, the first and the last too, and a condition at the step itself is left behind. */
static void conditions_at_the_ends(void **state)
{
    const Session *session = *state;
    int last = session->run.tape.step_count - 1, which;
    const Condition any = {.kind = CONDITION_NUMBER, .measure = MEASURE_NORM, .number = -1}, *none = &any;
    int first = condition_find(&any, 1, &session->names, -1, 1, &which);
    EXPECT(first >= 0 && condition_find(&any, 1, &session->names, first, -1, &which) == -1, "the first is %d", first);
    EXPECT(condition_find(&any, 1, &session->names, first + 1, -1, &which) == first, "back to the first");
    EXPECT(condition_find(&any, 1, &session->names, last - 1, 1, &which) == last, "the last");
    EXPECT(condition_find(&any, 1, &session->names, last, 1, &which) == -1, "behind the last");
    EXPECT(condition_find(none, 0, &session->names, 0, 1, &which) == -1, "no condition");
    Condition first_step = condition(session, name_of(&session->names, session->run.tape.steps[0].output));
    EXPECT(condition_find(&first_step, 1, &session->names, 1, -1, &which) == 0, "back to step 0");
}

static void conditions_refuse_nonsense(void **state)
{
    const Session *session = *state;
    static const struct {
        const char *text, *says;
    } cases[] = {{"", "say where to stop"}, {"|x| >", "no number"}, {"|x| = 3", "compares with nothing"}, {"max(wieghts) > 1", "did you mean"},
                 {"rule sofmax", "did you mean"}, {"frame nowhere", "no frame"}, {"x > nan", "no number"}, {"frob", "no step makes"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Condition out;
        Error error = {0};
        EXPECT(!condition_parse(&session->names, cases[i].text, &out, &error), "\"%s\" was read", cases[i].text);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    for (int length = CONDITION_TEXT - 1; length <= CONDITION_TEXT; length++) {
        Condition out;
        Error error = {0};
        char text[CONDITION_TEXT + 1];
        snprintf(text, sizeof text, "x > %0*d", length - 4, 3);
        EXPECT(condition_parse(&session->names, text, &out, &error) == (length < CONDITION_TEXT), "%d bytes: %s", length, error.text);
    }
}

static void invariants_hold_and_fail(void **state)
{
    const Session *session = *state;
    Error error = {0};
    int checked = 0;
    EXPECT(invariants_hold(&session->names, &error), "%s", error.text);
    for (int frame = 0; frame < session->run.tape.frame_count; frame++) {
        Invariant found[MOST_INVARIANTS];
        int count = invariants_of_frame(&session->run.tape, frame, found);
        for (int i = 0; i < count; i++, checked++)
            EXPECT(found[i].holds, "%s comes to %g", found[i].says, found[i].number);
    }
    EXPECT(checked > 15, "only %d invariants", checked);
    static const char *const mistakes[] = {"softmax.unnormalised", "softmax_gradient.row_sum_dropped", "norm.mean_not_subtracted",
                                           "norm_gradient.mean_term_dropped", "logits_gradient.no_one_hot"};
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        Session wrong;
        Error why = {0};
        open_model(&wrong, "tiny", mistakes[i], 0);
        EXPECT(!invariants_hold(&wrong.names, &why), "%s breaks no invariant", mistakes[i]);
        expect_error(&why, EXIT_CHECK_SAID_NO, "row");
        session_close(&wrong);
    }
}

static void ledger_promises_what_a_small_update_does(void **state)
{
    (void)state;
    Session session;
    Ledger ledger;
    Error error = {0};
    open_model(&session, "by-hand", NULL, 0);
    EXPECT(ledger_make(&session, &ledger, &error), "%s", error.text);
    double promised = 0;
    for (int i = 0; i < ledger.count; i++)
        promised += ledger.lines[i].promised;
    EXPECT(ledger.count == session.run.parameters.count && is_close(promised, ledger.promised, 1e-12), "%d lines", ledger.count);
    double real = ledger.after - ledger.before;
    EXPECT(real < 0 && fabs(real - ledger.promised) < 0.2 * fabs(real), "promised %g, came %g", ledger.promised, real);
    ledger_free(&ledger);
    session_close(&session);
}

/* What the update does is told by the same examples, also where the next training step reads others. */
static void ledger_stays_with_its_batch(void **state)
{
    (void)state;
    static const char *const models[] = {
        "{\"data\": {\"examples\": [{\"text\": \"a b a\"}, {\"text\": \"c d\"}]}, \"init\": {\"std\": 0.3}, "
        "\"optimizer\": {\"kind\": \"sgd\", \"lr\": 0.0001, \"weight_decay\": 0}}",
        "{\"system\": \"mlp\", \"training\": {\"batch\": 1}, \"init\": {\"std\": 0.3}, "
        "\"optimizer\": {\"kind\": \"sgd\", \"lr\": 0.0001, \"weight_decay\": 0}}",
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char path[PATH_SIZE];
        Session session;
        Ledger ledger;
        Error error = {0};
        temporary_file(path, models[i], strlen(models[i]));
        EXPECT(session_open(&session, &(RunOptions){.model = path}, &error), "%s", error.text);
        EXPECT(ledger_make(&session, &ledger, &error), "%s", error.text);
        double real = ledger.after - ledger.before;
        EXPECT(real < 0 && fabs(real - ledger.promised) < 0.01 * fabs(real), "promised %g, came %g", ledger.promised, real);
        ledger_free(&ledger);
        session_close(&session);
        unlink(path);
    }
}

static void error_curve_is_a_v(void **state)
{
    const Session *session = *state;
    ErrorCurve curve;
    Error error = {0};
    Reference cell = {.value = value_called(session, "block0.mlp.W_1"), .row = 2, .col = 3};
    EXPECT(error_curve(session, cell, &curve, &error), "%s", error.text);
    EXPECT(curve.best > 1 && curve.best < CURVE_POINTS - 3, "best at %d", curve.best);
    EXPECT(curve.relative[0] > curve.relative[curve.best] && curve.relative[CURVE_POINTS - 1] > curve.relative[curve.best], "no V");
    EXPECT(curve.relative[curve.best] < 1e-6, "%g", curve.relative[curve.best]);
    cell.value = value_called(session, "probabilities");
    EXPECT(!error_curve(session, cell, &curve, &error), "probabilities have no gradient");
    expect_error(&error, EXIT_USED_WRONGLY, "no gradient");
}

static void routes_make_the_gradient(void **state)
{
    const Session *session = *state;
    Route routes[MOST_ROUTES];
    char name[64];
    int value = value_called(session, "block0.attention.norm"), count = routes_of(&session->names, value, 1, 2, routes);
    EXPECT(count == 6, "%d routes into the heads", count);
    double sum = 0, share = 0;
    for (int i = 0; i < count; i++) {
        sum += routes[i].number;
        share += routes[i].share;
        EXPECT(strncmp(route_name(&session->names, &routes[i], name, sizeof name), "head", 4) == 0, "%s", name);
    }
    const Value *gradient = tape_value(&session->run.tape, tape_value(&session->run.tape, value)->gradient);
    EXPECT(is_close(sum, cell_of(gradient, 1, 2), 1e-12) && is_close(share, 1, 1e-12), "%g, %g", sum, share);
    EXPECT(routes_of(&session->names, value_called(session, "logits"), 0, 0, routes) == 1, "logits have one reader");
}

static void nudges_move_the_loss_as_predicted(void **state)
{
    const Session *session = *state;
    static const char *const cells[] = {"block0.mlp.W_1", "block0.mlp.hidden", "embedding", "block0.attention.head1.weights"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        Nudged nudged;
        Error error = {0};
        Reference cell = {.value = value_called(session, cells[i]), .row = 2, .col = 1};
        EXPECT(nudge_cells(session, &(Change){.cell = cell, .amount = 1e-5}, 1, &nudged, &error), "%s", error.text);
        double actual = nudged.loss_after - nudged.loss_before;
        EXPECT(nudged.has_gradient && fabs(actual - nudged.predicted) <= 1e-3 * fabs(actual) + 1e-13, "%s: %g, predicted %g", cells[i], actual,
               nudged.predicted);
        EXPECT(nudged.differences.count > 10 && nudged.differences.list[0].value == cell.value, "%s changed first", cells[i]);
        nudged_free(&nudged);
    }
}

/* b_K adds the same number to every score of a row, which softmax takes out again: what follows is only rounded
 * otherwise. W_Q[0,0] lies in a bend of the loss: a step of 0.1 leaves the straight line, one of 0.001 does not. */
static void nudges_tell_rounding_and_bends(void **state)
{
    const Session *session = *state;
    Error error = {0};
    Reference cell;
    Nudged nudged;
    EXPECT(reference_parse_cell(&session->names, "block0.attention.head0.b_K[0,0]", &cell, &error), "%s", error.text);
    EXPECT(nudge_cells(session, &(Change){.cell = cell, .amount = 0.1}, 1, &nudged, &error), "%s", error.text);
    EXPECT(nudged.differences.moved == 7 && nudged.differences.count > 100, "%d moved of %d", nudged.differences.moved, nudged.differences.count);
    for (int i = 0; i < nudged.differences.count; i++) {
        const Difference *d = &nudged.differences.list[i];
        EXPECT(d->rounding == (d->max_abs < 1e-9), "%s by %g", name_of(&session->names, d->value), d->max_abs);
    }
    nudged_free(&nudged);
    EXPECT(reference_parse_cell(&session->names, "block0.attention.head0.W_Q[0,0]", &cell, &error), "%s", error.text);
    for (int i = 0; i < 2; i++) {
        EXPECT(nudge_cells(session, &(Change){.cell = cell, .amount = i ? 0.001 : 0.1}, 1, &nudged, &error), "%s", error.text);
        double actual = nudged.loss_after - nudged.loss_before;
        EXPECT(nudge_too_large(nudged.predicted, actual, nudged.loss_before) == (i == 0), "%g, predicted %g", actual, nudged.predicted);
        nudged_free(&nudged);
    }
}

static void nudges_add_up(void **state)
{
    const Session *session = *state;
    Reference weight = {value_called(session, "block0.mlp.W_1"), 2, 1}, hidden = {value_called(session, "block0.mlp.hidden"), 1, 1};
    const Change changes[] = {{weight, false, 2e-5}, {hidden, false, 1e-5}, {weight, false, -1e-5}};
    Nudged nudged;
    Error error = {0};
    EXPECT(nudge_cells(session, changes, 3, &nudged, &error), "%s", error.text);
    double actual = nudged.loss_after - nudged.loss_before, moved = nudged.to - nudged.from;
    EXPECT(fabs(moved - 1e-5) < 1e-15, "the weight moved by %g", moved);
    EXPECT(nudged.has_gradient && fabs(actual - nudged.predicted) <= 1e-3 * fabs(actual) + 1e-13, "%g, predicted %g", actual, nudged.predicted);
    nudged_free(&nudged);
    const Change back[] = {{weight, false, 0.5}, {weight, true, nudged.from}};
    EXPECT(nudge_cells(session, back, 2, &nudged, &error), "%s", error.text);
    EXPECT(nudged.differences.count == 0 && nudged.predicted == 0, "set back, and %d values differ", nudged.differences.count);
    nudged_free(&nudged);
}

/* The tolerance of a golden follows the largest number of its tensor; one of our own has none. */
static void goldens_are_equal_by_scale(void **state)
{
    (void)state;
    GoldenTensor small = {.scale = 1}, large = {.scale = 1e6}, exact = {.scale = 1, .exact = true};
    EXPECT(golden_equal(&exact, 0.1, 0.1) && !golden_equal(&exact, 0.1, nextafter(0.1, 1)) && !golden_equal(&exact, NAN, NAN), "to the last bit");
    EXPECT(!golden_equal(&small, 5e-8, 0) && golden_equal(&large, 5e-8, 0), "5e-8 beside 1 and beside 1e6");
    EXPECT(golden_equal(&small, 1 + 5e-13, 1) && !golden_equal(&small, 1 + 5e-12, 1), "the twelfth digit");
    EXPECT(golden_equal(&small, -INFINITY, -INFINITY) && !golden_equal(&small, INFINITY, -INFINITY), "infinities");
    EXPECT(!golden_equal(&small, INFINITY, 1) && !golden_equal(&small, 1, INFINITY), "one infinity");
    EXPECT(!golden_equal(&large, NAN, NAN) && !golden_equal(&large, NAN, 1) && !golden_equal(&large, 1, NAN), "nan never passes");
}

int test_queries(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_at_their_bounds),       cmocka_unit_test(conditions_at_the_ends),
        cmocka_unit_test(conditions_find_their_step),       cmocka_unit_test(conditions_refuse_nonsense),
        cmocka_unit_test(invariants_hold_and_fail),         cmocka_unit_test(ledger_promises_what_a_small_update_does),
        cmocka_unit_test(ledger_stays_with_its_batch),
        cmocka_unit_test(error_curve_is_a_v),               cmocka_unit_test(routes_make_the_gradient),
        cmocka_unit_test(nudges_move_the_loss_as_predicted), cmocka_unit_test(goldens_are_equal_by_scale), cmocka_unit_test(nudges_tell_rounding_and_bends),
        cmocka_unit_test(nudges_add_up),
    };
    return cmocka_run_group_tests_name("queries", tests, open_tiny, close_tiny);
}
