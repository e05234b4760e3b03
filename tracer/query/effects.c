/* Effects of parts, for who steps; see effects.h. */
#include "effects.h"

#include "checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The same model on texts of the same length that differ. */
static bool texts_fit(const Session *own, const Inside *inside, const Session *clean, const Inside *other, Error *error)
{
    const Value *here = tape_value(&own->run.tape, inside->tokens),
                *there = tape_value(&clean->run.tape, other->tokens);
    bool same = here->cols == there->cols;
    if (!same || inside->part_count != other->part_count || own->run.tape.value_count != clean->run.tape.value_count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "the other run does not fit: patching takes one model on two texts of the same length");
    for (int t = 0; t < here->cols && same; t++)
        same = here->data[t] == there->data[t];
    return !same || error_set(error, EXIT_USED_WRONGLY,
                              "both texts are the same, so that nothing can come back; name another one");
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

static bool patch_copy(Session *copy, const Looking *own, const Session *clean, Patching *out, char asked[METRIC_TOLD],
                       Error *error)
{
    Looking other;
    if (!looking_begin(clean, &other, error))
        return false;
    Metric metric = metric_of(own, &other);
    tell_metric(&other, metric, asked);
    return patching_make(copy, own, &other, metric, out, error);
}

bool patching_between(const Session *own, const Session *clean, Patching *out, char asked[METRIC_TOLD], Error *error)
{
    Session copy;
    Looking looking;
    const Inside *inside = inside_of(own, error), *other = inside ? inside_of(clean, error) : NULL;
    if (!other || !texts_fit(own, inside, clean, other, error))
        return false;
    int tokens = tape_value(&own->run.tape, inside->tokens)->cols;
    if (!is_quick(own, (double)inside->part_count * tokens, error) || !copy_begin(own, &copy, &looking, error))
        return false;
    bool whole = patch_copy(&copy, &looking, clean, out, asked, error);
    /* The copy's tape goes: the same parts of the run that stays. */
    for (int p = 0; whole && p < out->part_count; p++)
        out->parts[p] = &inside->parts[out->parts[p] - copy.run.inside->parts];
    run_free(&copy.run);
    return whole;
}

bool parts_patched(const Session *session, const char *text, PartsPatched *out, Error *error)
{
    Session of = *session, clean;
    Patching patching;
    of.options.step = session->run.training_step;
    if (!inside_of(session, error) || !session_beside(&of, text, false, &clean, error))
        return false;
    char asked[METRIC_TOLD];
    bool whole = patching_between(session, &clean, &patching, asked, error);
    if (whole) {
        *out = (PartsPatched){0};
        memcpy(out->asked, asked, sizeof asked);
        out->clean = patching.clean;
        out->own = patching.corrupted;
        whole = keep_largest(&patching, session->run.inside, out, error);
        patching_free(&patching);
    }
    session_close(&clean);
    return whole;
}
