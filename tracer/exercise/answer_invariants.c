/* What an answer must fulfil by itself, whatever the numbers are; see verdict.h. */
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* `cells` and the truth of one row. */
typedef bool Holds(const double *cells, const double *truth, int count, int row, double unit);

/* What is printed is rounded, so that true rows sum to almost 1 or 0: the truth's own sum is the measure. */
static bool sums_alike(const double *cells, const double *truth, int count, int row, double unit)
{
    (void)row;
    double apart = 0;
    for (int i = 0; i < count; i++)
        apart += cells[i] - truth[i];
    /* Each number was rounded by half a unit, their sum by as much as all of them. */
    return fabs(apart) <= unit * (count + 1);
}

static bool not_negative(const double *cells, const double *truth, int count, int row, double unit)
{
    (void)row, (void)unit, (void)truth;
    for (int i = 0; i < count; i++)
        /* Written so that nan breaks the rule. */
        if (!(cells[i] >= 0))
            return false;
    return true;
}

static bool nothing_ahead(const double *cells, const double *truth, int count, int row, double unit)
{
    (void)truth;
    for (int i = row + 1; i < count; i++)
        if (!(fabs(cells[i]) <= unit))
            return false;
    return true;
}

static const struct {
    const char *kind;
    Holds *holds;
    const char *says;
} INVARIANTS[] = {
    {"rows_sum_to_1", sums_alike, "must sum to 1"},
    {"rows_sum_to_0", sums_alike, "must sum to 0"},
    {"not_negative", not_negative, "must have no negative number"},
    {"nothing_ahead", nothing_ahead, "must be 0 for tokens that are not there yet"},
};
enum { INVARIANT_COUNT = sizeof INVARIANTS / sizeof *INVARIANTS };

bool invariant_known(const char *kind)
{
    for (int i = 0; i < INVARIANT_COUNT; i++)
        if (strcmp(INVARIANTS[i].kind, kind) == 0)
            return true;
    return false;
}

static bool has_wrong_cell(const Variant *variant, const Answer *answer, int first, int end)
{
    for (int i = first; i < end; i++)
        if (!(units_apart(answer->cells[i], variant->truth[i], variant->cells[i].decimals) <= RIGHT_UNITS))
            return true;
    return false;
}

/* A row without a wrong cell is right, whatever its sum; and no rule is one that the truth breaks. */
static bool check_rows(const Variant *variant, const Answer *answer, int which, const char *name, Verdict *verdict)
{
    for (int i = 0, end; i < variant->cell_count; i = end) {
        const AskedCell *cell = &variant->cells[i];
        for (end = i + 1; end < variant->cell_count && variant->cells[end].line == cell->line &&
                          variant->cells[end].row == cell->row;)
            end++;
        if (strcmp(variant->exercise->asked[cell->line].name, name) != 0 ||
            !has_wrong_cell(variant, answer, i, end))
            continue;
        double unit = pow(10, -cell->decimals);
        const double *truth = variant->truth + i;
        if (INVARIANTS[which].holds(answer->cells + i, truth, end - i, cell->row, unit) ||
            !INVARIANTS[which].holds(truth, truth, end - i, cell->row, unit))
            continue;
        verdict->kind = VERDICT_INVARIANT;
        snprintf(verdict->says, sizeof verdict->says, "row %d of your %.100s %s, and it does not", cell->row, name,
                 INVARIANTS[which].says);
        return true;
    }
    return false;
}

bool invariant_broken(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    const Exercise *exercise = variant->exercise;
    for (int i = 0; i < exercise->invariant_count; i++)
        for (int which = 0; which < INVARIANT_COUNT; which++)
            if (strcmp(INVARIANTS[which].kind, exercise->invariants[i].kind) == 0 &&
                check_rows(variant, answer, which, exercise->invariants[i].name, verdict))
                return true;
    return false;
}
