/* Parts taken out one by one; see intervention.h. */
#include "intervention.h"

#include "parts.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rerun.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether what comes behind position t came behind an earlier one of the same token. */
static bool is_foretold(const Looking *looking, int t)
{
    for (int j = 1; j <= t; j++)
        if (id_at(looking, j - 1) == id_at(looking, t) && id_at(looking, j) == id_behind(looking, t))
            return true;
    return false;
}

static Losses losses_of(const Looking *looking, int *foretold)
{
    const Tape *tape = looking->tape;
    const Call *call = &tape->calls[part_prediction(tape, 0)];
    const Value *losses = tape_value(tape, call->output);
    const Value *rows = tape_value(tape, part_prediction_of(tape, part_prediction(tape, 0)).rows);
    Losses out = {0, 0};
    int count = 0;
    for (int i = 0; i < losses->rows; i++) {
        int t = (int)rows->data[i];
        out.all += losses->data[i] / losses->rows;
        if (t + 1 < looking->tokens && is_foretold(looking, t)) {
            out.foretold += losses->data[i];
            count++;
        }
    }
    out.foretold = count ? out.foretold / count : NAN;
    if (foretold)
        *foretold = count;
    return out;
}

/* The losses with other numbers in a part, which has its own again afterwards. */
static Losses losses_with(const Looking *looking, const Rerun *rerun, const double *numbers, const double *own)
{
    const Value *value = tape_value(looking->tape, rerun->value);
    size_t bytes = cells_of(value) * sizeof *own;
    memcpy(value->data, numbers, bytes);
    rerun_steps(rerun);
    Losses losses = losses_of(looking, NULL);
    memcpy(value->data, own, bytes);
    return losses;
}

static bool ablate_part(Session *session, const Looking *looking, const AddedPart *part, Ablation *out, Error *error)
{
    const Value *value = tape_value(looking->tape, part->at);
    size_t cells = cells_of(value), cols = (size_t)value->cols;
    int losses = looking->tape->calls[part_prediction(looking->tape, 0)].output;
    double *own = malloc(cells * sizeof *own), *other = calloc(cells, sizeof *other);
    Rerun rerun = {0};
    bool whole = (own && other) || error_memory(error);
    whole = whole && rerun_from(&rerun, &session->run, part->at, losses, error);
    if (whole) {
        memcpy(own, value->data, cells * sizeof *own);
        out->part = part;
        out->zero = losses_with(looking, &rerun, other, own);
        mean_over_rows(value, other);
        for (int r = 1; r < value->rows; r++)
            memcpy(other + (size_t)r * cols, other, cols * sizeof *other);
        out->mean = losses_with(looking, &rerun, other, own);
        rerun_steps(&rerun);
    }
    rerun_free(&rerun);
    free(own);
    free(other);
    return whole;
}

bool ablations_make(Session *session, const Looking *looking, Ablations *out, Error *error)
{
    const Inside *inside = looking->inside;
    *out = (Ablations){.list = calloc((size_t)inside->part_count + 1, sizeof *out->list)};
    if (!out->list)
        return error_memory(error);
    out->whole = losses_of(looking, &out->foretold);
    bool whole = true;
    for (int i = 0; i < inside->part_count && whole; i++)
        if (inside->parts[i].at >= 0 && inside->parts[i].kind != PART_BIAS)
            whole = ablate_part(session, looking, &inside->parts[i], &out->list[out->count++], error);
    if (!whole)
        ablations_free(out);
    return whole;
}

void ablations_free(Ablations *ablations)
{
    free(ablations->list);
    *ablations = (Ablations){0};
}
