/* Effects of parts, for who steps; see effects.h. */
#include "effects.h"

#include "checks.h"
#include "intervention.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A copy of the session whose run may be changed. */
static bool copy_begin(const Session *session, Session *copy, Looking *looking, Error *error)
{
    *copy = *session;
    if (!run_clone(&copy->run, &session->run, error))
        return false;
    if (run_record(&copy->run, error) && looking_begin(copy, looking, error))
        return true;
    run_free(&copy->run);
    return false;
}

/* False and *error where so many runs forward would take too long. */
static bool is_quick(const Session *session, double runs, Error *error)
{
    return runs * forward_flops(&session->run.tape) <= PATIENCE ||
           error_set(error, EXIT_USED_WRONGLY,
                     "that takes %.0f forward runs of a large model; tracer ablate and tracer patch make them", runs);
}

bool parts_taken(const Session *session, PartsTaken *out, Error *error)
{
    Session copy;
    Looking looking;
    Ablations ablations;
    const Inside *inside = inside_of(session, error);
    if (!inside || !is_quick(session, 2.0 * inside->part_count, error) || !copy_begin(session, &copy, &looking, error))
        return false;
    bool whole = ablations_make(&copy, &looking, &ablations, error);
    if (whole) {
        *out = (PartsTaken){.loss = ablations.whole.all};
        for (int i = 0; i < ablations.count; i++) {
            const Ablation *one = &ablations.list[i];
            PartEffect effect = {(int)(one->part - looking.inside->parts), -1, one->zero.all - ablations.whole.all,
                                 one->mean.all - ablations.whole.all};
            if (out->count < EFFECTS_KEPT)
                out->list[out->count++] = effect;
            else
                out->left_out++;
        }
        ablations_free(&ablations);
    }
    run_free(&copy.run);
    return whole;
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(((const PartEffect *)a)->first), y = fabs(((const PartEffect *)b)->first);
    return x > y ? -1 : x < y;
}

static bool keep_largest(const Patching *patching, const Inside *inside, PartsPatched *out, Error *error)
{
    int cells = patching->part_count * patching->tokens, count = 0;
    PartEffect *all = malloc(((size_t)cells + 1) * sizeof *all);
    if (!all)
        return error_memory(error);
    for (int p = 0; p < patching->part_count; p++)
        for (int t = 0; t < patching->tokens; t++) {
            double exact = patch_effect(patching->exact, patching, p, t);
            if (exact != 0)
                all[count++] = (PartEffect){(int)(patching->parts[p] - inside->parts), t, exact,
                                            patch_effect(patching->estimate, patching, p, t)};
        }
    qsort(all, (size_t)count, sizeof *all, by_size);
    for (; out->count < count && out->count < EFFECTS_KEPT; out->count++)
        out->list[out->count] = all[out->count];
    out->left_out = count - out->count;
    free(all);
    return true;
}

static void tell_metric(const Looking *looking, Metric metric, char out[METRIC_TOLD])
{
    char token[TOLD_SIZE], other[TOLD_SIZE] = "";
    if (metric.against >= 0)
        snprintf(out, METRIC_TOLD, "the logit of %.30s behind position %d, less that of %.30s",
                 token_of(looking, metric.answer, token), metric.position, token_of(looking, metric.against, other));
    else
        snprintf(out, METRIC_TOLD, "the logit of %.30s behind position %d", token_of(looking, metric.answer, token),
                 metric.position);
}

static bool patch_copy(Session *copy, const Looking *own, const Session *clean, PartsPatched *out, Error *error)
{
    Looking other;
    Patching patching;
    if (!looking_begin(clean, &other, error))
        return false;
    Metric metric = metric_of(own, &other);
    if (!patching_make(copy, own, &other, metric, &patching, error))
        return false;
    *out = (PartsPatched){.clean = patching.clean, .own = patching.corrupted};
    tell_metric(&other, metric, out->asked);
    bool whole = keep_largest(&patching, copy->run.inside, out, error);
    patching_free(&patching);
    return whole;
}

bool parts_patched(const Session *session, const char *text, PartsPatched *out, Error *error)
{
    Session of = *session, clean, copy;
    Looking own;
    const Inside *inside = inside_of(session, error);
    of.options.step = session->run.training_step;
    if (!inside ||
        !is_quick(session, (double)inside->part_count * tape_value(&session->run.tape, inside->tokens)->cols, error) ||
        !session_beside(&of, text, false, &clean, error))
        return false;
    bool whole = copy_begin(session, &copy, &own, error);
    if (whole) {
        whole = patch_copy(&copy, &own, &clean, out, error);
        run_free(&copy.run);
    }
    session_close(&clean);
    return whole;
}
