/* The models of flow that ship; see flow.h. */
#include "flow.h"

#include <math.h>

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

/* A picture of 4 x 4 in four patches, two of whose rows are words: all that a caption does, small enough to read. */
void flow_preset_prompt(Model *model)
{
    static const double picture[16] = {-0.9, 0.8, 0.9, -0.8, -1, 0.7, 0.9, -1, -0.8, 0.9, 0.7, -0.9, -1, 0.8, 0.6, -1};
    static const double noise[16] = {0.4,  -1.1, 0.6, 0.5, -0.3, 1.2, -0.7, 0.2,
                                     -1.3, 0.1,  0.8, -0.4, 0.7, -0.9, 1.1, -0.5};
    static const double t = 0.4;
    static const char *const words[] = {"<PAD>", "<BOS>", "thick", "thin", "one", "leaning"};
    static const Field fields[] = {
        {"x_0", NULL, picture, 16}, {"x_1", NULL, noise, 16}, {"t", NULL, &t, 1}, {"caption", "thick one", NULL, 0}};
    static const Example example = {fields, 4};
    Flow *flow = model->settings;
    flow_preset_dit(model);
    model->name = "prompt";
    model->data = (Data){.examples = &example, .example_count = 1};
    flow->classes = 0;
    flow->d_model = 4;
    flow->d_ff = 6;
    flow->n_heads = 1;
    flow->captions.width = 3;
    flow->captions.heads = 1;
    flow->captions.vocabulary = (Texts){words, 6};
    flow->captions.tokens = 4;
    model->init.seed = 38;
}

/* Phase 4: a diffusion transformer that is told in words. */
void flow_preset_painter(Model *model)
{
    static const char *const frozen[] = {"text"};
    Flow *flow = model->settings;
    flow_preset_digits(model);
    model->name = "painter";
    flow->pictures.digits.set = DIGITS_STYLED;
    flow->pictures.held_out = 1;
    flow->pictures.said = 0.75;
    flow->classes = 0;
    flow->captions.width = 32;
    model->training.steps = 3000;
    model->training.average = 0.999;
    model->training.frozen = (Texts){frozen, 1};
}
