/* The models that ship. */
#include "../data/texts.h"
#include "accounting.h"
#include "bpe.h"
#include "encoder_decoder.h"
#include "contrastive.h"
#include "counts.h"
#include "flow.h"
#include "gpt.h"
#include "mlp.h"
#include "nufo.h"
#include "points.h"
#include "word2vec.h"
#include "tabular.h"
#include "trees.h"
#include "vae.h"

#include <math.h>
#include <string.h>

/* The published hand calculation "Attention to Detail" (Hubert 2025): no residual and no norm
 * around attention, one residual and a post-norm around the MLP, the sum of the losses. */
static void set_by_hand(Model *model)
{
    Gpt *gpt = model->settings;
    static const char *const vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "I", "like", "transformers"};
    model->name = "by-hand";
    model->data.text = "I like transformers";
    gpt->vocabulary = (Texts){vocabulary, 6};
    gpt->context = 5;
    gpt->d_ff = 64;
    gpt->norm_attention = NORM_NONE;
    gpt->norm_mlp = NORM_POST;
    gpt->final_norm = 0;
    gpt->residual_attention = 0;
    gpt->attention_bias = gpt->output_bias = 0;
    gpt->loss = LOSS_SUM;
    model->init = (Init){.kind = INIT_PYTHON_GAUSS, .seed = 42, .std = 0.1, .reseed = RESEED_PER_STAGE, .decimals = 1};
}

/* Numbers for teaching: every size another one, weights of one decimal, an eps and a learning
 * rate that show in four decimals, a clipping limit that bites. */
static void set_tiny(Model *model)
{
    Gpt *gpt = model->settings;
    static const char *const vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "the", "cat", "dog", "bird", "saw", "and"};
    model->name = "tiny";
    model->data.text = "the cat saw the dog";
    gpt->vocabulary = (Texts){vocabulary, 9};
    gpt->add_bos = gpt->add_eos = 0;
    gpt->context = 7;
    gpt->d_model = 6;
    gpt->d_ff = 8;
    gpt->norm_eps = 0.01;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 516, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0.5, .clip_norm = 1};
}

/* Each line of a text is a document. Without memory there are none, and model_finish says so. */
static void take_lines(Model *model, const char *text)
{
    int count = 0;
    for (const char *c = text; *c; c++)
        count += *c == '\n';
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, (size_t)count * sizeof *fields);
    for (int i = 0; examples && fields && i < count; i++) {
        size_t length = strcspn(text, "\n");
        char *line = arena_alloc(&model->arena, length + 1);
        if (!line)
            return;
        memcpy(line, text, length);
        line[length] = '\0';
        fields[i] = (Field){.key = "text", .text = line};
        examples[i] = (Example){&fields[i], 1};
        text += length + 1;
    }
    if (examples && fields)
        model->data = (Data){.examples = examples, .example_count = count};
}

/* The word behind "bank" is another one at a river than where money is: to say it, the model has to tell two meanings
 * of one word apart. The last 36 sentences are not learned from. */
static void set_bank(Model *model)
{
    Gpt *gpt = model->settings;
    model->name = "bank";
    take_lines(model, BANK);
    gpt->add_bos = gpt->add_eos = gpt->specials = 0;
    gpt->context = 9;
    gpt->d_model = 16;
    gpt->n_heads = 2;
    gpt->d_ff = 64;
    gpt->n_layers = 2;
    gpt->tied_head = 1;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 0, .std = 0.1, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer.lr = 0.005;
    model->training = (Training){.batch = 72, .accumulate = 1, .steps = 400, .shuffle = INFINITY, .validation = 0.3333,
                                 .schedule = SCHEDULE_LINEAR};
}

/* Six words, of which the last has three tiles; the block is attention alone. */
static void set_flash(Model *model)
{
    Gpt *gpt = model->settings;
    static const char *const vocabulary[] = {"the", "cat", "saw", "dog", "and", "bird"};
    model->name = "flash";
    model->data.text = "the cat saw the dog and";
    gpt->vocabulary = (Texts){vocabulary, 6};
    gpt->add_bos = gpt->add_eos = 0;
    gpt->context = 6;
    gpt->d_model = 4;
    gpt->n_heads = 1;
    gpt->attention = ATTENTION_FLASH;
    gpt->norm_eps = 0.01;
    gpt->norm_mlp = NORM_NONE;
    gpt->mlp = MLP_NONE;
    gpt->attention_bias = gpt->output_bias = 0;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 35, .std = 0.8, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0.5, .clip_norm = 1};
}

/* The same words and four experts, each with room for three tokens: three choices find none. */
static void set_moe(Model *model)
{
    Gpt *gpt = model->settings;
    set_flash(model);
    model->name = "moe";
    gpt->attention = ATTENTION_PLAIN;
    gpt->norm_mlp = NORM_PRE;
    gpt->mlp = MLP_MOE;
    gpt->d_ff = 3;
    gpt->capacity = 1;
    gpt->balance = 0.01;
    gpt->activation = ACTIVATION_RELU;
    gpt->mlp_bias = 0;
    model->init.seed = 1306;
    model->init.std = 0.6;
}

/* A character model that writes plausible text after two minutes: two blocks on windows of 32 characters. */
static void set_character_model(Model *model)
{
    Gpt *gpt = model->settings;
    gpt->tokenizer = TOKENIZER_CHARACTERS;
    gpt->add_bos = gpt->add_eos = gpt->specials = 0;
    gpt->context = 32;
    gpt->d_model = 64;
    gpt->n_heads = 4;
    gpt->n_layers = 2;
    gpt->tied_head = 1;
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.003, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0.1, .clip_norm = 1, .decay = DECAY_MATRICES};
    model->training = (Training){.batch = 8, .accumulate = 1, .loader = LOADER_RANDOM, .shuffle = INFINITY,
                                 .validation = 0.1, .schedule = SCHEDULE_COSINE, .warmup = 100, .min_lr = 0.0003};
}

static void set_moby(Model *model)
{
    set_character_model(model);
    model->name = "moby";
    model->data.text = MOBY_100K;
    model->training.steps = 8000;
}

/* The first chapter alone, which such a model knows by heart sooner than it helps. */
static void set_loomings(Model *model)
{
    set_character_model(model);
    model->name = "loomings";
    model->data.text = MOBY_20K;
    ((Gpt *)model->settings)->dropout = 0.1;
    model->training.steps = 8000;
}

/* Two blocks of two heads and nothing else, on texts that repeat: what an induction head is found in. */
static void set_repeats(Model *model)
{
    Gpt *gpt = model->settings;
    static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                          "i", "j", "k", "l", "m", "n", "o", "p"};
    model->name = "repeats";
    model->data.text = NULL;
    gpt->made = (Made){.kind = MAKE_REPEATS, .count = 64000};
    gpt->vocabulary = (Texts){letters, 16};
    gpt->add_bos = gpt->add_eos = 0;
    gpt->context = 32;
    gpt->d_model = 32;
    gpt->n_layers = 2;
    gpt->mlp = MLP_NONE;
    gpt->norm_gain = 0;
    gpt->attention_bias = gpt->output_bias = gpt->mlp_bias = 0;
    model->init.seed = 20;
    model->init.std = 0.17677669529663687; /* 1 / sqrt(d_model) */
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.01, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0, .clip_norm = 1};
    model->training = (Training){.batch = 32, .accumulate = 1, .steps = 8000, .loader = LOADER_WINDOWS,
                                 .shuffle = INFINITY, .schedule = SCHEDULE_COSINE, .warmup = 100, .min_lr = 0.0005};
}

/* What came of it, rounded to one decimal, on a text of its kind. */
static void set_induction(Model *model)
{
    Gpt *gpt = model->settings;
    set_repeats(model);
    model->name = "induction";
    model->data.text = "k d h a m c f k d h a m c f k d";
    gpt->made = (Made){0};
    gpt->inside = 1;
    model->init = (Init){.kind = INIT_INDUCTION, .seed = 20, .std = 0.17677669529663687, .decimals = 1};
    model->training = (Training){.accumulate = 1, .shuffle = INFINITY};
}

const Preset PRESETS[] = {
    {"tiny", &GPT, "teaching: every matrix fits the screen, attention is uneven, mistakes show (the default)",
     set_tiny},
    {"by-hand", &GPT, "comparing with the published hand calculation, number by number", set_by_hand},
    {"documents", &COUNTS, "three documents as counts, tf-idf, cosines and LSA, every step of it; no loss",
     counts_preset_documents},
    {"pairs", &WORD2VEC, "word vectors of four sentences, small enough to read: a word, a neighbour, three words drawn",
     word2vec_preset_pairs},
    {"points", &PLANE, "eight points in a plane: PCA, k-means, logistic regression, neighbours, step by step; no loss",
     points_preset},
    {"xor", &MLP, "a classifier of two layers on four points: the smallest network that one layer cannot replace",
     mlp_preset_xor},
    {"bpe", &BPE, "a tokenizer that learns its merges from a text, every count of every round; no loss", bpe_preset},
    {"costs", &ACCOUNTING, "what transformers cost, reckoned step by step: parameters, FLOPs, bytes; no loss",
     accounting_preset},
    {"flash", &GPT, "attention in tiles: what every query keeps from tile to tile, forward and back", set_flash},
    {"moe", &GPT, "a mixture of four experts: who goes where, who finds no room, what the router learns", set_moe},
    {"trees", &TREES, "boosted trees on eight rows: every cut that was tried, and why it was not the best; no way back",
     trees_preset},
    {"customers", &TABULAR, "yes or no from a table: numbers as waves, categories, products of features",
     tabular_preset_customers},
    {"translate", &ENCODER_DECODER, "a toy language: an encoder, a decoder, cross-attention between them",
     encoder_decoder_preset_translate},
    {"nights", &NUFO, "two customers' transactions through a transformer, its last row beside their tables",
     nufo_preset_nights},
    {"flow", &FLOW, "flow matching on two pictures of four numbers: noise, a line, a velocity", flow_preset_flow},
    {"dit", &FLOW, "a diffusion transformer on one picture of 4 x 4: patches, a condition, gates", flow_preset_dit},
    {"prompt", &FLOW, "a picture of 4 x 4 from two words: a text encoder, cross-attention, gradients of words",
     flow_preset_prompt},
    {"vae", &VAE, "pictures of four numbers as clouds of two, and back: noise, divergence, their prices",
     vae_preset_vae},
    {"loomings", &GPT, "training on 20 kB of text until it overfits: characters, two blocks, dropout", set_loomings,
     .whole_training = true},
    {"digits", &FLOW, "painting digits that one asks for: a diffusion transformer with classes and guidance",
     flow_preset_digits, .whole_training = true},
    {"latent", &FLOW, "painting codes of the preset codes, by its trained numbers: --weights codes.safetensors",
     flow_preset_latent, .whole_training = true},
    {"strokes", &FLOW, "painting digits with the plainest network: an mlp", flow_preset_strokes,
     .whole_training = true},
    {"codes", &VAE, "digits of 144 numbers kept in 16: what a latent flow paints in", vae_preset_codes,
     .whole_training = true},
    {"matching", &CONTRASTIVE, "sentences that belong together, two encoders and a temperature that is learned",
     contrastive_preset_matching, .whole_training = true},
    {"paraphrases", &CONTRASTIVE, "33 sentences and what says the same in other words: who belongs to whom",
     contrastive_preset_paraphrases, .whole_training = true},
    {"captions", &CONTRASTIVE, "digits and captions like \"thick seven leaning right\": who belongs to whom",
     contrastive_preset_captions, .whole_training = true},
    {"painter", &FLOW, "painting what a caption says, read by what captions learned: --weights captions.safetensors",
     flow_preset_painter, .whole_training = true},
    {"bank", &GPT, "one word with two meanings, which a GPT keeps apart: tracer senses bank", set_bank,
     .whole_training = true},
    {"messages", &GPT, "messages that arrived clear or garbled: fine-tuning what loomings learned", gpt_preset_messages,
     .whole_training = true},
    {"interpreter", &ENCODER_DECODER, "training a translator of a toy language: it translates what it never saw",
     encoder_decoder_preset_interpreter, .whole_training = true},
    {"moby", &GPT, "training on 100 kB of text: plausible sentences after two minutes", set_moby,
     .whole_training = true},
    {"people", &WORD2VEC, "word vectors of 200 sentences: king - man + woman, and every update that led there",
     word2vec_preset_people, .whole_training = true},
    {"spending", &NUFO, "3,000 customers: who they are is in the text, nights only a joint fusion keeps",
     nufo_preset_spending, .whole_training = true},
    {"induction", &GPT, "looking inside: trained, with one decimal a weight; one head finds the token before, one what "
     "came behind it", set_induction, .whole_training = true},
    {"repeats", &GPT, "training that model: an induction head within 300 updates, a clean one after 8000", set_repeats,
     .whole_training = true},
};
const int PRESET_COUNT = sizeof PRESETS / sizeof *PRESETS;
