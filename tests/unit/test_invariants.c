/* What holds on every tape: both presets and every model of golden/reference. The shape of the
 * tape is looked at in test_structure.c. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tiny_model/rules/rule.h"

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
    EXPECT(summed > 0 && gradients > summed, "%d gradients, %d of them sums", gradients, summed);
    session_close(&session);
}

/* All parameters and everything between them and the loss have a gradient of their own shape and name. */
static void gradients_are_there(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    char wanted[300];
    for (int value = 0; value < tape->value_count; value++) {
        const Value *of = tape_value(tape, value);
        bool is_output = false;
        for (int call = 0; call < tape->call_count; call++)
            is_output = is_output || tape->calls[call].output == value;
        if (of->kind == KIND_PARAMETER || (is_output && of->kind == KIND_ACTIVATION))
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

static void softmax_rows_sum_to_one(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    int found = 0;
    for (int i = 0; i < tape->call_count; i++) {
        if (tape->calls[i].rule != &SOFTMAX)
            continue;
        found++;
        const Value *p = tape_value(tape, tape->calls[i].output), *x = tape_value(tape, tape->calls[i].inputs[0]);
        for (int row = 0; row < p->rows; row++) {
            EXPECT(is_close(row_total(p, row), 1, 1e-12), "row %d sums to %.17g", row, row_total(p, row));
            for (int col = row + 1; col < p->cols; col++)
                EXPECT(same_bits(cell_of(p, row, col), 0), "a masked weight is %.17g", cell_of(p, row, col));
        }
        const Value *back = tape_value(tape, x->gradient);
        EXPECT(largest_row_total(back) <= 1e-14 * fmax(1, largest(tape_value(tape, p->gradient))),
               "a row of the gradient sums to %.17g", largest_row_total(back));
    }
    EXPECT(found == gpt_of(&session.model)->n_heads * gpt_of(&session.model)->n_layers, "%d softmaxes", found);
    const Value *p = tape_value(tape, value_called(&session, "probabilities"));
    for (int row = 0; row < p->rows; row++)
        EXPECT(is_close(row_total(p, row), 1, 1e-12), "probabilities of row %d sum to %.17g", row, row_total(p, row));
    const Value *logits = tape_value(tape, value_called(&session, "logits.grad"));
    EXPECT(largest_row_total(logits) <= 1e-14 * fmax(1, largest(logits)), "a row of logits.grad sums to %.17g",
           largest_row_total(logits));
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
            EXPECT(squares <= n->cols * (1 + 1e-12), "a mean square of %.17g", squares / n->cols);
        }
    }
    const Gpt *model = gpt_of(&session.model);
    int in_a_block = (model->norm_attention != NORM_NONE) + (model->norm_mlp != NORM_NONE);
    int expected = model->n_layers * in_a_block + model->final_norm;
    EXPECT(found == expected, "%d norms, not %d", found, expected);
    session_close(&session);
}

/* No nan, no +inf, and -inf only where the mask puts it. */
static void numbers_are_finite(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    for (int id = 0; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        const char *name = name_of(&session.names, id);
        size_t length = strlen(name);
        bool masked = (length > 7 && strcmp(name + length - 7, ".masked") == 0) || strstr(name, ".softmax.shifted");
        for (int row = 0; row < value->rows; row++)
            for (int col = 0; col < value->cols; col++) {
                double number = cell_of(value, row, col);
                bool behind = masked && value->kind == KIND_ACTIVATION && col > row;
                EXPECT(behind ? number == -INFINITY : isfinite(number), "%s[%d,%d] is %g", name, row, col, number);
            }
    }
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
    tests_add_models(&list, gradients_are_sums, "gradients are the sums of their contributions");
    tests_add_models(&list, softmax_rows_sum_to_one, "softmax rows sum to 1, their gradients to 0");
    tests_add_models(&list, norms_are_normal, "normalized rows have mean 0");
    tests_add_models(&list, numbers_are_finite, "numbers are finite");
    tests_add_models(&list, recording_again_changes_nothing, "recording again changes nothing");
    return tests_run(&list, "invariants");
}
