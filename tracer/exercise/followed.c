/* Right, from wrong numbers of the student's own; see verdict.h. */
#include "verdict.h"

#include "tiny_model/primitive.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_right(const Variant *variant, int i, double number, double wanted)
{
    return units_apart(number, wanted, variant->cells[i].decimals) <= RIGHT_UNITS;
}

/* Is everything behind `own`, which is the student's, computed rightly from it? */
static bool right_from(Variant *variant, const Given *own, const Answer *answer, bool *right, Error *error)
{
    double *cells = malloc((size_t)(variant->cell_count + 1) * sizeof *cells);
    if (!cells)
        return error_memory(error);
    Error unfit = {0};
    *right = variant_record_with(variant, own, cells, &unfit);
    for (int i = 0; i < variant->cell_count && *right; i++)
        *right = is_right(variant, i, answer->cells[i], cells[i]);
    free(cells);
    return unfit.code != EXIT_INPUT_OUTPUT || error_set(error, unfit.code, "%s", unfit.text);
}

/* All the same number: nobody computed that, and nothing follows from it. */
static bool is_constant(const Given *own)
{
    for (size_t i = 1; i < (size_t)own->rows * (size_t)own->cols; i++)
        if (own->data[i] != own->data[0])
            return false;
    return own->rows * own->cols > 1;
}

/* The student's own numbers of an asked value, if all of its cells are asked. */
static bool own_value(const Variant *variant, const Answer *answer, int line, Given *own)
{
    int first = 0;
    while (first < variant->cell_count && variant->cells[first].line != line)
        first++;
    const AskedLine *asked = &variant->exercise->asked[line];
    int id = tape_find(&variant->run.tape, asked->name);
    if (asked->row >= 0 || asked->col >= 0 || id < 0 || first == variant->cell_count)
        return false;
    const Value *value = tape_value(&variant->run.tape, id);
    if (value->kind == KIND_INPUT) /* ids are looked up; wrong ones lead nowhere */
        return false;
    *own = (Given){.name = asked->name, .rows = value->rows, .cols = value->cols, .data = answer->cells + first};
    return !is_constant(own);
}

/* Right and wrong cells of an asked line. */
static void count_line(const Variant *variant, const Answer *answer, int line, int *right, int *wrong)
{
    *right = *wrong = 0;
    for (int i = 0; i < variant->cell_count; i++)
        if (variant->cells[i].line == line)
            ++*(is_right(variant, i, answer->cells[i], variant->truth[i]) ? right : wrong);
}

/* What depends on the root follows by itself. Is a line right that does not, or half of the root? */
static bool is_half_right(const Variant *variant, const Answer *answer, int root, unsigned followers)
{
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int right, wrong;
        count_line(variant, answer, line, &right, &wrong);
        if ((line == root && right >= wrong && right > 0) || (line != root && !(followers >> line & 1) && wrong == 0))
            return true;
    }
    return false;
}

/* Is a line wrong that depends on the root? Where none is, nothing follows. */
static bool has_wrong_follower(const Variant *variant, const Answer *answer, int root, unsigned followers)
{
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int right, wrong;
        count_line(variant, answer, line, &right, &wrong);
        if (line != root && (followers >> line & 1) && wrong > 0)
            return true;
    }
    return false;
}

static bool follow_line(Variant *variant, const Answer *answer, int line, unsigned followers, Verdict *verdict,
                        Error *error)
{
    Given own;
    int right_cells, wrong_cells;
    bool right;
    count_line(variant, answer, line, &right_cells, &wrong_cells);
    if (wrong_cells == 0 || !has_wrong_follower(variant, answer, line, followers) ||
        !own_value(variant, answer, line, &own))
        return true;
    if (!right_from(variant, &own, answer, &right, error))
        return false;
    if (!right)
        return true;
    verdict->kind = VERDICT_FOLLOWS;
    verdict->within_sheet = true;
    verdict->root = line;
    verdict->half = is_half_right(variant, answer, line, followers);
    snprintf(verdict->says, sizeof verdict->says,
             "all that follows is right, from your own wrong %.100s: repair that and the rest comes by itself",
             own.name);
    return true;
}

bool follow_before(Variant *variant, const Answer *answer, const Given *before, Verdict *verdict, Error *error)
{
    bool right = false;
    if (!before || is_constant(before))
        return true;
    if (!right_from(variant, before, answer, &right, error))
        return false;
    if (right) {
        verdict->kind = VERDICT_FOLLOWS;
        snprintf(verdict->says, sizeof verdict->says, "right, from your own %.80s in %.60s", before->name,
                 variant->exercise->follows);
    }
    return true;
}

bool follow_within(Variant *variant, const Answer *answer, const Slice *slice, Verdict *verdict, Error *error)
{
    for (int line = 0; line < variant->exercise->asked_count && verdict->kind != VERDICT_FOLLOWS; line++)
        if (!follow_line(variant, answer, line, slice->reach[slice->asked[line]], verdict, error))
            return false;
    return true;
}
