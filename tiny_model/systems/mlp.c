/* mlp: a classifier of two layers on rows of numbers. It is the smallest system that learns, and the one to
 * copy for a new one: its keys, its data, what it records and its mistakes stand in this file. Chapter 11.
 *
 *   hidden = x W_1 + b_1,  activated = f(hidden),  logits = activated W_2 + b_2
 *   loss = mean over the examples of -log softmax(logits)[class]
 *     x [B x n], W_1 [n x h], W_2 [h x C]; rows are examples */
#include "mlp.h"

#include "../data/classes.h"
#include "../data/vary.h"
#include "../primitives/families.h"
#include "../record.h"
#include "../rules/rule.h"
#include "../system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { MLP_RELU, MLP_GELU_TANH, MLP_GELU_ERF, MLP_SILU, MLP_TANH, MLP_SIGMOID } MlpActivation;

enum { MOST_FEATURES = MOST_WIDTH };

typedef struct {
    int hidden, classes;       /* classes 0: as many as the data have */
    int activation;
    int features;              /* n, derived from the data */
    int class_count;           /* C */
    Classes of;                /* the class of each example */
} Mlp;

static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "tanh", "sigmoid", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Mlp, key_)

static const ModelKey KEYS[] = {
    {OF(hidden, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = "width of the hidden layer"},
    {OF(classes, KEY_INTEGER), .least = 1, .most = MOST_CLASSES, .may_be_absent = true,
     .meaning = "how many classes there are; absent: those of the data"},
    {OF(activation, KEY_CHOICE), .choices = activations, .meaning = "between the two layers"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"x", FIELD_NUMBERS, "the features"},
    {"class", FIELD_INTEGER, "the class, from 0"},
    {"label", FIELD_TEXT, "or the class by its name"},
    {NULL, FIELD_TEXT, NULL},
};

/* Four points and what lies between them: exclusive or, the smallest thing that one layer cannot learn. */
static void defaults(Model *model)
{
    static const double numbers[4][2] = {{0.1, 0.2}, {0.9, 0.1}, {0.2, 0.8}, {1.1, 0.9}}, classes[] = {0, 1, 1, 0};
    static const Field fields[4][2] = {
        {{"x", NULL, numbers[0], 2}, {"class", NULL, &classes[0], 1}},
        {{"x", NULL, numbers[1], 2}, {"class", NULL, &classes[1], 1}},
        {{"x", NULL, numbers[2], 2}, {"class", NULL, &classes[2], 1}},
        {{"x", NULL, numbers[3], 2}, {"class", NULL, &classes[3], 1}},
    };
    static const Example examples[] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2}, {fields[3], 2}};
    model->data = (Data){.examples = examples, .example_count = 4};
    *(Mlp *)model->settings = (Mlp){.hidden = 4, .activation = MLP_TANH};
}

/* x of an example, as wide as that of the first. */
static bool take_example(Mlp *mlp, const Example *example, int row, Error *error)
{
    return features_take(example, row, &mlp->features, error) && classes_take(&mlp->of, example, row, error);
}

static bool finish(Model *model, Error *error)
{
    Mlp *mlp = model->settings;
    int count = model->data.example_count;
    if (!classes_begin(&mlp->of, model, NULL, error))
        return false;
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\" and no \"csv\"");
    for (int i = 0; i < count; i++)
        if (!take_example(mlp, &model->data.examples[i], i, error))
            return false;
    if (mlp->features > MOST_FEATURES)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"x\" has %d numbers; at most %d", mlp->features,
                         MOST_FEATURES);
    if (mlp->classes && mlp->classes < mlp->of.count)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"classes\" is %d, but the data have class %d; raise it",
                         mlp->classes, mlp->of.count - 1);
    mlp->class_count = mlp->classes ? mlp->classes : mlp->of.count;
    classes_end(&mlp->of, mlp->class_count);
    return true;
}

static int activated(Tape *tape, const Mlp *mlp, int hidden)
{
    switch ((MlpActivation)mlp->activation) {
    case MLP_RELU: return relu_rule(tape, "activated", hidden);
    case MLP_GELU_TANH: return gelu_tanh(tape, "activated", hidden);
    case MLP_GELU_ERF: return gelu_erf(tape, "activated", hidden);
    case MLP_SILU: return silu(tape, "activated", hidden);
    case MLP_TANH: return tanh_rule(tape, "activated", hidden);
    case MLP_SIGMOID: return sigmoid_rule(tape, "activated", hidden);
    }
    abort();
}

/* The features, classes and row numbers of the batch, as leaves. */
static int x_leaf(const Scene *scene, Batch batch, int examples, int features)
{
    int n = ((const Mlp *)scene->model->settings)->features;
    double *numbers = tape_room(scene->tape, batch.count, n);
    for (int i = 0; numbers && i < batch.count; i++)
        memcpy(numbers + (size_t)i * (size_t)n,
               example_field(&scene->model->data.examples[batch_row(batch, i)], "x")->numbers,
               (size_t)n * sizeof *numbers);
    return tape_leaf(scene->tape, KIND_INPUT, "x", (Shape){batch.count, n, examples, features}, numbers);
}

static int ids_leaf(Tape *tape, const char *name, int count, int axis, int counts, const int *ids, Batch batch)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids ? ids[batch_row(batch, i)] : i;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count, .col_axis = axis, .counts = counts}, numbers);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Mlp *mlp = scene->model->settings;
    Batch batch = scene_batch(scene, scene->model->data.example_count, scene->model->data.example_count);
    int n = mlp->features, h = mlp->hidden, c = mlp->class_count;
    int examples = tape_axis(tape, (Axis){"example", batch.count, NULL, false});
    int features = tape_axis(tape, (Axis){"feature", n, NULL, false}),
        units = tape_axis(tape, (Axis){"unit", h, NULL, false});
    int classes = tape_axis(tape, (Axis){"class", c, mlp->of.labels, false});
    int x = x_leaf(scene, batch, examples, features);
    int w_1 = parameter(scene, "W_1", (Shape){n, h, features, units}, PARAMETER_WEIGHT);
    int b_1 = parameter(scene, "b_1", (Shape){1, h, .col_axis = units}, PARAMETER_BIAS);
    int w_2 = parameter(scene, "W_2", (Shape){h, c, units, classes}, PARAMETER_WEIGHT);
    int b_2 = parameter(scene, "b_2", (Shape){1, c, .col_axis = classes}, PARAMETER_BIAS);
    int hidden = linear(tape, "hidden", x, w_1, b_1);
    int logits = linear(tape, "logits", activated(tape, mlp, hidden), w_2, b_2);
    int targets = ids_leaf(tape, "targets", batch.count, examples, classes, mlp->of.of_row, batch);
    int rows = ids_leaf(tape, "rows", batch.count, examples, examples, NULL, batch);
    int losses = cross_entropy(tape, "cross_entropy", "loss.per_example", logits, targets, rows, true);
    return mean(tape, "loss", &losses, 1);
}

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return examples_vary(model, is_features, 12, random, error);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Mlp *mlp = model->settings;
    int batch = model->training.batch ? model->training.batch : model->data.example_count, count = 0;
    out[count++] = (Quantity){"n", NULL, mlp->features};
    out[count++] = (Quantity){"h", NULL, mlp->hidden};
    out[count++] = (Quantity){"C", NULL, mlp->class_count};
    out[count++] = (Quantity){"B", "the number of examples", batch};
    return count;
}

/* What only this system can get wrong; the mistakes of its rules, and what it shares with the MLP of a block,
 * stand in mistake_table.c. */
static const Mistake MLP_MISTAKES[] = {
    {"mlp.not_activated",
     "the hidden layer is not activated: two linear layers are one",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, .frame = "activated", .rule = &TANH_RULE}}},
    {"mlp.sigmoid_for_tanh",
     "the hidden layer goes through the sigmoid instead of tanh",
     1,
     {{EDIT_REPLACE, PHASE_FORWARD, .frame = "activated", .rule = &TANH_RULE, .primitive = &SIGMOID}}},
    {"mlp.slope_of_hidden", "the slope of tanh is taken as 1 - hidden^2, with the number before it instead of after", 2,
     {{EDIT_TAKE, PHASE_BACKWARD, .frame = "activated", .rule = &TANH_RULE, .label = "squared", .input = 0,
       .other = "hidden"},
      {EDIT_TAKE, PHASE_BACKWARD, .frame = "activated", .rule = &TANH_RULE, .label = "squared", .input = 1,
       .other = "hidden"}}},
};

const System MLP = {
    .name = "mlp",
    .good_for = "classes of rows of numbers, by two layers",
    .size = sizeof(Mlp),
    .keys = KEYS,
    .fields = FIELDS,
    .defaults = defaults,
    .finish = finish,
    .numbers_later = true,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .mistakes = MLP_MISTAKES,
    .mistake_count = sizeof MLP_MISTAKES / sizeof *MLP_MISTAKES,
};

/* Numbers for teaching: weights of one decimal with which half of the points are wrong and no number of the first
 * way forward and back is too small for two decimals; in the end each hidden unit has found a point of its own. */
void mlp_preset_xor(Model *model)
{
    model->name = "xor";
    ((Mlp *)model->settings)->hidden = 3;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 6541, .std = 0.8, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 60;
}
