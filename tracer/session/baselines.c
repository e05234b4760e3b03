/* Baselines; see baselines.h. Chapter 21. */
#include "baselines.h"

#include "tiny_model/data/ngrams.h"
#include "tiny_model/system.h"

#include <math.h>
#include <stdlib.h>

/* The stretches of one part of the data. */
static bool list_part(const Model *model, bool held, Ids **list, int *count, double *bytes, Error *error)
{
    const Language *language = model->system->language;
    int length;
    *count = 0;
    while (language->part(model, held, *count, &(Ids){0}, &length))
        ++*count;
    *list = malloc(((size_t)*count + 1) * sizeof **list);
    *bytes = 0;
    if (!*list)
        return error_memory(error);
    for (int i = 0; i < *count; i++) {
        language->part(model, held, i, &(*list)[i], &length);
        *bytes += length;
    }
    return true;
}

static bool find_best(const Ids *learned, int learned_count, const Ids *held, int held_count, int vocabulary, int order,
                      Baseline *out, Error *error)
{
    static const double adds[] = {1, 0.1, 0.01, 0};
    out->loss = INFINITY;
    for (int i = 0; i < (order == 1 ? 1 : 4); i++) {
        double loss;
        if (!ngram_loss(learned, learned_count, held, held_count, vocabulary, order, adds[i], &loss, error))
            return false;
        if (!(loss >= out->loss)) {
            out->loss = loss;
            out->add = adds[i];
        }
    }
    return true;
}

static double bytes_a_token(const Ids *list, int count, double bytes)
{
    double tokens = 0;
    for (int i = 0; i < count; i++)
        tokens += list[i].count;
    return bytes > 0 ? bytes / tokens : NAN;
}

bool baselines_of(const Model *model, Baselines *out, Error *error)
{
    static const char *const names[BASELINES] = {"uniform", "unigram", "bigram", "trigram"};
    *out = (Baselines){.bytes = NAN, .learned_bytes = NAN};
    if (!model_language(model))
        return true;
    Ids *learned = NULL, *held = NULL;
    int learned_count, held_count, vocabulary = model->system->language->size(model);
    double learned_bytes, bytes;
    bool whole = list_part(model, false, &learned, &learned_count, &learned_bytes, error) &&
                 list_part(model, true, &held, &held_count, &bytes, error);
    bool counts = whole && model->training.validation > 0;
    out->list[0] = (Baseline){names[0], NAN, log(vocabulary)};
    for (int order = 1; counts && whole && order <= MOST_ORDER; order++) {
        out->list[order].name = names[order];
        whole = find_best(learned, learned_count, held, held_count, vocabulary, order, &out->list[order], error);
    }
    out->learned_bytes = whole ? bytes_a_token(learned, learned_count, learned_bytes) : NAN;
    out->bytes = whole ? bytes_a_token(held, held_count, bytes) : NAN;
    out->count = counts && whole ? BASELINES : 0;
    free(learned);
    free(held);
    return whole;
}
