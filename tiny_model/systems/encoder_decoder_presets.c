/* Encoder-decoders that ship: one to be read number by number, and one that learns a toy language from sentences that
 * are made. Chapter 32.
 *
 *   "the old bird likes the fish" is "lo pip vet lo blub am": what is said of a thing stands behind it, and what is
 *   done behind everybody. So a translator has to look elsewhere than at the word of the same place. */
#include "encoder_decoder.h"

#include "../random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *theirs, *ours;
} Pair;

static const Pair NOUNS[] = {{"cat", "miu"}, {"dog", "vau"}, {"bird", "pip"}, {"fish", "blub"}, {"horse", "hop"},
                             {"mouse", "fip"}};
static const Pair ADJECTIVES[] = {{NULL, NULL}, {"red", "rot"}, {"small", "pet"}, {"old", "vet"}, {"black", "nok"},
                                  {"wet", "lak"}};
static const Pair VERBS[] = {{"sees", "vid"}, {"hears", "ud"}, {"likes", "am"}, {"follows", "sek"}, {"eats", "ed"}};

enum { SENTENCES = 240, LONGEST = 80, NOUN_COUNT = sizeof NOUNS / sizeof *NOUNS,
       ADJECTIVE_COUNT = sizeof ADJECTIVES / sizeof *ADJECTIVES, VERB_COUNT = sizeof VERBS / sizeof *VERBS };

/* A sentence in both languages. */
typedef struct {
    char source[LONGEST], target[LONGEST];
} Sentence;

/* Somebody, of whom something may be said. */
static void add_somebody(Random *random, Sentence *to)
{
    const Pair *noun = &NOUNS[random_below(random, NOUN_COUNT)];
    const Pair *adjective = &ADJECTIVES[random_below(random, ADJECTIVE_COUNT)];
    size_t source = strlen(to->source), target = strlen(to->target);
    snprintf(to->source + source, LONGEST - source, "%sthe %s%s%s", source ? " " : "",
             adjective->theirs ? adjective->theirs : "", adjective->theirs ? " " : "", noun->theirs);
    snprintf(to->target + target, LONGEST - target, "%slo %s%s%s", target ? " " : "", noun->ours,
             adjective->ours ? " " : "", adjective->ours ? adjective->ours : "");
}

static Sentence draw_sentence(Random *random)
{
    Sentence drawn = {"", ""};
    add_somebody(random, &drawn);
    const Pair *verb = &VERBS[random_below(random, VERB_COUNT)];
    strcat(strcat(drawn.source, " "), verb->theirs);
    add_somebody(random, &drawn);
    strcat(strcat(drawn.target, " "), verb->ours);
    return drawn;
}

static bool is_known(const Sentence *list, int count, const Sentence *sentence)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i].source, sentence->source) == 0)
            return true;
    return false;
}

/* No sentence twice, so that none of those that are kept apart was learned. Without memory there are none, which is
 * refused later. */
static void make_sentences(Model *model)
{
    Random random;
    Sentence *sentences = arena_alloc(&model->arena, SENTENCES * sizeof *sentences);
    Example *examples = arena_alloc(&model->arena, SENTENCES * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, 2 * SENTENCES * sizeof *fields);
    model->data = (Data){.text = NULL};
    if (!sentences || !examples || !fields)
        return;
    random_seed(&random, 1);
    for (int i = 0; i < SENTENCES; i++) {
        do
            sentences[i] = draw_sentence(&random);
        while (is_known(sentences, i, &sentences[i]));
        fields[2 * i] = (Field){.key = "source", .text = sentences[i].source};
        fields[2 * i + 1] = (Field){.key = "target", .text = sentences[i].target};
        examples[i] = (Example){&fields[2 * i], 2};
    }
    model->data = (Data){.examples = examples, .example_count = SENTENCES};
}

void encoder_decoder_preset_translate(Model *model)
{
    EncoderDecoder *of = model->settings;
    model->name = "translate";
    of->d_model = 4;
    of->d_encoder = 6;
    of->d_ff = 5;
    of->d_k = 2;
    of->place = NORM_NONE;
    of->norm_eps = 0.01;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 28, .std = 0.5, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = 1};
    model->training.steps = 60;
}

void encoder_decoder_preset_interpreter(Model *model)
{
    EncoderDecoder *of = model->settings;
    model->name = "interpreter";
    make_sentences(model);
    of->d_model = 16;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 1, .std = 0.1, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.01, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0.01, .clip_norm = 1};
    model->training = (Training){.batch = 8, .accumulate = 1, .steps = 500, .shuffle = 1, .validation = 1.0 / 6,
                                 .schedule = SCHEDULE_COSINE, .warmup = 20, .min_lr = 0.0003};
}
