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

typedef struct {
    int row, col;
} Place;

/* D(h), from the losses above and below. */
static double difference(const Rerun *rerun, Place at, double h, double *above, double *below)
{
    *above = rerun_loss(rerun, at.row, at.col, h);
    *below = rerun_loss(rerun, at.row, at.col, -h);
    return (*above - *below) / (2 * h);
}

double gradcheck_cell(const Rerun *rerun, int row, int col, double h)
{
    double above, below;
    return difference(rerun, (Place){row, col}, h, &above, &below);
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

static Told tell(const Rerun *rerun, Place at, double here, double h)
{
    double up, down, far_up, far_down;
    double narrow = difference(rerun, at, h, &up, &down), wide = difference(rerun, at, 2 * h, &far_up, &far_down);
    Told told = {.rounding = UNITS_LOST * DBL_EPSILON * fmax(1, fabs(here)) / h,
                 .numerical = narrow + (narrow - wide) / 3,
                 .right = one_sided(up, far_up, here, h),
                 .left = -one_sided(down, far_down, here, h)};
    told.uncertainty = fabs(told.numerical - narrow) + told.rounding;
    return told;
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
static void look_closely(const Rerun *rerun, Place at, double here, Slope *slope)
{
    Told before = {.uncertainty = INFINITY};
    double h = GRADCHECK_STEP, factor = 0;
    for (int i = 0; i < MOST_STEPS; i++, h *= factor) {
        Told told = tell(rerun, at, here, h);
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
            return;
        if (i == 0)
            factor = !told.kink && told.rounding > told.uncertainty / 2 ? 10 : 0.1;
        before = told;
    }
}

Slope gradcheck_slope(const Run *run, const Rerun *rerun, int row, int col)
{
    const Value *gradient = tape_value(&run->tape, tape_value(&run->tape, rerun->value)->gradient);
    Slope slope = {.recorded = cell_of(gradient, row, col),
                   .numerical = gradcheck_cell(rerun, row, col, GRADCHECK_STEP)};
    slope.relative = relative_error(slope.recorded, slope.numerical);
    /* Most cells need no more. */
    if (!(slope.relative <= GRADCHECK_TOLERANCE / 10))
        look_closely(rerun, (Place){row, col}, run_loss(run), &slope);
    return slope;
}

/* nan is the worst of all, and stays. */
static bool is_worse(double error, double worst)
{
    return !isnan(worst) && !(error <= worst);
}

static Gradcheck checked_cell(const Slope *slope, int row, int col)
{
    bool judged = slope->verdict == SLOPE_HOLDS || slope->verdict == SLOPE_WRONG;
    Gradcheck one = {.cells = 1, .wrong = slope->verdict == SLOPE_WRONG, .kinks = slope->verdict == SLOPE_AT_KINK,
                     .unsure = slope->verdict == SLOPE_UNSURE, .ok = slope->verdict != SLOPE_WRONG};
    if (judged) {
        one.max_abs = fabs(slope->recorded - slope->numerical);
        one.max_rel = slope->relative;
        one.worst_row = row;
        one.worst_col = col;
        one.recorded = slope->recorded;
        one.numerical = slope->numerical;
    } else {
        one.kink_row = row;
        one.kink_col = col;
    }
    return one;
}

int gradcheck_judged(const Gradcheck *result)
{
    return result->cells - result->kinks - result->unsure;
}

void gradcheck_add(Gradcheck *result, const Gradcheck *more)
{
    Gradcheck sum = *result;
    bool judged = gradcheck_judged(more) > 0, first = gradcheck_judged(result) == 0;
    if (result->kinks + result->unsure == 0) {
        sum.kink_row = more->kink_row;
        sum.kink_col = more->kink_col;
    }
    if (judged && (first || is_worse(more->max_rel, result->max_rel))) {
        sum = *more;
        sum.max_abs = result->max_abs;
        sum.kink_row = result->kinks + result->unsure ? result->kink_row : more->kink_row;
        sum.kink_col = result->kinks + result->unsure ? result->kink_col : more->kink_col;
    }
    if (judged && (first || is_worse(more->max_abs, result->max_abs)))
        sum.max_abs = more->max_abs;
    sum.cells = result->cells + more->cells;
    sum.wrong = result->wrong + more->wrong;
    sum.kinks = result->kinks + more->kinks;
    sum.unsure = result->unsure + more->unsure;
    sum.ok = sum.wrong == 0;
    *result = sum;
}

void gradcheck_rows(const Run *run, const Rerun *rerun, int from, int to, int col, Gradcheck *result)
{
    const Value *of = tape_value(&run->tape, rerun->value);
    for (int r = from; r < to; r++)
        for (int c = col == EVERY ? 0 : col; c < (col == EVERY ? of->cols : col + 1); c++) {
            Slope slope = gradcheck_slope(run, rerun, r, c);
            Gradcheck one = checked_cell(&slope, r, c);
            gradcheck_add(result, &one);
        }
}

bool gradcheck_value(const Run *run, Run *scratch, int value, int row, int col, Gradcheck *result, Error *error)
{
    const Value *of = tape_value(&run->tape, value);
    CHECK(of->gradient >= 0, "a gradient check of a value without gradient");
    *result = (Gradcheck){.ok = true};
    Rerun rerun;
    if (!rerun_begin(&rerun, scratch, value, error))
        return false;
    gradcheck_rows(run, &rerun, row == EVERY ? 0 : row, row == EVERY ? of->rows : row + 1, col, result);
    rerun_free(&rerun);
    return true;
}
