/* Activation patching and its first-order estimate; see intervention.h. */
#include "intervention.h"

#include "tiny_model/backward.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rerun.h"
#include "tracer/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below that the quotient would be rounding. */
static const double NO_DIFFERENCE = 1e-9;

Metric metric_of(const Looking *corrupted, const Looking *clean)
{
    int last = clean->tokens - 1;
    int answer = likeliest(clean, clean->inside->logits, last),
        other = likeliest(corrupted, corrupted->inside->logits, last);
    return (Metric){last, answer, other == answer ? -1 : other};
}

static double metric_on(const Looking *looking, Metric metric)
{
    double logit = look_at(looking, looking->inside->logits, metric.position, metric.answer);
    if (metric.against >= 0)
        logit -= look_at(looking, looking->inside->logits, metric.position, metric.against);
    return logit;
}

/* --- the gradient of the metric on the corrupted tape --- */

typedef struct {
    const Looking *looking;
    Metric metric;
} Seed;

static void record_gradient(Tape *tape, void *context)
{
    const Seed *seed = context;
    int logits = seed->looking->inside->logits;
    double *start = tape_room(tape, seed->looking->tokens, seed->looking->words);
    size_t row = (size_t)seed->metric.position * (size_t)seed->looking->words;
    memset(start, 0, (size_t)seed->looking->tokens * (size_t)seed->looking->words * sizeof *start);
    start[row + (size_t)seed->metric.answer] = 1;
    if (seed->metric.against >= 0)
        start[row + (size_t)seed->metric.against] -= 1;
    backward(tape, logits, start, 0);
}

/* --- part by part --- */

typedef struct {
    Session *session;
    const Looking *looking;  /* of the corrupted run */
    const Value *from;       /* of the clean run */
    Value *to;
    double *own;             /* the numbers of `to` */
    Rerun rerun;
    Patching *out;
} Patch;

static void put_rows(const Patch *patch, const double *numbers, int first, int last)
{
    size_t cols = (size_t)patch->to->cols;
    memcpy(patch->to->data + (size_t)first * cols, numbers + (size_t)first * cols,
           (size_t)(last - first + 1) * cols * sizeof *numbers);
}

/* The effect of rows first to last; they are their own again afterwards, what is behind them not yet. */
static double effect_of(const Patch *patch, int first, int last)
{
    const Patching *out = patch->out;
    put_rows(patch, patch->from->data, first, last);
    rerun_steps(&patch->rerun);
    double patched = metric_on(patch->looking, out->metric);
    put_rows(patch, patch->own, first, last);
    return (patched - out->corrupted) / (out->clean - out->corrupted);
}

static double estimate_of(const Patch *patch, int first, int last)
{
    const Tape *tape = patch->looking->tape;
    int gradient = patch->to->gradient;
    double sum = 0;
    for (int r = first; r <= last && gradient >= 0; r++)
        for (int c = 0; c < patch->to->cols; c++)
            sum += (cell_of(patch->from, r, c) - cell_of(patch->to, r, c)) * cell_of(tape_value(tape, gradient), r, c);
    return sum / (patch->out->clean - patch->out->corrupted);
}

static bool patch_part(Session *session, const Looking *looking, const Looking *clean, const AddedPart *part,
                       Patching *out, Error *error)
{
    int at = part->at, p = out->part_count++;
    Patch patch = {.session = session, .looking = looking, .to = &session->run.tape.values[at], .out = out,
                   .from = tape_value(clean->tape, at)};
    size_t bytes = cells_of(patch.to) * sizeof *patch.own;
    out->parts[p] = part;
    patch.own = malloc(bytes);
    bool whole = patch.own || error_memory(error);
    whole = whole && rerun_from(&patch.rerun, &session->run, at, looking->inside->logits, error);
    if (whole) {
        double *exact = out->exact + p * (out->tokens + 1), *estimate = out->estimate + p * (out->tokens + 1);
        memcpy(patch.own, patch.to->data, bytes);
        for (int t = 0; t <= out->tokens; t++) {
            int first = t < out->tokens ? t : 0, last = t < out->tokens ? t : out->tokens - 1;
            estimate[t] = estimate_of(&patch, first, last);
            exact[t] = effect_of(&patch, first, last);
        }
        rerun_steps(&patch.rerun);
    }
    rerun_free(&patch.rerun);
    free(patch.own);
    return whole;
}

static bool begin(const Looking *looking, const Looking *clean, Metric metric, Patching *out, Error *error)
{
    size_t parts = (size_t)looking->inside->part_count, cells = parts * ((size_t)looking->tokens + 1);
    *out = (Patching){.metric = metric, .clean = metric_on(clean, metric), .corrupted = metric_on(looking, metric),
                      .tokens = looking->tokens};
    if (!(fabs(out->clean - out->corrupted) > NO_DIFFERENCE))
        return error_set(error, EXIT_USED_WRONGLY,
                         "both texts give %.6g for what is asked, so that there is no difference to divide by; take "
                         "texts that differ, or another --answer",
                         out->clean);
    out->part_count = 0;
    out->parts = malloc((parts + 1) * sizeof *out->parts);
    out->exact = malloc((cells + 1) * sizeof *out->exact);
    out->estimate = malloc((cells + 1) * sizeof *out->estimate);
    if (out->parts && out->exact && out->estimate)
        return true;
    patching_free(out);
    return error_memory(error);
}

bool patching_make(Session *corrupted, const Looking *looking, const Looking *clean, Metric metric, Patching *out,
                   Error *error)
{
    Progress progress = progress_begin("parts");
    if (!begin(looking, clean, metric, out, error))
        return false;
    bool whole = run_forward(&corrupted->run, error);
    /* The tape is recorded anew, forward only: what was found stands elsewhere, with the same ids. */
    Looking anew = *looking;
    anew.inside = corrupted->run.inside;
    Seed seed = {&anew, metric};
    whole = whole && tape_attempt(&corrupted->run.tape, record_gradient, &seed, error);
    for (int i = 0; whole && i < anew.inside->part_count; i++) {
        progress_show(&progress, i, anew.inside->part_count);
        if (anew.inside->parts[i].at >= 0 && anew.inside->parts[i].kind != PART_BIAS)
            whole = patch_part(corrupted, &anew, clean, &anew.inside->parts[i], out, error);
    }
    progress_end(&progress);
    if (!whole)
        patching_free(out);
    return whole;
}

void patching_free(Patching *patching)
{
    free(patching->parts);
    free(patching->exact);
    free(patching->estimate);
    *patching = (Patching){0};
}
