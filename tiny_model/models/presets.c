/* The models that ship. */
#include "model.h"

#include <string.h>

/* The published hand calculation "Attention to Detail" (Hubert 2025): no residual and no norm
 * around attention, one residual and a post-norm around the MLP, the sum of the losses. */
static void set_by_hand(Model *model)
{
    static const char *vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "I", "like", "transformers"};
    model->name = "by-hand";
    model->text = "I like transformers";
    model->vocabulary = vocabulary;
    model->vocabulary_size = 6;
    model->context = 5;
    model->d_ff = 64;
    model->norm_attention = NORM_NONE;
    model->norm_mlp = NORM_POST;
    model->final_norm = 0;
    model->residual_attention = 0;
    model->attention_bias = model->output_bias = 0;
    model->loss = LOSS_SUM;
    model->init = (Init){.kind = INIT_PYTHON_GAUSS, .seed = 42, .std = 0.1, .reseed = RESEED_PER_STAGE, .decimals = 1};
}

/* Numbers for teaching: every size another one, weights of one decimal, an eps and a learning
 * rate that show in four decimals, a clipping limit that bites. */
static void set_tiny(Model *model)
{
    static const char *vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "the", "cat", "dog", "bird", "saw", "and"};
    model->name = "tiny";
    model->text = "the cat saw the dog";
    model->vocabulary = vocabulary;
    model->vocabulary_size = 9;
    model->add_bos = model->add_eos = 0;
    model->context = 7;
    model->d_model = 6;
    model->d_ff = 8;
    model->norm_eps = 0.01;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 516, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0.5, .clip_norm = 1};
}

const Preset PRESETS[] = {
    {"tiny", "teaching: every matrix fits the screen, attention is uneven, mistakes show (the default)", set_tiny},
    {"by-hand", "comparing with the published hand calculation, number by number", set_by_hand},
};
const int PRESET_COUNT = sizeof PRESETS / sizeof *PRESETS;

const Preset *preset_find(const char *name)
{
    for (int i = 0; i < PRESET_COUNT; i++)
        if (strcmp(PRESETS[i].name, name) == 0)
            return &PRESETS[i];
    return NULL;
}
