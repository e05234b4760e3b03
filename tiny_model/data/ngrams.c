/* Counting n-grams; see ngrams.h. An n-gram is one number, its ids the digits of it to the base V; counts are found
 * in the sorted list of those that occur. */
#include "ngrams.h"

#include "../elementary/elementary.h"

#include <stdint.h>
#include <stdlib.h>

typedef struct {
    uint64_t *list;   /* sorted */
    size_t count;
} Grams;

static int ascending(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* The n ids from `ids` on as one number. */
static uint64_t gram_of(const int *ids, int order, int vocabulary)
{
    uint64_t gram = 0;
    for (int i = 0; i < order; i++)
        gram = gram * (uint64_t)vocabulary + (uint64_t)ids[i];
    return gram;
}

/* All n-grams of the stretches that have `behind` more ids behind them. */
static bool list_grams(const Ids *stretches, int count, int vocabulary, int order, int behind, Grams *out,
                       Error *error)
{
    size_t most = 0;
    for (int s = 0; s < count; s++)
        most += (size_t)stretches[s].count;
    *out = (Grams){.list = malloc((most + 1) * sizeof *out->list)};
    if (!out->list)
        return error_memory(error);
    for (int s = 0; s < count; s++)
        for (int i = 0; i + order + behind <= stretches[s].count; i++)
            out->list[out->count++] = gram_of(stretches[s].ids + i, order, vocabulary);
    qsort(out->list, out->count, sizeof *out->list, ascending);
    return true;
}

/* How many in the list are below a number. */
static size_t below(const Grams *grams, uint64_t number)
{
    size_t low = 0, high = grams->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (grams->list[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double times(const Grams *grams, uint64_t gram)
{
    return (double)(below(grams, gram + 1) - below(grams, gram));
}

/* The counts of all orders up to n. */
typedef struct {
    Grams whole[MOST_ORDER + 1], before[MOST_ORDER + 1]; /* [k] of k ids, and of the k-1 before one */
    int vocabulary, order;
    double add;
} Counts;

static bool count_all(const Ids *learned, int learned_count, Counts *counts, Error *error)
{
    for (int k = 1; k <= counts->order; k++)
        if (!list_grams(learned, learned_count, counts->vocabulary, k, 0, &counts->whole[k], error) ||
            !list_grams(learned, learned_count, counts->vocabulary, k - 1, 1, &counts->before[k], error))
            return false;
    return true;
}

/* How often k ids were seen, the last of them at `last`, and the k-1 before it. */
static void look_up(const Counts *counts, const int *last, int k, double *seen, double *context)
{
    const int *first = last - k + 1;
    *seen = times(&counts->whole[k], gram_of(first, k, counts->vocabulary));
    *context = k == 1 ? (double)counts->whole[1].count
                      : times(&counts->before[k], gram_of(first, k - 1, counts->vocabulary));
}

static double probability(const Counts *counts, const int *last)
{
    static const double weights[MOST_ORDER + 1][MOST_ORDER + 1] = {[2] = {0, 0.09, 0.9}, [3] = {0, 0.09, 0.3, 0.6}};
    double seen, context, p = 0.01 / counts->vocabulary;
    if (counts->add > 0) {
        look_up(counts, last, counts->order, &seen, &context);
        return (seen + counts->add) / (context + counts->add * counts->vocabulary);
    }
    for (int k = 1; k <= counts->order; k++) {
        look_up(counts, last, k, &seen, &context);
        p += context > 0 ? weights[counts->order][k] * seen / context : 0;
    }
    return p;
}

bool ngram_loss(const Ids *learned, int learned_count, const Ids *held, int held_count, int vocabulary, int order,
                double add, double *loss, Error *error)
{
    Counts counts = {.vocabulary = vocabulary, .order = order, .add = add};
    bool counted = count_all(learned, learned_count, &counts, error);
    double sum = 0, tokens = 0;
    for (int s = 0; counted && s < held_count; s++)
        for (int i = order > 2 || add == 0 ? 2 : 1; i < held[s].count; i++, tokens++)
            sum -= log_of(probability(&counts, held[s].ids + i));
    for (int k = 1; k <= order; k++) {
        free(counts.whole[k].list);
        free(counts.before[k].list);
    }
    *loss = sum / tokens;
    return counted;
}
