/* Recording beside the run that was opened; see lab.h. What is new is made whole before what it
 * replaces is given back. */
#include "lab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKPOINT_BYTES = 64 << 20 };

static void restore(Run *run, const double *numbers, int step)
{
    size_t cells = run->parameters.cells;
    for (int i = 0; run_state(run, i); i++)
        memcpy(run_state(run, i), numbers + (size_t)i * cells, cells * sizeof(double));
    run->training_step = step;
}

/* Every second one goes, the first stays: they remain evenly apart and few, however far somebody goes. */
static void thin_out(Lab *lab)
{
    int kept = 0;
    for (int i = 0; i < lab->checkpoint_count; i++)
        if (i % 2)
            free(lab->checkpoints[i].numbers);
        else
            lab->checkpoints[kept++] = lab->checkpoints[i];
    lab->checkpoint_count = kept;
    lab->checkpoint_stride *= 2;
}

/* Keeps what the training step of the run starts from, if it is its turn. One that there is no
 * memory for is only missed by whoever waits longer; the first must be kept. */
static bool keep_checkpoint(Lab *lab, const Run *run)
{
    size_t cells = run->parameters.cells, bytes = (size_t)run_buffers(run->model) / 2 * cells * sizeof(double);
    int last = lab->checkpoint_count ? lab->checkpoints[lab->checkpoint_count - 1].step : -1;
    /* Training from an old checkpoint comes by those that are kept already. */
    if (run->training_step <= last || run->training_step % lab->checkpoint_stride)
        return true;
    size_t room = CHECKPOINT_BYTES / (bytes + 1);
    if (lab->checkpoint_count == MOST_CHECKPOINTS ||
        (lab->checkpoint_count > 1 && (size_t)lab->checkpoint_count >= room)) {
        thin_out(lab);
        if (run->training_step % lab->checkpoint_stride)
            return true;
    }
    double *numbers = malloc(bytes ? bytes : 1);
    if (!numbers)
        return false;
    for (int i = 0; run_state(run, i); i++)
        memcpy(numbers + (size_t)i * cells, run_state(run, i), cells * sizeof(double));
    lab->checkpoints[lab->checkpoint_count++] = (Checkpoint){run->training_step, numbers};
    return true;
}

static bool keep_loss(Lab *lab, const Run *run, Error *error)
{
    int step = run->training_step;
    if (step >= lab->loss_count) {
        double *losses = realloc(lab->losses, ((size_t)step + 1) * sizeof *losses);
        if (!losses)
            return error_memory(error);
        for (lab->losses = losses; lab->loss_count <= step; lab->loss_count++)
            losses[lab->loss_count] = NAN;
    }
    lab->losses[step] = run_loss(run);
    return true;
}

bool lab_init(Lab *lab, Session *session, Error *error)
{
    if (session->run.walk.count) { /* it has no training steps to come back to */
        *lab = (Lab){.opened = session, .walked = session, .checkpoint_stride = 1};
        return true;
    }
    *lab = (Lab){.opened = session, .checkpoint_stride = 1};
    return keep_checkpoint(lab, &session->run) || error_memory(error);
}

/* The part with its names and its outline. */
static bool enter(Lab *lab, int part, Error *error)
{
    if (!run_enter(&lab->walked->run, part, error) || !session_index(lab->walked, error))
        return false;
    Outline outline;
    if (!outline_init(&outline, &lab->walked->run.tape, error))
        return false;
    outline_free(lab->walked_outline);
    *lab->walked_outline = outline;
    return true;
}

bool lab_enter(Lab *lab, int part, Error *error)
{
    Error again = {0};
    int before = lab->walked->run.walk.part;
    if (enter(lab, part, error))
        return true;
    CHECK(enter(lab, before, &again), "part %d could be recorded before and cannot now: %s", before, again.text);
    return false;
}

bool lab_begin(Lab *lab, Outline *outline, Error *error)
{
    lab->walked_outline = lab->walked ? outline : NULL;
    lab->opened_outline = outline;
    return keep_loss(lab, &lab->opened->run, error);
}

void lab_free(Lab *lab)
{
    beside_free(&lab->beside);
    take_free(lab->now);
    for (int i = 0; i < lab->checkpoint_count; i++)
        free(lab->checkpoints[i].numbers);
    free(lab->losses);
    *lab = (Lab){0};
}

typedef struct {
    Lab *lab;
    Error *error;
} Keeper;

static bool keep(void *context, const Run *run)
{
    Keeper *keeper = context;
    keep_checkpoint(keeper->lab, run);
    return keep_loss(keeper->lab, run, keeper->error);
}

/* The truth at a training step, from the last checkpoint before it. */
static Take *record_truth(Lab *lab, int step, Error *error)
{
    Take *take = step == 0 || session_learns(lab->opened, error) ? take_new(lab->opened, NULL, error) : NULL;
    if (!take)
        return NULL;
    /* The first is always kept, so that there is one before any training step from there on; what is before it, or
     * nearer, a folder may have. */
    const Checkpoint *from = &lab->checkpoints[0];
    for (int i = 1; i < lab->checkpoint_count && lab->checkpoints[i].step <= step; i++)
        from = &lab->checkpoints[i];
    Keeper keeper = {lab, error};
    restore(&take->session.run, from->numbers, from->step);
    if (session_restore(lab->opened, step, &take->session.run, error) &&
        run_to(&take->session.run, step, keep, &keeper, error) && error->code == 0 && take_index(take, error))
        return take;
    take_free(take);
    return NULL;
}

bool lab_record(Lab *lab, const Wish *wish, Error *error)
{
    Beside beside = {0};
    Take *now = NULL;
    const Session *truth = lab->opened;
    if (truth->options.write)
        return error_set(error, EXIT_USED_WRONGLY,
                         "a text that was written stands as it is; leave --write out to change a training step");
    bool as_opened = wish->training_step == lab->opened->run.training_step;
    /* The truth at this step is there already: a nudge must not pay for the training before it. */
    bool stays = wish->training_step == lab_session(lab, TRUTH)->run.training_step, whole = true;
    if (stays)
        truth = lab_session(lab, TRUTH);
    else if (!as_opened) {
        now = record_truth(lab, wish->training_step, error);
        truth = now ? &now->session : truth;
        whole = now != NULL;
    }
    if (whole && (wish->change_count > 0 || wish->mistake))
        whole = beside_record(truth, wish, &beside, error);
    else if (whole && wish->compared) {
        Take *take = record_truth(lab, wish->compared - 1, error);
        whole = take && beside_compare(truth, take, &beside, error);
    }
    if (!whole) {
        beside_free(&beside);
        take_free(now);
        return false;
    }
    beside_free(&lab->beside);
    lab->beside = beside;
    if (!stays) {
        take_free(lab->now);
        lab->now = now;
    }
    return true;
}

const Session *lab_session(const Lab *lab, int side)
{
    return side == OTHER && lab->beside.take ? &lab->beside.take->session : lab->now ? &lab->now->session : lab->opened;
}

const Outline *lab_outline(const Lab *lab, int side)
{
    return side == OTHER && lab->beside.take ? &lab->beside.take->outline
           : lab->now                        ? &lab->now->outline
                                             : lab->opened_outline;
}
