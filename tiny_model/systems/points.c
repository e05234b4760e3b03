/* points: rows of numbers, and what can be asked of them without a network. Nothing is learned that a tape's way back
 * would move. Chapter 33.
 *
 *   pca          the directions in which they differ most, by Jacobi's rotations    components.h
 *   kmeans       which of them belong together                                      likeness.h
 *   logistic     which side of a line the classes are on, step by step              likeness.h
 *   neighbours   the classes of the nearest to a query                              likeness.h
 *
 * An example with a class (or all, where none has one) is a point; one without is a query. */
#include "points.h"

#include "../components.h"
#include "../data/classes.h"
#include "../data/vary.h"
#include "../likeness.h"
#include "../record.h"
#include "../rules/rule.h"
#include "../system.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 4096, MOST_CLUSTERS = 64, MOST_STEPS_LOGISTIC = 1000, MOST_MEANS = 100 };

typedef struct {
    int components, sweeps, clusters, neighbours, steps;
    int unit;
    double rate;
    const char *start;           /* "0 1 6", or NULL */
    /* Derived: */
    int width, count, query_count;
    int *rows, *queries;         /* which examples they are */
    int starts[MOST_CLUSTERS];
    Classes of;                  /* count 0: no classes */
} Points;

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Points, key_)

static const ModelKey KEYS[] = {
    {OF(unit, KEY_FLAG), .meaning = "points and queries are divided by their length first"},
    {OF(components, KEY_INTEGER), .least = 0, .most = MOST_ROTATED,
     .meaning = "directions of the PCA; 0: none is looked for"},
    {OF(sweeps, KEY_INTEGER), .least = 1, .most = MOST_SWEEPS, .meaning = "rounds of Jacobi's rotations"},
    {OF(clusters, KEY_INTEGER), .least = 0, .most = MOST_CLUSTERS, .meaning = "middles of k-means; 0: none"},
    {OF(start, KEY_TEXT), .may_be_absent = true,
     .meaning = "the points that they begin with, \"0 1 6\"; absent: the first, then the furthest from those before"},
    {OF(neighbours, KEY_INTEGER), .least = 1, .most = MOST_POINTS, .meaning = "nearest points that tell a query"},
    {OF(steps, KEY_INTEGER), .least = 0, .most = MOST_STEPS_LOGISTIC,
     .meaning = "of the logistic regression, from weights of 0; 0: none"},
    {OF(rate, KEY_NUMBER), .least = 0, .most = 1e6, .meaning = "how far each of its steps goes"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"x", FIELD_NUMBERS, "the point"},
    {"class", FIELD_INTEGER, "its class, from 0; without one it is a query"},
    {"label", FIELD_TEXT, "or the class by its name"},
    {NULL, FIELD_TEXT, NULL},
};

/* Three heaps of points, and one between them. */
static void defaults(Model *model)
{
    enum { POINTS = 9 };
    static const double x[POINTS][2] = {{0.1, 0.2}, {0.3, 0.1}, {0.2, 0.4}, {2.1, 1.9}, {1.8, 2.2},
                                        {2.3, 2.4}, {0.2, 2.1}, {0.4, 1.8}, {1.2, 1.6}};
    static const double classes[2] = {0, 1};
#define POINT(i, c) {{"x", NULL, x[i], 2}, {"class", NULL, &classes[c], 1}}
    static const Field fields[POINTS][2] = {POINT(0, 0), POINT(1, 0), POINT(2, 0), POINT(3, 1), POINT(4, 1),
                                            POINT(5, 1), POINT(6, 0), POINT(7, 0), {{"x", NULL, x[8], 2}}};
#undef POINT
    static const Example examples[POINTS] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2},
                                             {fields[3], 2}, {fields[4], 2}, {fields[5], 2},
                                             {fields[6], 2}, {fields[7], 2}, {fields[8], 1}};
    model->data = (Data){.examples = examples, .example_count = POINTS};
    *(Points *)model->settings = (Points){.components = 2, .sweeps = 6, .clusters = 3, .neighbours = 3, .steps = 3,
                                          .rate = 1};
}

static bool has_class(const Example *example)
{
    return example_field(example, "class") || example_field(example, "label");
}

/* Points and queries. */
static bool take_examples(Model *model, Points *points, Error *error)
{
    const Data *data = &model->data;
    bool any = false;
    for (int i = 0; i < data->example_count; i++)
        any = any || has_class(&data->examples[i]);
    for (int i = 0; i < data->example_count; i++) {
        const Example *example = &data->examples[i];
        if (!features_take(example, i, &points->width, error))
            return false;
        if (any && !has_class(example)) {
            points->queries[points->query_count++] = i;
            continue;
        }
        if (any && !classes_take(&points->of, example, points->count, error))
            return false;
        points->rows[points->count++] = i;
    }
    classes_end(&points->of, points->of.count);
    return true;
}

/* "0 1 6". */
static bool take_start(Points *points, Error *error)
{
    int count = 0;
    const char *at = points->start;
    char *end;
    for (; *(at += strspn(at, " ")); at = end) {
        long row = strtol(at, &end, 10);
        if (end == at || row < 0 || row >= points->count)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"start\" is \"%.60s\"; it takes points from 0 to %d",
                             points->start, points->count - 1);
        if (count < points->clusters)
            points->starts[count] = (int)row;
        count++;
    }
    return count == points->clusters ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"start\" has %d points, but \"clusters\" is %d", count,
                     points->clusters);
}

static bool too_many(const char *key, int number, const char *what, int most, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" is %d, more than %s: %d", key, number, what, most);
}

static bool finish(Model *model, Error *error)
{
    Points *points = model->settings;
    const Data *data = &model->data;
    points->count = points->query_count = points->width = 0;
    points->rows = arena_alloc(&model->arena, ((size_t)data->example_count + 1) * sizeof *points->rows);
    points->queries = arena_alloc(&model->arena, ((size_t)data->example_count + 1) * sizeof *points->queries);
    if (!points->rows || !points->queries)
        return error_memory(error);
    if (!classes_begin(&points->of, model, NULL, error))
        return false;
    if (!data->examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\" and no \"csv\"");
    if (data->example_count > MOST_POINTS)
        return error_set(error, EXIT_USED_WRONGLY, "model: there are more than %d points", MOST_POINTS);
    if (!take_examples(model, points, error))
        return false;
    if (points->components > 0 && points->count < 2)
        return error_set(error, EXIT_USED_WRONGLY, "model: one point does not vary; set \"components\" to 0");
    if (points->components > points->width)
        return too_many("components", points->components, "the numbers of a point", points->width, error);
    if (points->components > 0 && points->width > MOST_ROTATED)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"components\" takes points of at most %d numbers",
                         MOST_ROTATED);
    if (points->clusters > points->count)
        return too_many("clusters", points->clusters, "the points that there are", points->count, error);
    if (points->query_count && points->neighbours > points->count)
        return too_many("neighbours", points->neighbours, "the points that there are", points->count, error);
    return !points->start || take_start(points, error);
}

/* --- recording --- */

static int rows_leaf(Scene *scene, const char *name, const int *rows, int count, short row_axis, short features)
{
    const Points *points = scene->model->settings;
    size_t n = (size_t)points->width;
    double *numbers = tape_room(scene->tape, count, points->width);
    for (int i = 0; numbers && i < count; i++)
        memcpy(numbers + (size_t)i * n, example_field(&scene->model->data.examples[rows[i]], "x")->numbers,
               n * sizeof *numbers);
    return tape_leaf(scene->tape, KIND_INPUT, name, (Shape){count, points->width, row_axis, features}, numbers);
}

/* With two classes the second against the first, else each against all others. */
static int targets_leaf(Tape *tape, const Points *points, short row_axis, short class)
{
    int columns = points->of.count > 2 ? points->of.count : 1;
    double *numbers = tape_room(tape, points->count, columns);
    for (int i = 0; numbers && i < points->count * columns; i++)
        numbers[i] = points->of.of_row[i / columns] == (columns > 1 ? i % columns : 1);
    Shape shape = {points->count, columns, row_axis, columns > 1 ? class : AXIS_NONE};
    return tape_leaf(tape, KIND_INPUT, "y", shape, numbers);
}

static void record_neighbours(Scene *scene, int x, int queries, short class)
{
    Tape *tape = scene->tape;
    const Points *points = scene->model->settings;
    double *numbers = tape_room(tape, points->count, 1);
    for (int i = 0; numbers && i < points->count; i++)
        numbers[i] = points->of.of_row[i];
    int classes = tape_leaf(tape, KIND_INPUT, "classes",
                            (Shape){points->count, 1, tape_value(tape, x)->row_axis, AXIS_NONE, class}, numbers);
    for (int i = 0; i < points->query_count; i++) {
        tape_begin(tape, "query", i, NULL);
        int row = likeness_row(tape, "row", queries, i);
        likeness_neighbours(tape, x, row, classes, points->neighbours);
        tape_end(tape);
    }
}

static void record_classes(Scene *scene, int x, short row_axis, short features)
{
    Tape *tape = scene->tape;
    const Points *points = scene->model->settings;
    short class = tape_axis(tape, (Axis){"class", points->of.count, points->of.labels, false});
    Logistic of = {-1, -1, -1};
    if (points->steps > 0 && points->of.count > 1)
        of = likeness_logistic(tape, x, targets_leaf(tape, points, row_axis, class), points->rate, points->steps);
    if (points->query_count == 0)
        return;
    short asked = tape_axis(tape, (Axis){"query", points->query_count, NULL, false});
    int queries = rows_leaf(scene, "queries", points->queries, points->query_count, asked, features);
    int rows = points->unit ? unit_rows(tape, "queries_unit", queries) : queries;
    if (of.w >= 0)
        likeness_probability(tape, of, rows);
    record_neighbours(scene, x, rows, class);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Points *points = scene->model->settings;
    short row_axis = tape_axis(tape, (Axis){"point", points->count, NULL, false}),
          features = tape_axis(tape, (Axis){"feature", points->width, NULL, false});
    int x = rows_leaf(scene, "x", points->rows, points->count, row_axis, features);
    int rows = points->unit ? unit_rows(tape, "unit", x) : x;
    if (points->components > 0)
        principal_components(tape, rows, points->components, points->sweeps);
    if (points->clusters > 0) {
        tape_begin(tape, "kmeans", -1, NULL);
        likeness_clusters(tape, rows, points->clusters, points->start ? points->starts : NULL, 0, MOST_MEANS);
        tape_end(tape);
    }
    if (points->of.count > 0)
        record_classes(scene, rows, row_axis, features);
    return -1;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Points *points = model->settings;
    out[0] = (Quantity){"N", "the number of points", points->count};
    out[1] = (Quantity){"n", NULL, points->width};
    return 2;
}

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return examples_vary(model, is_features, 12, random, error);
}

/* The covariance of a whole population, where that of a sample was asked for. */
static int by_all(Tape *tape, const Asked *step)
{
    Attributes attributes = step->attributes;
    attributes.constants[0]++;
    return mistake_make(tape, step->primitive, step->label, step->inputs, step->count, attributes);
}

static const Mistake POINTS_MISTAKES[] = {
    {"points.not_centred",
     "the mean is not subtracted: the first direction points from 0 to the middle of the points",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, .frame = "pca", .label = "centred"}}},
    {"points.divided_by_n",
     "the covariance is divided by N instead of N - 1",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .frame = "pca", .label = "covariance", .record = by_all}}},
    {"points.sign_of_error",
     "the error is y - p instead of p - y: each step goes uphill",
     1,
     {{EDIT_SWAP, PHASE_FORWARD, .frame = "logistic.step*", .label = "error"}}},
    {"points.not_averaged",
     "the errors are not divided by the number of points",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, .frame = "logistic.step*", .label = "logit_grad"}}},
};

const System PLANE = {
    .name = "points",
    .good_for = "points: PCA, k-means, logistic regression, nearest neighbours; no loss",
    .size = sizeof(Points),
    .keys = KEYS,
    .fields = FIELDS,
    .without_loss = true,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .mistakes = POINTS_MISTAKES,
    .mistake_count = sizeof POINTS_MISTAKES / sizeof *POINTS_MISTAKES,
};

void points_preset(Model *model)
{
    Points *points = model->settings;
    model->name = "points";
    points->start = "0 1 6";
    points->sweeps = 1; /* two numbers a point: one rotation is all */
}
