/* What holds on every tape: the presets and every model of golden/reference. The shape of the
 * tape is looked at in test_structure.c. */
#include "support.h"

#include "expected_parts.h"
#include "gpt_facts.h"
#include "on_the_way.h"
#include "tile_facts.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/invariants.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void every_cell_is_explained(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    bool phases[3] = {false};
    for (int step = 0; step < session.run.tape.step_count; step++)
        phases[session.run.tape.steps[step].phase] = true;
    EXPECT(phases[PHASE_FORWARD] && phases[PHASE_BACKWARD] && phases[PHASE_UPDATE], "a phase has no steps");
    expect_all_explained(&session.run.tape);
    session_close(&session);
}

/* How often a value is an input of calls, and how many of those send something back. */
static void count_uses(const Tape *tape, int value, int *uses, int *messages)
{
    *uses = *messages = 0;
    for (int i = 0; i < tape->call_count; i++)
        for (int j = 0; j < tape->calls[i].input_count; j++)
            if (tape->calls[i].inputs[j] == value) {
                ++*uses;
                *messages += tape_value(tape, tape->calls[i].output)->gradient >= 0;
            }
}

/* The contributions `NAME.grad.from.*` of a value, in the order of recording. */
static int contributions_of(const Tape *tape, int value, int *list, int most)
{
    int count = 0;
    for (int id = 0; id < tape->value_count; id++) {
        const Name *name = &tape->values[id].name;
        if (name->base == value && name->from >= 0 && strcmp(name->local, "grad") == 0) {
            EXPECT(count < most, "more than %d contributions", most);
            list[count++] = id;
        }
    }
    return count;
}

static void expect_sum(const Session *session, int value, const int *contributions, int count)
{
    const Tape *tape = &session->run.tape;
    const Value *gradient = tape_value(tape, tape_value(tape, value)->gradient);
    for (size_t cell = 0; cell < cells_of(gradient); cell++) {
        double sum = tape_value(tape, contributions[0])->data[cell];
        for (int i = 1; i < count; i++)
            sum += tape_value(tape, contributions[i])->data[cell];
        EXPECT(same_bits(sum, gradient->data[cell]), "%s.grad, cell %zu: contributions make %.17g, recorded is %.17g",
               name_of(&session->names, value), cell, sum, gradient->data[cell]);
    }
}

static void gradients_are_sums(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int summed = 0, gradients = 0;
    for (int value = 0; value < tape->value_count; value++) {
        int contributions[32], uses, messages;
        int count = contributions_of(tape, value, contributions, 32);
        if (tape_value(tape, value)->gradient < 0) {
            EXPECT(count == 0, "%s has contributions and no gradient", name_of(&session.names, value));
            continue;
        }
        gradients++;
        count_uses(tape, value, &uses, &messages);
        EXPECT(count == (uses > 1 ? messages : 0), "%s: %d contributions from %d uses", name_of(&session.names, value),
               count, uses);
        if (count > 0)
            expect_sum(&session, value, contributions, count);
        summed += count > 1;
    }
    bool is_chain = session.model.system == &MLP || is_flow_by(&session.model, FLOW_MLP) || session.model.system == &WORD2VEC; /* they read nothing twice */
    EXPECT((summed == 0) == is_chain && gradients > summed, "%d gradients, %d of them sums", gradients, summed);
    session_close(&session);
}

/* All parameters and everything between them and the loss have a gradient of their own shape and name. */
static void gradients_are_there(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    char wanted[300];
    bool *expected = on_the_way(&session);
    bool has_more = session.model.system == &FLOW || session.model.system == &WORD2VEC; /* than what leads to the loss */
    for (int value = 0; value < tape->value_count; value++) {
        const Value *of = tape_value(tape, value);
        bool is_output = false;
        for (int call = 0; call < tape->call_count; call++)
            is_output = is_output || tape->calls[call].output == value;
        if (of->kind == KIND_PARAMETER || (is_output && of->kind == KIND_ACTIVATION && (expected[value] || !has_more)))
            EXPECT(of->gradient >= 0, "%s has no gradient", name_of(&session.names, value));
        if (of->gradient < 0)
            continue;
        EXPECT(of->kind == KIND_PARAMETER || of->kind == KIND_ACTIVATION, "%s, which is %s, has a gradient",
               name_of(&session.names, value), kind_name(of->kind));
        const Value *gradient = tape_value(tape, of->gradient);
        EXPECT(gradient->rows == of->rows && gradient->cols == of->cols, "%s.grad has another shape",
               name_of(&session.names, value));
        snprintf(wanted, sizeof wanted, "%s.grad", name_of(&session.names, value));
        EXPECT(strcmp(name_of(&session.names, of->gradient), wanted) == 0, "the gradient of %s is called %s",
               name_of(&session.names, value), name_of(&session.names, of->gradient));
    }
    free(expected);
    session_close(&session);
}

/* What rows and columns stand for is the same of a value, its gradient and what the optimizer makes of both. */
static void axes_are_handed_on(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int compared = 0, named = 0;
    for (int id = 0; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        EXPECT(tape_rows(tape, id)->size == value->rows || value->row_axis == AXIS_NONE, "the rows of %s are %d %s", name_of(&session.names, id),
               tape_rows(tape, id)->size, tape_rows(tape, id)->name);
        EXPECT(tape_cols(tape, id)->size == value->cols || value->col_axis < AXIS_OWN, "the columns of %s are %d %s",
               name_of(&session.names, id), tape_cols(tape, id)->size, tape_cols(tape, id)->name);
        if (value->name.base < 0)
            continue;
        const Value *of = tape_value(tape, value->name.base);
        bool is_sum = strcmp(value->name.local, "squares") == 0 /* down the columns, also of a single row */
                      || (cells_of(of) == 1 && strcmp(value->name.local, "square_sum") == 0);
        if (is_sum || of->rows != value->rows || of->cols != value->cols)
            continue;
        EXPECT(value->row_axis == of->row_axis && value->col_axis == of->col_axis, "%s is %s x %s, not %s x %s", name_of(&session.names, id),
               tape_rows(tape, id)->name, tape_cols(tape, id)->name, tape->axes[of->row_axis].name, tape->axes[of->col_axis].name);
        compared++;
        named += value->col_axis != AXIS_NONE;
    }
    EXPECT(compared > session.run.parameters.count && named > compared / 2, "%d values, %d with named columns", compared, named);
    session_close(&session);
}

static double row_total(const Value *value, int row)
{
    double sum = 0;
    for (int col = 0; col < value->cols; col++)
        sum += cell_of(value, row, col);
    return sum;
}

/* The largest absolute row sum of a value. */
static double largest_row_total(const Value *value)
{
    double most = 0;
    for (int row = 0; row < value->rows; row++)
        most = fmax(most, fabs(row_total(value, row)));
    return most;
}

static double largest(const Value *value)
{
    double most = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        most = fmax(most, fabs(value->data[i]));
    return most;
}

static void expect_rows_sum_to_one(const Value *p)
{
    for (int row = 0; row < p->rows; row++)
        EXPECT(is_close(row_total(p, row), 1, 1e-12), "row %d sums to %.17g", row, row_total(p, row));
}

/* The gradient of what a softmax reads: one more everywhere changes nothing. */
static void expect_rows_sum_to_zero(const Value *gradient, double size)
{
    double most = largest_row_total(gradient);
    EXPECT(most <= 1e-14 * fmax(1, size), "a row of the gradient sums to %.17g", most);
}

/* A key that is padding, which nobody may see. */
static bool is_padding(const Tape *tape, const Value *of, int col)
{
    const char *const *labels = tape->axes[of->col_axis].labels;
    return labels && strcmp(labels[col], "<PAD>") == 0;
}

/* Minus infinity everywhere, from which a mask takes what nobody may see. */
static bool fills_padding(const Tape *tape, int id)
{
    int step = tape_value(tape, id)->producer;
    return step >= 0 && tape->steps[step].phase == PHASE_FORWARD && tape->steps[step].primitive == &FILL && tape->frames[tape->steps[step].frame].rule == &HIDDEN_KEYS;
}

/* Nothing of what is hidden, something of all else. */
static void expect_seen(const Tape *tape, const Gpt *gpt, const Value *weights)
{
    for (int row = 0; row < weights->rows; row++)
        for (int col = 0; col < weights->cols; col++) {
            double weight = cell_of(weights, row, col);
            EXPECT(gpt_sees(gpt, row, col) && !is_padding(tape, weights, col) ? weight > 0 : same_bits(weight, 0), "the weight [%d,%d] is %.17g", row, col, weight);
        }
}

/* Softmaxes are the maps of attention and the routers of experts, probabilities what a cross-entropy keeps of one more. */
static void softmax_rows_sum_to_one(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    const Gpt *gpt = blocks_or_none(&session.model);
    int maps = 0, routers = 0, losses = 0;
    for (int i = 0; i < tape->call_count; i++) {
        const Call *call = &tape->calls[i];
        bool is_softmax = call->rule == &SOFTMAX, is_map = is_softmax && tape_cols(tape, call->output)->place;
        if (!is_softmax && call->rule != &CROSS_ENTROPY)
            continue;
        const Value *back = tape_value(tape, tape_value(tape, call->inputs[0])->gradient);
        const Value *p = tape_value(tape, is_softmax ? call->output : call->saved[CROSS_ENTROPY_PROBABILITIES]);
        expect_rows_sum_to_one(p);
        if (is_map || !gpt || !is_softmax || gpt->z_loss == 0) /* a price of the logits themselves is added */
            expect_rows_sum_to_zero(back, largest(is_softmax ? tape_value(tape, p->gradient) : back));
        if (is_map && gpt)
            expect_seen(tape, gpt, p);
        maps += is_map;
        routers += is_softmax && !is_map;
        losses += !is_softmax;
    }
    int sequences = gpt ? gpt_batch(&session.model) : 0;
    EXPECT(maps == expected_maps(&session.model), "%d softmaxes", maps);
    EXPECT(routers == (gpt && gpt->mlp == MLP_MOE ? sequences * gpt->n_layers : 0), "%d routers", routers);
    bool classifies = both_or_none(&session.model) || session.model.system == &MLP;
    EXPECT(losses == (gpt_or_none(&session.model) ? sequences : classifies), "%d cross-entropies", losses);
    session_close(&session);
}

static void norms_are_normal(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int found = 0;
    for (int step = 0; step < tape->step_count; step++) {
        const Step *of = &tape->steps[step];
        const Rule *rule = tape->frames[of->frame].rule;
        bool divides = of->primitive == &DIV_COL && strcmp(of->label, "normalized") == 0;
        if (!divides)
            continue;
        found++;
        const Value *n = step_output(tape, of);
        EXPECT(rule == &LAYER_NORM || rule == &RMS_NORM, "normalized by %s", rule ? rule->name : "nobody");
        for (int row = 0; row < n->rows; row++) {
            double squares = 0;
            for (int col = 0; col < n->cols; col++)
                squares += cell_of(n, row, col) * cell_of(n, row, col);
            EXPECT(rule == &RMS_NORM || fabs(row_total(n, row)) <= 1e-12, "a mean of %.17g", row_total(n, row) / n->cols);
            EXPECT(squares > 0 && squares <= n->cols * (1 + 1e-12), "a mean square of %.17g", squares / n->cols);
        }
    }
    EXPECT(found == expected_norms(&session.model), "%d norms, not %d", found, expected_norms(&session.model));
    session_close(&session);
}

/* What the stepper and `golden` say of every frame. */
static void invariants_are_told(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int told = 0;
    for (int frame = 0; frame < tape->frame_count; frame++) {
        Invariant found[MOST_INVARIANTS];
        int count = invariants_of_frame(tape, frame, found);
        for (int i = 0; i < count; i++, told++)
            EXPECT(found[i].holds, "%s %s: %s, but row %d comes to %g", phase_name(tape->frames[frame].phase), tape->frames[frame].path,
                   found[i].says, found[i].row, found[i].number);
    }
    const System *system = session.model.system; /* without softmax and norm there are no rows of which something holds */
    bool plain = is_flow_by(&session.model, FLOW_MLP) || system == &VAE || system == &TABULAR || system == &WORD2VEC;
    EXPECT(told >= (plain ? 0 : 2), "only %d invariants", told);
    session_close(&session);
}

/* No nan, no +inf, and -inf where a mask puts it and nowhere else. */
static void numbers_are_finite(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    const Gpt *gpt = gpt_or_none(&session.model);
    bool words = reads_captions(&session.model);
    bool past = both_or_none(&session.model) || session.model.system == &NUFO; /* a row sees what stands before it */
    int hidden = 0;
    for (int id = 0; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        bool masked = is_masked(tape, id);
        EXPECT(!masked || gpt || past || words, "%s is masked", name_of(&session.names, id));
        if (is_of_a_tile(tape, id)) {
            hidden += expect_tile_finite(&session, id);
            continue;
        }
        for (int row = 0; row < value->rows; row++)
            for (int col = 0; col < value->cols; col++) {
                double number = cell_of(value, row, col);
                bool seen = !masked || (words ? !is_padding(tape, value, col) : past ? col <= row : gpt_sees(gpt, row, col));
                bool unseen = fills_padding(tape, id) || !seen;
                EXPECT(unseen ? number == -INFINITY : isfinite(number), "%s[%d,%d] is %g", name_of(&session.names, id), row, col,
                       number);
                hidden += unseen;
            }
    }
    EXPECT((hidden > 0) == (past || words || (gpt && gpt_masks(gpt))), "%d cells are hidden", hidden);
    session_close(&session);
}

/* All numbers of a tape, one after the other. */
static double *all_numbers(const Tape *tape, size_t *count)
{
    *count = 0;
    for (int id = 0; id < tape->value_count; id++)
        *count += cells_of(tape_value(tape, id));
    double *numbers = malloc(*count * sizeof *numbers), *at = numbers;
    for (int id = 0; numbers && id < tape->value_count; at += cells_of(tape_value(tape, id++)))
        memcpy(at, tape_value(tape, id)->data, cells_of(tape_value(tape, id)) * sizeof *numbers);
    return numbers;
}

/* Bytes that malloc has handed out; 0 where the C library does not say. */
static size_t bytes_in_use(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

static void recording_again_changes_nothing(void **state)
{
    Session session;
    Error error = {0};
    open_model(&session, *state, NULL, 0);
    Tape *tape = &session.run.tape;
    size_t count, again, bytes = tape->bytes, used = tape->arena.used;
    int values = tape->value_count, steps = tape->step_count, frames = tape->frame_count, calls = tape->call_count;
    double *before = all_numbers(tape, &count);
    EXPECT(before, "out of memory");
    size_t in_use = bytes_in_use();
    EXPECT(run_record(&session.run, &error), "%s", error.text);
    EXPECT(bytes_in_use() == in_use, "the second recording took %zu bytes", bytes_in_use() - in_use);
    EXPECT(values == tape->value_count && steps == tape->step_count && frames == tape->frame_count &&
               calls == tape->call_count, "the second recording has another graph");
    EXPECT(tape->bytes == bytes && tape->arena.used == used, "the second recording is longer");
    double *after = all_numbers(tape, &again);
    EXPECT(after && again == count && memcmp(before, after, count * sizeof *before) == 0, "other numbers");
    free(before);
    free(after);
    session_close(&session);
}

int test_invariants(void)
{
    TestList list = {0};
    tests_add_models(&list, every_cell_is_explained, "every cell is explained");
    tests_add_models(&list, gradients_are_there, "gradients are there");
    tests_add_models(&list, axes_are_handed_on, "axes are handed on");
    tests_add_models(&list, gradients_are_sums, "gradients are the sums of their contributions");
    tests_add_models(&list, softmax_rows_sum_to_one, "softmax rows sum to 1, their gradients to 0");
    tests_add_models(&list, norms_are_normal, "normalized rows have mean 0");
    tests_add_models(&list, invariants_are_told, "invariants hold");
    tests_add_models(&list, numbers_are_finite, "numbers are finite");
    tests_add_models(&list, recording_again_changes_nothing, "recording again changes nothing");
    return tests_run(&list, "invariants");
}
