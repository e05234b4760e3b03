/* Reading tables; see table.h. */
#include "table.h"

#include <math.h>
#include <string.h>

static bool take_categories(ExampleTable *table, const Example *example, int row, int most, Error *error)
{
    const Field *field = example_field(example, "category");
    int count = field ? field->count : 0;
    if (row && count != table->columns)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"category\" of example %d has %d categories, that of example 0 has %d", row, count,
                         table->columns);
    if (count > MOST_CATEGORY_COLUMNS)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"category\" has %d categories; at most %d", count,
                         MOST_CATEGORY_COLUMNS);
    table->columns = count;
    for (int c = 0; c < count; c++) {
        double id = field->numbers[c];
        if (!(id >= 0 && id < (most ? most : MOST_WIDTH) && id == (int)id))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: category %d of example %d is %g, which is unknown; they are 0 to %d", c, row, id,
                             (most ? most : MOST_WIDTH) - 1);
        if (id >= table->sizes[c])
            table->sizes[c] = (int)id + 1;
    }
    return true;
}

static bool take_vector(ExampleTable *table, const Example *example, int row, Error *error)
{
    const Field *field = example_field(example, "vector");
    int count = field ? field->count : 0;
    if (row && count != table->vector)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"vector\" of example %d has %d numbers, that of example 0 has %d", row, count,
                         table->vector);
    for (int i = 0; i < count; i++)
        if (!isfinite(field->numbers[i]))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"vector\" of example %d has a number that is not finite", row);
    table->vector = count;
    return true;
}

/* What is asked about has no other features and categories than what was learned from. */
static bool take_unseen(ExampleTable *table, Model *model, int i, Error *error)
{
    int row = model->data.example_count + i, known[MOST_CATEGORY_COLUMNS];
    const Example *example = &model->data.examples[row];
    memcpy(known, table->sizes, sizeof known);
    if (!features_take(example, row, &table->features, error) || !take_categories(table, example, row, 0, error))
        return false;
    for (int c = 0; c < table->columns; c++)
        if (table->sizes[c] > known[c])
            return error_set(error, EXIT_USED_WRONGLY, "model: category %d of example %d is unknown", c, row);
    return true;
}

/* Of the rows that are learned from, and of no other: who is tested tells nothing of himself. In the order of additions
 * in which a tape does it. */
static bool find_spread(ExampleTable *table, Model *model, Error *error)
{
    size_t n = (size_t)table->features;
    table->mean = arena_alloc(&model->arena, 2 * n * sizeof *table->mean);
    if (!table->mean)
        return error_memory(error);
    table->deviation = table->mean + n;
    for (size_t f = 0; f < n; f++) {
        double sum = 0, squares = 0, share = 1.0 / table->learned;
        for (int i = 0; i < table->learned; i++)
            sum += example_field(&model->data.examples[i], "x")->numbers[f];
        table->mean[f] = sum * share;
        for (int i = 0; i < table->learned; i++) {
            double x = example_field(&model->data.examples[i], "x")->numbers[f] - table->mean[f];
            squares += x * x;
        }
        table->deviation[f] = sqrt(squares * share);
        if (!(table->deviation[f] > 0 && isfinite(table->deviation[f])))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: feature %zu is the same in all examples that are learned from; leave it out, or "
                             "\"standardise\" false",
                             f);
    }
    return true;
}

bool table_parts(ExampleTable *table, Model *model, Error *error)
{
    model->table = table;
    const Training *training = &model->training;
    int count = model->data.example_count;
    table->learned = (int)(count * (1 - training->validation - training->test) + 1e-9);
    table->kept = (int)(count * (1 - training->test) + 1e-9);
    return table->learned > 0 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: \"validation\" %g and \"test\" %g leave none of %d examples to learn from",
                     training->validation, training->test, count);
}

bool table_read(ExampleTable *table, Model *model, int most, bool standardised, Error *error)
{
    *table = (ExampleTable){0};
    model->table = table;
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\" and no \"csv\"");
    if (!classes_begin(&table->of, model, NULL, error))
        return false;
    for (int i = 0; i < model->data.example_count; i++) {
        const Example *example = &model->data.examples[i];
        if (!features_take(example, i, &table->features, error) ||
            !take_categories(table, example, i, most, error) || !take_vector(table, example, i, error) ||
            !classes_take(&table->of, example, i, error))
            return false;
    }
    for (int c = 0; c < table->columns && most; c++)
        table->sizes[c] = most;
    for (int i = 0; i < model->data.unseen_count; i++)
        if (!take_unseen(table, model, i, error))
            return false;
    if (table->of.count > 2)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the data have %d classes; this system says yes or no, 1 or 0, or two labels",
                         table->of.count);
    classes_end(&table->of, 2);
    return table_parts(table, model, error) && (!standardised || find_spread(table, model, error));
}

int table_class_count(const Model *model)
{
    (void)model;
    return 2;
}

const char *table_label(const Model *model, int class)
{
    const char **labels = model->table->of.labels;
    return labels ? labels[class] : NULL;
}

int table_count(const Model *model, DataPart part)
{
    const ExampleTable *table = model->table;
    const int counts[DATA_PARTS] = {table->learned, table->kept - table->learned,
                                    model->data.example_count - table->kept};
    return counts[part];
}

int table_row(const Model *model, DataPart part, int i)
{
    const int firsts[DATA_PARTS] = {0, model->table->learned, model->table->kept};
    return firsts[part] + i;
}

int table_target(const Model *model, int row)
{
    return model->table->of.of_row[row];
}

int *table_batch(const Scene *scene, int *count)
{
    const Model *model = scene->model;
    int learned = model->table->learned, only = model->data.only;
    Batch batch = scene_batch(scene, learned, learned);
    int *rows = tape_ints(scene->tape, batch.count, only - 1);
    for (int i = 0; !only && i < batch.count; i++)
        rows[i] = batch_row(batch, i);
    *count = only ? 1 : batch.count;
    return rows;
}

static int field_leaf(const Scene *scene, const char *name, const char *key, const int *rows, Shape shape)
{
    size_t width = (size_t)shape.cols;
    double *numbers = tape_room(scene->tape, shape.rows, shape.cols);
    for (int i = 0; numbers && i < shape.rows; i++)
        memcpy(numbers + (size_t)i * width, example_field(&scene->model->data.examples[rows[i]], key)->numbers,
               width * sizeof *numbers);
    return tape_leaf(scene->tape, KIND_INPUT, name, shape, numbers);
}

int table_numbers(const Scene *scene, const char *name, const int *rows, int count, short examples)
{
    const ExampleTable *table = scene->model->table;
    const Texts *columns = &scene->model->data.columns;
    const char *const *labels = columns->count == table->features ? columns->list : NULL;
    short features = tape_axis(scene->tape, (Axis){"feature", table->features, labels, false});
    return field_leaf(scene, name, "x", rows, (Shape){count, table->features, examples, features});
}

int table_vector(const Scene *scene, const char *name, const int *rows, int count, short examples)
{
    const ExampleTable *table = scene->model->table;
    short features = tape_axis(scene->tape, (Axis){"feature", table->vector, NULL, false});
    return field_leaf(scene, name, "vector", rows, (Shape){count, table->vector, examples, features});
}

int table_categories(const Scene *scene, const char *name, int column, const int *rows, int count, short examples,
                     short counts)
{
    double *ids = tape_room(scene->tape, 1, count);
    for (int i = 0; ids && i < count; i++)
        ids[i] = example_field(&scene->model->data.examples[rows[i]], "category")->numbers[column];
    return tape_leaf(scene->tape, KIND_INPUT, name, (Shape){1, count, .col_axis = examples, .counts = counts}, ids);
}

int table_classes(const Scene *scene, const char *name, const int *rows, int count, short examples)
{
    const ExampleTable *table = scene->model->table;
    double *classes = tape_room(scene->tape, count, 1);
    for (int i = 0; classes && i < count; i++)
        classes[i] = table->of.of_row[rows[i]];
    return tape_leaf(scene->tape, KIND_INPUT, name, (Shape){count, 1, examples}, classes);
}
