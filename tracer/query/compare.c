/* Comparing two tapes; see compare.h. */
#include "compare.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The difference of two numbers; equal infinities do not differ, nan differs from all but nan. */
static double apart(double a, double b)
{
    if (a == b || (a != a && b != b))
        return 0;
    double distance = fabs(a - b);
    return distance == distance ? distance : INFINITY;
}

static bool compare(const Value *a, const Value *b, Difference *out)
{
    out->max_abs = 0;
    if (a->rows != b->rows || a->cols != b->cols) {
        out->max_abs = INFINITY;
        return false;
    }
    for (int row = 0; row < a->rows; row++)
        for (int col = 0; col < a->cols; col++) {
            double distance = apart(cell_of(a, row, col), cell_of(b, row, col));
            if (distance > out->max_abs) {
                out->max_abs = distance;
                out->row = row;
                out->col = col;
            }
        }
    return out->max_abs == 0;
}

bool differences_find(const Names *first, const Names *second, Differences *out, Error *error)
{
    *out = (Differences){.list = malloc(((size_t)first->count + 1) * sizeof *out->list)};
    if (!out->list)
        return error_memory(error);
    for (int id = 0; id < first->count; id++) {
        Difference difference = {.value = id, .other = name_find(second, name_of(first, id)), .max_abs = INFINITY};
        bool same = difference.other >= 0 &&
                    compare(tape_value(first->tape, id), tape_value(second->tape, difference.other), &difference);
        if (!same)
            out->list[out->count++] = difference;
    }
    for (int id = 0; id < second->count; id++)
        out->only_in_second += name_find(first, name_of(second, id)) < 0;
    return true;
}

void differences_free(Differences *differences)
{
    free(differences->list);
    *differences = (Differences){0};
}
