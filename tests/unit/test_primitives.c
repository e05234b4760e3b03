/* Each primitive on its sample: the explanation of every cell is what was recorded, shapes that
 * do not fit are refused, the entry in the table is whole. */
#include "support.h"

#include "tiny_model/primitives/families.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What a function of a term's cells must give, as the C library has it; a second opinion on functions.c and update.c.
 * How near the elementary ones are to the truth is for test_elementary.c. */
static double function_of(const Step *step, const Term *term, int col)
{
    const Primitive *p = step->primitive;
    double x = term->cells[0].number;
    if (p == &EXP) return exp(x);
    if (p == &LOG) return log(x);
    if (p == &SQRT) return sqrt(x);
    if (p == &SMALLEST) return term->cell_count == 2 && x <= term->cells[1].number ? term->cells[0].col : NAN;
    if (p == &TANH) return tanh(x);
    if (p == &ERF) return erf(x);
    if (p == &SIGMOID) return 1 / (1 + exp(-x));
    if (p == &LOG_SIGMOID) return -log1p(exp(-x));
    if (p == &SINE) return sin(x);
    if (p == &COSINE) return cos(x);
    if (p == &RELU) return fmax(x, 0);
    if (p == &POSITIVE) return x > 0;
    if (p == &ROOT_PLUS) return sqrt(x) + term->cells[1].number;
    if (p == &ONE_HOT) return x == col;
    if (p == &FIND_ROWS) return term->cells[1].row;
    if (p == &IS_BELOW) return x < term->cells[1].number;
    if (p == &LARGEST) return term->cells[0].col;
    if (p == &ORDER) return term->cells[0].row;
    if (p == &CAN_PART) return term->cells[1].value == step->inputs[0] && term->cells[1].number > x;
    if (p == &BETWEEN) return term->cells[1].value == step->inputs[0] ? (x + term->cells[1].number) / 2 : x;
    if (p == &QUANTILES) return x + term->cells[2].number * (term->cells[1].number - x);
    if (p == &COUNT_UP_TO) return isfinite(term->cells[1].number) ? term->cells[1].col + 1 : 0; /* its b ascends */
    if (p == &LARGEST_PAIR) return col ? term->cells[0].col : term->cells[0].row;
    if (p == &MERGE_PAIR) { /* the sample merges 2 2 in "overlap", 0 1 in "out" and "told", which names the 4 itself */
        bool twos = strncmp(step->label, "overlap", 7) == 0;
        double made = strcmp(step->label, "told") == 0 ? 4 : step->attributes.constants[0];
        return x == (twos ? 2 : 0) && term->cells[1].number == (twos ? 2 : 1) ? made : x;
    }
    if (p == &FIRST_PAIR) { /* 0 0 and 2 1 stand nowhere in the sample's words, 1 0 and 0 1 do */
        const double found[] = {1, 0, 6};
        return term->cells[1].number == 1 && term->cells[2].number == 0 ? found[col] : NAN;
    }
    if (p == &LARGEST_CELLS) return col ? term->cells[0].col : term->cells[0].row;
    if (p == &AT_LEAST) return x >= term->cells[1].number;
    if (p == &RANK_IN_ROW || p == &PLACE_IN_COLUMN) { /* the samples have fewer cells than a term can tell */
        int before = 0;
        const Cell *mine = &term->cells[0];
        for (int i = 1; i < term->cell_count; i++) {
            const Cell *other = &term->cells[i];
            bool better = p == &RANK_IN_ROW ? other->number > x : other->number < x;
            before += better || (other->number == x && other->row + other->col < mine->row + mine->col);
        }
        return before;
    }
    if (p == &NONZERO_ROWS) return x != 0 || col == 3 ? term->cells[0].row : NAN; /* the fourth of three is one that is 0 */
    if (p == &FIRST_ABOVE) return x > term->cells[1].number ? term->cells[0].col : NAN;
    fail_test(__FILE__, __LINE__, "%s: no expectation is written down for this function", p->name);
}

static bool is_elementary(const Primitive *p)
{
    return p == &EXP || p == &LOG || p == &TANH || p == &ERF || p == &SIGMOID || p == &LOG_SIGMOID || p == &SINE || p == &COSINE;
}

static void expect_function(const Tape *tape, const Step *step)
{
    Explanation explanation = {0};
    const Value *output = step_output(tape, step);
    for (int row = 0; row < output->rows; row++)
        for (int col = 0; col < output->cols; col++) {
            EXPECT(explain(tape, step->output, row, col, &explanation), "out of memory");
            double expected = function_of(step, &explanation.terms[0], col);
            EXPECT(is_close(explanation.total, expected, (is_elementary(step->primitive) ? 4 * DBL_EPSILON : 0) * fabs(expected)), "%s[%d,%d] is %.17g, not %.17g", step->primitive->name, row,
                   col, explanation.total, expected);
        }
    explanation_free(&explanation);
}

static bool has_number(const Value *value)
{
    for (size_t i = 0; i < cells_of(value); i++)
        if (value->data[i] != 0)
            return true;
    return false;
}

static void explains_its_sample(void **state)
{
    const Primitive *primitive = *state;
    Tape tape = {.frame = -1};
    primitive->sample(&tape);
    int found = 0;
    for (int step = 0; step < tape.step_count; step++) {
        if (tape.steps[step].primitive != primitive)
            continue;
        found++;
        expect_step_explained(&tape, step);
        EXPECT(has_number(step_output(&tape, &tape.steps[step])), "%s: a sample of zeros shows nothing", primitive->name);
        if (primitive->combine == COMBINE_FUNCTION)
            expect_function(&tape, &tape.steps[step]);
    }
    EXPECT(found > 0, "%s: the sample does not record it", primitive->name);
    tape_free(&tape);
}

enum { ROWS = 1, COLS = 2 };

/* The sides of inputs that may have any length; all others are settled by the other inputs or by
 * the attributes. matmul's depend on what is transposed. */
typedef struct {
    const Primitive *primitive;
    int input;
    int sides;
} Free;

static const Free FREE[] = {
    {&ROW_SUM_OF_SQUARES, 0, ROWS | COLS}, {&SMALLEST, 0, ROWS | COLS},
    {&SCALE, 0, ROWS | COLS}, {&ADD_CONSTANT, 0, ROWS | COLS}, {&DIVIDE_BY, 0, ROWS | COLS}, {&SCALE_BY, 0, ROWS | COLS},
    {&EXP, 0, ROWS | COLS}, {&LOG, 0, ROWS | COLS}, {&SQRT, 0, ROWS | COLS}, {&TANH, 0, ROWS | COLS},
    {&ERF, 0, ROWS | COLS}, {&SIGMOID, 0, ROWS | COLS}, {&LOG_SIGMOID, 0, ROWS | COLS}, {&SINE, 0, ROWS | COLS}, {&COSINE, 0, ROWS | COLS}, {&RELU, 0, ROWS | COLS}, {&POSITIVE, 0, ROWS | COLS},
    {&GATHER_CELLS, 0, ROWS | COLS}, {&GATHER_CELLS, 1, ROWS | COLS},
    {&ROW_SUM, 0, ROWS | COLS}, {&ROW_MAX, 0, ROWS | COLS}, {&COLUMN_SUM, 0, ROWS | COLS},
    {&COLUMN_MAX, 0, ROWS | COLS}, {&COLUMN_SUM_OF_SQUARES, 0, ROWS | COLS},
    {&ADD_ROW, 0, ROWS}, {&SUB_ROW, 0, ROWS}, {&MUL_ROW, 0, ROWS}, {&DIV_ROW, 0, ROWS},
    {&SUB_COL, 0, COLS}, {&MUL_COL, 0, COLS}, {&DIV_COL, 0, COLS},
    {&GATHER_ROWS, 0, ROWS | COLS}, {&GATHER_ROWS, 1, COLS}, {&SCATTER_ROWS, 0, COLS},
    {&PICK, 0, ROWS | COLS}, {&PICK, 1, COLS}, {&ONE_HOT, 0, COLS}, {&FIND_ROWS, 0, ROWS}, {&FIND_ROWS, 1, ROWS},
    {&IS_BELOW, 0, ROWS | COLS}, {&RUNNING_SUM, 0, ROWS | COLS}, {&FIRST_ABOVE, 0, COLS}, {&LARGEST_CELLS, 0, ROWS | COLS},
    {&COPY, 0, ROWS | COLS}, {&TRANSPOSE, 0, ROWS | COLS}, {&CAUSAL_MASK, 0, ROWS | COLS}, {&ROOT_PLUS, 0, ROWS | COLS},
    {&SLICE_COLUMNS, 0, ROWS | COLS}, {&SPLIT_WORDS, 0, COLS},
    {&CONCAT, 0, COLS}, {&CONCAT, 1, COLS}, {&CONCAT, 2, COLS}, {&AT_LEAST, 0, COLS},
    {&COUNT_PAIRS, 0, COLS}, {&MERGE_PAIR, 0, ROWS | COLS}, {&CUT_ROWS, 0, COLS}, {&CUT_ROWS, 1, COLS},
    {&FIRST_PAIR, 0, ROWS | COLS}, {&FIRST_PAIR, 1, ROWS}, {&JOIN_ROWS, 0, ROWS | COLS},
    {&STACK, 0, ROWS}, {&STACK, 1, ROWS}, {&STACK, 2, ROWS}, {&SLICE_ROWS, 0, ROWS | COLS},
    {&RANK_IN_ROW, 0, ROWS | COLS}, {&PLACE_IN_COLUMN, 0, ROWS | COLS}, {&NONZERO_ROWS, 0, ROWS},
    {&ORDER, 0, ROWS | COLS}, {&LARGEST, 0, ROWS | COLS}, {&QUANTILES, 0, COLS}, {&COUNT_UP_TO, 0, COLS}, {&COUNT_UP_TO, 1, COLS},
};

/* Lengths that are free, but not below what the rest asks for. */
static const struct {
    const Primitive *primitive;
    int input, rows, cols;
} TOO_SMALL[] = {{&PICK, 0, 3, 7}, {&PICK, 1, 1, 6}, {&SLICE_COLUMNS, 0, 3, 3}, {&LARGEST_CELLS, 0, 1, 3},
               {&CUT_ROWS, 0, 1, 3}, {&JOIN_ROWS, 0, 3, 3},
               {&SLICE_ROWS, 0, 3, 3}, {&NONZERO_ROWS, 0, 2, 1}};

static int free_sides(const Step *step, int input)
{
    if (step->primitive == &MATMUL)
        return (input == 0) == step->attributes.transposed[input] ? COLS : ROWS;
    for (size_t i = 0; i < sizeof FREE / sizeof *FREE; i++)
        if (FREE[i].primitive == step->primitive && FREE[i].input == input)
            return FREE[i].sides;
    return 0;
}

/* Is the step legal with its input replaced by a leaf of rows x cols? */
static bool takes(Tape *tape, int step, int input, int rows, int cols)
{
    int leaf = tape_leaf(tape, KIND_INPUT, "other", (Shape){rows, cols}, NULL);
    Step changed = tape->steps[step];
    int inputs[4];
    EXPECT(changed.input_count <= 4, "a sample of more than four inputs");
    for (int i = 0; i < changed.input_count; i++)
        inputs[i] = changed.inputs[i];
    inputs[input] = leaf;
    changed.inputs = inputs;
    Shape shape;
    return changed.primitive->shape(tape, &changed, &shape);
}

static void expect_shapes_refused(Tape *tape, int step, int input)
{
    const Step *of = &tape->steps[step];
    const char *name = of->primitive->name;
    int rows = step_input(tape, of, input)->rows, cols = step_input(tape, of, input)->cols;
    int open = free_sides(of, input);
    EXPECT(takes(tape, step, input, rows, cols), "%s: input %d of its own shape is refused", name, input);
    EXPECT(takes(tape, step, input, rows + 1, cols) == !!(open & ROWS), "%s: input %d with a row more", name, input);
    EXPECT(takes(tape, step, input, rows, cols + 1) == !!(open & COLS), "%s: input %d with a column more", name, input);
    if (rows > 1 && !(open & ROWS))
        EXPECT(!takes(tape, step, input, rows - 1, cols), "%s: input %d with a row less", name, input);
    if (cols > 1 && !(open & COLS))
        EXPECT(!takes(tape, step, input, rows, cols - 1), "%s: input %d with a column less", name, input);
    for (size_t i = 0; i < sizeof TOO_SMALL / sizeof *TOO_SMALL; i++)
        if (TOO_SMALL[i].primitive == of->primitive && TOO_SMALL[i].input == input)
            EXPECT(!takes(tape, step, input, TOO_SMALL[i].rows, TOO_SMALL[i].cols), "%s: input %d is too small", name,
                   input);
}

static void refuses_shapes(void **state)
{
    const Primitive *primitive = *state;
    Tape tape = {.frame = -1};
    primitive->sample(&tape);
    int steps = tape.step_count, tried = 0;
    for (int step = 0; step < steps; step++)
        for (int input = 0; tape.steps[step].primitive == primitive && input < tape.steps[step].input_count; input++) {
            expect_shapes_refused(&tape, step, input);
            tried++;
        }
    EXPECT(tried > 0 || primitive->arity == 0, "%s: no input was tried", primitive->name);
    tape_free(&tape);
}

/* Attributes that no output can have. */
static void refuses_attributes(void **state)
{
    (void)state;
    static const struct {
        const Primitive *primitive;
        Attributes attributes;
    } bad[] = {
        {&FILL, {.rows = 0, .cols = 3}}, {&FILL, {.rows = 2, .cols = -1}}, {&BROADCAST, {.rows = 0, .cols = 1}},
        {&SLICE_COLUMNS, {.offset = -1, .cols = 2}}, {&SLICE_COLUMNS, {.offset = 0, .cols = 0}},
        {&SLICE_COLUMNS, {.offset = 4, .cols = 2}}, {&SLICE_COLUMNS, {.offset = 2147483647, .cols = 2}},
        {&SCATTER_ROWS, {.rows = 0}}, {&LARGEST_CELLS, {.rows = 0}}, {&LARGEST_CELLS, {.rows = 16}}, {&ONE_HOT, {.cols = 0}}, {&SPLIT_WORDS, {.rows = 0, .cols = 3}},
        {&SLICE_ROWS, {.offset = -1, .rows = 2}}, {&SLICE_ROWS, {.offset = 4, .rows = 2}}, {&SLICE_ROWS, {.rows = 0}},
        {&NONZERO_ROWS, {.cols = 0}}, {&NONZERO_ROWS, {.cols = 6}},
        {&SPLIT_WORDS, {.rows = 12, .cols = 1, .offset = 1}}, /* more characters than the text has */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Tape tape = {.frame = -1};
        bad[i].primitive->sample(&tape);
        Step step = tape.steps[0];
        step.attributes = bad[i].attributes;
        Shape shape;
        EXPECT(!step.primitive->shape(&tape, &step, &shape), "%s: attributes %d of the list", step.primitive->name, (int)i);
        tape_free(&tape);
    }
}

static bool is_text(const char *text)
{
    return text && *text;
}

static void entry_is_whole(void **state)
{
    const Primitive *p = *state;
    EXPECT(is_text(p->name) && is_text(p->symbol) && is_text(p->ascii) && is_text(p->meaning) && is_text(p->notation),
           "a text is missing");
    for (const char *c = p->ascii; *c; c++)
        EXPECT((unsigned char)*c < 0x80, "%s: the plain symbol is not plain", p->name);
    EXPECT(p->arity >= -1 && p->shape && p->run && p->explain && p->sample, "%s: a part is missing", p->name);
    EXPECT(p->flops >= 0 && p->flops_inner >= 0, "%s: a negative cost", p->name);
    for (int i = 0; i < PRIMITIVE_COUNT; i++)
        EXPECT(PRIMITIVES[i] == p || strcmp(PRIMITIVES[i]->name, p->name) != 0, "%s stands twice", p->name);
}

int test_primitives(void)
{
    TestList list = {0};
    for (int i = 0; i < PRIMITIVE_COUNT; i++) {
        tests_add(&list, entry_is_whole, PRIMITIVES[i], "%s: its entry is whole", PRIMITIVES[i]->name);
        tests_add(&list, explains_its_sample, PRIMITIVES[i], "%s: every cell is explained", PRIMITIVES[i]->name);
        tests_add(&list, refuses_shapes, PRIMITIVES[i], "%s: wrong shapes are refused", PRIMITIVES[i]->name);
    }
    if (list.count > 0)
        tests_add(&list, refuses_attributes, NULL, "attributes that cannot be are refused");
    return tests_run(&list, "primitives");
}
