/* A run of training steps, kept for figures; see history.h. */
#include "history.h"

#include "tiny_model/primitive.h"
#include "tracer/base/progress.h"
#include "tracer/session/run_folder.h"
#include "tracer/session/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int history_choose(int updates, int most, int *steps)
{
    int count = 0;
    for (int i = 0; i < most; i++) {
        double part = most > 1 ? (double)i / (most - 1) : 0;
        /* Evenly on a logarithmic axis, moved by one so that 0 is on it; early ones that fall together are
         * taken once. */
        int step = (int)(pow(updates + 1, part) - 1 + 0.5);
        if (count == 0 || step > steps[count - 1])
            steps[count++] = step;
    }
    return count;
}

int history_spread(int updates, int most, int *steps)
{
    int count = 0;
    for (int i = 0; i < most; i++) {
        int step = (int)((double)updates * i / (most > 1 ? most - 1 : 1));
        if (count == 0 || step > steps[count - 1])
            steps[count++] = step;
    }
    return count;
}

typedef struct {
    History *history;
    const char *value;
    int wanted;              /* chosen steps in all */
    int rows, cols;          /* of the value at the first of them */
    Progress progress;
    Error *error;
} Keeping;

static bool keep_numbers(Keeping *keeping, const Run *run)
{
    History *history = keeping->history;
    Names names = {0};
    if (!names_init(&names, &run->tape, keeping->error))
        return false;
    /* By name at every step: another training step is another tape. */
    int id = name_find(&names, keeping->value);
    const Value *value = id >= 0 ? tape_value(&run->tape, id) : NULL;
    if (value && history->step_count == 0) {
        keeping->rows = value->rows;
        keeping->cols = value->cols;
    }
    bool fits = value && value->rows == keeping->rows && value->cols == keeping->cols;
    double *copy = fits ? malloc(cells_of(value) * sizeof *copy) : NULL;
    if (!value)
        error_set(keeping->error, EXIT_USED_WRONGLY, "training step %d has no value \"%.200s\"", run->training_step,
                  keeping->value);
    else if (!fits)
        error_set(keeping->error, EXIT_USED_WRONGLY,
                  "\"%.200s\" is %d x %d at training step %d and %d x %d at the first: each reads an example of its "
                  "own; choose a parameter",
                  keeping->value, value->rows, value->cols, run->training_step, keeping->rows, keeping->cols);
    else if (!copy)
        error_memory(keeping->error);
    else
        history->numbers[history->step_count++] = memcpy(copy, value->data, cells_of(value) * sizeof *copy);
    names_free(&names);
    return copy != NULL;
}

static void keep_update(History *history, const UpdateRecord *update)
{
    if (update->step > history->updates)
        return;
    history->losses[update->step] = update->loss;
    if (history->validations)
        history->validations[update->step] = update->validation;
}

static void keep_logged(void *context, const UpdateRecord *update)
{
    keep_update(context, update);
}

static bool is_chosen(const void *context, int step)
{
    const Keeping *keeping = context;
    const History *history = keeping->history;
    return keeping->value && history->step_count < keeping->wanted && history->steps[history->step_count] == step;
}

static bool keep(void *context, const Run *run, const UpdateRecord *update)
{
    Keeping *keeping = context;
    History *history = keeping->history;
    keep_update(history, update);
    progress_show(&keeping->progress, update->step, history->updates);
    return !is_chosen(keeping, update->step) || keep_numbers(keeping, run);
}

static void note_rates(const Model *model, int updates, History *to)
{
    for (int step = 0; step < updates || step == 0; step++) {
        double rate = learning_rate(model, step);
        to->rate_varies |= step > 0 && rate != to->learning_rate;
        to->learning_rate = fmax(to->learning_rate, rate);
    }
}

/* Room for what is kept, and the numbers that a training has to beat where it keeps a part of its data apart. */
static bool prepare(const Session *session, const int *steps, int step_count, History *out, Error *error)
{
    size_t points = (size_t)out->updates + 1;
    out->losses = malloc(points * sizeof *out->losses);
    out->steps = calloc((size_t)step_count + 1, sizeof *out->steps);
    out->numbers = calloc((size_t)step_count + 1, sizeof *out->numbers);
    if (session->model.training.validation > 0)
        out->validations = malloc(points * sizeof *out->validations);
    if (!out->losses || !out->steps || !out->numbers ||
        (session->model.training.validation > 0 && !out->validations))
        return error_memory(error);
    for (size_t i = 0; i < points; i++)
        out->losses[i] = NAN;
    for (size_t i = 0; out->validations && i < points; i++)
        out->validations[i] = NAN;
    for (int i = 0; i < step_count; i++)
        out->steps[i] = steps[i];
    note_rates(&session->model, out->updates, out);
    return baselines_of(&session->model, &out->baselines, error);
}

static bool train(Session *session, const char *value, int step_count, History *out, Error *error)
{
    Keeping keeping = {.history = out, .value = value, .wanted = step_count,
                       .progress = progress_begin("training steps"), .error = error};
    TrainingEnd end;
    TrainingPlan plan = {.last = out->updates, .reads = is_chosen, .each = keep, .context = &keeping};
    bool whole = training_run(session, &plan, &end, error) && error->code == 0;
    progress_end(&keeping.progress);
    if (whole && end == END_INTERRUPTED)
        return error_set(error, EXIT_USED_WRONGLY, "stopped after %d of %d updates", session->run.training_step,
                         out->updates);
    return whole;
}

bool history_record(const RunOptions *options, int updates, const char *value, const int *steps, int step_count,
                    History *out, Error *error)
{
    Session session;
    RunOptions from_start = *options;
    from_start.step = 0;
    from_start.step_given = true;
    *out = (History){.updates = updates};
    if (!session_load(&session, &from_start, error))
        return false;
    /* A kept run has written down what it was. */
    bool logged = session.kept && !value && updates <= session.kept->step;
    bool whole = prepare(&session, steps, step_count, out, error) &&
                 (logged ? run_folder_read_log(session.kept, keep_logged, out, error)
                         : train(&session, value, step_count, out, error));
    session_close(&session);
    if (!whole)
        history_free(out);
    return whole;
}

void history_free(History *history)
{
    for (int i = 0; i < history->step_count; i++)
        free(history->numbers[i]);
    free(history->losses);
    free(history->validations);
    free(history->steps);
    free(history->numbers);
    *history = (History){0};
}
