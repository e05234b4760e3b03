/* The gradient check; see gradcheck.h. */
#include "gradcheck.h"

#include "primitive.h"

#include <math.h>

/* The loss with one cell moved by h: a parameter where it stands, an activation as it is made. */
static bool loss_with(Run *run, int value, int row, int col, double h, double *loss, Error *error)
{
    bool is_parameter = value < run->parameters.count;
    double *cell = NULL, before = 0;
    Nudge nudge = {.value = value, .row = row, .col = col, .amount = h};
    if (is_parameter) {
        cell = run_parameter(run, value) + (size_t)row * (size_t)run->parameters.list[value].cols + (size_t)col;
        before = *cell;
        *cell = before + h;
    } else {
        run->tape.nudges = &nudge;
        run->tape.nudge_count = 1;
    }
    bool done = run_forward(run, error);
    if (done)
        *loss = run_loss(run);
    if (is_parameter)
        *cell = before;
    run->tape.nudges = NULL;
    run->tape.nudge_count = 0;
    return done;
}

bool gradcheck_cell(Run *scratch, int value, int row, int col, double h, double *derivative, Error *error)
{
    double up, down;
    if (!loss_with(scratch, value, row, col, h, &up, error) || !loss_with(scratch, value, row, col, -h, &down, error))
        return false;
    *derivative = (up - down) / (2 * h);
    return true;
}

/* nan is the worst of all, and stays. */
static bool is_worse(double error, double worst)
{
    return !isnan(worst) && !(error <= worst);
}

static void compare(Gradcheck *result, double recorded, double numerical, int row, int col)
{
    double error = fabs(recorded - numerical);
    double relative = error / fmax(fmax(fabs(recorded), fabs(numerical)), 1e-3);
    result->cells++;
    if (is_worse(error, result->max_abs))
        result->max_abs = error;
    if (result->cells > 1 && !is_worse(relative, result->max_rel))
        return;
    result->max_rel = relative;
    result->worst_row = row;
    result->worst_col = col;
    result->recorded = recorded;
    result->numerical = numerical;
}

bool gradcheck_value(const Run *run, Run *scratch, int value, int row, int col, Gradcheck *result, Error *error)
{
    const Value *of = tape_value(&run->tape, value);
    CHECK(of->gradient >= 0, "a gradient check of a value without gradient");
    const Value *gradient = tape_value(&run->tape, of->gradient);
    *result = (Gradcheck){0};
    for (int r = row == EVERY ? 0 : row; r < (row == EVERY ? of->rows : row + 1); r++)
        for (int c = col == EVERY ? 0 : col; c < (col == EVERY ? of->cols : col + 1); c++) {
            double numerical;
            if (!gradcheck_cell(scratch, value, r, c, GRADCHECK_STEP, &numerical, error))
                return false;
            compare(result, cell_of(gradient, r, c), numerical, r, c);
        }
    result->ok = result->max_rel <= GRADCHECK_TOLERANCE;
    return true;
}
