/* Features and classes of examples; see classes.h. */
#include "classes.h"

#include <math.h>
#include <string.h>

bool classes_begin(Classes *classes, Model *model, const Texts *listed, Error *error)
{
    Arena *arena = &model->arena;
    *classes = (Classes){
        .listed = listed && listed->count ? listed : NULL,
        .of_row = arena_alloc(arena, (size_t)model->data.example_count * sizeof *classes->of_row + 1),
        .labels = arena_alloc(arena, MOST_CLASSES * sizeof *classes->labels),
    };
    if (!classes->of_row || !classes->labels)
        return error_memory(error);
    memset(classes->labels, 0, MOST_CLASSES * sizeof *classes->labels);
    return true;
}

static bool take_number(Classes *classes, const Field *number, int row, Error *error)
{
    int most = classes->listed ? classes->listed->count : MOST_CLASSES;
    if (!(number->numbers[0] >= 0 && number->numbers[0] < most))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"class\" of example %d is %g; classes go from 0 to %d", row,
                         number->numbers[0], most - 1);
    classes->of_row[row] = (int)number->numbers[0];
    return true;
}

static bool find_listed(Classes *classes, const Field *label, int row, Error *error)
{
    for (int c = 0; c < classes->listed->count; c++)
        if (strcmp(classes->listed->list[c], label->text) == 0) {
            classes->of_row[row] = c;
            return true;
        }
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: \"label\" of example %d is \"%.60s\", which is not in \"classes\"; add it there", row,
                     label->text);
}

static bool take_label(Classes *classes, const Field *label, int row, Error *error)
{
    int c = 0;
    if (classes->listed)
        return find_listed(classes, label, row, error);
    while (c < classes->count && classes->labels[c] && strcmp(classes->labels[c], label->text) != 0)
        c++;
    if (c == MOST_CLASSES)
        return error_set(error, EXIT_USED_WRONGLY, "model: the data have more than %d labels", MOST_CLASSES);
    classes->labels[c] = label->text;
    classes->of_row[row] = c;
    return true;
}

bool classes_take(Classes *classes, const Example *example, int row, Error *error)
{
    const Field *number = example_field(example, "class"), *label = example_field(example, "label");
    if (!number == !label)
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d needs a \"class\" or a \"label\", one of the two",
                         row);
    if (row && !classes->listed && !classes->labels[0] != !label)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: example %d gives its class by %s, example 0 by %s; one of the two for all", row,
                         label ? "name" : "number", label ? "number" : "name");
    if (!(number ? take_number(classes, number, row, error) : take_label(classes, label, row, error)))
        return false;
    if (classes->of_row[row] >= classes->count)
        classes->count = classes->of_row[row] + 1;
    return true;
}

void classes_end(Classes *classes, int count)
{
    for (int c = 0; classes->labels && c < count; c++)
        if (!classes->labels[c])
            classes->labels = NULL; /* a class without a name: numbers, then */
    classes->count = count;
}

bool features_take(const Example *example, int row, int *width, Error *error)
{
    const Field *x = example_field(example, "x");
    if (!x || x->count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d has no \"x\"", row);
    for (int i = 0; i < x->count; i++)
        if (!isfinite(x->numbers[i]))
            return error_set(error, EXIT_USED_WRONGLY, "model: \"x\" of example %d has a number that is not finite",
                             row);
    *width = row ? *width : x->count;
    return x->count == *width ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"x\" of example %d has %d numbers, that of example 0 has %d",
                     row, x->count, *width);
}
