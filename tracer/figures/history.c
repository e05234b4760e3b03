/* A run of training steps, kept for figures; see history.h. */
#include "history.h"

#include "tiny_model/primitive.h"
#include "tracer/base/progress.h"

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

typedef struct {
    History *history;
    const char *value;
    int wanted;              /* chosen steps in all */
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
    double *copy = value ? malloc(cells_of(value) * sizeof *copy) : NULL;
    if (!value)
        error_set(keeping->error, EXIT_USED_WRONGLY, "training step %d has no value \"%.200s\"", run->training_step,
                  keeping->value);
    else if (!copy)
        error_memory(keeping->error);
    else
        history->numbers[history->step_count++] = memcpy(copy, value->data, cells_of(value) * sizeof *copy);
    names_free(&names);
    return copy != NULL;
}

static bool keep(void *context, const Run *run)
{
    Keeping *keeping = context;
    History *history = keeping->history;
    history->losses[run->training_step] = run_loss(run);
    progress_show(&keeping->progress, run->training_step, history->updates);
    bool chosen = keeping->value && history->step_count < keeping->wanted &&
                  history->steps[history->step_count] == run->training_step;
    return !chosen || keep_numbers(keeping, run);
}

static void note_rates(const Model *model, int updates, History *to)
{
    for (int step = 0; step < updates || step == 0; step++) {
        double rate = learning_rate(model, step);
        to->rate_varies |= step > 0 && rate != to->learning_rate;
        to->learning_rate = fmax(to->learning_rate, rate);
    }
}

bool history_record(const RunOptions *options, int updates, const char *value, const int *steps, int step_count,
                    History *out, Error *error)
{
    Session session;
    *out = (History){.updates = updates, .losses = malloc(((size_t)updates + 1) * sizeof *out->losses),
                     .steps = calloc((size_t)step_count + 1, sizeof *out->steps),
                     .numbers = calloc((size_t)step_count + 1, sizeof *out->numbers)};
    bool whole = out->losses && out->steps && out->numbers ? session_load(&session, options, error)
                                                           : error_memory(error);
    if (whole) {
        for (int i = 0; i < step_count; i++)
            out->steps[i] = steps[i];
        note_rates(&session.model, updates, out);
        Keeping keeping = {.history = out,
                           .value = value,
                           .wanted = step_count,
                           .progress = progress_begin("training steps"),
                           .error = error};
        whole = run_to(&session.run, updates, keep, &keeping, error) && error->code == 0;
        progress_end(&keeping.progress);
        session_close(&session);
    }
    if (!whole)
        history_free(out);
    return whole;
}

void history_free(History *history)
{
    for (int i = 0; i < history->step_count; i++)
        free(history->numbers[i]);
    free(history->losses);
    free(history->steps);
    free(history->numbers);
    *history = (History){0};
}
