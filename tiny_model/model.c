/* The keys that every system has, their defaults, and how a model is made, copied and finished; see model.h. */
#include "model.h"

#include "elementary/elementary.h"
#include "system.h"

#include <math.h>
#include <string.h>

static const char *const inits[] = {"python_gauss", "normal", "decimal", "zeros", "splitmix", "induction", NULL};
static const char *const reseeds[] = {"once", "per_stage", NULL};
static const char *const optimizers[] = {"sgd", "adam", "adamw", NULL};
static const char *const decays[] = {"all", "matrices", NULL};
static const char *const schedules[] = {"constant", "linear", "cosine", "word2vec", NULL};
static const char *const loaders[] = {"rows", "windows", "random", NULL};

#define INSIDE(group_, key_) .key = #key_, .offset = offsetof(Model, group_.key_), .group = #group_

static const ModelKey MODEL_KEYS[] = {
    {INSIDE(init, kind), .type = KEY_CHOICE, .choices = inits, .meaning = "where the weights come from"},
    {INSIDE(init, seed), .type = KEY_NUMBER, .least = 0, .most = 9007199254740992.0, .meaning = "a whole number"},
    {INSIDE(init, std), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "standard deviation"},
    {INSIDE(init, reseed), .type = KEY_CHOICE, .choices = reseeds,
     .meaning = "per_stage: again for embeddings, projections, output, MLP and head"},
    {INSIDE(init, decimals), .type = KEY_INTEGER, .least = 1, .most = 9, .meaning = "of init.kind decimal"},
    {INSIDE(optimizer, kind), .type = KEY_CHOICE, .choices = optimizers, .meaning = "the rule of the update"},
    {INSIDE(optimizer, lr), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "learning rate"},
    {INSIDE(optimizer, beta1), .type = KEY_NUMBER, .least = 0, .most = 0.9999999999, .meaning = "decay of m"},
    {INSIDE(optimizer, beta2), .type = KEY_NUMBER, .least = 0, .most = 0.9999999999, .meaning = "decay of v"},
    {INSIDE(optimizer, eps), .type = KEY_NUMBER, .least = 0, .most = 1e300, .meaning = "outside the root"},
    {INSIDE(optimizer, weight_decay), .type = KEY_NUMBER, .least = 0, .most = 1e300,
     .meaning = "decoupled in adamw, added to the gradient in adam and sgd"},
    {INSIDE(optimizer, clip_norm), .type = KEY_NUMBER, .least = 0, .most = 1e300, .above_least = true,
     .may_be_null = true, .meaning = "largest global norm of the gradients, or null"},
    {INSIDE(optimizer, decay), .type = KEY_CHOICE, .choices = decays, .younger = true,
     .meaning = "which parameters decay; matrices: no biases, gammas and betas"},
    {INSIDE(training, batch), .type = KEY_INTEGER, .least = 1, .most = MOST_EXAMPLES, .may_be_absent = true,
     .younger = true, .meaning = "examples a training step; absent: one sequence, all rows"},
    {INSIDE(training, steps), .type = KEY_INTEGER, .least = 1, .most = 1e9, .may_be_absent = true, .younger = true,
     .meaning = "updates of the whole training; the schedule ends with the last"},
    {INSIDE(training, loader), .type = KEY_CHOICE, .choices = loaders, .younger = true,
     .meaning = "which examples a step takes: the next rows, the next windows of the text, or windows anywhere"},
    {INSIDE(training, length), .type = KEY_INTEGER, .least = 1, .most = MOST_TOKENS, .may_be_absent = true,
     .younger = true, .meaning = "tokens that a window reads; absent: the context"},
    {INSIDE(training, stride), .type = KEY_INTEGER, .least = 1, .most = MOST_TEXT, .may_be_absent = true,
     .younger = true, .meaning = "tokens from one window to the next; absent: the length"},
    {INSIDE(training, shuffle), .type = KEY_NUMBER, .least = 0, .most = 4294967295.0, .may_be_null = true,
     .younger = true, .meaning = "seed: every epoch in another order, as Python's random.shuffle; null: as they come"},
    {INSIDE(training, validation), .type = KEY_NUMBER, .least = 0, .most = 0.999, .younger = true,
     .meaning = "share of the data, from the end, that is only looked at"},
    {INSIDE(training, test), .type = KEY_NUMBER, .least = 0, .most = 0.999, .younger = true,
     .meaning = "a share behind that of validation, for tracer evaluate in the end"},
    {INSIDE(training, validate_every), .type = KEY_INTEGER, .least = 1, .most = 1e9, .may_be_absent = true,
     .younger = true, .meaning = "updates between two looks at it; absent: forty a training"},
    {INSIDE(training, patience), .type = KEY_INTEGER, .least = 1, .most = 1e9, .may_be_absent = true,
     .younger = true, .meaning = "such looks without a better loss after which it stops; absent: it does not"},
    {INSIDE(training, accumulate), .type = KEY_INTEGER, .least = 1, .most = MOST_EXAMPLES, .younger = true,
     .meaning = "batches an update; the loss is divided by the targets of all of them"},
    {INSIDE(training, keep_every), .type = KEY_INTEGER, .least = 1, .most = 1e9, .may_be_absent = true,
     .younger = true, .meaning = "updates between two checkpoints of a run that is kept; absent: twenty a training"},
    {INSIDE(training, schedule), .type = KEY_CHOICE, .choices = schedules, .younger = true,
     .meaning = "how the learning rate goes from lr to min_lr after the warm-up; "
     "word2vec: lr (1 - k / steps), at least lr / 10000"},
    {INSIDE(training, warmup), .type = KEY_INTEGER, .least = 0, .most = 1e9, .younger = true,
     .meaning = "updates in which the learning rate grows: lr (k + 1) / warmup"},
    {INSIDE(training, min_lr), .type = KEY_NUMBER, .least = 0, .most = 1e300, .younger = true,
     .meaning = "learning rate of the last update"},
    {INSIDE(training, average), .type = KEY_NUMBER, .least = 0, .most = 0.9999999999, .younger = true,
     .meaning = "a moving average of the parameters, used in their place but to train on: d average + (1 - d) next, "
     "d = min(this, (1 + k) / (10 + k)) at update k; 0: none"},
    {INSIDE(training, frozen), .type = KEY_TEXTS, .least = 1, .most = 4096, .may_be_absent = true, .younger = true,
     .meaning = "parameters that stay as they are, by name or by its beginning: \"block0\""},
};
enum { MODEL_KEY_COUNT = sizeof MODEL_KEYS / sizeof *MODEL_KEYS };

/* Of every system too, but it stands first. */
static const ModelKey NAME_KEY = {.group = "", .key = "name", .type = KEY_TEXT, .offset = offsetof(Model, name),
                                  .meaning = "what the model is called"};

const ModelKey *model_key(const System *system, int i)
{
    if (i-- == 0)
        return &NAME_KEY;
    for (const ModelKey *key = system->keys; key->key; key++)
        if (i-- == 0)
            return key;
    return i < MODEL_KEY_COUNT ? &MODEL_KEYS[i] : NULL;
}

void *model_member(const Model *model, const ModelKey *key)
{
    switch (key->place) {
    case KEY_OF_MODEL: return (char *)model + key->offset;
    case KEY_OF_SYSTEM: return (char *)model->settings + key->offset;
    }
    return NULL;
}

static bool settings_room(Model *model, const System *system, Error *error)
{
    model->system = system;
    model->settings = arena_alloc(&model->arena, system->size);
    if (!model->settings)
        return error_memory(error);
    memset(model->settings, 0, system->size);
    return true;
}

bool model_defaults(Model *model, const System *system, Error *error)
{
    *model = (Model){
        .name = "model",
        .init = {.kind = INIT_NORMAL, .seed = 42, .std = 0.02, .reseed = RESEED_ONCE, .decimals = 1},
        .optimizer = {.kind = OPTIMIZER_ADAMW, .lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8,
                      .weight_decay = 0.01, .clip_norm = INFINITY},
        .training = {.accumulate = 1, .shuffle = INFINITY},
    };
    if (!settings_room(model, system, error))
        return false;
    system->defaults(model);
    return true;
}

bool model_copy(Model *copy, const Model *of, Error *error)
{
    *copy = *of;
    copy->arena = (Arena){0};
    if (!settings_room(copy, of->system, error))
        return false;
    memcpy(copy->settings, of->settings, of->system->size);
    return true;
}

const char *model_text(Model *model, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_alloc(&model->arena, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static bool training_works(const Model *model, Error *error)
{
    const Training *training = &model->training;
    if (model->init.seed != floor(model->init.seed))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"seed\" in \"init\" is %g; use a whole number",
                         model->init.seed);
    if (training->loader == LOADER_WINDOWS && !model->system->language)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"loader\" windows cuts texts, which the system \"%s\" does not read; use rows",
                         model->system->name);
    if (training->validation + training->test >= 1)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"validation\" %g and \"test\" %g leave nothing to learn from", training->validation,
                         training->test);
    if (training->validation > 0 && !model->system->held_out)
        return error_set(error, EXIT_USED_WRONGLY, "model: the system \"%s\" has no \"validation\" yet; leave it out",
                         model->system->name);
    if ((long long)training->batch * training->accumulate > MOST_EXAMPLES)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"batch\" times \"accumulate\" in \"training\" is %lld; at most %d",
                         (long long)training->batch * training->accumulate, MOST_EXAMPLES);
    if (training->shuffle < INFINITY && training->shuffle != floor(training->shuffle))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"shuffle\" in \"training\" is %g; use a whole number",
                         training->shuffle);
    if (training->schedule != SCHEDULE_CONSTANT && training->steps == 0)
        return error_set(
            error, EXIT_USED_WRONGLY,
            "model: \"schedule\" in \"training\" ends with the last update; say how many \"steps\" there are");
    if (training->steps && training->warmup > training->steps)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"warmup\" in \"training\" is %d, longer than its \"steps\" %d", training->warmup,
                         training->steps);
    return true;
}

bool model_finish(Model *model, Error *error)
{
    return training_works(model, error) && model->system->finish(model, error);
}

void model_free(Model *model)
{
    arena_free(&model->arena);
    *model = (Model){0};
}

const Field *example_field(const Example *example, const char *key)
{
    for (int i = 0; i < example->count; i++)
        if (strcmp(example->fields[i].key, key) == 0)
            return &example->fields[i];
    return NULL;
}

double learning_rate(const Model *model, int training_step)
{
    const Training *training = &model->training;
    double lr = model->optimizer.lr, least = training->min_lr;
    int warm = training->warmup, last = training->steps - 1;
    if (training_step < warm)
        return lr * (training_step + 1) / warm;
    if (training->schedule == SCHEDULE_CONSTANT)
        return lr;
    if (training->schedule == SCHEDULE_WORD2VEC)
        return lr * fmax(1 - (double)training_step / training->steps, 1e-4);
    if (training_step >= last)
        return least;
    double done = (double)(training_step - warm) / (last - warm);
    if (training->schedule == SCHEDULE_LINEAR)
        return lr + (least - lr) * done;
    return least + (lr - least) / 2 * (1 + cos_of(3.14159265358979323846 * done));
}

double average_decay(const Model *model, int training_step)
{
    return fmin(model->training.average, (1.0 + training_step) / (10.0 + training_step));
}

bool preset_open(Model *model, const Preset *preset, Error *error)
{
    if (!model_defaults(model, preset->system, error))
        return false;
    preset->set(model);
    return true;
}

const Preset *preset_find(const char *name)
{
    for (int i = 0; i < PRESET_COUNT; i++)
        if (strcmp(PRESETS[i].name, name) == 0)
            return &PRESETS[i];
    return NULL;
}
