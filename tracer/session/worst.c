/* The updates that stand out; see worst.h. */
#include "worst.h"

#include <math.h>

const char *worst_name(WorstKind kind)
{
    static const char *const names[] = {"loss above the mean of the 100 before", "loss", "gradient norm",
                                        "change of the parameters"};
    return names[kind];
}

/* The worst come first; of equals the one that came first. */
static void offer(Worst *worst, WorstKind kind, const UpdateRecord *update, double amount)
{
    WorstUpdate *list = worst->list[kind];
    int at = worst->count[kind];
    if (isnan(amount))
        return;
    while (at > 0 && list[at - 1].amount < amount)
        at--;
    if (at == WORST_SHOWN)
        return;
    int last = worst->count[kind] < WORST_SHOWN ? worst->count[kind]++ : WORST_SHOWN - 1;
    for (; last > at; last--)
        list[last] = list[last - 1];
    list[at] = (WorstUpdate){*update, amount};
}

static double mean_before(const Worst *worst)
{
    double sum = 0;
    for (int i = 0; i < WORST_BEFORE; i++)
        sum += worst->before[i];
    return sum / WORST_BEFORE;
}

void worst_add(Worst *worst, const UpdateRecord *update)
{
    if (worst->seen >= WORST_BEFORE)
        offer(worst, WORST_ABOVE, update, update->loss - mean_before(worst));
    offer(worst, WORST_LOSS, update, update->loss);
    offer(worst, WORST_NORM, update, update->gradient_norm);
    offer(worst, WORST_CHANGE, update, update->change);
    worst->before[worst->seen++ % WORST_BEFORE] = update->loss;
}
