/* What rows, columns and numbers stand for: every primitive carries it on, from axes with names of their own,
 * so that nothing can be guessed from sizes. */
#include "support.h"

#include "tiny_model/primitives/families.h"

#include <stdio.h>
#include <string.h>

enum { LABELS = 6, MOST_PARTS = 3 };

/* Labels of an axis begin with its first letter. */
static const struct {
    const char *name;
    const char *const labels[LABELS];
} NAMED[] = {
    {"token", {"t0", "t1", "t2", "t3", "t4", "t5"}}, {"feature", {"f0", "f1", "f2", "f3", "f4", "f5"}},
    {"unit", {"u0", "u1", "u2", "u3", "u4", "u5"}}, {"class", {"c0", "c1", "c2", "c3", "c4", "c5"}},
};

/* An axis of so many; only the first of them have labels. NULL: none. */
static short axis_called(Tape *tape, const char *name, int size)
{
    for (size_t i = 0; name && i < sizeof NAMED / sizeof *NAMED; i++)
        if (strcmp(NAMED[i].name, name) == 0)
            return tape_axis(tape, (Axis){name, size, size <= LABELS ? NAMED[i].labels : NULL, false});
    EXPECT(!name, "no axis is called %s", name);
    return AXIS_NONE;
}

typedef struct {
    int rows, cols;
    const char *row, *col, *counts;
} Leaf;

typedef struct {
    const Primitive *primitive;
    Leaf inputs[MOST_PARTS];
    Attributes attributes;
    const char *row, *col, *counts;     /* expected; NULL: none */
    const char *row_label, *col_label;  /* of the first; NULL: none */
    enum { NAMES_ROW = 1, NAMES_COL = 2, NAMES_COUNTS = 4 } label; /* what the label names: token, unit, class */
} Case;

#define PLAIN {.rows = 0} /* no attributes */
#define TF {2, 3, "token", "feature", NULL}
#define BARE {2, 3, NULL, NULL, NULL}
/* One input whose axes stay. */
#define STAYS(primitive) {&primitive, {TF}, PLAIN, "token", "feature", NULL, "t0", "f0"}
/* Two of one form: the axes of the first, or where it has none of the second. */
#define SAME(primitive) \
    {&primitive, {TF, TF}, PLAIN, "token", "feature", NULL, "t0", "f0"}, {&primitive, {BARE, TF}, PLAIN, "token", "feature", NULL, "t0", "f0"}, \
    {&primitive, {TF, BARE}, PLAIN, "token", "feature", NULL, "t0", "f0"}
/* A matrix with a row or a column. */
#define WITH_ROW(primitive) {&primitive, {TF, {1, 3, NULL, "unit", NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"}
#define WITH_COLUMN(primitive) {&primitive, {TF, {2, 1, "unit", NULL, NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"}
#define IDS {1, 4, NULL, "token", "class"}

static const Case CASES[] = {
    {&ROW_SUM_OF_SQUARES, {TF}, PLAIN, "token", NULL, NULL, "t0", NULL},
    {&SMALLEST, {{4, 5, "token", "class", NULL}}, PLAIN, "token", NULL, "class", "t0", NULL},
    {&MATMUL, {TF, {3, 4, "feature", "unit", NULL}}, PLAIN, "token", "unit", NULL, "t0", "u0"},
    {&MATMUL, {{3, 2, "feature", "token", NULL}, {3, 4, "feature", "unit", NULL}}, {.transposed = {true, false}}, "token", "unit", NULL, "t0", "u0"},
    {&MATMUL, {TF, {4, 3, "unit", "feature", NULL}}, {.transposed = {false, true}}, "token", "unit", NULL, "t0", "u0"},
    {&MATMUL, {{3, 2, "feature", "token", NULL}, {4, 3, "unit", "feature", NULL}}, {.transposed = {true, true}}, "token", "unit", NULL, "t0", "u0"},
    {&MATMUL, {{3, 3, "token", "token", NULL}, {3, 3, "token", "feature", NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&MATMUL, {{2, 3, NULL, "feature", NULL}, {3, 4, "feature", NULL, NULL}}, PLAIN, NULL, NULL, NULL, NULL, NULL},
    SAME(ADD), SAME(SUBTRACT), SAME(MULTIPLY), SAME(DIVIDE), SAME(SUM_LARGER), SAME(MOVING_AVERAGE), SAME(MOVING_AVERAGE_OF_SQUARES), SAME(DECAYED_STEP),
    STAYS(SCALE), STAYS(ADD_CONSTANT), STAYS(DIVIDE_BY), STAYS(EXP), STAYS(LOG), STAYS(SQRT), STAYS(TANH), STAYS(ERF), STAYS(SIGMOID), STAYS(LOG_SIGMOID), STAYS(RELU), STAYS(SINE), STAYS(COSINE),
    STAYS(POSITIVE), STAYS(IS_BELOW), STAYS(RUNNING_SUM), STAYS(CAUSAL_MASK), STAYS(ROOT_PLUS),
    {&SCALE_BY, {TF, {1, 1, "unit", "class", NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&ROW_SUM, {TF}, PLAIN, "token", NULL, NULL, "t0", NULL}, {&ROW_MAX, {TF}, PLAIN, "token", NULL, NULL, "t0", NULL},
    {&COLUMN_SUM, {TF}, PLAIN, NULL, "feature", NULL, NULL, "f0"}, {&COLUMN_MAX, {TF}, PLAIN, NULL, "feature", NULL, NULL, "f0"},
    {&COLUMN_SUM_OF_SQUARES, {TF}, PLAIN, NULL, "feature", NULL, NULL, "f0"},
    WITH_ROW(ADD_ROW), WITH_ROW(SUB_ROW), WITH_ROW(MUL_ROW), WITH_ROW(DIV_ROW), WITH_COLUMN(SUB_COL), WITH_COLUMN(MUL_COL), WITH_COLUMN(DIV_COL),
    {&GATHER_ROWS, {{5, 3, "class", "feature", NULL}, IDS}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&GATHER_ROWS, {{5, 3, "class", "feature", "unit"}, IDS}, PLAIN, "token", "feature", "unit", "t0", "f0"}, /* ids that are looked up */
    {&SCATTER_ROWS, {{4, 3, "token", "feature", NULL}, IDS}, {.rows = 5}, "class", "feature", NULL, "c0", "f0"},
    {&PICK, {{4, 5, "token", "class", NULL}, IDS}, PLAIN, "token", NULL, NULL, "t0", NULL},
    {&ONE_HOT, {IDS}, {.cols = 5}, "token", "class", NULL, "t0", "c0"},
    {&GATHER_CELLS, {TF, {2, 4, "unit", "class", NULL}}, PLAIN, "unit", "class", NULL, "u0", "c0"},
    {&SCATTER_CELLS, {{2, 4, "unit", "class", NULL}, {2, 4, "unit", "class", NULL}}, {.rows = 5, .cols = 3}, NULL, NULL, NULL, NULL, NULL},
    {&FIND_ROWS, {{4, 3, "token", NULL, NULL}, {5, 3, "class", NULL, NULL}}, PLAIN, NULL, "token", "class", NULL, "t0"},
    {&FIRST_ABOVE, {{4, 5, "token", "class", NULL}, {4, 1, "token", NULL, NULL}}, PLAIN, "token", NULL, "class", "t0", NULL},
    {&LARGEST_CELLS, {TF}, {.rows = 3}, NULL, NULL, NULL, NULL, NULL},
    STAYS(COPY), {&COPY, {IDS}, PLAIN, NULL, "token", "class", NULL, "t0"},
    {&TRANSPOSE, {TF}, PLAIN, "feature", "token", NULL, "f0", "t0"}, {&TRANSPOSE, {IDS}, PLAIN, "token", NULL, "class", "t0", NULL},
    {&SLICE_COLUMNS, {{2, 6, "token", "feature", NULL}}, {.offset = 0, .cols = 6}, "token", "feature", NULL, "t0", "f0"},
    {&SLICE_COLUMNS, {{2, 6, "token", "feature", NULL}}, {.offset = 0, .cols = 4}, "token", "feature", NULL, "t0", "f0"},
    {&SLICE_COLUMNS, {{2, 6, "token", "feature", NULL}}, {.offset = 2, .cols = 4}, "token", "feature", NULL, "t0", "f2"},
    {&SLICE_COLUMNS, {IDS}, {.offset = 1, .cols = 3}, NULL, "token", "class", NULL, "t1"}, /* as targets are */
    {&SLICE_COLUMNS, {IDS}, {.offset = 1, .cols = 3}, NULL, "unit", "class", NULL, "u0", NAMES_COL}, /* the recorder knows better */
    {&CONCAT, {TF, {2, 4, "token", "unit", NULL}}, PLAIN, "token", "feature", NULL, "t0", NULL}, /* seven features: whose labels? */
    {&CONCAT, {IDS, {1, 1, NULL, NULL, "class"}}, PLAIN, NULL, "token", "class", NULL, NULL}, {&CONCAT, {TF}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&CONCAT, {IDS, {1, 1, NULL, NULL, "class"}}, PLAIN, NULL, "unit", "class", NULL, "u0", NAMES_COL},
    {&AT_LEAST, {TF, {2, 1, "unit", NULL, NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&CHOOSE, {TF, TF, TF}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&STACK, {{3, 4, "token", "feature", NULL}, {2, 4, "unit", "feature", NULL}}, PLAIN, NULL, "feature", NULL, NULL, "f0"},
    {&STACK, {TF}, PLAIN, "token", "feature", NULL, "t0", "f0"},
    {&SLICE_ROWS, {{6, 2, "token", "feature", NULL}}, {.offset = 1, .rows = 3}, NULL, "feature", NULL, NULL, "f0"},
    {&SLICE_ROWS, {{3, 2, "token", "feature", "class"}}, {.rows = 3}, "token", "feature", "class", "t0", "f0"},
    STAYS(RANK_IN_ROW), STAYS(PLACE_IN_COLUMN),
    {&NONZERO_ROWS, {{3, 1, "token", "feature", NULL}}, {.cols = 2}, NULL, NULL, "token", NULL, NULL},
    {&COUNT_PAIRS, {{2, 6, "token", "feature", "class"}, {2, 1, "token", NULL, NULL}}, {.rows = 5}, "class", "class", NULL, "c0", "c0"},
    {&ORDER, {TF}, PLAIN, "feature", NULL, "token", "f0", NULL}, {&LARGEST, {TF}, PLAIN, "token", NULL, "feature", "t0", NULL},
    {&CAN_PART, {{1, 4, NULL, "class", NULL}, {1, 4, NULL, "class", NULL}}, PLAIN, NULL, NULL, NULL, NULL, NULL},
    {&BETWEEN, {{1, 4, NULL, "class", NULL}, {1, 4, NULL, "class", NULL}}, PLAIN, NULL, NULL, NULL, NULL, NULL},
    {&QUANTILES, {{1, 4, NULL, "class", NULL}}, {.cols = 2}, NULL, NULL, NULL, NULL, NULL},
    {&COUNT_UP_TO, {{1, 4, NULL, "token", NULL}, {1, 2, NULL, NULL, NULL}}, PLAIN, NULL, "token", NULL, NULL, "t0"},
    {&LARGEST_PAIR, {{5, 5, "class", "class", NULL}, {1, 5, NULL, "class", NULL}}, PLAIN, NULL, NULL, "class", NULL, NULL},
    {&MERGE_PAIR, {{2, 6, "token", "feature", "class"}, {1, 2, NULL, NULL, "class"}}, PLAIN, "token", "feature", "class", "t0", "f0"},
    {&CUT_ROWS, {{1, 6, NULL, "unit", "class"}, {1, 3, NULL, "token", "unit"}}, {.cols = 4}, "token", NULL, "class", "t0", NULL},
    {&FIRST_PAIR, {{2, 6, "token", "feature", "class"}, {4, 3, NULL, "unit", "class"}}, PLAIN, NULL, "unit", "class", NULL, "u0"},
    {&JOIN_ROWS, {{2, 3, "token", "feature", "class"}}, {.cols = 4}, NULL, NULL, "class", NULL, NULL},
    {&JOIN_ROWS, {{2, 3, "token", "feature", "class"}}, {.cols = 4}, NULL, "unit", "class", NULL, "u0", NAMES_COL},
    {&BROADCAST, {{1, 1, "unit", "class", NULL}}, {.rows = 2, .cols = 3}, NULL, NULL, NULL, NULL, NULL},
    {&BROADCAST, {{1, 1, NULL, NULL, NULL}}, {.rows = 2, .cols = 3}, "token", "unit", NULL, "t0", "u0", NAMES_ROW | NAMES_COL},
    {&FILL, {{0}}, {.rows = 2, .cols = 3}, NULL, NULL, NULL, NULL, NULL},
    {&FILL, {{0}}, {.rows = 1, .cols = 1}, NULL, NULL, "class", NULL, NULL, NAMES_COUNTS},
    {&SPLIT_WORDS, {{1, 9, NULL, NULL, "class"}}, {.rows = 2, .cols = 3}, NULL, NULL, "class", NULL, NULL},
    {&SPLIT_WORDS, {{1, 9, NULL, NULL, "class"}}, {.rows = 2, .cols = 3}, "token", NULL, "class", "t0", NULL, NAMES_ROW},
    {&ROTATE, {{2, 6, "token", "feature", NULL}, {2, 3, "unit", "class", NULL}, {2, 3, "unit", "class", NULL}}, PLAIN, "token", "feature", NULL, "t0", "f0"},
};
enum { CASE_COUNT = sizeof CASES / sizeof *CASES };

static void expect_axis(const Case *test, const char *what, const Axis *axis, const char *name, int size, const char *label)
{
    EXPECT(strcmp(axis->name, name ? name : "") == 0, "%s: its %s are \"%s\", not \"%s\"", test->primitive->name, what, axis->name, name ? name : "");
    if (!name)
        return;
    EXPECT(axis->size == size, "%s: %d %s for %d", test->primitive->name, axis->size, name, size);
    EXPECT(!axis->labels == !label && (!label || strcmp(axis->labels[0], label) == 0), "%s: the %s begin with %s, not %s", test->primitive->name, what,
           axis->labels ? axis->labels[0] : "nothing", label ? label : "nothing");
}

/* On a dry tape: forms and axes are all that there is. */
static void carried(void **state)
{
    static const char *const names[MOST_PARTS] = {"a", "b", "c"};
    const Case *test = *state;
    Tape tape = {.frame = -1, .dry = true};
    const Attributes *attributes = &test->attributes;
    int inputs[MOST_PARTS], count = 0;
    for (; count < MOST_PARTS && test->inputs[count].rows; count++) {
        const Leaf *leaf = &test->inputs[count];
        Shape shape = {leaf->rows, leaf->cols, axis_called(&tape, leaf->row, leaf->rows), axis_called(&tape, leaf->col, leaf->cols),
                       axis_called(&tape, leaf->counts, 5)};
        inputs[count] = tape_leaf(&tape, KIND_INPUT, names[count], shape, NULL);
    }
    Label label = label_with_axes(HERE("out"), axis_called(&tape, test->label & NAMES_ROW ? "token" : NULL, attributes->rows),
                                  axis_called(&tape, test->label & NAMES_COL ? "unit" : NULL, attributes->cols ? attributes->cols : 5),
                                  axis_called(&tape, test->label & NAMES_COUNTS ? "class" : NULL, 5));
    int out = tape_step(&tape, test->primitive, &label, inputs, count, *attributes);
    const Value *value = tape_value(&tape, out);
    expect_axis(test, "rows", tape_rows(&tape, out), test->row, value->rows, test->row_label);
    expect_axis(test, "columns", tape_cols(&tape, out), test->col, value->cols, test->col_label);
    EXPECT(strcmp(tape_counts(&tape, out)->name, test->counts ? test->counts : "") == 0, "%s: its numbers count \"%s\"", test->primitive->name,
           tape_counts(&tape, out)->name);
    tape_free(&tape);
}

static void every_primitive_is_here(void **state)
{
    (void)state;
    for (int p = 0; p < PRIMITIVE_COUNT; p++) {
        int known = 0;
        for (int i = 0; i < CASE_COUNT; i++)
            known += CASES[i].primitive == PRIMITIVES[p];
        EXPECT(known > 0, "nothing is said of the axes of %s", PRIMITIVES[p]->name);
    }
}

/* The same axis has one id, another one another: by name, size, labels and whether it is a sequence. */
static void axes_are_told_apart(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    static const char *const labels[] = {"x", "y", "z"};
    int plain = tape_axis(&tape, (Axis){"token", 3, NULL, false});
    EXPECT(plain >= AXIS_OWN && tape_axis(&tape, (Axis){"token", 3, NULL, false}) == plain, "asked twice, two axes");
    const Axis others[] = {{"feature", 3, NULL, false}, {"token", 2, NULL, false}, {"token", 3, labels, false}, {"token", 3, NULL, true}};
    for (size_t i = 0; i < 4; i++)
        EXPECT(tape_axis(&tape, others[i]) != plain, "axis %zu is taken for another", i);
    int labelled = tape_axis(&tape, others[2]), part = tape_axis_part(&tape, labelled, 2, 1);
    EXPECT(tape.axes[part].size == 2 && tape.axes[part].labels == labels + 1 && strcmp(tape.axes[part].name, "token") == 0, "a part of it");
    EXPECT(tape_axis_part(&tape, labelled, 3, 0) == labelled, "all of it is itself");
    EXPECT(tape.axes[tape_axis_part(&tape, labelled, 3, 1)].labels == NULL, "labels beyond the last");
    EXPECT(tape_axis_part(&tape, AXIS_NONE, 2, 0) == AXIS_NONE && tape_axis_part(&tape, AXIS_LETTER, 2, 0) == AXIS_LETTER, "no axis has no parts");
    tape_rewind(&tape);
    EXPECT(tape_axis(&tape, (Axis){"token", 3, NULL, false}) == AXIS_OWN, "axes are forgotten with the recording");
    tape_free(&tape);
}

int test_axes(void)
{
    TestList list = {0};
    for (int i = 0; i < CASE_COUNT; i++)
        tests_add(&list, carried, &CASES[i], "%s carries its axes, case %d", CASES[i].primitive->name, i);
    tests_add(&list, every_primitive_is_here, NULL, "every primitive is here");
    tests_add(&list, axes_are_told_apart, NULL, "axes are told apart");
    return tests_run(&list, "axes");
}
