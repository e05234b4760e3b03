/* Each rule alone: its gradients against central differences.
 *
 *   f(x) = sum of seed * y          seed random, so that no gradient vanishes in a sum
 *   numerical = (f(x + h) - f(x - h)) / 2h
 *
 * The forward part is computed again by running its steps again on a leaf that was moved. */
#include "support.h"

#include "tiny_model/backward.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <string.h>

static const double STEP = 1e-5, TOLERANCE = 1e-6;

/* How a rule is tried. */
typedef struct {
    const Rule *rule;
    bool twice;      /* one value for two inputs */
    bool preloaded;  /* a second call reads the same inputs */
    bool other;      /* the rule's other form */
} Trial;

typedef struct {
    Tape tape;
    int output;
    int forward_steps;
    double seed[64];
} Recorded;

static double random_number(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    double size = 0.5 + (double)(*state >> 9) / 8388608.0;
    return *state & 256u ? size : -size;
}

static void fill_seed(Recorded *to)
{
    const Value *output = tape_value(&to->tape, to->output);
    EXPECT(cells_of(output) <= 64, "an output of %zu cells", cells_of(output));
    unsigned state = 2024;
    for (size_t i = 0; i < cells_of(output); i++)
        to->seed[i] = random_number(&state);
}

/* Records a call once more, as `map` says which values it reads now. */
static void record_again(Tape *tape, Call call, int *map)
{
    Frame frame = tape->frames[call.frame];
    tape_begin(tape, frame.name, 2, frame.rule);
    int inside = call.frame;
    for (int step = frame.first; step <= frame.last; step++) {
        Step of = tape->steps[step];
        int inputs[8];
        if (of.frame != inside && inside != call.frame)
            tape_end(tape);
        if (of.frame != inside && of.frame != call.frame) /* a tile */
            tape_begin(tape, tape->frames[of.frame].name, -1, NULL);
        inside = of.frame;
        for (int i = 0; i < of.input_count; i++)
            inputs[i] = map[of.inputs[i]];
        Label label = *HERE(of.label);
        label.repeat = tape_value(tape, of.output)->name.repeat;
        map[of.output] = tape_step(tape, of.primitive, &label, inputs, of.input_count, of.attributes);
    }
    int inputs[8];
    for (int i = 0; i < call.input_count; i++)
        inputs[i] = map[call.inputs[i]];
    call.inputs = inputs;
    call.output = map[call.output];
    for (int i = 0; i < CALL_SAVED; i++)
        call.saved[i] = map[call.saved[i]];
    tape_call(tape, call);
}

/* y + y' / 4, where y' is the whole sample again on the same leaves. */
static int with_second_call(Tape *tape, int output)
{
    int map[128], values = tape->value_count, calls = tape->call_count;
    EXPECT(values <= 128, "a sample of %d values", values);
    for (int i = 0; i < values; i++)
        map[i] = i;
    for (int i = 0; i < calls; i++)
        record_again(tape, tape->calls[i], map);
    int quarter = scaled(tape, "quarter", map[output], 4);
    return residual(tape, "both", output, quarter);
}

static void record(Recorded *to, const Trial *trial)
{
    *to = (Recorded){.tape = {.frame = -1}};
    tape_begin_phase(&to->tape, PHASE_FORWARD);
    to->output = (trial->other ? trial->rule->other_sample : trial->rule->sample)(&to->tape, trial->twice);
    if (trial->preloaded)
        to->output = with_second_call(&to->tape, to->output);
    tape_end(&to->tape);
    to->forward_steps = to->tape.step_count;
    fill_seed(to);
    backward(&to->tape, to->output, to->seed, 0);
}

/* f of the numbers that stand in the leaves now. */
static double projected(const Recorded *of)
{
    for (int step = 0; step < of->forward_steps; step++)
        of->tape.steps[step].primitive->run(&of->tape, &of->tape.steps[step]);
    const Value *output = tape_value(&of->tape, of->output);
    double sum = 0;
    for (size_t i = 0; i < cells_of(output); i++)
        sum += of->seed[i] * output->data[i];
    return sum;
}

static double numerical(const Recorded *of, double *cell)
{
    double before = *cell;
    *cell = before + STEP;
    double up = projected(of);
    *cell = before - STEP;
    double down = projected(of);
    *cell = before;
    return (up - down) / (2 * STEP);
}

static void expect_gradient(const Recorded *of, const Trial *trial, int leaf)
{
    const Value *value = tape_value(&of->tape, leaf);
    const char *rule = trial->rule->name, *name = value->name.local;
    EXPECT(value->gradient >= 0, "%s: no gradient reaches %s", rule, name);
    const Value *gradient = tape_value(&of->tape, value->gradient);
    EXPECT(gradient->rows == value->rows && gradient->cols == value->cols, "%s: the gradient of %s is %d x %d", rule, name,
           gradient->rows, gradient->cols);
    bool any = false;
    for (size_t i = 0; i < cells_of(value); i++) {
        double a = gradient->data[i], n = numerical(of, &value->data[i]);
        double relative = fabs(a - n) / fmax(fmax(fabs(a), fabs(n)), 1e-3);
        EXPECT(relative < TOLERANCE, "%s: the gradient of %s in cell %zu is %.12g, numerically %.12g", rule, name, i, a, n);
        any = any || a != 0;
    }
    EXPECT(any, "%s: the gradient of %s is 0 everywhere", rule, name);
}

/* Also where two messages come from one call. */
static void expect_unique_names(const Tape *tape)
{
    char one[200], other[200];
    for (int i = 0; i < tape->value_count; i++)
        for (int j = 0; j < i; j++) {
            tape_name(tape, i, one, sizeof one);
            tape_name(tape, j, other, sizeof other);
            EXPECT(strcmp(one, other) != 0, "two values are called %s", one);
        }
}

static void gradients_are_true(void **state)
{
    const Trial *trial = *state;
    Recorded recorded;
    record(&recorded, trial);
    expect_all_explained(&recorded.tape);
    expect_unique_names(&recorded.tape);
    int checked = 0;
    for (int value = 0; value < recorded.tape.value_count; value++) {
        const Value *of = tape_value(&recorded.tape, value);
        if (of->producer < 0 && of->kind == KIND_PARAMETER) {
            expect_gradient(&recorded, trial, value);
            checked++;
        }
        EXPECT(of->kind != KIND_INPUT || of->gradient < 0, "%s: the input %s has a gradient", trial->rule->name,
               of->name.local);
    }
    EXPECT(checked > 0, "%s: nothing was checked", trial->rule->name);
    tape_free(&recorded.tape);
}

/* A second call whose output counts a quarter adds a quarter of the gradient, exactly. */
static void contributions_add_up(void **state)
{
    const Trial *trial = *state;
    Recorded once, both;
    record(&once, &(Trial){trial->rule, false, false});
    record(&both, &(Trial){trial->rule, false, true});
    int compared = 0;
    for (int value = 0; value < once.tape.value_count; value++) {
        const Value *of = tape_value(&once.tape, value);
        if (of->producer >= 0 || of->kind != KIND_PARAMETER)
            continue;
        const Value *single = tape_value(&once.tape, of->gradient);
        const Value *sum = tape_value(&both.tape, tape_value(&both.tape, value)->gradient);
        for (size_t i = 0; i < cells_of(single); i++, compared++)
            EXPECT(sum->data[i] == single->data[i] / 4 + single->data[i], "%s: %.17g from two calls, %.17g from one",
                   trial->rule->name, sum->data[i], single->data[i]);
    }
    EXPECT(compared > 0, "%s: nothing was compared", trial->rule->name);
    tape_free(&once.tape);
    tape_free(&both.tape);
}

/* A rule without a way back: every cell is explained, no name stands twice, and nothing gets a gradient through it. */
static void has_no_slope(void **state)
{
    const Trial *trial = *state;
    Tape tape = {.frame = -1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int output = (trial->other ? trial->rule->other_sample : trial->rule->sample)(&tape, trial->twice);
    tape_end(&tape);
    expect_all_explained(&tape);
    expect_unique_names(&tape);
    double seed[64] = {1};
    EXPECT(cells_of(tape_value(&tape, output)) <= 64, "a sample of many cells");
    EXPECT(strcmp(trial->rule->back, "none") == 0, "%s: its way back is said to be %s", trial->rule->name, trial->rule->back);
    backward(&tape, output, seed, 0);
    for (int value = 0; value < tape.value_count; value++)
        EXPECT(value == output || tape_value(&tape, value)->gradient < 0, "%s: value %d has a gradient", trial->rule->name, value);
    tape_free(&tape);
}

static bool is_text(const char *text)
{
    return text && *text;
}

static void entry_is_whole(void **state)
{
    const Rule *rule = ((const Trial *)*state)->rule;
    EXPECT(is_text(rule->name) && is_text(rule->forward) && is_text(rule->back) && is_text(rule->ascii_forward) &&
               is_text(rule->ascii_back), "a text is missing");
    for (const char *plain = rule->ascii_forward; *plain; plain++)
        EXPECT((unsigned char)*plain < 0x80, "%s: the plain formula is not plain", rule->name);
    for (const char *plain = rule->ascii_back; *plain; plain++)
        EXPECT((unsigned char)*plain < 0x80, "%s: the plain formula is not plain", rule->name);
    EXPECT(rule->sample && rule->chapter > 0, "%s: a part is missing", rule->name);
    for (int i = 0; i < RULE_COUNT; i++)
        EXPECT(RULES[i] == rule || strcmp(RULES[i]->name, rule->name) != 0, "%s stands twice", rule->name);
}

int test_rules(void)
{
    enum { MOST_RULES = 64 };
    static Trial trials[MOST_RULES][8];
    TestList list = {0};
    for (int i = 0; i < RULE_COUNT && i < MOST_RULES; i++) {
        static const char *const how[] = {"gradients", "gradients of one value fed twice", "gradients of two calls",
                                          "gradients of two calls, each fed one value twice"};
        for (int way = 0; way < (RULES[i]->other_sample ? 8 : 4); way++) {
            trials[i][way] = (Trial){RULES[i], way & 1, way & 2, way & 4};
            if (!RULES[i]->backward) {
                tests_add(&list, has_no_slope, &trials[i][way], "%s, way %d: has no slope", RULES[i]->name, way);
                continue;
            }
            tests_add(&list, gradients_are_true, &trials[i][way], "%s%s: %s are true", RULES[i]->name,
                      way & 4 ? ", its other form" : "", how[way & 3]);
        }
        if (RULES[i]->backward)
            tests_add(&list, contributions_add_up, &trials[i][0], "%s: contributions add up", RULES[i]->name);
        tests_add(&list, entry_is_whole, &trials[i][0], "%s: its entry is whole", RULES[i]->name);
    }
    return tests_run(&list, "rules");
}
