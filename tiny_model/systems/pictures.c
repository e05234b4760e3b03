/* The pictures of a system; see pictures.h. */
#include "pictures.h"

#include "../data/vary.h"
#include "../record.h"

#include <math.h>
#include <string.h>

const char *const PICTURE_MAKES[] = {"none", "digits", NULL};
const char *const PICTURE_SETS[] = {"plain", "styled", NULL};

static bool make_room(Model *model, Pictures *pictures, int count, Error *error)
{
    pictures->count = count;
    pictures->of = arena_alloc(&model->arena, (size_t)count * sizeof *pictures->of);
    pictures->class_of = arena_alloc(&model->arena, (size_t)count * sizeof *pictures->class_of);
    return (pictures->of && pictures->class_of) || error_memory(error);
}

static bool caption_room(Model *model, Pictures *pictures, Error *error)
{
    pictures->captions = arena_alloc(&model->arena, (size_t)pictures->count * sizeof *pictures->captions);
    return pictures->captions || error_memory(error);
}

/* Picture k of the data is digit i. */
static bool say_caption(Model *model, Pictures *pictures, int i, int k, Error *error)
{
    char caption[DIGIT_CAPTION];
    digit_caption(&pictures->digits, i, pictures->said, caption);
    return (pictures->captions[k] = model_text(model, caption)) || error_memory(error);
}

static bool make_digits(Model *model, Pictures *pictures, Error *error)
{
    int size = pictures->digits.size;
    if (!pictures->made)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"make\" in \"data\" needs a \"count\": how many digits");
    if (pictures->said_rows && pictures->said_rows != size)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"rows\" in \"data\" is %d, but digits of \"size\" %d are made", pictures->said_rows,
                         size);
    pictures->rows = pictures->cols = size;
    pictures->numbers = size * size;
    double *numbers = arena_alloc(&model->arena, (size_t)pictures->made * (size_t)pictures->numbers * sizeof *numbers);
    if (!numbers)
        return error_memory(error);
    if (!make_room(model, pictures, pictures->made, error))
        return false;
    if (pictures->held_out && pictures->digits.set != DIGITS_STYLED)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"held_out\" leaves out a style; plain digits have none");
    if (pictures->digits.set == DIGITS_STYLED && !caption_room(model, pictures, error))
        return false;
    for (int i = 0, k = 0; k < pictures->count; i++) {
        if (pictures->held_out && digit_is_held_out(&pictures->digits, i))
            continue;
        digit_draw(&pictures->digits, i, numbers);
        pictures->of[k] = numbers;
        pictures->class_of[k] = digit_of(i);
        if (pictures->captions && !say_caption(model, pictures, i, k, error))
            return false;
        numbers += pictures->numbers;
        k++;
    }
    pictures->class_count = DIGIT_CLASSES;
    return true;
}

/* A field of finite numbers, as many as *numbers says; 0: it is the first. */
static bool is_picture(const Example *example, int row, const char *key, int *numbers, Error *error)
{
    const Field *field = example_field(example, key);
    if (!field || !field->numbers || field->count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d has no \"%s\"", row, key);
    *numbers = *numbers ? *numbers : field->count;
    if (field->count != *numbers)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"%s\" of example %d has %d numbers, the first picture has %d; make them equal", key,
                         row, field->count, *numbers);
    for (int i = 0; i < field->count; i++)
        if (!isfinite(field->numbers[i]))
            return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d has a number that is not finite",
                             key, row);
    return true;
}

static bool take_class(Pictures *pictures, const Example *example, int row, Error *error)
{
    const Field *class = example_field(example, "class");
    pictures->class_of[row] = -1;
    if (!class)
        return true;
    double number = class->numbers ? class->numbers[0] : NAN;
    if (!(number >= 0 && number < MOST_CLASSES && number == (int)number))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"class\" of example %d is %g; classes go from 0 to %d", row,
                         number, MOST_CLASSES - 1);
    pictures->class_of[row] = (int)number;
    if ((int)number >= pictures->class_count)
        pictures->class_count = (int)number + 1;
    return true;
}

/* The captions of the examples: all have one, or none has. */
static bool take_captions(Model *model, Pictures *pictures, Error *error)
{
    const Example *examples = model->data.examples;
    if (!example_field(&examples[0], "caption"))
        return true;
    if (!caption_room(model, pictures, error))
        return false;
    for (int i = 0; i < pictures->count; i++) {
        const Field *caption = example_field(&examples[i], "caption");
        if (!caption)
            return error_set(error, EXIT_USED_WRONGLY, "model: example %d has no \"caption\", but example 0 has", i);
        pictures->captions[i] = caption->text;
    }
    return true;
}

static bool find_form(Pictures *pictures, Error *error)
{
    int side = (int)sqrt((double)pictures->numbers);
    bool square = side * side == pictures->numbers;
    pictures->rows = pictures->said_rows ? pictures->said_rows : square ? side : 1;
    pictures->cols = pictures->numbers / pictures->rows;
    return pictures->rows * pictures->cols == pictures->numbers ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"rows\" in \"data\" is %d, but a picture has %d numbers",
                     pictures->rows, pictures->numbers);
}

static bool labels_fit(const Pictures *pictures, Error *error)
{
    return !pictures->labels.count || pictures->class_count <= pictures->labels.count ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: \"labels\" in \"data\" names %d classes, but the data have class %d",
                     pictures->labels.count, pictures->class_count - 1);
}

bool pictures_take(Model *model, Pictures *pictures, const char *key, Error *error)
{
    if (pictures->make == MAKE_DIGITS) {
        model->data.examples = NULL;
        model->data.example_count = 0;
        return make_digits(model, pictures, error) && labels_fit(pictures, error);
    }
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"data\" has no \"examples\" and makes nothing; \"make\": \"digits\" draws them");
    if (!make_room(model, pictures, model->data.example_count, error))
        return false;
    pictures->numbers = pictures->class_count = 0;
    for (int i = 0; i < pictures->count; i++) {
        const Example *example = &model->data.examples[i];
        if (!is_picture(example, i, key, &pictures->numbers, error) || !take_class(pictures, example, i, error))
            return false;
        pictures->of[i] = example_field(example, key)->numbers;
    }
    if (pictures->numbers > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: a picture has %d numbers; at most %d", pictures->numbers,
                         MOST_WIDTH);
    pictures->captions = NULL;
    if (pictures->class_count == 0)
        pictures->class_of = NULL;
    return find_form(pictures, error) && labels_fit(pictures, error) && take_captions(model, pictures, error);
}

short pictures_axis(Tape *tape, const Pictures *pictures)
{
    return tape_axis(tape, (Axis){"pixel", pictures->numbers, NULL, false});
}

short pictures_examples(Tape *tape, int count)
{
    return tape_axis(tape, (Axis){"example", count, NULL, false});
}

int pictures_leaf(Tape *tape, const Pictures *pictures, const char *name, Batch batch, short examples)
{
    size_t numbers = (size_t)pictures->numbers;
    double *cells = tape_room(tape, batch.count, pictures->numbers);
    for (int i = 0; cells && i < batch.count; i++)
        memcpy(cells + (size_t)i * numbers, pictures->of[batch_row(batch, i)], numbers * sizeof *cells);
    return tape_leaf(tape, KIND_INPUT, name,
                     (Shape){batch.count, pictures->numbers, examples, pictures_axis(tape, pictures)}, cells);
}

/* Every field of numbers but "t" and "class". */
static bool is_pixels(const Field *field)
{
    return field->numbers && strcmp(field->key, "t") != 0 && strcmp(field->key, "class") != 0;
}

bool pictures_vary(Model *model, Random *random, Error *error)
{
    return examples_vary(model, is_pixels, 9, random, error);
}

void pictures_training(Model *model, Pictures *pictures, int batch, int steps, double lr)
{
    model->data = (Data){0};
    pictures->make = MAKE_DIGITS;
    pictures->made = 4000;
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = lr, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0, .clip_norm = 1};
    model->training = (Training){.batch = batch, .accumulate = 1, .steps = steps, .loader = LOADER_RANDOM,
                                 .shuffle = 1, .schedule = SCHEDULE_COSINE, .warmup = 100};
}
