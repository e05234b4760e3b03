/* vae: a variational autoencoder. What is left of a picture if it must go through a few numbers, and these must look
 * like noise? Kingma and Welling 2014. Chapter 37.
 *
 *   [mean | log_variance] = f(x W_1 + b_1) W_2 + b_2          the encoder's; x [B x D], each half [B x k]
 *   z = mean + e^(log_variance / 2) noise
 *   reconstruction = f(z W_1 + b_1) W_2 + b_2                 the decoder's
 *   loss = mean over the batch of |reconstruction - x|^2 + beta * mean over the batch of the KL divergence
 *
 * Both are sums over what one picture has and means over the batch: a mean over the pixels would make beta mean
 * something else for every size of a picture. The noise is drawn anew in every training step, unless an example says
 * it. */
#include "vae.h"

#include "../primitives/families.h"
#include "../rules/rule.h"
#include "codes.h"
#include "pictures.h"

#include <math.h>

typedef struct {
    Pictures pictures;
    CodeForm form;
    double beta;
} Vae;

#define OF(key_, member, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Vae, member)

static const ModelKey KEYS[] = {
    PICTURE_KEYS(Vae, pictures),
    {OF(hidden, form.hidden, KEY_INTEGER), .least = 1, .most = MOST_WIDTH,
     .meaning = "width of the hidden layer of the encoder, and of the decoder"},
    {OF(latent, form.latent, KEY_INTEGER), .least = 1, .most = MOST_WIDTH / 2,
     .meaning = "numbers that are left of a picture"},
    {OF(beta, beta, KEY_NUMBER), .least = 0, .most = 1e9,
     .meaning = "what a nat of divergence from the normal cloud costs; 0: nothing, then the clouds become points"},
    {OF(activation, form.activation, KEY_CHOICE), .choices = CODE_ACTIVATIONS, .meaning = "behind both hidden layers"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"x", FIELD_NUMBERS, "the picture, row by row"},
    {"noise", FIELD_NUMBERS, "what is drawn for it; absent: drawn anew in every training step"},
    {"class", FIELD_INTEGER, "what it shows; the autoencoder is not told"},
    {NULL, FIELD_TEXT, NULL},
};

static const Vae *vae_of(const Model *model)
{
    return model->settings;
}

static void defaults(Model *model)
{
    static const double x[3][4] = {{0.9, -0.8, 0.7, -0.9}, {-0.7, 0.9, -0.9, 0.8}, {0.8, 0.9, -0.7, -0.8}};
    static const double noise[3][2] = {{0.4, -1.1}, {-0.6, 0.3}, {1.2, 0.5}};
    static const Field fields[3][2] = {{{"x", NULL, x[0], 4}, {"noise", NULL, noise[0], 2}},
                                       {{"x", NULL, x[1], 4}, {"noise", NULL, noise[1], 2}},
                                       {{"x", NULL, x[2], 4}, {"noise", NULL, noise[2], 2}}};
    static const Example examples[] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2}};
    model->data = (Data){.examples = examples, .example_count = 3};
    *(Vae *)model->settings = (Vae){
        .pictures = {.make = MAKE_NO_PICTURES, .digits = {.seed = 1, .size = 12}}, .form = {3, 2, CODE_SILU}, .beta = 1,
    };
}

static bool finish(Model *model, Error *error)
{
    Vae *vae = model->settings;
    if (!pictures_take(model, &vae->pictures, "x", error))
        return false;
    for (int i = 0; i < model->data.example_count; i++) {
        const Field *noise = example_field(&model->data.examples[i], "noise");
        for (int k = 0; noise && k < noise->count; k++)
            if (!isfinite(noise->numbers[k]))
                return error_set(error, EXIT_USED_WRONGLY,
                                 "model: \"noise\" of example %d has a number that is not finite", i);
        if (noise && noise->count != vae->form.latent)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"noise\" of example %d has %d numbers; \"latent\" is %d, so it needs as many", i,
                             noise->count, vae->form.latent);
    }
    return true;
}

static int noise_leaf(Scene *scene, Batch batch, short examples, short codes)
{
    const Data *data = &scene->model->data;
    int k = vae_of(scene->model)->form.latent;
    double *noise = tape_room(scene->tape, batch.count, k);
    Random random;
    scene_random(scene, ++scene->sites, &random);
    for (int i = 0; noise && i < batch.count; i++) {
        const Field *said = data->examples ? example_field(&data->examples[batch_row(batch, i)], "noise") : NULL;
        for (int c = 0; c < k; c++) {
            double drawn = random_gauss(&random);
            noise[(size_t)i * (size_t)k + (size_t)c] = said ? said->numbers[c] : drawn;
        }
    }
    return tape_leaf(scene->tape, KIND_INPUT, "noise", (Shape){batch.count, k, examples, codes}, noise);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Vae *vae = vae_of(scene->model);
    int all = vae->pictures.count, k = vae->form.latent;
    Batch batch = scene_batch(scene, all, scene->model->data.examples ? all : 1);
    short examples = pictures_examples(tape, batch.count), codes = codes_axis(tape, &vae->form);
    int x = pictures_leaf(tape, &vae->pictures, "x", batch, examples);
    int noise = noise_leaf(scene, batch, examples, codes);
    int both, mean_ = codes_mean(scene, &vae->form, x, &both);
    int log_variance = part_of_columns(tape, "log_variance", both, k, k, codes);
    int z = reparametrised(tape, "z", mean_, log_variance, noise);
    int made = codes_layers(scene, &vae->form, "decoder", "reconstruction", z,
                            (Shape){0, vae->pictures.numbers, .col_axis = pictures_axis(tape, &vae->pictures)});
    int apart = squared_error(tape, "loss.reconstruction", made, x, batch.count);
    int divergence_ = from_normal(tape, "loss.kl", mean_, log_variance, batch.count);
    int price = scaled_by(tape, "loss.kl_weighted", divergence_, vae->beta);
    return residual(tape, "loss", apart, price);
}

static int numbers(const Model *model, int *rows, int *cols)
{
    const Vae *vae = vae_of(model);
    *rows = vae->pictures.rows;
    *cols = vae->pictures.cols;
    return vae->form.latent;
}

static int picture(Scene *scene, int z)
{
    const Vae *vae = vae_of(scene->model);
    return codes_layers(scene, &vae->form, "decoder", "picture", z,
                        (Shape){0, vae->pictures.numbers, .col_axis = pictures_axis(scene->tape, &vae->pictures)});
}

static const Coder CODER = {numbers, picture};

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return pictures_vary(model, random, error);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Vae *vae = vae_of(model);
    int batch = model->training.batch ? model->training.batch : vae->pictures.count, count = 0;
    out[count++] = (Quantity){"D", "the numbers of a picture", vae->pictures.numbers};
    out[count++] = (Quantity){"k", NULL, vae->form.latent};
    out[count++] = (Quantity){"B", "the number of examples", batch};
    return count;
}

/* The error as a mean over all pixels too. */
static int over_pixels(Tape *tape, const Asked *step)
{
    int apart = -1;
    for (int call = tape->call_count - 1; call >= 0; call--)
        if (tape->calls[call].rule == &SQUARED_ERROR)
            apart = tape->calls[call].inputs[0];
    if (apart < 0) /* forward: it is not closed yet */
        apart = tape->steps[tape->frames[tape->frame].first].inputs[0];
    double cells = (double)cells_of(tape_value(tape, apart));
    return mistake_make(tape, step->primitive, step->label, step->inputs, step->count,
                        (Attributes){.constants = {cells}});
}

static const Mistake VAE_MISTAKES[] = {
    {"vae.variance_for_sigma", "the noise is made as wide as the variance, not as its root", 1,
     {{EDIT_SKIP, PHASE_FORWARD, .rule = &REPARAMETRISED, .label = "half_log_variance"}}},
    {"vae.log_variance_for_sigma", "the log of the variance itself is taken for the width of the cloud", 2,
     {{EDIT_SKIP, PHASE_FORWARD, .rule = &REPARAMETRISED, .label = "half_log_variance"},
      {EDIT_SKIP, PHASE_FORWARD, .rule = &REPARAMETRISED, .label = "sigma"}}},
    {"vae.noise_forgotten", "on the way back the width gets the whole gradient, not what the noise made of it", 1,
     {{EDIT_SKIP, PHASE_BACKWARD, .rule = &REPARAMETRISED, .label = "dsigma"}}},
    {"vae.kl_sign", "the divergence is taken away from the loss instead of added", 2,
     {{EDIT_SCALE, PHASE_FORWARD, .rule = &FROM_NORMAL, .on = &DIVIDE_BY, .number = -1},
      {EDIT_SCALE, PHASE_BACKWARD, .rule = &FROM_NORMAL, .label = "share", .number = -1}}},
    {"vae.no_one", "the 1 is not taken away in the divergence: no cloud is ever free", 1,
     {{EDIT_SKIP, PHASE_FORWARD, .rule = &FROM_NORMAL, .label = "twice"}}},
    {"vae.mean_of_pixels", "the error is a mean over the pixels too, while the divergence is a sum over the codes", 2,
     {{EDIT_RECORD, PHASE_FORWARD, &SQUARED_ERROR, .frame = "loss.reconstruction", .on = &DIVIDE_BY,
       .record = over_pixels},
      {EDIT_RECORD, PHASE_BACKWARD, &SQUARED_ERROR, .frame = "loss.reconstruction", .label = "share",
       .record = over_pixels}}},
};

const System VAE = {
    .name = "vae",
    .good_for = "pictures as a few numbers and back, by a variational autoencoder",
    .size = sizeof(Vae),
    .keys = KEYS,
    .fields = FIELDS,
    .defaults = defaults,
    .finish = finish,
    .numbers_later = true,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .coder = &CODER,
    .mistakes = VAE_MISTAKES,
    .mistake_count = sizeof VAE_MISTAKES / sizeof *VAE_MISTAKES,
};

/* Three pictures of four numbers, weights of one decimal. */
void vae_preset_vae(Model *model)
{
    model->name = "vae";
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 4231, .std = 0.8, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 60;
}

/* Phase 5: digits of 144 numbers in 16. */
void vae_preset_codes(Model *model)
{
    Vae *vae = model->settings;
    model->name = "codes";
    pictures_training(model, &vae->pictures, 64, 4300, 0.002);
    vae->form.hidden = 128;
    vae->form.latent = 16;
    vae->beta = 0.15;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 5, .std = 0.1, .reseed = RESEED_ONCE, .decimals = 1};
}
