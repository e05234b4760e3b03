/* What an answer must fulfil by itself, whatever the numbers are; see verdict.h. */
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The cells first .. last of the answer are one row. */
typedef bool Holds(const double *cells, int count, int row, double unit);

static bool sums_to(const double *cells, int count, double sum, double unit)
{
    for (int i = 0; i < count; i++)
        sum -= cells[i];
    /* Each number was rounded by half a unit, their sum by as much as all of them. */
    return fabs(sum) <= unit * (count + 1);
}

static bool sums_to_one(const double *cells, int count, int row, double unit)
{
    (void)row;
    return sums_to(cells, count, 1, unit);
}

static bool sums_to_zero(const double *cells, int count, int row, double unit)
{
    (void)row;
    return sums_to(cells, count, 0, unit);
}

static bool not_negative(const double *cells, int count, int row, double unit)
{
    (void)row, (void)unit;
    for (int i = 0; i < count; i++)
        /* Written so that nan breaks the rule. */
        if (!(cells[i] >= 0))
            return false;
    return true;
}

static bool nothing_ahead(const double *cells, int count, int row, double unit)
{
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
    {"rows_sum_to_1", sums_to_one, "must sum to 1"},
    {"rows_sum_to_0", sums_to_zero, "must sum to 0"},
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

static bool check_rows(const Variant *variant, const Answer *answer, int which, const char *name, Verdict *verdict)
{
    for (int i = 0, end; i < variant->cell_count; i = end) {
        const AskedCell *cell = &variant->cells[i];
        for (end = i + 1; end < variant->cell_count && variant->cells[end].line == cell->line &&
                          variant->cells[end].row == cell->row;)
            end++;
        if (strcmp(variant->exercise->asked[cell->line].name, name) != 0 ||
            INVARIANTS[which].holds(answer->cells + i, end - i, cell->row, pow(10, -cell->decimals)))
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
