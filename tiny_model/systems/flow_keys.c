/* The keys of flow, their defaults and what cannot work; see flow.h. */
#include "flow.h"

#include <string.h>

static const char *const networks[] = {"mlp", "dit", NULL};
static const char *const spaces[] = {"pixels", "latent", NULL};
static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Flow, key_)
#define CODE(key_, member, type_) \
    .group = "model", .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Flow, codes.member)
#define SIZE(key_, top, says) {OF(key_, KEY_INTEGER), .least = 1, .most = top, .meaning = says}

const ModelKey FLOW_KEYS[] = {
    PICTURE_KEYS(Flow, pictures),
    CAPTION_KEYS(Flow, pictures, captions),
    {OF(network, KEY_CHOICE), .choices = networks,
     .meaning = "what says the velocity: two or more layers, or a diffusion transformer"},
    {OF(space, KEY_CHOICE), .choices = spaces,
     .meaning = "what is painted: pictures, or codes of a trained vae, whose numbers stay as they are"},
    {OF(vae, KEY_TEXT), .is_file = true, .may_be_absent = true,
     .meaning = "latent: a file of that vae's numbers, as train --save writes it; absent: --weights brings them"},
    {CODE("latent", latent, KEY_INTEGER), .least = 1, .most = MOST_WIDTH / 2, .meaning = "latent: numbers of a code"},
    {CODE("vae_hidden", hidden, KEY_INTEGER), .least = 1, .most = MOST_WIDTH,
     .meaning = "latent: width of the vae's hidden layers"},
    {CODE("vae_activation", activation, KEY_CHOICE), .choices = CODE_ACTIVATIONS, .meaning = "latent: behind them"},
    {OF(code_scale, KEY_NUMBER), .least = 0, .most = 1e6, .above_least = true,
     .meaning = "latent: x_0 is so many times the code, 1 over the spread of all codes"},
    SIZE(frequencies, MOST_FREQUENCIES, "waves that tell the time, a sine and a cosine each"),
    {OF(slowest, KEY_NUMBER), .least = 0, .most = 1e6, .above_least = true,
     .meaning = "turns of the first wave while t goes from 0 to 1"},
    {OF(octaves, KEY_NUMBER), .least = 0, .most = 16, .meaning = "octaves from one wave to the next"},
    SIZE(hidden, MOST_WIDTH, "mlp: width of a hidden layer"),
    SIZE(layers, MOST_HIDDEN_LAYERS, "mlp: hidden layers, each with silu behind it"),
    SIZE(class_width, MOST_WIDTH, "mlp: numbers that stand for the class beside the picture"),
    SIZE(patch, MOST_PICTURE_SIZE, "dit: rows, and columns, of a patch"),
    SIZE(d_model, MOST_WIDTH, "dit: width of the stream, a multiple of 4 and of n_heads"),
    SIZE(n_heads, MOST_WIDTH, "dit: attention heads"),
    SIZE(n_layers, MOST_LAYERS, "dit: blocks"),
    {OF(d_ff, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true,
     .meaning = "dit: width inside the MLPs; absent: 4 times d_model"},
    {OF(activation, KEY_CHOICE), .choices = activations, .meaning = "dit: between the two matrices of an MLP"},
    {OF(norm_eps, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true,
     .meaning = "dit: added to the variance, inside the root"},
    {OF(classes, KEY_INTEGER), .least = 1, .most = MOST_CLASSES, .may_be_absent = true,
     .meaning = "classes that it is told of; absent: none"},
    {OF(sampled, KEY_INTEGER), .least = 1, .most = 64, .may_be_absent = true,
     .meaning = "Euler steps that are recorded behind the loss, from x_1 of the batch; absent: none"},
    {OF(drop, KEY_NUMBER), .least = 0, .most = 1,
     .meaning = "share of classes, and of captions, that are left out while learning"},
    {.key = NULL},
};

const FieldKey FLOW_FIELDS[] = {
    {"x_0", FIELD_NUMBERS, "a picture, row by row, from -1 to 1"},
    {"x_1", FIELD_NUMBERS, "noise, as many numbers; absent: drawn in every training step"},
    {"t", FIELD_NUMBER, "a time from 0 (picture) to 1 (noise), likewise"},
    {"class", FIELD_INTEGER, "what it shows, from 0"},
    {"caption", FIELD_TEXT, "the same in words"},
    {NULL, FIELD_TEXT, NULL},
};

/* Two pictures of 2 x 2 numbers and their noise. */
void flow_defaults(Model *model)
{
    static const double pictures[2][4] = {{0.9, -0.4, 0.9, -0.3}, {0.6, 0.2, 0.2, 0.4}};
    static const double noise[2][4] = {{1.2, -0.6, -0.6, -0.8}, {-0.1, 1.2, -0.6, 0.1}}, times[] = {0.25, 0.8};
    static const Field fields[2][3] = {
        {{"x_0", NULL, pictures[0], 4}, {"x_1", NULL, noise[0], 4}, {"t", NULL, &times[0], 1}},
        {{"x_0", NULL, pictures[1], 4}, {"x_1", NULL, noise[1], 4}, {"t", NULL, &times[1], 1}},
    };
    static const Example examples[] = {{fields[0], 3}, {fields[1], 3}};
    model->data = (Data){.examples = examples, .example_count = 2};
    *(Flow *)model->settings = (Flow){
        .pictures = {.digits = {.seed = 1, .size = 12}, .said = 1}, .captions = {.heads = 2, .layers = 1},
         .codes = {128, 16, CODE_SILU}, .code_scale = 1,
        .frequencies = 1, .slowest = 1, .octaves = 0.75, .hidden = 5,
        .layers = 1, .class_width = 16, .patch = 2, .d_model = 8, .n_heads = 2, .n_layers = 1,
        .activation = ACTIVATION_GELU_TANH, .norm_eps = 1e-6,
    };
}

static bool numbers_are_right(const Field *field, const char *key, int row, int count, double least, double most,
                              Error *error)
{
    if (!field)
        return true;
    if (!field->numbers || field->count != count)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d has %d numbers, it needs %d", key, row,
                         field->count, count);
    for (int i = 0; i < count; i++)
        if (!(field->numbers[i] >= least && field->numbers[i] <= most))
            return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d has %g; it must be from %g to %g",
                             key, row, field->numbers[i], least, most);
    return true;
}

static bool examples_work(const Model *model, Error *error)
{
    int count = flow_of(model)->pictures.count, numbers = flow_numbers(flow_of(model));
    for (int i = 0; model->data.examples && i < count; i++) {
        const Example *example = &model->data.examples[i];
        if (!numbers_are_right(example_field(example, "x_1"), "x_1", i, numbers, -1e300, 1e300, error) ||
            !numbers_are_right(example_field(example, "t"), "t", i, 1, 0, 1, error))
            return false;
    }
    return true;
}

static bool classes_work(const Flow *flow, Error *error)
{
    const Pictures *pictures = &flow->pictures;
    if (flow->classes && pictures->class_count > flow->classes)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"classes\" is %d, but the data have class %d; raise it",
                         flow->classes, pictures->class_count - 1);
    return !flow->classes || !pictures->labels.count || pictures->labels.count == flow->classes ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"labels\" in \"data\" names %d classes, but \"classes\" is %d",
                     pictures->labels.count, flow->classes);
}

/* Behind those of the classes a name for the row of no class. */
static bool name_classes(Model *model, Flow *flow, Error *error)
{
    const Texts *labels = &flow->pictures.labels;
    flow->class_names = NULL;
    if (!flow->classes || !labels->count)
        return true;
    flow->class_names = arena_alloc(&model->arena, ((size_t)labels->count + 1) * sizeof *flow->class_names);
    if (!flow->class_names)
        return error_memory(error);
    memcpy(flow->class_names, labels->list, (size_t)labels->count * sizeof *labels->list);
    flow->class_names[labels->count] = "none";
    return true;
}

static bool transformer_works(const Flow *flow, Error *error)
{
    const Pictures *pictures = &flow->pictures;
    int d = flow->d_model;
    if (flow->network != FLOW_DIT)
        return !flow->captions.width ||
               error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text_width\" is for \"network\" dit, whose patches look at the words");
    if (flow->space == SPACE_LATENT)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"space\" latent has codes, which are no patches; \"network\" mlp paints them");
    if (pictures->rows % flow->patch != 0 || pictures->cols % flow->patch != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"patch\" is %d, which does not divide a picture of %d x %d; choose one that does",
                         flow->patch, pictures->rows, pictures->cols);
    if (d % flow->n_heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"d_model\" is %d, which is not a multiple of \"n_heads\" %d; choose one that is", d,
                         flow->n_heads);
    return d % 4 == 0 || error_set(error, EXIT_USED_WRONGLY,
                                   "model: \"d_model\" is %d; positions are sines and cosines of rows and columns: "
                                   "make it a multiple of 4",
                                   d);
}

bool flow_finish(Model *model, Error *error)
{
    Flow *flow = model->settings;
    if (flow->vae && flow->space != SPACE_LATENT)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"vae\" is for codes; \"space\" latent paints them, pixels does not");
    if (!pictures_take(model, &flow->pictures, "x_0", error) || !examples_work(model, error) ||
        !classes_work(flow, error) || !name_classes(model, flow, error) || !transformer_works(flow, error))
        return false;
    if (flow->captions.width && !captions_take(model, &flow->captions, flow->pictures.captions, flow->pictures.count,
                                               flow->norm_eps, error))
        return false;
    int patches = flow->pictures.numbers / (flow->patch * flow->patch);
    flow->blocks = gpt_both_ways(patches, flow->d_model, flow->n_heads, flow->d_ff ? flow->d_ff : 4 * flow->d_model,
                                 flow->n_layers, flow->activation, flow->norm_eps);
    return true;
}
