/* Comparing two tapes; see compare.h. */
#include "compare.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Most cells of two forks are equal: a block is first looked through without branches, which the
 * compiler does many cells at a time. */
enum { BLOCK = 64 };

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
    if (a->rows != b->rows || a->cols != b->cols) {
        out->max_abs = INFINITY;
        return false;
    }
    const double *x = a->data, *y = b->data;
    size_t count = cells_of(a), at = 0;
    double most = 0;
    for (size_t start = 0, end; start < count; start = end) {
        bool further = false;
        end = start + BLOCK < count ? start + BLOCK : count;
        /* Written so that nan is further than everything. */
        for (size_t i = start; i < end; i++)
            further |= !(fabs(x[i] - y[i]) <= most);
        for (size_t i = start; further && i < end; i++) /* seldom: infinities and nan are told apart here */
            if (apart(x[i], y[i]) > most) {
                most = apart(x[i], y[i]);
                at = i;
            }
    }
    out->max_abs = most;
    if (most > 0) {
        out->row = (int)(at / (size_t)a->cols);
        out->col = (int)(at % (size_t)a->cols);
    }
    return most == 0;
}

/* The largest finite magnitude. */
static double largest(const Value *value)
{
    double most = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        if (isfinite(value->data[i]) && fabs(value->data[i]) > most)
            most = fabs(value->data[i]);
    return most;
}

/* `apart` and `moved` say of every value of the first tape before this one whether it differs and has moved. */
static bool only_rounded(const Tape *tape, const Tape *other, const Difference *d, const bool *apart,
                         const bool *moved)
{
    const Value *mine = tape_value(tape, d->value);
    if (mine->producer < 0 || d->other < 0 || !isfinite(d->max_abs))
        return false;
    if (d->max_abs <= ROUNDING * fmax(largest(mine), largest(tape_value(other, d->other))))
        return true;
    const Step *step = &tape->steps[mine->producer];
    bool any = false;
    for (int i = 0; i < step->input_count; i++) {
        if (moved[step->inputs[i]])
            return false;
        any |= apart[step->inputs[i]];
    }
    return any;
}

/* What differs, told apart from what was rounded otherwise: inputs stand before what is computed from them. */
static bool find_moved(const Names *first, const Names *second, Differences *out)
{
    bool *apart = calloc(2 * (size_t)first->count + 1, sizeof *apart);
    bool *moved = apart ? apart + first->count : NULL;
    for (int i = 0; apart && i < out->count; i++) {
        Difference *d = &out->list[i];
        d->rounding = only_rounded(first->tape, second->tape, d, apart, moved);
        apart[d->value] = true;
        moved[d->value] = !d->rounding;
        out->moved += !d->rounding;
    }
    bool whole = apart != NULL;
    free(apart);
    return whole;
}

bool differences_find(const Names *first, const Names *second, Differences *out, Error *error)
{
    *out = (Differences){.list = malloc(((size_t)first->count + 1) * sizeof *out->list)};
    if (!out->list)
        return error_memory(error);
    for (int id = 0; id < first->count; id++) {
        Difference difference = {.value = id, .other = name_find_near(second, name_of(first, id), id),
                                 .max_abs = INFINITY};
        bool same = difference.other >= 0 &&
                    compare(tape_value(first->tape, id), tape_value(second->tape, difference.other), &difference);
        if (!same)
            out->list[out->count++] = difference;
    }
    for (int id = 0; id < second->count; id++)
        out->only_in_second += name_find_near(first, name_of(second, id), id) < 0;
    if (find_moved(first, second, out))
        return true;
    differences_free(out);
    return error_memory(error);
}

void differences_free(Differences *differences)
{
    free(differences->list);
    *differences = (Differences){0};
}
