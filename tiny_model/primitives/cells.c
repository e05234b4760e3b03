/* Single cells by index, counted row by row from 0. Chapter 36.
 *
 *   gather_cells   out[r,c] = the cell places[r,c] of a                  a [R' x C'], places [R x C], out [R x C]
 *   scatter_cells  the way back: every cell of out is the sum of those that were taken from it */
#include "families.h"

#include <string.h>

static size_t place_at(const Value *places, size_t i, size_t below)
{
    double place = places->data[i];
    CHECK(place >= 0 && place < (double)below, "cell %g of %zu", place, below);
    return (size_t)place;
}

static bool gather_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *places = step_input(tape, step, 1);
    *out = (Shape){places->rows, places->cols, places->row_axis, places->col_axis, step_input(tape, step, 0)->counts};
    return true;
}

static void gather_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *places = step_input(tape, step, 1), *out = step_output(tape, step);
    for (size_t i = 0; i < cells_of(out); i++)
        out->data[i] = a->data[place_at(places, i, cells_of(a))];
}

static void gather_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *a = step_input(tape, step, 0), *places = step_input(tape, step, 1);
    int place = (int)place_at(places, (size_t)row * (size_t)places->cols + (size_t)col, cells_of(a));
    explain_copy(out, tape, step->inputs[0], place / a->cols, place % a->cols);
}

/* Some cells twice, some not at all. */
static int sample_places(Tape *tape)
{
    static double places[] = {7, 2, 0, 11, 2, 5};
    return tape_leaf(tape, KIND_INPUT, "places", (Shape){2, 3}, places);
}

static void gather_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 4, 3);
    tape_step(tape, &GATHER_CELLS, HERE("out"), (int[]){a, sample_places(tape)}, 2, (Attributes){0});
}

static bool scatter_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *dy = step_input(tape, step, 0), *places = step_input(tape, step, 1);
    *out = (Shape){step->attributes.rows, step->attributes.cols};
    return out->rows > 0 && out->cols > 0 && dy->rows == places->rows && dy->cols == places->cols;
}

static void scatter_run(const Tape *tape, const Step *step)
{
    const Value *dy = step_input(tape, step, 0), *places = step_input(tape, step, 1), *out = step_output(tape, step);
    memset(out->data, 0, cells_of(out) * sizeof *out->data);
    for (size_t i = 0; i < cells_of(dy); i++)
        out->data[place_at(places, i, cells_of(out))] += dy->data[i];
}

static void scatter_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *places = step_input(tape, step, 1);
    double wanted = (double)row * step->attributes.cols + col;
    for (int r = 0; r < places->rows; r++)
        for (int c = 0; c < places->cols; c++)
            if (cell_of(places, r, c) == wanted)
                explain_copy(out, tape, step->inputs[0], r, c);
}

static void scatter_sample(Tape *tape)
{
    int dy = sample_input(tape, "dy", 2, 3);
    tape_step(tape, &SCATTER_CELLS, HERE("out"), (int[]){dy, sample_places(tape)}, 2,
              (Attributes){.rows = 4, .cols = 3});
}

const Primitive GATHER_CELLS = {
    .name = "gather_cells", .symbol = "cells", .ascii = "cells", .meaning = "out[r,c] = cell b[r,c] of a, row by row",
    .notation = "cells({a}, {b})", .arity = 2, .combine = COMBINE_COPY, .reach = {REACH_ALL, REACH_ALL},
    .reads_part = true,
    .shape = gather_shape, .run = gather_run, .explain = gather_explain, .sample = gather_sample,
};
const Primitive SCATTER_CELLS = {
    .name = "scatter_cells", .symbol = "scatter cells", .ascii = "scatter cells",
    .meaning = "out[p] = sum of a[r,c] over those with b[r,c] = p, cells counted row by row",
    .notation = "scatter cells({a}, {b})",
    .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_ALL, REACH_ALL}, .flops_inner = 1,
    .shape = scatter_shape, .run = scatter_run, .explain = scatter_explain, .sample = scatter_sample,
};
