/* trees: gradient-boosted trees for two classes, every place where a node could have been cut on the tape. Nothing is
 * trained by gradients that flow back; each round fits a tree to the slope of the loss. Chapter 28.
 *
 *   base = ln(p / (1 - p)) of base_score, margin = base + the leaf values of the rounds so far
 *   round r:  probability = sigmoid(margin), gradient = probability - y, hessian = probability (1 - probability)
 *             node i: member [N x 1], its rows; G, H their sums; if it is cut, rows with x < split go to node 2i + 1,
 *             the others to node 2i + 2; if not, they take its value
 *   x [N x F]; rows are examples. All nodes there could be are recorded, also those where nobody is: which rows a
 *   node has is a number like any other, and may change when a number before it does */
#include "trees.h"

#include "../elementary/elementary.h"
#include "../record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Trees, key_)

static const ModelKey KEYS[] = {
    {.group = "data", .key = "columns", .type = KEY_TEXTS, .place = KEY_OF_SYSTEM, .offset = offsetof(Trees, columns),
     .least = 1, .most = MOST_WIDTH, .may_be_absent = true, .meaning = "what the features are called; a csv says it"},
    {OF(rounds, KEY_INTEGER), .least = 1, .most = MOST_ROUNDS, .meaning = "trees, one after the other"},
    {OF(depth, KEY_INTEGER), .least = 0, .most = MOST_DEPTH, .meaning = "how many cuts lead to a leaf at most"},
    {OF(learning_rate, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true,
     .meaning = "share of its best value that a leaf takes, eta"},
    {OF(lambda, KEY_NUMBER), .least = 0, .most = 1e300, .meaning = "added to every sum of second derivatives"},
    {OF(gamma, KEY_NUMBER), .least = 0, .most = 1e300,
     .meaning = "what a cut must gain, or it is not made; half of what xgboost calls so"},
    {OF(min_child_weight, KEY_NUMBER), .least = 0, .most = 1e300,
     .meaning = "least sum of second derivatives on either side of a cut"},
    {OF(base_score, KEY_NUMBER), .least = 1e-15, .most = 1 - 1e-15,
     .meaning = "the probability before the first round"},
    {OF(bins, KEY_INTEGER), .least = 1, .most = MOST_BINS, .may_be_absent = true,
     .meaning = "cuts are tried between so many parts of equal size; absent: between all numbers"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"x", FIELD_NUMBERS, "the features"},
    {"class", FIELD_INTEGER, "the class, 0 or 1"},
    {"label", FIELD_TEXT, "or the class by its name; the second that appears is 1"},
    {NULL, FIELD_TEXT, NULL},
};

/* Eight people, what they slept and drank, and whether they are still awake at midnight. Some numbers are equal, so
 * that a place where nothing can be cut is to be seen. */
static void defaults(Model *model)
{
    enum { ROWS = 8 };
    static const double x[ROWS][2] = {{5, 2}, {8, 0}, {6, 3}, {7, 1}, {9, 2}, {4, 0}, {6, 5}, {8, 4}},
                        y[ROWS] = {0, 0, 1, 0, 1, 0, 1, 1};
#define ROW(i) {{"x", NULL, x[i], 2}, {"class", NULL, &y[i], 1}}
    static const Field fields[ROWS][2] = {ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7)};
    static const Example examples[ROWS] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2}, {fields[3], 2},
                                           {fields[4], 2}, {fields[5], 2}, {fields[6], 2}, {fields[7], 2}};
    model->data = (Data){.examples = examples, .example_count = ROWS};
    *(Trees *)model->settings =
        (Trees){.rounds = 3, .depth = 2, .learning_rate = 0.3, .lambda = 1, .base_score = 0.5};
}

/* Rows that training.validation keeps apart, from the end. */
static int rows_apart(const Model *model)
{
    return (int)(model->training.validation * model->data.example_count);
}

static bool sizes_work(const Trees *trees, Error *error)
{
    if (trees->of.count > 2)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the data have %d classes; trees tell two apart, 0 and 1, or two labels",
                         trees->of.count);
    if (trees->rows < 2)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has %d row to learn from; a cut needs two",
                         trees->rows);
    if (trees->columns.count && trees->columns.count != trees->features)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"columns\" has %d names for %d features; one for each",
                         trees->columns.count, trees->features);
    return trees->bins != 1 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: \"bins\" is 1, and nothing can be cut in one part; take 2 or more");
}

static bool finish(Model *model, Error *error)
{
    Trees *trees = model->settings;
    int count = model->data.example_count;
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\" and no \"csv\"");
    if (!classes_begin(&trees->of, model, NULL, error))
        return false;
    for (int i = 0; i < count; i++)
        if (!features_take(&model->data.examples[i], i, &trees->features, error) ||
            !classes_take(&trees->of, &model->data.examples[i], i, error))
            return false;
    if (model->data.columns.count)
        trees->columns = model->data.columns;
    trees->held = rows_apart(model);
    trees->rows = count - trees->held;
    if (!sizes_work(trees, error))
        return false;
    classes_end(&trees->of, 2);
    size_t width = (size_t)trees->features;
    trees->numbers = arena_alloc(&model->arena, (size_t)count * width * sizeof *trees->numbers + 1);
    trees->classes = arena_alloc(&model->arena, (size_t)count * sizeof *trees->classes);
    if (!trees->numbers || !trees->classes)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        memcpy(trees->numbers + (size_t)i * width, example_field(&model->data.examples[i], "x")->numbers,
               width * sizeof *trees->numbers);
        trees->classes[i] = trees->of.of_row[i];
    }
    return true;
}

/* What the recording of a forest hands from one part to the next: ids of values. */
typedef struct {
    Tape *tape;
    const Trees *trees;
    Boosting how;
    short features;             /* their axis */
    int columns;                /* [F x N] */
    int *order, *sorted;        /* of each feature; with bins order is the bin of each row */
    int *edges;                 /* of each feature, with bins */
    int gradient, hessian;      /* of the round [N x 1] */
    int *members, *leaves;      /* of each node of the round [N x 1] */
} Growth;

static void record_feature(Growth *growth, int f, int x)
{
    Tape *tape = growth->tape;
    tape_begin(tape, "feature", f, NULL);
    int column = slice_columns(tape, HERE("column"), x, f, 1);
    int rows = order(tape, HERE("order"), column);
    growth->order[f] = rows;
    growth->sorted[f] = transpose(tape, HERE("sorted"), gather_rows(tape, HERE("values"), column, rows));
    if (growth->trees->bins) {
        growth->edges[f] = quantiles(tape, HERE("edges"), growth->sorted[f], growth->trees->bins - 1);
        short bins = tape_axis(tape, (Axis){"bucket", growth->trees->bins, NULL, false});
        Label label = label_with_axes(HERE("bin"), AXIS_NONE, AXIS_NONE, bins);
        growth->order[f] = count_up_to(tape, &label, transpose(tape, HERE("row"), column), growth->edges[f]);
    }
    tape_end(tape);
}

/* What of a column [N x 1] stands left of each place where a node may be cut [1 x P]: its rows in ascending order, or
 * summed up in bins, then added from the left. */
static int left_sums(const Growth *growth, const char *name, int f, int column)
{
    Tape *tape = growth->tape;
    int bins = growth->trees->bins, ids = growth->order[f];
    tape_begin(tape, name, -1, NULL);
    int parts = bins ? scatter_rows(tape, HERE("binned"), column, ids, bins)
                     : gather_rows(tape, HERE("sorted"), column, ids);
    int row = transpose(tape, HERE("row"), parts);
    int before = slice_columns(tape, HERE("before"), row, 0, tape_value(tape, row)->cols - 1);
    int left = running_sum(tape, HERE("left"), before);
    tape_end(tape);
    return left;
}

/* The places of a feature where a node may be cut: returns 1 where both sides get rows, [1 x P], and *places, where
 * they are. */
static int cuts_between_rows(const Growth *growth, int f, int member, int *places)
{
    Tape *tape = growth->tape;
    int in_order = gather_rows(tape, HERE("member"), member, growth->order[f]);
    int members = transpose(tape, HERE("members"), in_order);
    *places = between(tape, HERE("cuts"), growth->sorted[f], members);
    return can_part(tape, HERE("possible"), growth->sorted[f], members);
}

static int cuts_between_bins(const Growth *growth, int f, int member, int *places)
{
    Tape *tape = growth->tape;
    int left = left_sums(growth, "rows", f, member), all = column_sum(tape, HERE("all"), member);
    int right = scale(tape, HERE("right"), sub_col(tape, HERE("missing"), left, all), -1);
    int some = positive_part_slope(tape, HERE("left.some"), left);
    *places = growth->edges[f];
    return multiply(tape, HERE("possible"), some, positive_part_slope(tape, HERE("right.some"), right));
}

/* The gain of every place of a feature, and where these places are. */
static int record_gains(const Growth *growth, int f, int member, Sides sides, int gradient, int hessian, int *places)
{
    Tape *tape = growth->tape;
    tape_begin(tape, "feature", f, NULL);
    sides.left_g = left_sums(growth, "gradient", f, gradient);
    sides.left_h = left_sums(growth, "hessian", f, hessian);
    sides.possible = (growth->trees->bins ? cuts_between_bins : cuts_between_rows)(growth, f, member, places);
    int gains = gain(tape, "gain", &sides, &growth->how);
    tape_end(tape);
    return gains;
}

/* The rows on either side of the chosen cut, and those that stay because no cut is any good. */
static void part_rows(Growth *growth, int node, int feature, int cut, int better, int *stay)
{
    Tape *tape = growth->tape;
    int member = growth->members[node];
    int is_cut = positive_part_slope(tape, HERE("is_cut"), better);
    int parted = scale_by(tape, HERE("parted"), member, is_cut);
    *stay = subtract(tape, HERE("stay"), member, parted);
    int x = gather_rows(tape, HERE("x"), growth->columns, feature);
    int right = transpose(tape, HERE("goes_right"), at_least(tape, HERE("not_below"), x, cut));
    growth->members[2 * node + 2] = multiply(tape, HERE("right"), parted, right);
    growth->members[2 * node + 1] = subtract(tape, HERE("left"), parted, growth->members[2 * node + 2]);
}

static void record_node(Growth *growth, int node)
{
    Tape *tape = growth->tape;
    const Trees *trees = growth->trees;
    bool may_be_cut = 2 * node + 2 < tree_nodes(trees);
    int *gains = tape_ints(tape, 2 * trees->features, -1), *places = gains + trees->features;
    tape_begin(tape, "node", node, NULL);
    int member = node ? copy(tape, HERE("member"), growth->members[node])
                      : fill(tape, HERE("member"), 1, trees->rows, 1);
    growth->members[node] = member;
    int gradient = multiply(tape, HERE("g"), growth->gradient, member);
    int hessian = multiply(tape, HERE("h"), growth->hessian, member);
    int g = column_sum(tape, HERE("G"), gradient), h = column_sum(tape, HERE("H"), hessian), stay = member;
    if (may_be_cut) {
        int weight = add_constant(tape, HERE("whole.weight"), h, growth->how.lambda);
        int whole = divide(tape, HERE("whole"), multiply(tape, HERE("whole.squared"), g, g), weight);
        for (int f = 0; f < trees->features; f++)
            gains[f] = record_gains(growth, f, member, (Sides){.g = g, .h = h, .whole = whole}, gradient, hessian,
                                    &places[f]);
        int cut = split(tape, "split", gains, places, trees->features, growth->features);
        const Call *call = &tape->calls[tape->call_count - 1];
        part_rows(growth, node, call->saved[SPLIT_FEATURE], cut, call->saved[SPLIT_GAIN], &stay);
    }
    int value = leaf_value(tape, "value", g, h, &growth->how);
    growth->leaves[node] = scale_by(tape, HERE("leaf"), stay, value);
    tape_end(tape);
}

/* The mean over the rows. */
static int record_loss(Tape *tape, const char *name, int margin, int y)
{
    int each = binary_cross_entropy(tape, "cross_entropy", "loss.per_example", margin, y);
    return scale(tape, HERE(name), column_sum(tape, HERE("loss.sum"), each), 1.0 / tape_value(tape, each)->rows);
}

/* Grows one tree on the margins that the last one left, *margin, whose leaf values are `added`, or -1; returns the
 * value of the leaf that each row has come to. */
static int record_round(Growth *growth, int round, int *margin, int added, int y)
{
    Tape *tape = growth->tape;
    int nodes = tree_nodes(growth->trees);
    tape_begin(tape, "round", round, NULL);
    if (added >= 0)
        *margin = add(tape, HERE("margin"), *margin, added);
    int p = logistic(tape, HERE("probability"), *margin);
    growth->gradient = subtract(tape, HERE("gradient"), p, y);
    int other = add_constant(tape, HERE("other"), scale(tape, HERE("turned"), p, -1), 1);
    growth->hessian = multiply(tape, HERE("hessian"), p, other);
    record_loss(tape, "loss", *margin, y);
    for (int node = 0; node < nodes; node++)
        record_node(growth, node);
    Label leaves = label_with_axes(HERE("leaves"), AXIS_NONE, tape_axis(tape, (Axis){"node", nodes, NULL, false}),
                                   AXIS_NONE);
    int leaf = row_sum(tape, HERE("leaf"), concat(tape, &leaves, growth->leaves, nodes));
    tape_end(tape);
    return leaf;
}

/* "base", "round0", "round1" ... */
static const char *const *part_labels(const Scene *scene, const Trees *trees)
{
    enum { LONGEST = 16 };
    const char **labels = tape_labels(scene->tape, trees->rounds + 1);
    char *text = arena_alloc(&scene->tape->arena, (size_t)(trees->rounds + 1) * LONGEST);
    for (int i = 0; labels && text && i <= trees->rounds; i++) {
        labels[i] = text + (ptrdiff_t)i * LONGEST;
        snprintf(text + (ptrdiff_t)i * LONGEST, LONGEST, i ? "round%d" : "base", i - 1);
    }
    return text ? labels : NULL;
}

static int numbers_leaf(const Scene *scene, const char *name, const double *numbers, Shape shape)
{
    double *data = tape_room(scene->tape, shape.rows, shape.cols);
    if (data)
        memcpy(data, numbers, (size_t)shape.rows * (size_t)shape.cols * sizeof *data);
    return tape_leaf(scene->tape, KIND_INPUT, name, shape, data);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Trees *trees = scene->model->settings;
    int rows = trees->rows, nodes = tree_nodes(trees);
    short examples = tape_axis(tape, (Axis){"example", rows, NULL, false});
    short features = tape_axis(tape, (Axis){"feature", trees->features,
                                            trees->columns.count ? trees->columns.list : NULL, false});
    Growth growth = {
        .tape = tape, .trees = trees, .how = trees_boosting(trees), .features = features,
        .order = tape_ints(tape, trees->features, -1), .sorted = tape_ints(tape, trees->features, -1),
        .edges = tape_ints(tape, trees->features, -1), .members = tape_ints(tape, nodes, -1),
        .leaves = tape_ints(tape, nodes, -1),
    };
    int x = numbers_leaf(scene, "x", trees->numbers, (Shape){rows, trees->features, examples, features});
    int y = numbers_leaf(scene, "class", trees->classes, (Shape){rows, 1, examples});
    growth.columns = transpose(tape, HERE("columns"), x);
    for (int f = 0; f < trees->features; f++)
        record_feature(&growth, f, x);
    int *parts = tape_ints(tape, trees->rounds + 1, -1);
    Label base = label_with_axes(HERE("base"), examples, AXIS_NONE, AXIS_NONE);
    int margin = parts[0] = fill(tape, &base, trees_base(trees), rows, 1);
    for (int r = 0; r < trees->rounds; r++)
        parts[r + 1] = record_round(&growth, r, &margin, r ? parts[r] : -1, y);
    Label all = label_with_axes(HERE("parts"), AXIS_NONE,
                                tape_axis(tape, (Axis){"part", trees->rounds + 1, part_labels(scene, trees), false}),
                                AXIS_NONE);
    margin = row_sum(tape, HERE("margin"), concat(tape, &all, parts, trees->rounds + 1));
    logistic(tape, HERE("probability"), margin);
    record_loss(tape, "loss", margin, y);
    return -1;
}

static int held_out(const Model *model)
{
    return ((const Trees *)model->settings)->held;
}

/* Other numbers and classes in a table of the same size: small whole numbers, some of them equal, both classes at least
 * twice where there are rows enough. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    int count = model->data.example_count, width = example_field(&model->data.examples[0], "x")->count;
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, 2 * (size_t)count * sizeof *fields);
    double *numbers = arena_alloc(&model->arena, (size_t)count * ((size_t)width + 1) * sizeof *numbers);
    if (!examples || !fields || !numbers)
        return error_memory(error);
    for (int i = 0; i < count; i++, numbers += width + 1, fields += 2) {
        for (int f = 0; f < width; f++)
            numbers[f] = 1 + random_bits(random) % 9;
        numbers[width] = (i < 4 ? (unsigned)i : random_bits(random)) % 2;
        fields[0] = (Field){"x", NULL, numbers, width};
        fields[1] = (Field){"class", NULL, numbers + width, 1};
        examples[i] = (Example){fields, 2};
    }
    model->data.examples = examples;
    return true;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Trees *trees = model->settings;
    out[0] = (Quantity){"N", "the number of rows", trees->rows};
    out[1] = (Quantity){"F", "the number of features", trees->features};
    return 2;
}

const System TREES = {
    .name = "trees",
    .good_for = "two classes of rows of numbers, by boosted trees: every cut that was tried; no way back",
    .size = sizeof(Trees),
    .keys = KEYS,
    .fields = FIELDS,
    .without_loss = true,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .held_out = held_out,
    .rounds = &TREE_ROUNDS,
    .vary = vary,
    .quantities = quantities,
    .mistakes = TREES_MISTAKES,
    .mistake_count = TREES_MISTAKE_COUNT,
};

void trees_preset(Model *model)
{
    static const char *const columns[] = {"hours slept", "cups of coffee"};
    Trees *trees = model->settings;
    model->name = "trees";
    trees->columns = (Texts){columns, 2};
    trees->rounds = 2;
}
