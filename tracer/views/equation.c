/* An equation of matrices in a room; see equation.h. */
#include "equation.h"

#include <math.h>

enum { LEAST_DIGITS = 2, GAP = 1 };

/* Which matrices begin a new row, by arrangement: side by side, operands above the result, each
 * in its own row. */
typedef enum { BESIDE, RESULT_BELOW, BELOW, ARRANGEMENTS } Arrangement;

static bool begins_row(Arrangement arrangement, int i, int count)
{
    return i > 0 && (arrangement == BELOW || (arrangement == RESULT_BELOW && i == count - 1));
}

/* Shares room out: everyone gets what they want, or, where that is too much, equal parts. */
static void share(const int *wanted, int count, int room, int *given)
{
    int open = count;
    for (int i = 0; i < count; i++)
        given[i] = -1;
    /* Who wants less than an equal part leaves the rest to the others, which may then be enough for one more. */
    for (bool changed = true; changed && open > 0;) {
        changed = false;
        for (int i = 0; i < count; i++)
            if (given[i] < 0 && wanted[i] <= room / open) {
                given[i] = wanted[i];
                room -= wanted[i];
                open--;
                changed = true;
                break;
            }
    }
    for (int i = 0; i < count; i++)
        if (given[i] < 0)
            given[i] = room > 0 ? room / open : 0;
}

static int operator_width(const Equation *equation, int i)
{
    int width = text_width(equation->operators[i]);
    return width ? width + 2 * GAP - (i == 0 ? GAP : 0) : 0;
}

/* Places the matrices from `first` to before `end` side by side. */
static void place_row(const Equation *equation, int first, int end, Area room, Plan *plan)
{
    int wanted[MOST_SHOWN], given[MOST_SHOWN], left = room.cols;
    for (int i = first; i < end; i++) {
        wanted[i - first] = matrix_width(&equation->matrices[i]);
        left -= operator_width(equation, i);
    }
    share(wanted, end - first, left, given);
    for (int i = first; i < end; i++)
        left -= given[i - first];
    /* what is left goes to headings that are wider than their numbers */
    for (int i = first; i < end && left > 0; i++) {
        int more = equation->matrices[i].title_width + 1 - given[i - first];
        more = more < left ? more : left;
        given[i - first] += more > 0 ? more : 0;
        left -= more > 0 ? more : 0;
    }
    int col = 0;
    for (int i = first; i < end; i++) {
        const Matrix *matrix = &equation->matrices[i];
        col += operator_width(equation, i);
        plan->areas[i] = area_inside(room, 0, col, room.rows, given[i - first]);
        col += given[i - first];
        double seen = (double)matrix_rows_in(matrix, room.rows) * matrix_cols_in(matrix, given[i - first]);
        double all = (double)matrix->rows * matrix->cols;
        plan->seen += seen / all;
        plan->whole &= seen >= all;
    }
}

/* A result that stands alone below needs no heading: the title of the pane tells it. */
static Plan plan_for(Equation *equation, Arrangement arrangement, Area room)
{
    equation->matrices[equation->count - 1].untitled = arrangement != BESIDE && equation->count > 1 &&
                                                       !equation->headed;
    Plan plan = {.whole = true};
    int starts[MOST_SHOWN + 1], wanted[MOST_SHOWN] = {0}, given[MOST_SHOWN], rows = 0;
    for (int i = 0; i < equation->count; i++) {
        if (i == 0 || begins_row(arrangement, i, equation->count)) {
            starts[rows] = i;
            wanted[rows++] = 0;
        }
        int height = matrix_height(&equation->matrices[i]);
        if (height > wanted[rows - 1])
            wanted[rows - 1] = height;
    }
    starts[rows] = equation->count;
    share(wanted, rows, room.rows, given);
    int left = room.rows, gap = 0;
    for (int row = 0; row < rows; row++)
        left -= given[row];
    if (rows > 1)
        gap = left >= rows - 1;
    for (int row = 0, top = 0; row < rows; top += given[row++] + gap)
        place_row(equation, starts[row], starts[row + 1], area_inside(room, top, 0, given[row], room.cols), &plan);
    return plan;
}

/* True if the largest number of each matrix keeps two digits that say something. */
static bool legible(const Equation *equation, int digits)
{
    for (int i = 0; i < equation->count; i++) {
        const Matrix *matrix = &equation->matrices[i];
        bool decimals = digits >= 0 && matrix->digits > 0 && !matrix->powers && matrix->largest > 0;
        if (decimals && matrix->largest < 10 * pow(10, -matrix->digits))
            return false;
    }
    return true;
}

/* Decimals to begin with at the zoom, and to end with. */
static int first_digits(const ViewState *state, const Explanation *explanation, bool ascii, MakeEquation *make)
{
    if (state->panes.zoom >= ZOOM_HEAT)
        return state->panes.zoom == ZOOM_HEAT    ? HEAT_AND_TENTH
               : state->panes.zoom == ZOOM_SHADE ? HEAT_SHADE
                                                 : HEAT_PICTURE;
    /* Two digits are too few where the largest number begins behind the second decimal. */
    int digits = state->settings.digits;
    if (state->panes.zoom == ZOOM_TWO_DIGITS && digits > LEAST_DIGITS) {
        digits = LEAST_DIGITS;
        for (Equation equation; digits < state->settings.digits; digits++) {
            equation = make(state, explanation, digits, ascii);
            if (legible(&equation, digits))
                break;
        }
    }
    return digits;
}

Plan equation_plan(const ViewState *state, const Explanation *explanation, Area room, bool ascii, MakeEquation *make,
                   Equation *equation)
{
    int first = first_digits(state, explanation, ascii, make), digits = first;
    for (;; digits--) {
        *equation = make(state, explanation, digits, ascii);
        if (digits < first && !legible(equation, digits))
            break;
        for (int i = 0; i < ARRANGEMENTS; i++) {
            Plan plan = plan_for(equation, i, room);
            if (plan.whole)
                return plan;
        }
        if (digits == LEAST_DIGITS || digits == 0 || (digits <= HEAT_SIGN && digits != HEAT_PICTURE))
            break;
    }
    if (digits < first && !legible(equation, digits))
        *equation = make(state, explanation, digits + 1, ascii);
    int best = 0;
    for (int i = 1; i < ARRANGEMENTS; i++)
        if (plan_for(equation, i, room).seen > plan_for(equation, best, room).seen)
            best = i;
    return plan_for(equation, best, room);
}

void equation_draw(const ViewState *state, Grid *grid, Area area, const Equation *equation, const Plan *plan,
                   const Explanation *explanation)
{
    for (int i = 0; i < equation->count; i++) {
        Area at = plan->areas[i];
        int height = matrix_height(&equation->matrices[i]);
        int middle = at.row - area.row + (height < at.rows ? height : at.rows) / 2 + (height > 2);
        int col = at.col - area.col - operator_width(equation, i) + (i ? GAP : 0);
        if (middle >= at.row - area.row + at.rows)
            middle = at.row - area.row;
        grid_put_cut(grid, area, middle, col, at.col - area.col - col, STYLE(BOLD), equation->operators[i]);
        matrix_draw(state, grid, at, &equation->matrices[i], explanation);
    }
}

