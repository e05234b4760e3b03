/* Comparing what fusions know; see fusion.h. Chapter 34. */
#include "fusion.h"

#include "session.h"
#include "training.h"

#include "tiny_model/data/auc.h"
#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tiny_model/systems/trees.h"
#include "tracer/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Customers of one seed: those with a class first, tested ones behind those learned from, then those whose histories
 * alone are read. */
typedef struct {
    int learned, tested, unlabelled;
    int d_model, layers;
    int pretraining, joint, table, rounds;   /* updates, and trees */
} Sizes;

static const Sizes WHOLE = {3000, 2000, 6000, 32, 2, 500, 900, 500, 60};
static const Sizes QUICK = {1500, 1500, 3000, 16, 1, 250, 700, 250, 40};
static const double SEED = 101;
enum { MOST_VECTOR = 64, BATCH = 32, TABLE_BATCH = 64, TABLE_COST = 4 };

typedef struct {
    const Sizes *sizes;
    Fusions *out;
    Error *error;
    Progress progress;
    int done, all;             /* customers that went through a transformer, about */
    double *vectors;           /* [learned + tested x d_model] */
    double *scores, *room, *classes; /* [tested] */
    double *pretrained;        /* the transformer's parameters as pretraining left them, in the order of its run */
    double *best;              /* parameters of the best validation so far */
    double best_loss;
} Comparison;

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

static void passed(Comparison *of, int customers)
{
    of->done += customers;
    progress_show(&of->progress, of->done < of->all ? of->done : of->all, of->all);
}

static void note_area(Comparison *of, Rung rung)
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
    passed(of, table ? TABLE_COST : 3 * training->batch);
    if (isnan(of->out->pretraining_from))
        of->out->pretraining_from = update->loss;
    if (update->step == training->steps && run->model->training.validation == 0)
        of->out->pretraining_to = update->loss;
    if (update->validation < of->best_loss) {
        of->best_loss = update->validation;
        memcpy(of->best, run->store.values[run->store.now], run->parameters.cells * sizeof(double));
    }
    return true;
}

/* Trains all steps of the model file; where some are kept for validation, the parameters become those of its best. */
static bool fit(Comparison *of, Session *session)
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

static bool begin(Comparison *of, Session *session)
{
    return model_finish(&session->model, of->error) && run_init(&session->run, &session->model, NULL, of->error);
}

static void end(Session *session)
{
    run_free(&session->run);
    model_free(&session->model);
}

static void set_training(Training *training, int steps, int batch, double validation)
{
    *training = (Training){.batch = batch, .accumulate = 1, .steps = steps, .shuffle = 1, .validation = validation,
                           .validate_every = steps / 12, .schedule = SCHEDULE_COSINE, .warmup = steps / 20,
                           .min_lr = 0.0003};
}

/* --- what has no transformer --- */

/* Examples of the table: x, and with `vectors` the customer's row beside it; in one list for trees, where the
 * categories are numbers. */
static bool table_examples(const Comparison *of, Model *model, bool vectors, bool one_list)
{
    int count = of->sizes->learned + of->sizes->tested, d = vectors ? of->sizes->d_model : 0;
    if (!customers_make(model, (uint64_t)SEED, 0, count, of->error))
        return false;
    Example *examples = (Example *)model->data.examples;
    for (int i = 0; i < count; i++) {
        Field *fields = (Field *)examples[i].fields;
        double *vector = of->vectors + (size_t)i * (size_t)of->sizes->d_model;
        fields[3] = (Field){"vector", NULL, vector, d};
        examples[i].count = vectors ? 4 : 3;
        if (!one_list)
            continue;
        double *x = arena_alloc(&model->arena, (size_t)(CUSTOMER_FEATURES + 1 + d) * sizeof *x);
        if (!x)
            return error_memory(of->error);
        memcpy(x, fields[0].numbers, CUSTOMER_FEATURES * sizeof *x);
        x[CUSTOMER_FEATURES] = fields[1].numbers[0];
        if (d)
            memcpy(x + CUSTOMER_FEATURES + 1, vector, (size_t)d * sizeof *x);
        fields[0] = (Field){"x", NULL, x, CUSTOMER_FEATURES + 1 + d};
        examples[i].count = 3;
    }
    return true;
}

static bool test_run(Comparison *of, Session *session, Rung rung)
{
    double both[2];
    bool table = session->model.system == &TABULAR;
    for (int i = 0; i < of->sizes->tested; i++) {
        if (!run_classify(&session->run, of->sizes->learned + i, both, of->error))
            return false;
        of->scores[i] = both[1];
        passed(of, !table);
    }
    note_area(of, rung);
    return true;
}

static double test_share(const Sizes *sizes)
{
    return (double)sizes->tested / (sizes->learned + sizes->tested);
}

static bool compare_table(Comparison *of, Rung rung, bool vectors)
{
    Session session = {0};
    const Preset *preset = preset_find("spending");
    Model spending = {0};
    bool whole = preset_open(&spending, preset, of->error) && model_defaults(&session.model, &TABULAR, of->error);
    if (whole) {
        *(Tabular *)session.model.settings = nufo_of(&spending)->tabular;
        session.model.init.std = 0.1;
        session.model.optimizer.lr = 0.005;
        set_training(&session.model.training, of->sizes->table, TABLE_BATCH, 0.2 * (1 - test_share(of->sizes)));
        session.model.training.test = test_share(of->sizes);
        whole = table_examples(of, &session.model, vectors, false) && begin(of, &session) && fit(of, &session) &&
                test_run(of, &session, rung);
    }
    end(&session);
    model_free(&spending);
    return whole;
}

static bool compare_trees(Comparison *of, Rung rung, bool vectors)
{
    Model model;
    Forest *forest = NULL;
    bool whole = model_defaults(&model, &TREES, of->error);
    if (whole) {
        Trees *trees = model.settings;
        trees->depth = 3;
        trees->learning_rate = 0.1;
        trees->rounds = of->sizes->rounds;
        model.training.validation = test_share(of->sizes);
        whole = table_examples(of, &model, vectors, true) && model_finish(&model, of->error) &&
                (forest = forest_begin(&model, of->error)) != NULL;
    }
    for (int round = 0; whole && round < of->sizes->rounds; round++)
        forest_round(forest);
    if (whole) {
        memcpy(of->scores, forest_margins(forest) + of->sizes->learned, (size_t)of->sizes->tested * sizeof(double));
        note_area(of, rung);
    }
    if (forest)
        forest_free(forest);
    model_free(&model);
    return whole;
}

/* --- what has one --- */

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
    nufo->seed = SEED;
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
        set_training(&session.model.training, of->sizes->pretraining, BATCH, 0);
        whole = begin(of, &session) && fit(of, &session) && keep_pretrained(of, &session.run);
    }
    end(&session);
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
        whole = begin(of, &session);
    }
    if (whole && pretrained)
        take_pretrained(of, &session.run);
    for (int i = 0; whole && i < of->sizes->learned + of->sizes->tested; i++) {
        whole = run_classify(&session.run, i, both, of->error);
        if (whole)
            memcpy(of->vectors + (size_t)i * (size_t)d, user_of(&session.run.tape), (size_t)d * sizeof(double));
        passed(of, 1);
    }
    if (whole)
        standardise(of);
    end(&session);
    return whole;
}

static bool compare_joint(Comparison *of)
{
    Session session = {0};
    bool whole = open_spending(of, &session);
    if (whole) {
        set_training(&session.model.training, of->sizes->joint, BATCH, 0.2 * (1 - test_share(of->sizes)));
        session.model.training.test = test_share(of->sizes);
        whole = begin(of, &session);
    }
    if (whole) {
        take_pretrained(of, &session.run);
        whole = fit(of, &session) && test_run(of, &session, RUNG_JOINT);
    }
    end(&session);
    return whole;
}

static void tell_classes(Comparison *of)
{
    for (int i = 0; i < of->sizes->tested; i++) {
        Customer customer;
        customer_make((uint64_t)SEED, of->sizes->learned + i, &customer);
        of->classes[i] = customer.class;
        of->scores[i] = customer.logit;
        of->out->yes += customer.class;
    }
    note_area(of, RUNG_ORACLE);
}

static bool compare_all(Comparison *of)
{
    tell_classes(of);
    return compare_table(of, RUNG_TABULAR, false) && compare_trees(of, RUNG_TREES, false) &&
           read_vectors(of, false) && compare_table(of, RUNG_RANDOM, true) && pretrain(of) && read_vectors(of, true) &&
           compare_table(of, RUNG_LATE, true) && compare_trees(of, RUNG_LATE_TREES, true) && compare_joint(of);
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
    of.all = 3 * BATCH * (sizes->pretraining + sizes->joint) + 3 * sizes->table * TABLE_COST +
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
