/* Comparing what fusions know; see fusion.h. Chapter 34. */
#include "fusion_parts.h"

#include "tiny_model/data/auc.h"
#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Sizes WHOLE = {3000, 2000, 6000, 32, 2, 500, 900, 500, 60};
static const Sizes QUICK = {1500, 1500, 3000, 16, 1, 250, 700, 250, 40};
enum { BATCH = 32, LOOKS = 12, WARM = 20 }; /* parts of a training: looks at the validation, the warm-up */

static const struct {
    const char *name, *words;
} RUNGS[RUNG_COUNT] = {
    {"tabular", "the table alone: waves, embeddings, cross layers"},
    {"trees", "the table alone: boosted trees"},
    {"random", "late fusion, a transformer that learned nothing"},
    {"late", "late fusion, pretrained and frozen"},
    {"late_trees", "the same vector into boosted trees"},
    {"joint", "joint fusion, pretrained, all learns"},
    {"oracle", "who knows the formula"},
};

const char *rung_name(Rung rung)
{
    return RUNGS[rung].name;
}

const char *rung_words(Rung rung)
{
    return RUNGS[rung].words;
}

double area_error(double area, int yes, int no)
{
    double one = area / (2 - area), two = 2 * area * area / (1 + area), square = area * area;
    return yes && no ? sqrt((area * (1 - area) + (yes - 1) * (one - square) + (no - 1) * (two - square)) / yes / no)
                     : NAN;
}

void fusion_passed(Comparison *of, int customers)
{
    of->done += customers;
    progress_show(&of->progress, of->done < of->all ? of->done : of->all, of->all);
}

void fusion_note_area(Comparison *of, Rung rung)
{
    int count = of->sizes->tested;
    of->out->area[rung] = area_under_curve(of->scores, of->classes, count, of->room);
    of->out->error[rung] = area_error(of->out->area[rung], of->out->yes, count - of->out->yes);
}

/* --- training one model --- */

static bool after_update(void *context, const Run *run, const UpdateRecord *update)
{
    Comparison *of = context;
    const Training *training = &run->model->training;
    bool table = run->model->system == &TABULAR;
    fusion_passed(of, table ? FUSION_TABLE_COST : 3 * training->batch);
    if (training->validation == 0 && isnan(of->out->pretraining_from))
        of->out->pretraining_from = update->loss;
    if (update->step == training->steps && training->validation == 0)
        of->out->pretraining_to = update->loss;
    if (update->validation < of->best_loss) {
        of->best_loss = update->validation;
        memcpy(of->best, run->store.values[run->store.now], run->parameters.cells * sizeof(double));
    }
    return true;
}

/* Trains all steps of the model file; where some are kept for validation, the parameters become those of its best. */
bool fusion_fit(Comparison *of, Session *session)
{
    TrainingEnd end;
    Run *run = &session->run;
    TrainingPlan plan = {.last = session->model.training.steps, .each = after_update, .context = of};
    size_t bytes = run->parameters.cells * sizeof(double);
    of->best_loss = INFINITY;
    of->best = malloc(bytes);
    bool whole = of->best ? training_run(session, &plan, &end, of->error) : error_memory(of->error);
    if (whole && end == END_INTERRUPTED)
        whole = error_set(of->error, EXIT_CHECK_SAID_NO, "stopped");
    if (whole && of->best_loss < INFINITY)
        memcpy(run->store.values[run->store.now], of->best, bytes);
    free(of->best);
    return whole;
}

bool fusion_begin(Comparison *of, Session *session)
{
    return model_finish(&session->model, of->error) && run_init(&session->run, &session->model, NULL, of->error);
}

void fusion_end(Session *session)
{
    run_free(&session->run);
    model_free(&session->model);
}

void fusion_set_training(const Comparison *of, Training *training, int steps, int batch, bool labelled)
{
    *training = (Training){.batch = batch, .accumulate = 1, .steps = steps, .shuffle = 1,
                           .validate_every = steps / LOOKS, .schedule = SCHEDULE_COSINE, .warmup = steps / WARM,
                           .min_lr = 0.0003};
    if (labelled) {
        training->test = fusion_test_share(of->sizes);
        training->validation = (1 - training->test) / 5;
    }
}

bool fusion_test_run(Comparison *of, Session *session, Rung rung)
{
    double both[2];
    bool table = session->model.system == &TABULAR;
    for (int i = 0; i < of->sizes->tested; i++) {
        if (!run_classify(&session->run, of->sizes->learned + i, both, of->error))
            return false;
        of->scores[i] = both[1];
        fusion_passed(of, !table);
    }
    fusion_note_area(of, rung);
    return true;
}

double fusion_test_share(const Sizes *sizes)
{
    return (double)sizes->tested / (sizes->learned + sizes->tested);
}

/* --- what has a transformer --- */

/* The preset `spending` in this size, not finished. */
static bool open_spending(const Comparison *of, Session *session)
{
    const Sizes *sizes = of->sizes;
    if (!preset_open(&session->model, preset_find("spending"), of->error))
        return false;
    Nufo *nufo = session->model.settings;
    nufo->gpt.d_model = sizes->d_model;
    nufo->gpt.d_ff = 2 * sizes->d_model;
    nufo->gpt.n_layers = sizes->layers;
    nufo->seed = FUSION_SEED;
    nufo->count = sizes->learned + sizes->tested;
    return true;
}

/* The transformer of a run becomes the pretrained one. */
static void take_pretrained(const Comparison *of, Run *run)
{
    const double *at = of->pretrained;
    for (int p = 0; p < run->parameters.count; p++) {
        const Parameter *parameter = &run->parameters.list[p];
        size_t cells = (size_t)parameter->rows * (size_t)parameter->cols;
        if (!name_is_under(parameter->name, "transformer"))
            continue;
        memcpy(run_parameter(run, p), at, cells * sizeof *at);
        at += cells;
    }
}

static bool keep_pretrained(Comparison *of, Run *run)
{
    double *at = of->pretrained = malloc(run->parameters.cells * sizeof *at);
    for (int p = 0; at && p < run->parameters.count; p++) {
        const Parameter *parameter = &run->parameters.list[p];
        size_t cells = (size_t)parameter->rows * (size_t)parameter->cols;
        if (name_is_under(parameter->name, "transformer.head"))
            continue;
        memcpy(at, run_parameter(run, p), cells * sizeof *at);
        at += cells;
    }
    return at || error_memory(of->error);
}

static bool pretrain(Comparison *of)
{
    Session session = {0};
    bool whole = open_spending(of, &session);
    if (whole) {
        Nufo *nufo = session.model.settings;
        nufo->objective = OBJECTIVE_NEXT;
        nufo->first = nufo->count;
        nufo->count = of->sizes->unlabelled;
        fusion_set_training(of, &session.model.training, of->sizes->pretraining, BATCH, false);
        whole = fusion_begin(of, &session) && fusion_fit(of, &session) && keep_pretrained(of, &session.run);
    }
    fusion_end(&session);
    return whole;
}

static const double *user_of(const Tape *tape)
{
    for (int id = 0; id < tape->value_count; id++)
        if (!*tape->values[id].name.scope && tape->values[id].name.base < 0 &&
            strcmp(tape->values[id].name.local, "user") == 0)
            return tape->values[id].data;
    return NULL;
}

/* Every column with mean 0 and deviation 1 over those learned from: a frozen row has any scale. */
static void standardise(const Comparison *of)
{
    int d = of->sizes->d_model, learned = of->sizes->learned * 4 / 5, all = of->sizes->learned + of->sizes->tested;
    for (int c = 0; c < d; c++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < learned; i++)
            sum += of->vectors[i * d + c];
        for (int i = 0; i < learned; i++)
            squares += (of->vectors[i * d + c] - sum / learned) * (of->vectors[i * d + c] - sum / learned);
        double deviation = sqrt(squares / learned);
        for (int i = 0; i < all; i++)
            of->vectors[i * d + c] = (of->vectors[i * d + c] - sum / learned) / (deviation > 0 ? deviation : 1);
    }
}

/* The row of every customer as a frozen transformer says it. */
static bool read_vectors(Comparison *of, bool pretrained)
{
    Session session = {0};
    int d = of->sizes->d_model;
    double both[2];
    bool whole = open_spending(of, &session);
    if (whole) {
        ((Nufo *)session.model.settings)->fusion = FUSION_LATE;
        whole = fusion_begin(of, &session);
    }
    if (whole && pretrained)
        take_pretrained(of, &session.run);
    for (int i = 0; whole && i < of->sizes->learned + of->sizes->tested; i++) {
        whole = run_classify(&session.run, i, both, of->error);
        if (whole)
            memcpy(of->vectors + (size_t)i * (size_t)d, user_of(&session.run.tape), (size_t)d * sizeof(double));
        fusion_passed(of, 1);
    }
    if (whole)
        standardise(of);
    fusion_end(&session);
    return whole;
}

static bool compare_joint(Comparison *of)
{
    Session session = {0};
    bool whole = open_spending(of, &session);
    if (whole) {
        fusion_set_training(of, &session.model.training, of->sizes->joint, BATCH, true);
        whole = fusion_begin(of, &session);
    }
    if (whole) {
        take_pretrained(of, &session.run);
        whole = fusion_fit(of, &session) && fusion_test_run(of, &session, RUNG_JOINT);
    }
    fusion_end(&session);
    return whole;
}

static void tell_classes(Comparison *of)
{
    for (int i = 0; i < of->sizes->tested; i++) {
        Customer customer;
        customer_make(FUSION_SEED, of->sizes->learned + i, &customer);
        of->classes[i] = customer.class;
        of->scores[i] = customer.logit;
        of->out->yes += customer.class;
    }
    fusion_note_area(of, RUNG_ORACLE);
}

static bool compare_all(Comparison *of)
{
    tell_classes(of);
    return fusion_compare_table(of, RUNG_TABULAR, false) && fusion_compare_trees(of, RUNG_TREES, false) &&
           read_vectors(of, false) && fusion_compare_table(of, RUNG_RANDOM, true) && pretrain(of) &&
           read_vectors(of, true) && fusion_compare_table(of, RUNG_LATE, true) &&
           fusion_compare_trees(of, RUNG_LATE_TREES, true) && compare_joint(of);
}

bool fusion_compare(bool quick, Fusions *out, Error *error)
{
    const Sizes *sizes = quick ? &QUICK : &WHOLE;
    size_t tested = (size_t)sizes->tested, all = (size_t)(sizes->learned + sizes->tested) * (size_t)sizes->d_model;
    double *numbers = calloc(all + 3 * tested, sizeof *numbers);
    Comparison of = {.sizes = sizes, .out = out, .error = error, .vectors = numbers, .scores = numbers + all,
                     .room = numbers + all + tested, .classes = numbers + all + 2 * tested};
    *out = (Fusions){.learned = sizes->learned, .tested = sizes->tested, .pretraining = sizes->pretraining,
                     .joint = sizes->joint, .pretraining_from = NAN};
    if (!numbers)
        return error_memory(error);
    of.all = 3 * BATCH * (sizes->pretraining + sizes->joint) + 3 * sizes->table * FUSION_TABLE_COST +
             2 * (sizes->learned + sizes->tested) + sizes->tested;
    double began = seconds_now();
    of.progress = progress_begin("customers");
    bool whole = compare_all(&of);
    progress_end(&of.progress);
    out->seconds = seconds_now() - began;
    free(of.pretrained);
    free(numbers);
    return whole;
}
