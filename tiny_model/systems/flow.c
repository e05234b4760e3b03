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

/* Their captions; the one that says nothing where it is left out. */
static Conditioning told_captions(const Draws *draws)
{
    Scene *scene = draws->scene;
    const Captions *captions = &draws->flow->captions;
    int count = draws->batch.count, *which = tape_ints(scene->tape, count, captions->count);
    int *rows = tape_ints(scene->tape, count, -1);
    Random random;
    scene_random(scene, ++scene->sites, &random);
    for (int i = 0; i < count; i++)
        if (random_uniform(&random) >= draws->flow->drop || !scene->learning)
            which[i] = batch_row(draws->batch, i);
    Conditioning told = {.captions = captions->of, .which = which, .rows = rows};
    captions_read_all(scene, captions, &told, count, rows);
    scene->fresh = true;
    return told;
}

/* From the batch's noise back to pictures, as tracer draw paints. */
static void sample(const Draws *draws, int x_1, const Conditioning *told)
{
    Scene *scene = draws->scene;
    const Flow *flow = draws->flow;
    int *states = tape_ints(scene->tape, flow->sampled + 1, -1), *ids = tape_ints(scene->tape, draws->batch.count, 0);
    for (int i = 0; i < draws->batch.count; i++) {
        int class = flow->pictures.class_of ? flow->pictures.class_of[batch_row(draws->batch, i)] : -1;
        ids[i] = class < 0 ? flow->classes : class;
    }
    Painting painting = {.solver = SOLVER_EULER, .steps = flow->sampled, .count = draws->batch.count, .classes = ids,
                         .told = told, .guidance = 1};
    painting_record(scene, &painting, x_1, draws->examples, states);
}

/* The pictures of codes, by the decoder of a trained vae. */
static int picture_of_code(Scene *scene, const char *name, int code)
{
    Tape *tape = scene->tape;
    const Flow *flow = flow_of(scene->model);
    scene->frozen = true;
    int made = codes_layers(scene, &flow->codes, "decoder", name, code,
                            (Shape){0, flow->pictures.numbers, .col_axis = pictures_axis(tape, &flow->pictures)});
    scene->frozen = false;
    return made;
}

/* The same of x, which are codes as wide as noise. */
static int decoded(Scene *scene, const char *name, int x)
{
    int code = scaled_by(scene->tape, "code", x, 1 / flow_of(scene->model)->code_scale);
    return picture_of_code(scene, name, code);
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
    Conditioning told = flow->captions.width ? told_captions(&draws) : (Conditioning){0};
    told.classes = classes;
    int x_t = blended(tape, "x_t", x_0, x_1, t);
    int target = difference(tape, "target", x_1, x_0);
    int velocity = flow_velocity(scene, x_t, t, &told);
    int loss = squared_error(tape, "loss", velocity, target, (double)draws.batch.count * flow_numbers(flow));
    if (flow->sampled)
        sample(&draws, x_1, &told);
    return loss;
}

static int numbers(const Model *model, int *rows, int *cols)
{
    const Pictures *pictures = &flow_of(model)->pictures;
    *rows = pictures->rows;
    *cols = pictures->cols;
    return flow_numbers(flow_of(model));
}

static int code_numbers(const Model *model, int *rows, int *cols)
{
    int of = numbers(model, rows, cols);
    return flow_of(model)->space == SPACE_LATENT ? of : 0;
}

static int code_picture(Scene *scene, int z)
{
    return picture_of_code(scene, "picture", z);
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

static const Caption *silence(const Model *model)
{
    const Captions *captions = &flow_of(model)->captions;
    return captions->width ? &captions->of[captions->count] : NULL;
}

static bool caption(const Model *model, const char *text, Arena *arena, Caption *out, Error *error)
{
    return captions_words(&flow_of(model)->captions, text, arena, out, error);
}

/* All digits that are made, in each of their styles; else what the data say, each once, a hundred at most. */
static const char *usual_caption(const Model *model, int i)
{
    const Flow *flow = flow_of(model);
    if (flow->pictures.make == MAKE_DIGITS)
        return digit_whole_caption(i);
    return i < flow->captions.usual_count ? flow->captions.usual[i] : NULL;
}

static void read_captions(Scene *scene, const Conditioning *told, int count, int *rows)
{
    captions_read_all(scene, &flow_of(scene->model)->captions, told, count, rows);
}

static const Painter PAINTER = {
    .numbers = numbers, .classes = classes, .class_name = class_name, .classes_leaf = told_classes,
    .silence = silence, .caption = caption, .usual_caption = usual_caption, .read = read_captions,
    .velocity = flow_velocity, .picture = picture,
};

static const Coder CODER = {code_numbers, code_picture};

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

/* What the captions' encoder was trained beside. */
static bool leaves_out(const Model *model, const char *name)
{
    return flow_of(model)->captions.width &&
           (strncmp(name, "left.", 5) == 0 || strncmp(name, "right.", 6) == 0 || strcmp(name, "log_scale") == 0);
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
    .coder = &CODER,
    .leaves_out = leaves_out,
    .mistakes = FLOW_MISTAKES,
    .mistake_count = FLOW_MISTAKE_COUNT,
};
