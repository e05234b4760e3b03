/* How a step and a cell of each primitive are written, in Unicode and without. */
#include "support.h"

#include "tiny_model/primitives/families.h"
#include "tracer/query/formula.h"

#include <string.h>

/* The first step of the primitive's sample; ascii NULL: the same. */
static const struct {
    const Primitive *primitive;
    const char *unicode, *ascii;
} STEPS[] = {
    {&ROW_SUM_OF_SQUARES, "out = Σ row²(a)", "out = sum row^2(a)"}, {&SMALLEST, "out = smallest(a)", NULL},
    {&MATMUL, "c = a × b", "c = a x b"},
    {&ADD, "out = a + b", NULL}, {&SUBTRACT, "out = a − b", "out = a - b"}, {&MULTIPLY, "out = a ⊙ b", "out = a * b"},
    {&DIVIDE, "out = a ÷ b", "out = a / b"}, {&SCALE, "out = a · -0.7000", "out = a * -0.7000"},
    {&ADD_CONSTANT, "out = a + 0.3000", NULL}, {&DIVIDE_BY, "out = a ÷ 1.7000", "out = a / 1.7000"},
    {&SCALE_BY, "out = a · b", "out = a * b"},
    {&EXP, "out = exp(a)", NULL}, {&LOG, "out = log(a)", NULL}, {&SQRT, "out = sqrt(a)", NULL},
    {&TANH, "out = tanh(a)", NULL}, {&ERF, "out = erf(a)", NULL}, {&SIGMOID, "out = sigmoid(a)", NULL}, {&LOG_SIGMOID, "out = log sigmoid(a)", NULL}, {&SINE, "out = sin(a)", NULL}, {&COSINE, "out = cos(a)", NULL},
    {&GATHER_CELLS, "out = cells(a, places)", NULL}, {&SCATTER_CELLS, "out = scatter cells(dy, places)", NULL},
    {&RELU, "out = relu(a)", NULL}, {&POSITIVE, "out = positive(a)", NULL},
    {&ROW_SUM, "out = Σ row(a)", "out = sum row(a)"}, {&ROW_MAX, "out = max row(a)", NULL},
    {&COLUMN_SUM, "out = Σ column(a)", "out = sum column(a)"}, {&COLUMN_MAX, "out = max column(a)", NULL},
    {&COLUMN_SUM_OF_SQUARES, "out = Σ column²(a)", "out = sum column^2(a)"},
    {&ADD_ROW, "out = a + b", NULL}, {&SUB_ROW, "out = a − b", "out = a - b"}, {&MUL_ROW, "out = a ⊙ b", "out = a * b"},
    {&DIV_ROW, "out = a ÷ b", "out = a / b"}, {&SUB_COL, "out = a − b", "out = a - b"},
    {&MUL_COL, "out = a ⊙ b", "out = a * b"}, {&DIV_COL, "out = a ÷ b", "out = a / b"},
    {&GATHER_ROWS, "out = rows(a, ids)", NULL}, {&SCATTER_ROWS, "out = scatter(dy, ids)", NULL},
    {&PICK, "out = pick(a, ids)", NULL}, {&ONE_HOT, "out = one-hot(ids)", NULL},
    {&FIND_ROWS, "out = find(rows, table)", NULL},
    {&SUM_LARGER, "out = Σ larger(a, b)", "out = sum larger(a, b)"},
    {&IS_BELOW, "out = below(a; 0.1000)", NULL}, {&FIRST_ABOVE, "out = first above(ends, point)", NULL},
    {&LARGEST_CELLS, "out = largest 4 of a", NULL},
    {&COUNT_PAIRS, "counts = pairs(words, occurrences)", NULL}, {&LARGEST_PAIR, "out = largest pair(counts; order order)", NULL},
    {&MERGE_PAIR, "out = merge(words, chosen)", NULL}, {&CUT_ROWS, "out = cut(text, starts)", NULL},
    {&FIRST_PAIR, "out = first pair(words; merges)", NULL}, {&JOIN_ROWS, "out = join(words)", NULL},
    {&ORDER, "out = order(a)", NULL}, {&CAN_PART, "out = can part(a; members)", NULL}, {&BETWEEN, "out = between(a; members)", NULL},
    {&QUANTILES, "out = quantiles(a; 4)", NULL}, {&COUNT_UP_TO, "out = count up to(a; edges)", NULL}, {&LARGEST, "out = largest(a)", NULL},
    {&AT_LEAST, "out = a ≥ b", "out = a >= b"}, {&CHOOSE, "out = choose(mask; a, b)", NULL}, {&STACK, "out = a above b", NULL},
    {&SLICE_ROWS, "out = rows(a from 2)", NULL}, {&RANK_IN_ROW, "out = rank(a)", NULL},
    {&PLACE_IN_COLUMN, "out = place(a)", NULL}, {&NONZERO_ROWS, "out = who(a)", NULL},
    {&RUNNING_SUM, "out = Σ so far(a)", "out = sum so far(a)"},
    {&COPY, "out = copy(a)", NULL}, {&TRANSPOSE, "out = transpose(a)", NULL},
    {&SLICE_COLUMNS, "out = columns(a)", NULL}, {&CONCAT, "out = a | b | c", NULL},
    {&BROADCAST, "out = broadcast(a)", NULL}, {&FILL, "out = constant(0.7000)", NULL},
    {&CAUSAL_MASK, "out = mask(a; -inf)", NULL}, {&SPLIT_WORDS, "out = words(text)", NULL},
    {&ROTATE, "out = rotate(x, cos, sin)", NULL},
    {&MOVING_AVERAGE, "out = average(a, b; 0.9000)", NULL},
    {&MOVING_AVERAGE_OF_SQUARES, "out = average²(a, b; 0.7500)", "out = average^2(a, b; 0.7500)"},
    {&ROOT_PLUS, "out = root+(a; 0.0100)", NULL}, {&DECAYED_STEP, "out = step(a, b; 0.9500, 0.1000)", NULL},
};

/* The functions' cells that are not written as their steps are. */
static const struct {
    const Primitive *primitive;
    const char *begins;
} CELLS[] = {{&EXP, "exp("}, {&ROOT_PLUS, "sqrt("}, {&IS_BELOW, "below("}, {&LARGEST_PAIR, "largest("}, {&FIRST_PAIR, "first("}};

typedef struct {
    Tape tape;
    Names names;
} Sample;

static void open_sample(Sample *sample, const Primitive *primitive)
{
    Error error = {0};
    *sample = (Sample){.tape = {.frame = -1}};
    tape_begin_phase(&sample->tape, PHASE_FORWARD);
    primitive->sample(&sample->tape);
    tape_end(&sample->tape);
    EXPECT(names_init(&sample->names, &sample->tape, &error), "%s", error.text);
}

static void close_sample(Sample *sample)
{
    names_free(&sample->names);
    tape_free(&sample->tape);
}

static int first_step(const Tape *tape, const Primitive *primitive)
{
    for (int step = 0; step < tape->step_count; step++)
        if (tape->steps[step].primitive == primitive)
            return step;
    fail_test(__FILE__, __LINE__, "%s: the sample does not record it", primitive->name);
}

static void expect_step(const Names *names, int step, bool ascii, const char *expected)
{
    Text formula = {0};
    step_formula(names, step, false, ascii, &formula);
    EXPECT(strcmp(formula.data, expected) == 0, "\"%s\" instead of \"%s\"", formula.data, expected);
    for (const char *c = formula.data; ascii && *c; c++)
        EXPECT((unsigned char)*c < 0x80, "\"%s\" is not plain", formula.data);
    text_free(&formula);
}

static void steps_are_written(void **state)
{
    const Primitive *primitive = *state;
    Sample sample;
    int written = 0;
    open_sample(&sample, primitive);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
        if (STEPS[i].primitive == primitive) {
            int step = first_step(&sample.tape, primitive);
            expect_step(&sample.names, step, false, STEPS[i].unicode);
            expect_step(&sample.names, step, true, STEPS[i].ascii ? STEPS[i].ascii : STEPS[i].unicode);
            written++;
        }
    EXPECT(written == 1, "%s is expected %d times", primitive->name, written);
    close_sample(&sample);
}

/* The sample of matmul takes neither, the first, the second and both inputs transposed. */
static void transposed_inputs_are_marked(void **state)
{
    (void)state;
    static const char *const expected[] = {"c = a × b", "c = aᵀ × b", "c = a × bᵀ", "c = aᵀ × bᵀ"};
    Sample sample;
    open_sample(&sample, &MATMUL);
    for (int step = 0; step < 4; step++)
        expect_step(&sample.names, step, false, expected[step]);
    expect_step(&sample.names, 3, true, "c = a^T x b^T");
    close_sample(&sample);
}

/* The second step of these samples is of the other form, which its formula tells. */
static void forms_are_told(void **state)
{
    (void)state;
    static const struct {
        const Primitive *primitive;
        const char *formula;
    } forms[] = {{&CAUSAL_MASK, "windowed = mask(a; -inf; window 2)"},
                 {&ROTATE, "halves = rotate(x, cos, sin; by halves)"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        Sample sample;
        open_sample(&sample, forms[i].primitive);
        expect_step(&sample.names, 1, false, forms[i].formula);
        expect_step(&sample.names, 1, true, forms[i].formula);
        close_sample(&sample);
    }
}

static void cells_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        Sample sample;
        Explanation e = {0};
        Text formula = {0};
        open_sample(&sample, CELLS[i].primitive);
        int output = sample.tape.steps[first_step(&sample.tape, CELLS[i].primitive)].output;
        EXPECT(explain(&sample.tape, output, 0, 0, &e), "out of memory");
        cell_formula(&sample.names, output, 0, 0, &e, (FormulaStyle){.digits = 4}, &formula);
        EXPECT(text_begins(formula.data, CELLS[i].begins), "\"%s\"", formula.data);
        EXPECT(!strpbrk(formula.data, "{}[];"), "\"%s\" has a place left", formula.data);
        text_free(&formula);
        explanation_free(&e);
        close_sample(&sample);
    }
}

/* A number that comes from a size of the model says so, one of the optimizer's does not: its 0.5 is no 1/2. */
static void constants_tell_their_origin(void **state)
{
    (void)state;
    static const struct {
        const char *name, *formula, *ascii;
    } cases[] = {
        {"block0.attention.norm.mean", "mean = sum · 1/6 (0.1667)", "mean = sum * 1/6 (0.1667)"},
        {"block0.attention.head0.scaled", "scaled = scores ÷ √3 (1.7321)", "scaled = scores / sqrt(3) (1.7321)"},
        {"loss", "loss = sum · 1/4 (0.2500)", "loss = sum * 1/4 (0.2500)"},
        {"head.W.m", "W.m = average(W.m_before, W.grad.clipped; 0.5000)", "W.m = average(W.m_before, W.grad.clipped; 0.5000)"},
    };
    Session session;
    open_model(&session, "tiny", NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int step = tape_value(&session.run.tape, name_find(&session.names, cases[i].name))->producer;
        expect_step(&session.names, step, false, cases[i].formula);
        expect_step(&session.names, step, true, cases[i].ascii);
    }
    Explanation e = {0};
    Text formula = {0};
    int mean = name_find(&session.names, cases[0].name);
    EXPECT(explain(&session.run.tape, mean, 0, 0, &e), "out of memory");
    cell_formula(&session.names, mean, 0, 0, &e, (FormulaStyle){.digits = 4}, &formula);
    EXPECT(text_begins(formula.data, "1/6 (0.1667) × (-0.4000) = "), "\"%s\"", formula.data);
    text_free(&formula);
    explanation_free(&e);
    session_close(&session);
}

int test_formula(void)
{
    TestList list = {0};
    for (int i = 0; i < PRIMITIVE_COUNT; i++)
        tests_add(&list, steps_are_written, PRIMITIVES[i], "%s: its formula", PRIMITIVES[i]->name);
    if (list.count > 0) {
        tests_add(&list, transposed_inputs_are_marked, NULL, "inputs that are taken transposed are marked");
        tests_add(&list, forms_are_told, NULL, "windows and halves are told");
        tests_add(&list, cells_are_written, NULL, "cells of functions");
        tests_add(&list, constants_tell_their_origin, NULL, "numbers that come from a size tell it");
    }
    return tests_run(&list, "formula");
}
