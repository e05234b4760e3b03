/* flow: what one training step of flow matching records. Chapter 35.
 *
 *   x_t = (1 - t) x_0 + t x_1,  target = x_1 - x_0       x_0 a picture [B x D], x_1 noise, t a time [B x 1]
 *   velocity = network(x_t, t, class)
 *   loss = mean of (velocity - target)^2
 *
 * What an example does not say is drawn anew in every training step: t uniformly, x_1 normally, and whether its class
 * is left out. Painting goes the other way: t from 1 to 0, x - dt velocity (painting.c). */
#include "flow.h"

#include "../painting.h"
#include "../rules/rule.h"

#include <math.h>
#include <string.h>

/* A batch, and how its numbers are drawn. */
typedef struct {
    Scene *scene;
    const Flow *flow;
    Batch batch;
    short examples;
} Draws;

static const Field *said(const Draws *draws, int i, const char *key)
{
    const Data *data = &draws->scene->model->data;
    return data->examples ? example_field(&data->examples[batch_row(draws->batch, i)], key) : NULL;
}

static int times_leaf(const Draws *draws)
{
    Scene *scene = draws->scene;
    Random random;
    scene_random(scene, ++scene->sites, &random);
    double *times = tape_room(scene->tape, draws->batch.count, 1);
    for (int i = 0; times && i < draws->batch.count; i++) {
        double drawn = random_uniform(&random);
        times[i] = said(draws, i, "t") ? said(draws, i, "t")->numbers[0] : drawn;
    }
    return tape_leaf(scene->tape, KIND_INPUT, "t", (Shape){draws->batch.count, 1, draws->examples}, times);
}

static int noise_leaf(const Draws *draws)
{
    Scene *scene = draws->scene;
    Tape *tape = scene->tape;
    int count = draws->batch.count, numbers = flow_numbers(draws->flow);
    Random random;
    scene_random(scene, ++scene->sites, &random);
    double *noise = tape_room(tape, count, numbers);
    for (int i = 0; noise && i < count; i++) {
        const Field *field = said(draws, i, "x_1");
        for (int c = 0; c < numbers; c++) {
            double drawn = random_gauss(&random);
            noise[(size_t)i * (size_t)numbers + (size_t)c] = field ? field->numbers[c] : drawn;
        }
    }
    return tape_leaf(tape, KIND_INPUT, "x_1",
                     (Shape){count, numbers, draws->examples, flow_axis(tape, draws->flow)}, noise);
}

/* Their classes; C where none is said, and where it is left out. */
static int classes_leaf(const Draws *draws)
{
    Scene *scene = draws->scene;
    const Flow *flow = draws->flow;
    int count = draws->batch.count, *ids = tape_ints(scene->tape, count, flow->classes);
    Random random;
    scene_random(scene, ++scene->sites, &random);
    for (int i = 0; i < count; i++) {
        int class = flow->pictures.class_of ? flow->pictures.class_of[batch_row(draws->batch, i)] : -1;
        bool kept = random_uniform(&random) >= flow->drop || !scene->learning;
        if (class >= 0 && kept)
            ids[i] = class;
    }
    return flow_classes(scene->tape, flow, ids, count, draws->examples);
}

/* From the batch's noise back to pictures, as tracer draw paints. */
static void sample(const Draws *draws, int x_1)
{
    Scene *scene = draws->scene;
    const Flow *flow = draws->flow;
    int *states = tape_ints(scene->tape, flow->sampled + 1, -1), *ids = tape_ints(scene->tape, draws->batch.count, 0);
    for (int i = 0; i < draws->batch.count; i++) {
        int class = flow->pictures.class_of ? flow->pictures.class_of[batch_row(draws->batch, i)] : -1;
        ids[i] = class < 0 ? flow->classes : class;
    }
    Painting painting = {.solver = SOLVER_EULER, .steps = flow->sampled, .count = draws->batch.count, .classes = ids,
                         .guidance = 1};
    painting_record(scene, &painting, x_1, draws->examples, states);
}

/* The pictures that codes x are of, by the decoder of a trained vae. */
static int decoded(Scene *scene, const char *name, int x)
{
    Tape *tape = scene->tape;
    const Flow *flow = flow_of(scene->model);
    int code = scaled_by(tape, "code", x, 1 / flow->code_scale);
    scene->frozen = true;
    int made = codes_layers(scene, &flow->codes, "decoder", name, code,
                            (Shape){0, flow->pictures.numbers, .col_axis = pictures_axis(tape, &flow->pictures)});
    scene->frozen = false;
    return made;
}

/* What is learned to be painted: pictures, or their codes; these as pictures again are told behind them. */
static int wanted(const Draws *draws)
{
    Scene *scene = draws->scene;
    Tape *tape = scene->tape;
    const Flow *flow = draws->flow;
    bool latent = flow->space == SPACE_LATENT;
    int x = pictures_leaf(tape, &flow->pictures, latent ? "x" : "x_0", draws->batch, draws->examples);
    if (!latent)
        return x;
    scene->frozen = true;
    int mean_ = codes_mean(scene, &flow->codes, x, NULL);
    scene->frozen = false;
    int x_0 = scaled_by(tape, "x_0", mean_, flow->code_scale);
    decoded(scene, "reconstruction", x_0);
    scene->fresh = true;
    return x_0;
}

static int picture(Scene *scene, int x)
{
    return flow_of(scene->model)->space == SPACE_LATENT ? decoded(scene, "picture", x) : x;
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Flow *flow = flow_of(scene->model);
    int all = flow->pictures.count;
    Draws draws = {scene, flow, scene_batch(scene, all, scene->model->data.examples ? all : 1), AXIS_NONE};
    draws.examples = pictures_examples(tape, draws.batch.count);
    int x_0 = wanted(&draws);
    int t = times_leaf(&draws), x_1 = noise_leaf(&draws), classes = flow->classes ? classes_leaf(&draws) : -1;
    int x_t = blended(tape, "x_t", x_0, x_1, t);
    int target = difference(tape, "target", x_1, x_0);
    int velocity = flow_velocity(scene, x_t, t, classes);
    int loss = squared_error(tape, "loss", velocity, target, (double)draws.batch.count * flow_numbers(flow));
    if (flow->sampled)
        sample(&draws, x_1);
    return loss;
}

static int numbers(const Model *model, int *rows, int *cols)
{
    const Pictures *pictures = &flow_of(model)->pictures;
    *rows = pictures->rows;
    *cols = pictures->cols;
    return flow_numbers(flow_of(model));
}

static int classes(const Model *model)
{
    return flow_of(model)->classes;
}

static const char *class_name(const Model *model, int class)
{
    return flow_of(model)->class_names ? flow_of(model)->class_names[class] : NULL;
}

static int told_classes(Scene *scene, const int *ids, int count, short examples)
{
    return flow_classes(scene->tape, flow_of(scene->model), ids, count, examples);
}

static const Painter PAINTER = {
    .numbers = numbers, .classes = classes, .class_name = class_name, .classes_leaf = told_classes,
    .velocity = flow_velocity, .picture = picture,
};

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return pictures_vary(model, random, error);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Flow *flow = flow_of(model);
    int batch = model->training.batch ? model->training.batch : flow->pictures.count, count = 0;
    out[count++] = (Quantity){"D", NULL, flow_numbers(flow)};
    out[count++] = (Quantity){"B", "the number of examples", batch};
    if (flow->network == FLOW_DIT) {
        out[count++] = (Quantity){"d", NULL, flow->d_model};
        out[count++] = (Quantity){"d_k", NULL, flow->blocks.head_width};
        out[count++] = (Quantity){"N", "the number of patches", flow->blocks.context};
    }
    return count;
}

const System FLOW = {
    .name = "flow",
    .good_for = "pictures from noise, by flow matching",
    .size = sizeof(Flow),
    .keys = FLOW_KEYS,
    .fields = FLOW_FIELDS,
    .defaults = flow_defaults,
    .finish = flow_finish,
    .numbers_later = true,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .painter = &PAINTER,
    .mistakes = FLOW_MISTAKES,
    .mistake_count = FLOW_MISTAKE_COUNT,
};

/* Two pictures of four numbers, with weights of one decimal: every number of a step fits a line. */
void flow_preset_flow(Model *model)
{
    model->name = "flow";
    ((Flow *)model->settings)->sampled = 2;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 35, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 60;
}

/* One picture of 4 x 4 through one block: four patches of a diffusion transformer, with a class. */
void flow_preset_dit(Model *model)
{
    static const double picture[16] = {-1, 0.8, 0.9, -1, -1, -0.9, 0.7, -1, -0.9, 0.6, -0.8, -1, 0.9, 1, 0.8, 0.7};
    static const double noise[16] = {0.3,  -1.2, 0.7, 0.5, -0.4, 1.1, -0.6, 0.2,
                                     -1.4, 0.1,  0.9, -0.3, 0.6, -0.8, 1.3, -0.5};
    static const double t = 0.3, class = 1;
    static const Field fields[] = {
        {"x_0", NULL, picture, 16}, {"x_1", NULL, noise, 16}, {"t", NULL, &t, 1}, {"class", NULL, &class, 1}};
    static const Example example = {fields, 4};
    Flow *flow = model->settings;
    model->name = "dit";
    model->data = (Data){.examples = &example, .example_count = 1};
    flow->network = FLOW_DIT;
    flow->classes = 2;
    flow->frequencies = 2;
    flow->d_ff = 12;
    flow->norm_eps = 0.01;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 36, .std = 0.4, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = 1};
}

static void flow_training(Model *model, int batch, int steps, double lr)
{
    Flow *flow = model->settings;
    pictures_training(model, &flow->pictures, batch, steps, lr);
    flow->frequencies = 8;
    flow->slowest = 0.5;
}

/* Phase 1: an mlp paints strokes, grainy, about half of them digits. */
void flow_preset_strokes(Model *model)
{
    Flow *flow = model->settings;
    model->name = "strokes";
    flow_training(model, 128, 2000, 0.002);
    flow->hidden = 256;
    flow->layers = 2;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 1, .std = 0.06, .reseed = RESEED_ONCE, .decimals = 1};
}

/* Phases 2 and 3: a diffusion transformer that is told the digit, and is now and then not told. */
void flow_preset_digits(Model *model)
{
    Flow *flow = model->settings;
    model->name = "digits";
    flow_training(model, 32, 2800, 0.003);
    flow->network = FLOW_DIT;
    flow->patch = 3;
    flow->d_model = 32;
    flow->n_heads = 4;
    flow->n_layers = 2;
    flow->classes = 10;
    flow->drop = 0.1;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 3, .std = 0.12, .reseed = RESEED_ONCE, .decimals = 1};
}

/* Phase 5: what is painted are codes of the preset `codes`; its trained numbers come by --weights. */
void flow_preset_latent(Model *model)
{
    Flow *flow = model->settings;
    model->name = "latent";
    pictures_training(model, &flow->pictures, 128, 2500, 0.002);
    flow->space = SPACE_LATENT;
    flow->code_scale = 1.05; /* the codes of `codes` have a spread of 0.955 */
    flow->frequencies = 8;
    flow->slowest = 0.5;
    flow->hidden = 128;
    flow->layers = 3;
    flow->classes = 10;
    flow->drop = 0.1;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 7, .std = 0.1, .reseed = RESEED_ONCE, .decimals = 1};
}
