/* The gradient check; see gradcheck.h. */
#include "gradcheck.h"

#include "primitive.h"

#include <float.h>
#include <math.h>

/* So many step sizes are tried while a cell is in doubt, each a tenth of the last where the loss is curved or has
 * kinks, ten times the last where digits cancel. */
enum { MOST_STEPS = 3 };

/* A loss is not more exact than some units in its last place; near 0 it comes from probabilities near 1. */
static const double UNITS_LOST = 8;
/* Beyond so many uncertainties a difference is one. */
static const double CERTAINLY = 10;

/* The loss with one cell moved by h: a parameter where it stands, an activation as it is made. */
static bool loss_with(Run *run, Cell at, double h, double *loss, Error *error)
{
    bool is_parameter = at.value < run->parameters.count;
    double *cell = NULL, before = 0;
    Nudge nudge = {.value = at.value, .row = at.row, .col = at.col, .amount = h};
    if (is_parameter) {
        cell = run_parameter(run, at.value) + (size_t)at.row * (size_t)run->parameters.list[at.value].cols + at.col;
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

/* D(h), from the losses above and below. */
static bool difference(Run *scratch, Cell at, double h, double *above, double *below, double *derivative, Error *error)
{
    if (!loss_with(scratch, at, h, above, error) || !loss_with(scratch, at, -h, below, error))
        return false;
    *derivative = (*above - *below) / (2 * h);
    return true;
}

bool gradcheck_cell(Run *scratch, int value, int row, int col, double h, double *derivative, Error *error)
{
    double above, below;
    return difference(scratch, (Cell){value, row, col, 0}, h, &above, &below, derivative, error);
}

/* nan stays nan: it is above every limit. */
static double relative_error(double recorded, double numerical)
{
    return fabs(recorded - numerical) / fmax(fmax(fabs(recorded), fabs(numerical)), 1e-3);
}

/* What one step size tells. */
typedef struct {
    double numerical, uncertainty;
    double left, right;   /* one-sided slopes, extrapolated */
    double rounding;      /* how exact any slope is at this h */
    bool kink;
} Told;

static double one_sided(double near, double far, double here, double h)
{
    double slope = (near - here) / h, wide = (far - here) / (2 * h);
    return 2 * slope - wide;
}

static bool tell(Run *scratch, Cell at, double here, double h, Told *told, Error *error)
{
    double up, down, far_up, far_down, narrow, wide;
    if (!difference(scratch, at, h, &up, &down, &narrow, error) ||
        !difference(scratch, at, 2 * h, &far_up, &far_down, &wide, error))
        return false;
    told->rounding = UNITS_LOST * DBL_EPSILON * fmax(1, fabs(here)) / h;
    told->numerical = narrow + (narrow - wide) / 3;
    told->uncertainty = fabs(told->numerical - narrow) + told->rounding;
    told->right = one_sided(up, far_up, here, h);
    told->left = -one_sided(down, far_down, here, h);
    return true;
}

/* A jump of the slope that is large enough to be the reason of the error. A smooth loss has none, and where it is
 * strongly curved the apparent one shrinks with h^2. */
static bool has_kink(const Told *told, double recorded)
{
    double jump = fabs(told->right - told->left), off = fabs(recorded - told->numerical);
    return jump > CERTAINLY * told->rounding && jump > off / CERTAINLY;
}

/* What a second step size settles beside a first: at one alone, kinks nearby can look like a smooth loss with
 * another slope. */
static SlopeVerdict settle(double recorded, const Told *before, const Told *told)
{
    double off = fabs(recorded - told->numerical), certain = fmin(before->uncertainty, told->uncertainty);
    bool agree = fabs(told->numerical - before->numerical) <= off / 2;
    if (before->kink && told->kink)
        return SLOPE_AT_KINK;
    return !before->kink && !told->kink && agree && off > CERTAINLY * certain ? SLOPE_WRONG : SLOPE_UNSURE;
}

static void take(Slope *slope, const Told *told, SlopeVerdict verdict)
{
    slope->numerical = told->numerical;
    slope->uncertainty = told->uncertainty;
    slope->left = told->left;
    slope->right = told->right;
    slope->relative = relative_error(slope->recorded, told->numerical);
    slope->verdict = verdict;
}

/* A cell that did not hold at once: with extrapolation, at one step size after another. */
static bool look_closely(Run *scratch, Cell at, double here, Slope *slope, Error *error)
{
    Told before = {.uncertainty = INFINITY}, told;
    double h = GRADCHECK_STEP, factor = 0;
    for (int i = 0; i < MOST_STEPS; i++, h *= factor) {
        if (!tell(scratch, at, here, h, &told, error))
            return false;
        told.kink = has_kink(&told, slope->recorded);
        double relative = relative_error(slope->recorded, told.numerical);
        SlopeVerdict verdict = relative <= GRADCHECK_TOLERANCE ? SLOPE_HOLDS
                               : isnan(relative)               ? SLOPE_WRONG
                               : i > 0                         ? settle(slope->recorded, &before, &told)
                                                               : SLOPE_UNSURE;
        take(slope, before.uncertainty < told.uncertainty ? &before : &told, verdict);
        if (verdict == SLOPE_HOLDS)
            take(slope, &told, verdict);
        if (verdict != SLOPE_UNSURE)
            return true;
        if (i == 0)
            factor = !told.kink && told.rounding > told.uncertainty / 2 ? 10 : 0.1;
        before = told;
    }
    return true;
}

bool gradcheck_slope(const Run *run, Run *scratch, int value, int row, int col, Slope *slope, Error *error)
{
    const Value *gradient = tape_value(&run->tape, tape_value(&run->tape, value)->gradient);
    *slope = (Slope){.recorded = cell_of(gradient, row, col)};
    if (!gradcheck_cell(scratch, value, row, col, GRADCHECK_STEP, &slope->numerical, error))
        return false;
    slope->relative = relative_error(slope->recorded, slope->numerical);
    /* Most cells need no more. */
    return slope->relative <= GRADCHECK_TOLERANCE / 10 ||
           look_closely(scratch, (Cell){value, row, col, 0}, run_loss(run), slope, error);
}

/* nan is the worst of all, and stays. */
static bool is_worse(double error, double worst)
{
    return !isnan(worst) && !(error <= worst);
}

static void count_cell(Gradcheck *result, const Slope *slope, int row, int col)
{
    bool judged = slope->verdict == SLOPE_HOLDS || slope->verdict == SLOPE_WRONG;
    bool first = judged && gradcheck_judged(result) == 0;
    if (!judged && result->kinks + result->unsure == 0) {
        result->kink_row = row;
        result->kink_col = col;
    }
    result->cells++;
    result->wrong += slope->verdict == SLOPE_WRONG;
    result->kinks += slope->verdict == SLOPE_AT_KINK;
    result->unsure += slope->verdict == SLOPE_UNSURE;
    double error = fabs(slope->recorded - slope->numerical);
    if (judged && is_worse(error, result->max_abs))
        result->max_abs = error;
    if (judged && (first || is_worse(slope->relative, result->max_rel))) {
        result->max_rel = slope->relative;
        result->worst_row = row;
        result->worst_col = col;
        result->recorded = slope->recorded;
        result->numerical = slope->numerical;
    }
}

int gradcheck_judged(const Gradcheck *result)
{
    return result->cells - result->kinks - result->unsure;
}

bool gradcheck_value(const Run *run, Run *scratch, int value, int row, int col, Gradcheck *result, Error *error)
{
    const Value *of = tape_value(&run->tape, value);
    CHECK(of->gradient >= 0, "a gradient check of a value without gradient");
    *result = (Gradcheck){0};
    for (int r = row == EVERY ? 0 : row; r < (row == EVERY ? of->rows : row + 1); r++)
        for (int c = col == EVERY ? 0 : col; c < (col == EVERY ? of->cols : col + 1); c++) {
            Slope slope;
            if (!gradcheck_slope(run, scratch, value, r, c, &slope, error))
                return false;
            count_cell(result, &slope, r, c);
        }
    result->ok = result->wrong == 0;
    return true;
}
