/* Other numbers for the same examples; see vary.h. */
#include "vary.h"

#include <string.h>

bool is_features(const Field *field)
{
    return strcmp(field->key, "x") == 0;
}

/* Two statements, since in one expression the compiler would choose which is drawn first. */
static double drawn(Random *random, unsigned most)
{
    double size = (double)(1 + random_bits(random) % most) / 10;
    return random_bits(random) % 2 ? size : -size;
}

static bool vary_field(Model *model, Field *field, unsigned most, Random *random, Error *error)
{
    double *numbers = arena_alloc(&model->arena, (size_t)field->count * sizeof *numbers);
    if (!numbers)
        return error_memory(error);
    for (int k = 0; k < field->count; k++)
        numbers[k] = drawn(random, most);
    field->numbers = numbers;
    return true;
}

bool examples_vary(Model *model, FieldVaries *varies, unsigned most, Random *random, Error *error)
{
    int count = model->data.example_count;
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples + 1);
    if (!examples)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        const Example *of = &model->data.examples[i];
        Field *fields = arena_alloc(&model->arena, (size_t)of->count * sizeof *fields);
        if (!fields)
            return error_memory(error);
        memcpy(fields, of->fields, (size_t)of->count * sizeof *fields);
        for (int f = 0; f < of->count; f++)
            if (varies(&fields[f]) && !vary_field(model, &fields[f], most, random, error))
                return false;
        examples[i] = (Example){fields, of->count};
    }
    if (count)
        model->data.examples = examples;
    return true;
}
