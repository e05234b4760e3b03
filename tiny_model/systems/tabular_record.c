/* What a table's rows go through, from numbers and categories to a logit; see tabular.h. Chapter 34.
 *
 *   x_0 = [embedded numbers | embedded categories | what goes in beside]
 *   x_{l+1} = x_0 * u + x_l          u = x_l W + b,  x_l V U + b,  or sum of gate_i (tanh(tanh(x_l V_i) C_i) U_i + b)
 *   stacked:  logit = head(MLP(x_L))       parallel:  logit = head([x_L | MLP(x_0)])
 *     rows are examples; x_0 [B x n], W [n x n], V [n x r], U [r x n], C [r x r] */
#include "tabular.h"

#include "../record.h"
#include "../rules/rule.h"

#include <stdio.h>

/* What the parts of one recording share. */
typedef struct {
    Scene *scene;
    Tape *tape;
    const Tabular *tabular;
    const ExampleTable *table;
    const int *rows;      /* [count] of the data */
    int count;
    short examples;
} Rows;

static short axis(Tape *tape, const char *name, int size)
{
    return tape_axis(tape, (Axis){name, size, NULL, false});
}

static int leaf_of(Tape *tape, const char *name, const double *numbers, int cols, short features)
{
    double *data = tape_room(tape, 1, cols);
    for (int i = 0; data && i < cols; i++)
        data[i] = numbers[i];
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, cols, .col_axis = features}, data);
}

/* x as it is, or with mean 0 and deviation 1 over the rows that are learned from. */
static int record_x(const Rows *of)
{
    Tape *tape = of->tape;
    const ExampleTable *table = of->table;
    if (!table->mean)
        return table_numbers(of->scene, "x", of->rows, of->count, of->examples);
    int raw = table_numbers(of->scene, "raw", of->rows, of->count, of->examples);
    short features = tape_value(tape, raw)->col_axis;
    int mean_row, deviation;
    /* Those who are judged all at once stand on a tape where every number is to be followed. */
    if (of->tabular->area && of->count > 1 && of->rows[0] >= table->learned) {
        tabular_spread(of->scene, raw, &mean_row, &deviation);
    } else {
        mean_row = leaf_of(tape, "mean", table->mean, table->features, features);
        deviation = leaf_of(tape, "deviation", table->deviation, table->features, features);
    }
    return div_row(tape, HERE("x"), sub_row(tape, HERE("centred"), raw, mean_row), deviation);
}

/* Periodic, linear, relu: [B x width n]. */
static int record_numbers(const Rows *of)
{
    Tape *tape = of->tape;
    const Tabular *tabular = of->tabular;
    int n = of->table->features, k = tabular->frequencies, m = tabular->width;
    if (tabular->numbers == NUMBERS_PLAIN)
        return record_x(of);
    tape_begin(tape, "plr", -1, NULL);
    int x = record_x(of);
    short features = tape_value(tape, x)->col_axis, units = axis(tape, "feature", m);
    int frequencies = parameter_spread(of->scene, "frequencies", (Shape){n, k, features, axis(tape, "frequency", k)},
                                       tabular->sigma);
    int waves = periodic(tape, "periodic", x, frequencies);
    tape->values[waves].col_axis = axis(tape, "wave", 2 * k * n);
    Shape shape = {2 * k * n, m, tape_value(tape, waves)->col_axis, units};
    int w = parameter(of->scene, "W", shape, PARAMETER_WEIGHT);
    int b = parameter(of->scene, "b", (Shape){n, m, features, units}, PARAMETER_BIAS);
    int hidden = each_feature(tape, "hidden", waves, w, b);
    int embedded = relu_rule(tape, "embedded", hidden);
    tape_end(tape);
    return embedded;
}

static int record_category(const Rows *of, int column)
{
    Tape *tape = of->tape;
    int size = of->table->sizes[column], width = of->tabular->category_width;
    tape_begin(tape, "category", column, NULL);
    const Texts *labels = &of->scene->model->data.categories[column];
    short categories = tape_axis(tape, (Axis){"category", size, labels->count == size ? labels->list : NULL, false});
    int table = parameter(of->scene, "embedding", (Shape){size, width, categories, axis(tape, "feature", width)},
                          PARAMETER_WEIGHT);
    int ids = table_categories(of->scene, "ids", column, of->rows, of->count, of->examples, categories);
    int embedded = embedding(tape, "embedded", table, ids, -1, -1);
    tape_end(tape);
    return embedded;
}

/* Everything side by side. */
static int record_first(const Rows *of, int beside)
{
    Tape *tape = of->tape;
    int columns = of->table->columns, count = 0;
    int *parts = tape_ints(tape, columns + 3, -1);
    parts[count++] = record_numbers(of);
    for (int c = 0; c < columns; c++)
        parts[count++] = record_category(of, c);
    if (of->table->vector)
        parts[count++] = table_vector(of->scene, "vector", of->rows, of->count, of->examples);
    if (beside >= 0)
        parts[count++] = beside;
    int x = count == 1 ? pass(tape, "x_0", parts[0]) : concat_heads(tape, "x_0", parts, count);
    tape->values[x].col_axis = axis(tape, "feature", tape_value(tape, x)->cols);
    return x;
}

static int record_expert(const Rows *of, int expert, int x, int bias, short features, short inner)
{
    Tape *tape = of->tape;
    int n = tape_value(tape, x)->cols, r = of->tabular->cross_rank;
    tape_begin(tape, "expert", expert, NULL);
    int v = parameter(of->scene, "V", (Shape){n, r, features, inner}, PARAMETER_WEIGHT);
    int c = parameter(of->scene, "C", (Shape){r, r, inner, inner}, PARAMETER_WEIGHT);
    int u = parameter(of->scene, "U", (Shape){r, n, inner, features}, PARAMETER_WEIGHT);
    int down = tanh_rule(tape, "down", linear(tape, "down_raw", x, v, -1));
    int turned = tanh_rule(tape, "turned", linear(tape, "turned_raw", down, c, -1));
    int y = linear(tape, "output", turned, u, bias);
    tape_end(tape);
    return y;
}

/* How much of each expert a row takes, and their sum. */
static int record_mixture(const Rows *of, int x, int bias, short features, short inner)
{
    Tape *tape = of->tape;
    int n = tape_value(tape, x)->cols, experts = of->tabular->cross_experts, sum = -1;
    int w = parameter(of->scene, "W_g", (Shape){n, experts, features, axis(tape, "expert", experts)}, PARAMETER_WEIGHT);
    int gates = softmax(tape, "softmax", "gate", linear(tape, "gate_logits", x, w, -1));
    double *counting = tape_room(tape, 1, of->count);
    for (int i = 0; counting && i < of->count; i++)
        counting[i] = i;
    Shape shape = {1, of->count, .col_axis = of->examples, .counts = of->examples};
    int everybody = tape_leaf(tape, KIND_INPUT, "rows", shape, counting);
    for (int e = 0; e < experts; e++) {
        int y = record_expert(of, e, x, bias, features, inner);
        tape_begin(tape, "expert", e, NULL);
        int part = weighted_rows(tape, "part", y, share_of(tape, "share", gates, everybody, e));
        sum = e ? residual(tape, "sum", sum, part) : part;
        tape_end(tape);
    }
    return sum;
}

static int record_cross(const Rows *of, int layer, int x0, int x)
{
    Tape *tape = of->tape;
    int n = tape_value(tape, x0)->cols, r = of->tabular->cross_rank, u;
    short features = tape_value(tape, x0)->col_axis, inner = axis(tape, "rank", r);
    tape_begin(tape, "cross", layer, NULL);
    Shape bias = {1, n, .col_axis = features};
    if (!r) {
        int w = parameter(of->scene, "W", (Shape){n, n, features, features}, PARAMETER_WEIGHT);
        u = linear(tape, "u", x, w, parameter(of->scene, "b", bias, PARAMETER_BIAS));
    } else if (!of->tabular->cross_experts) {
        int v = parameter(of->scene, "V", (Shape){n, r, features, inner}, PARAMETER_WEIGHT);
        int back = parameter(of->scene, "U", (Shape){r, n, inner, features}, PARAMETER_WEIGHT);
        int b = parameter(of->scene, "b", bias, PARAMETER_BIAS);
        u = linear(tape, "u", linear(tape, "down", x, v, -1), back, b);
    } else {
        u = record_mixture(of, x, parameter(of->scene, "b", bias, PARAMETER_BIAS), features, inner);
    }
    int y = cross(tape, "output", x0, u, x);
    tape_end(tape);
    return y;
}

static int record_deep(const Rows *of, int x)
{
    Tape *tape = of->tape;
    int width = of->tabular->deep_width;
    for (int layer = 0; layer < of->tabular->deep_layers; layer++) {
        short units = axis(tape, "feature", width);
        Value in = *tape_value(tape, x);
        tape_begin(tape, "deep", layer, NULL);
        int w = parameter(of->scene, "W", (Shape){in.cols, width, in.col_axis, units}, PARAMETER_WEIGHT);
        int b = parameter(of->scene, "b", (Shape){1, width, .col_axis = units}, PARAMETER_BIAS);
        x = relu_rule(tape, "activated", linear(tape, "hidden", x, w, b));
        tape_end(tape);
    }
    return x;
}

int tabular_logits(Scene *scene, const Tabular *tabular, const int *rows, int count, short examples, int beside)
{
    Tape *tape = scene->tape;
    Rows of = {scene, tape, tabular, scene->model->table, rows, count, examples};
    int x0 = record_first(&of, beside), x = x0;
    for (int layer = 0; layer < tabular->cross_layers; layer++)
        x = record_cross(&of, layer, x0, x);
    if (tabular->structure == STRUCTURE_PARALLEL && tabular->deep_layers)
        x = concat_heads(tape, "beside", (int[]){x, record_deep(&of, x0)}, 2);
    else
        x = record_deep(&of, x);
    Value last = *tape_value(tape, x);
    int w = parameter(scene, "head.W", (Shape){last.cols, 1, last.col_axis}, PARAMETER_WEIGHT);
    int b = parameter(scene, "head.b", (Shape){1, 1}, PARAMETER_BIAS);
    return linear(tape, "logit", x, w, b);
}

int tabular_losses(Scene *scene, int logits, const int *rows, int count, short examples)
{
    Tape *tape = scene->tape;
    logistic(tape, HERE("probability"), logits);
    int classes = table_classes(scene, "class", rows, count, examples);
    return binary_cross_entropy(tape, "cross_entropy", "loss.per_example", logits, classes);
}

int tabular_both(Tape *tape, int probability)
{
    int other = add_constant(tape, HERE("other"), scale(tape, HERE("turned"), probability, -1), 1);
    return concat(tape, HERE("probabilities"), (int[]){other, probability}, 2);
}
