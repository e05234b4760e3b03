/* The loop that trains; see training.h. Chapter 21. */
#include "training.h"

#include "crew.h"

#include "tiny_model/primitive.h"
#include "tracer/base/held.h"

#include <math.h>

enum { LOOKS = 40, CHECKPOINTS = 20 };

int training_validates_every(const Model *model, int updates)
{
    int every = model->training.validate_every;
    return every ? every : updates > LOOKS ? updates / LOOKS : 1;
}

int training_keeps_every(const Model *model, int updates)
{
    int every = model->training.keep_every;
    return every ? every : updates > CHECKPOINTS ? updates / CHECKPOINTS : 1;
}

int training_first_not_finite(const Tape *tape, int *row, int *col)
{
    for (int step = 0; step < tape->step_count; step++) {
        const Value *value = tape_value(tape, tape->steps[step].output);
        for (size_t i = 0; i < cells_of(value); i++)
            if (isnan(value->data[i]) || value->data[i] == INFINITY) {
                *row = (int)(i / (size_t)value->cols);
                *col = (int)(i % (size_t)value->cols);
                return step;
            }
    }
    return -1;
}

/* --- one training step --- */

typedef struct {
    Session *session;
    const TrainingPlan *plan;
    int validates_every, keeps_every, first;
    double best;
    int since_best;
    bool passed;           /* the update was made without recording it: the run stands at the next */
} Loop;

/* Before the step is recorded, since it takes the tape. */
static bool validate(Loop *loop, UpdateRecord *update, Error *error)
{
    Run *run = &loop->session->run;
    RunFolder *folder = loop->plan->folder;
    bool due = run->training_step % loop->validates_every == 0 || run->training_step == loop->plan->last;
    if (!(run->model->training.validation > 0) || !due)
        return true;
    if (!run_validate(run, &update->validation, error))
        return false;
    bool better = update->validation < loop->best;
    loop->since_best = better ? 0 : loop->since_best + 1;
    if (folder)
        folder->since_best = loop->since_best;
    if (!better)
        return true;
    loop->best = update->validation;
    return !folder || run_folder_keep_best(folder, run, update->validation, error);
}

static bool keeps_now(const Loop *loop, int step)
{
    return loop->plan->folder && step % loop->keeps_every == 0;
}

/* Where the system can, updates between the first and the last need not be recorded, unless one is kept. */
static bool pass_step(Loop *loop, UpdateRecord *update)
{
    Run *run = &loop->session->run;
    Updated updated;
    const TrainingPlan *plan = loop->plan;
    bool looked_at = update->step == loop->first || update->step >= plan->last || keeps_now(loop, update->step) ||
                     (plan->reads && plan->reads(plan->context, update->step));
    loop->passed = !looked_at && run_pass(run, &updated);
    if (!loop->passed)
        return false;
    update->loss = updated.loss;
    update->gradient_norm = updated.gradient_norm;
    update->change = updated.change;
    return true;
}

static bool make_step(Loop *loop, UpdateRecord *update, Error *error)
{
    Run *run = &loop->session->run;
    *update = (UpdateRecord){.step = run->training_step, .learning_rate = learning_rate(run->model, run->training_step),
                             .change = NAN, .validation = NAN};
    if (!validate(loop, update, error))
        return false;
    if (!pass_step(loop, update)) {
        if (!run_record(run, error))
            return false;
        update->loss = run_loss(run);
        update->gradient_norm = run_gradient_norm(run);
        update->change = run_change_norm(run);
    }
    return !loop->plan->folder || run_folder_note(loop->plan->folder, update, error);
}

static bool is_over(const Loop *loop, const UpdateRecord *update, const Held *held, TrainingEnd *end)
{
    int patience = loop->session->model.training.patience;
    bool finite = isfinite(update->loss) && isfinite(update->gradient_norm);
    if (!finite)
        *end = END_NOT_FINITE;
    else if (signal_came(held))
        *end = END_INTERRUPTED;
    else if (patience && loop->since_best >= patience)
        *end = END_PATIENCE;
    else if (update->step >= loop->plan->last)
        *end = END_DONE;
    else
        return false;
    return true;
}

static bool train(Loop *loop, const Held *held, TrainingEnd *end, Error *error)
{
    Run *run = &loop->session->run;
    RunFolder *folder = loop->plan->folder;
    loop->first = run->training_step;
    for (;;) {
        UpdateRecord update;
        if (!make_step(loop, &update, error))
            return false;
        bool over = is_over(loop, &update, held, end);
        bool watched = !loop->plan->each || loop->plan->each(loop->plan->context, run, &update);
        if (!over && !watched)
            *end = END_INTERRUPTED;
        over |= !watched;
        if (over && loop->passed && !run_record(run, error)) /* what it ended with is there to be looked at */
            return false;
        bool due = over || update.step == loop->first || keeps_now(loop, update.step);
        if (folder && due && !run_folder_keep(folder, run, error))
            return false;
        if (over)
            return true;
        if (!loop->passed)
            run_advance(run);
    }
}

bool training_run(Session *session, const TrainingPlan *plan, TrainingEnd *end, Error *error)
{
    const Training *training = &session->model.training;
    int updates = training->steps ? training->steps : plan->last;
    Loop loop = {.session = session, .plan = plan,
                 .validates_every = training_validates_every(&session->model, updates),
                 .keeps_every = training_keeps_every(&session->model, updates), .best = INFINITY};
    if (plan->folder && plan->folder->best_step >= 0) {
        loop.best = plan->folder->best_validation;
        loop.since_best = plan->folder->since_best;
    }
    *end = END_DONE;
    Crew *crew;
    if (!crew_begin(&crew, &session->run, plan->threads, error))
        return false;
    Held held = signals_hold();
    bool whole = train(&loop, &held, end, error);
    crew_end(crew, &session->run);
    signals_release(&held);
    return whole;
}
