/* The numbers that stand in a model, and what they are called; see slip.h. */
#include "slip.h"

#include <math.h>
#include <stdio.h>

static void add_known(Slips *slips, double number, int of, const char *format, const char *symbol)
{
    for (int i = 0; i < slips->known_count; i++)
        if (slips->known[i].number == number)
            return;
    if (slips->known_count == MOST_KNOWN || number == 0 || number == 1)
        return;
    Known *known = &slips->known[slips->known_count++];
    *known = (Known){.number = number, .plain = number == of, .of = of};
    snprintf(known->words, sizeof known->words, format, symbol);
}

/* A half before anything else that is 2; roots by the symbols of widths. */
void slips_know(Slips *slips, const Variant *variant)
{
    int count = variant->model.system->quantities(&variant->model, slips->quantities);
    slips->quantity_count = count;
    add_known(slips, 2, 2, "%s", "2");
    add_known(slips, 0.5, 0, "%s", "1/2");
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < count; i++) {
            const Quantity *q = &slips->quantities[i];
            int n = q->number;
            if ((q->meaning != NULL) != pass)
                continue;
            add_known(slips, n, n, "%s", q->symbol);
            add_known(slips, sqrt(n), n, "sqrt(%s)", q->symbol);
            add_known(slips, 1.0 / n, n, "1/%s", q->symbol);
            add_known(slips, 1 / sqrt(n), n, "1/sqrt(%s)", q->symbol);
        }
    add_known(slips, sqrt(2), 2, "%s", "sqrt(2)");
    add_known(slips, 1 / sqrt(2), 2, "%s", "1/sqrt(2)");
    add_known(slips, 10, 10, "%s", "10");
    add_known(slips, 0.1, 0, "%s", "1/10");
    add_known(slips, log(2), 0, "%s", "ln 2");
    add_known(slips, 1 / log(2), 0, "%s", "1/ln 2");
    add_known(slips, log(10), 0, "%s", "ln 10");
    add_known(slips, 1 / log(10), 0, "%s", "1/ln 10");
}

const Known *known_as(const Slips *slips, double number)
{
    for (int i = 0; i < slips->known_count; i++)
        if (fabs(slips->known[i].number - number) <= 1e-12)
            return &slips->known[i];
    return NULL;
}
