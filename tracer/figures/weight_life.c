/* Recording the life of a weight; see weight_life.h. */
#include "weight_life.h"

#include "tiny_model/primitive.h"
#include "tracer/base/progress.h"
#include "tracer/session/training.h"

#include <stdlib.h>

typedef struct {
    Life *life;
    Reference cell;
    Progress progress;
} Following;

static bool follow(void *context, const Run *run, const UpdateRecord *update)
{
    Following *following = context;
    Life *life = following->life;
    int at = update->step, value = following->cell.value;
    const Value *of = tape_value(&run->tape, value);
    size_t cell = (size_t)following->cell.row * (size_t)of->cols + (size_t)following->cell.col;
    life->weight[at] = of->data[cell];
    life->gradient[at] = of->gradient >= 0 ? tape_value(&run->tape, of->gradient)->data[cell] : 0;
    life->move[at] = run->store.values[1 - run->store.now][run->parameters.list[value].offset + cell] - of->data[cell];
    life->loss[at] = update->loss;
    progress_show(&following->progress, at, life->updates);
    return true;
}

static bool every_one(const void *context, int step)
{
    (void)context;
    (void)step;
    return true;
}

static bool train(const RunOptions *options, Following *following, Error *error)
{
    Session session;
    RunOptions from_start = *options;
    TrainingEnd end;
    from_start.step = 0;
    from_start.step_given = true;
    if (!session_load(&session, &from_start, error))
        return false;
    TrainingPlan plan = {.last = following->life->updates, .reads = every_one, .each = follow,
                         .context = following};
    following->progress = progress_begin("training steps");
    bool whole = training_run(&session, &plan, &end, error);
    progress_end(&following->progress);
    if (whole && end != END_DONE)
        whole = error_set(error, EXIT_USED_WRONGLY, "stopped after %d of %d updates", session.run.training_step,
                          following->life->updates);
    session_close(&session);
    return whole;
}

bool life_record(const Session *session, const char *cell, int updates, Life *out, Error *error)
{
    Following following = {.life = out};
    size_t points = (size_t)updates + 1;
    *out = (Life){.updates = updates};
    if (!reference_parse_cell(&session->names, cell, &following.cell, error))
        return false;
    const Value *value = tape_value(session->names.tape, following.cell.value);
    if (value->kind != KIND_PARAMETER || value->frozen)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is no weight that is trained; its life would be a line",
                         cell);
    out->weight = calloc(points, sizeof *out->weight);
    out->gradient = calloc(points, sizeof *out->gradient);
    out->move = calloc(points, sizeof *out->move);
    out->loss = calloc(points, sizeof *out->loss);
    bool whole = (out->weight && out->gradient && out->move && out->loss) || error_memory(error);
    whole = whole && train(&session->options, &following, error);
    if (!whole)
        life_free(out);
    return whole;
}

void life_free(Life *life)
{
    free(life->weight);
    free(life->gradient);
    free(life->move);
    free(life->loss);
    *life = (Life){0};
}
