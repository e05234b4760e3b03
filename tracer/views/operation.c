/* The step as an equation of matrices. Side by side where they fit; else the operands above the
 * result; else one above the other; with fewer digits before anything has to scroll. */
#include "matrix.h"

#include "tiny_model/primitives/families.h"
#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SHOWN = 4, OPERATOR_SIZE = 48, LEAST_DIGITS = 2, GAP = 1 };

/* The operands that are shown, then the result; before each stands its operator. */
typedef struct {
    Matrix matrices[MOST_SHOWN];
    char operators[MOST_SHOWN][OPERATOR_SIZE];
    int count;
} Equation;

/* Which matrices begin a new row, by arrangement: side by side, operands above the result, each
 * in its own row. */
typedef enum { BESIDE, RESULT_BELOW, BELOW, ARRANGEMENTS } Arrangement;

static bool begins_row(Arrangement arrangement, int i, int count)
{
    return i > 0 && (arrangement == BELOW || (arrangement == RESULT_BELOW && i == count - 1));
}

/* Where each matrix comes to stand. */
typedef struct {
    Area areas[MOST_SHOWN];
    double seen;    /* share of the cells that can be seen, over all matrices */
    bool whole;
} Plan;

static bool between_operands(const Primitive *primitive)
{
    unsigned char first = (unsigned char)primitive->symbol[0];
    return primitive->arity != 1 && !((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'));
}

/* The inputs that are shown: all, or of many those that the chosen term reads. */
static int shown_inputs(const State *state, const Explanation *explanation, int inputs[MOST_SHOWN])
{
    const Step *step = state_step(state);
    int count = 0;
    const Term *term = state_term(state, explanation);
    for (int i = 0; i < step->input_count && count < MOST_SHOWN - 1; i++) {
        bool wanted = step->input_count < MOST_SHOWN;
        for (int j = 0; term && j < term->cell_count && !wanted; j++)
            wanted = term->cells[j].value == step->inputs[i];
        if (wanted)
            inputs[count++] = i;
    }
    return count;
}

/* Scrolls an operand to the cell that the chosen term reads of it. */
static void look_at_term(Matrix *matrix, const Term *term)
{
    for (int j = 0; term && j < term->cell_count; j++)
        if (term->cells[j].value == matrix->value) {
            matrix->row = matrix->transposed ? term->cells[j].col : term->cells[j].row;
            matrix->col = matrix->transposed ? term->cells[j].row : term->cells[j].col;
            return;
        }
}

static void set_operators(const State *state, Equation *equation, bool ascii)
{
    const Step *step = state_step(state);
    const Primitive *primitive = step->primitive;
    const char *symbol = ascii ? primitive->ascii : primitive->symbol;
    char number[NUMBER_SIZE];
    char *equals = equation->operators[equation->count - 1];
    bool constant = primitive == &SCALE || primitive == &ADD_CONSTANT || primitive == &DIVIDE_BY;
    bool infix = between_operands(primitive);
    for (int i = 0; i < equation->count - 1; i++)
        snprintf(equation->operators[i], OPERATOR_SIZE, "%s", i == 0 ? infix || constant ? "" : symbol : infix ? symbol : ",");
    if (constant || equation->count == 1) /* what the operand meets is a number of the step */
        snprintf(equals, OPERATOR_SIZE, "%.20s %.20s =", symbol,
                 number_text(number, step->attributes.constants[0], state->digits));
    else
        snprintf(equals, OPERATOR_SIZE, "=");
}

static Equation equation_of(const State *state, const Explanation *explanation, int digits, bool ascii)
{
    const Step *step = state_step(state);
    Equation equation = {0};
    int inputs[MOST_SHOWN], count = shown_inputs(state, explanation, inputs);
    for (int i = 0; i < count; i++) {
        bool transposed = inputs[i] < 2 && step->attributes.transposed[inputs[i]];
        equation.matrices[i] = matrix_of(state, step->inputs[inputs[i]], transposed, digits);
        look_at_term(&equation.matrices[i], state_term(state, explanation));
    }
    Reference cell = state_cell(state);
    Matrix *result = &equation.matrices[count];
    *result = matrix_of(state, step->output, false, digits);
    result->result = true;
    result->row = cell.row;
    result->col = cell.col;
    equation.count = count + 1;
    set_operators(state, &equation, ascii);
    return equation;
}

/* Shares room out: everyone gets what they want, or, where that is too much, equal parts. */
static void share(const int *wanted, int count, int room, int *given)
{
    int open = count;
    for (int i = 0; i < count; i++)
        given[i] = -1;
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
    for (int i = first; i < end && left > 0; i++) { /* what is left goes to headings that are wider than their numbers */
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
    equation->matrices[equation->count - 1].untitled = arrangement != BESIDE && equation->count > 1;
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
        if (digits >= 0 && matrix->digits == digits && matrix->largest > 0 && matrix->largest < 10 * pow(10, -digits))
            return false;
    }
    return true;
}

/* Decimals to begin with at the zoom, and to end with. */
static int first_digits(const State *state, const Explanation *explanation, bool ascii)
{
    if (state->zoom == ZOOM_HEAT)
        return HEAT_AND_TENTH;
    int digits = state->digits;
    if (state->zoom == ZOOM_TWO_DIGITS && digits > LEAST_DIGITS) {
        digits = LEAST_DIGITS;
        for (Equation equation; digits < state->digits; digits++) {
            equation = equation_of(state, explanation, digits, ascii);
            if (legible(&equation, digits))
                break;
        }
    }
    return digits;
}

/* An arrangement that shows everything, with as many digits as that allows; where there is none,
 * the one with the most to see, with as few digits as still say something. */
static Plan best_plan(const State *state, const Explanation *explanation, Area room, bool ascii, Equation *equation)
{
    int first = first_digits(state, explanation, ascii), digits = first;
    for (;; digits--) {
        *equation = equation_of(state, explanation, digits, ascii);
        if (digits < first && !legible(equation, digits))
            break;
        for (int i = 0; i < ARRANGEMENTS; i++) {
            Plan plan = plan_for(equation, i, room);
            if (plan.whole)
                return plan;
        }
        if (digits == LEAST_DIGITS || digits == 0 || digits == HEAT_SIGN)
            break;
    }
    if (digits < first && !legible(equation, digits))
        *equation = equation_of(state, explanation, digits + 1, ascii);
    int best = 0;
    for (int i = 1; i < ARRANGEMENTS; i++)
        if (plan_for(equation, i, room).seen > plan_for(equation, best, room).seen)
            best = i;
    return plan_for(equation, best, room);
}

static void draw_equation(const State *state, Grid *grid, Area area, const Equation *equation, const Plan *plan,
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

static void put_title(const State *state, Grid *grid, Area area)
{
    Text formula = {0};
    const Value *output = state_output(state);
    step_formula(&state->session->names, state->step, false, grid->ascii, &formula);
    text_add(&formula, "  [%d x %d]", output->rows, output->cols);
    if (formula.data && !formula.failed)
        pane_title(state, grid, area, PANE_OPERATION, formula.data);
    grid->failed = grid->failed || formula.failed;
    text_free(&formula);
}

void operation_view(const State *state, Grid *grid, Area area)
{
    Explanation explanation = {0};
    put_title(state, grid, area);
    if (state_explain(state, &explanation)) {
        Equation equation;
        Area room = area_inside(area, 1, 0, area.rows - 1, area.cols);
        Plan plan = best_plan(state, &explanation, room, grid->ascii, &equation);
        draw_equation(state, grid, area, &equation, &plan, &explanation);
    } else {
        grid->failed = true;
    }
    explanation_free(&explanation);
}
