/* Training a ladder of models, and its law; see ladder.h. */
#include "ladder.h"

#include "resize.h"
#include "tracer/base/progress.h"
#include "training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int WIDTHS[] = {8, 16, 24, 32, 48, 64};
static const int LENGTHS[] = {8, 16, 32, 64}, SOURCES[] = {1, 2, 4};

enum { LENGTH = 32, COUNT_OF_WIDTHS = 6, COUNT_OF_LENGTHS = 4, COUNT_OF_SOURCES = 3 };

typedef struct {
    Progress progress;
    int done, of;            /* updates of all models */
    double validation;
    int step;
} Watching;

static bool watch(void *context, const Run *run, const UpdateRecord *update)
{
    Watching *watching = context;
    (void)run;
    watching->validation = update->validation;
    watching->step = update->step;
    progress_show(&watching->progress, watching->done + update->step, watching->of);
    return true;
}

/* What it costs by formula: every update reads batch windows of `length`. */
static double training_flops(const Model *model, int updates)
{
    ModelSizes sizes;
    if (!model->system->sizes || !model->system->sizes(model, &sizes))
        return NAN;
    double windows = (double)model->training.batch * model->training.accumulate * updates;
    return 6 * windows * (double)sizes_products(&sizes, model->training.length, 0).all;
}

/* One model from its start to its last update. *whole is false after Ctrl-C. */
static bool train_one(const RunOptions *options, const Resize *resize, Watching *watching, Rung *rung, bool *words,
                      bool *whole, Error *error)
{
    Session session;
    RunOptions own = *options;
    TrainingEnd end;
    own.resize = resize;
    own.step = 0;
    own.step_given = true;
    if (!session_load(&session, &own, error))
        return false;
    TrainingPlan plan = {.last = resize->updates, .each = watch, .context = watching};
    bool trained = training_run(&session, &plan, &end, error);
    if (trained && end == END_NOT_FINITE)
        trained = error_set(error, EXIT_CHECK_SAID_NO, "the model of width %d: training step %d has a loss that is no "
                            "number; lower \"lr\" in a model file", resize->width, watching->step);
    *whole = trained && end == END_DONE;
    *rung = (Rung){.width = resize->width, .loss = watching->validation,
                   .flops = training_flops(&session.model, resize->updates)};
    *words = session.model.system->language && session.model.system->language->words(&session.model);
    for (int i = 0; i < session.run.parameters.count; i++)
        rung->parameters += (double)session.run.parameters.list[i].rows * session.run.parameters.list[i].cols;
    watching->done += resize->updates;
    session_close(&session);
    return trained;
}

static bool train_beside(const RunOptions *options, Ladder *out, Watching *watching, bool *whole, Error *error)
{
    Rung rung;
    for (int i = 0; i < COUNT_OF_LENGTHS && *whole; i++) {
        Resize resize = {.width = out->beside_width, .length = LENGTHS[i], .sources = 1, .updates = out->updates};
        if (!train_one(options, &resize, watching, &rung, &out->words, whole, error))
            return false;
        if (*whole)
            out->lengths[out->length_count++] = (BesideRung){LENGTHS[i], rung.loss};
    }
    for (int i = 0; i < COUNT_OF_SOURCES && *whole && !out->words; i++) {
        Resize resize = {.width = out->beside_width, .length = LENGTH, .sources = SOURCES[i], .updates = out->updates};
        if (!train_one(options, &resize, watching, &rung, &out->words, whole, error))
            return false;
        if (*whole)
            out->sources[out->source_count++] = (BesideRung){SOURCES[i], rung.loss};
    }
    return true;
}

bool ladder_train(const RunOptions *options, const int *widths, int count, int updates, bool beside, Ladder *out,
                  Error *error)
{
    bool whole = true;
    if (count == 0) {
        widths = WIDTHS;
        count = COUNT_OF_WIDTHS;
    }
    *out = (Ladder){.updates = updates, .beside_width = widths[count / 2]};
    int runs = count + (beside ? COUNT_OF_LENGTHS + COUNT_OF_SOURCES : 0);
    Watching watching = {.progress = progress_begin("updates"), .of = runs * updates};
    bool right = true;
    for (int i = 0; i < count && whole && right; i++) {
        Resize resize = {.width = widths[i], .length = LENGTH, .sources = 1, .updates = updates};
        right = train_one(options, &resize, &watching, &out->list[out->count], &out->words, &whole, error);
        out->count += right && whole;
    }
    if (right && whole && beside)
        right = train_beside(options, out, &watching, &whole, error);
    progress_end(&watching.progress);
    if (right && !whole && out->count < LEAST_RUNGS)
        return error_set(error, EXIT_USED_WRONGLY, "stopped after %d models; a fit needs %d", out->count, LEAST_RUNGS);
    if (right)
        ladder_fit(out);
    return right;
}

/* The best a and c of this b; returns the sum of squares. */
static double fit_with(const Ladder *ladder, double b, double *a, double *c)
{
    double n = ladder->count, x = 0, y = 0, xx = 0, xy = 0, squares = 0;
    for (int i = 0; i < ladder->count; i++) {
        double power = pow(ladder->list[i].parameters, -b), loss = ladder->list[i].loss;
        x += power;
        y += loss;
        xx += power * power;
        xy += power * loss;
    }
    *a = (n * xy - x * y) / (n * xx - x * x);
    *c = (y - *a * x) / n;
    if (*c < 0) {
        *c = 0;
        *a = xy / xx;
    }
    for (int i = 0; i < ladder->count; i++) {
        double off = *a * pow(ladder->list[i].parameters, -b) + *c - ladder->list[i].loss;
        squares += off * off;
    }
    return squares;
}

void ladder_fit(Ladder *ladder)
{
    enum { STEPS = 3000 };
    double best = INFINITY, a, c;
    ladder->a = ladder->b = ladder->c = ladder->rms = NAN;
    for (int i = 0; i < ladder->count; i++)
        ladder->list[i].fitted = NAN;
    if (ladder->count < LEAST_RUNGS)
        return;
    for (int i = 10; i <= STEPS; i++) {
        double b = i / 1000.0, squares = fit_with(ladder, b, &a, &c);
        if (squares < best) {
            best = squares;
            ladder->a = a;
            ladder->b = b;
            ladder->c = c;
        }
    }
    for (int i = 0; i < ladder->count; i++)
        ladder->list[i].fitted = ladder->a * pow(ladder->list[i].parameters, -ladder->b) + ladder->c;
    ladder->rms = sqrt(best / ladder->count);
}
