/* The step as an equation of matrices; in its place, where that was asked for, the value at the
 * cursor in both runs. */
#include "equation.h"
#include "facing.h"

#include "tracer/query/constant.h"
#include "tracer/query/formula.h"

#include <stdio.h>

/* The inputs that are shown: all, or of many those that the chosen term reads. */
static int shown_inputs(const ViewState *state, const Explanation *explanation, int inputs[MOST_SHOWN])
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

static void set_operators(const ViewState *state, Equation *equation, bool ascii)
{
    const Step *step = state_step(state);
    const Primitive *primitive = step->primitive;
    const char *symbol = ascii ? primitive->ascii : primitive->symbol;
    char number[NUMBER_SIZE], origin[CONSTANT_SIZE];
    char *equals = equation->operators[equation->count - 1];
    bool before = primitive->symbol_place == SYMBOL_BEFORE;
    for (int i = 0; i < equation->count - 1; i++)
        snprintf(equation->operators[i], OPERATOR_SIZE, "%s", i == 0 ? before ? symbol : "" : before ? "," : symbol);
    snprintf(equals, OPERATOR_SIZE, "=");
    if (primitive->symbol_place != SYMBOL_BEHIND && equation->count > 1)
        return;
    /* the operand meets a number of the step */
    double constant = step->attributes.constants[0];
    bool known = *constant_origin(state_tape(state), step, constant, ascii, origin);
    snprintf(equals, OPERATOR_SIZE, "%.20s %.20s =", symbol,
             known ? origin : number_text(number, constant, state->settings.digits));
}

static Equation equation_of(const ViewState *state, const Explanation *explanation, int digits, bool ascii)
{
    const Step *step = state_step(state);
    Equation equation = {0};
    int inputs[MOST_SHOWN], count = shown_inputs(state, explanation, inputs);
    for (int i = 0; i < count; i++) {
        /* Only the first two inputs of a primitive can be taken transposed. */
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

static void put_title(const ViewState *state, Grid *grid, Area area)
{
    Text formula = {0};
    const Value *output = state_output(state);
    step_formula(&state->session->names, state->cursor.step, false, grid->ascii, &formula);
    text_add(&formula, "  [%d x %d]", output->rows, output->cols);
    if (formula.data && !formula.failed)
        pane_title(state, grid, area, PANE_OPERATION, formula.data);
    grid->failed = grid->failed || formula.failed;
    text_free(&formula);
}

void operation_view(const ViewState *state, Grid *grid, Area area)
{
    Explanation explanation = {0};
    bool explained = state_explain(state, &explanation);
    if (explained && facing_shown(state)) {
        facing_view(state, grid, area, &explanation);
    } else {
        put_title(state, grid, area);
        if (explained) {
            Equation equation;
            Area room = area_inside(area, 1, 0, area.rows - 1, area.cols);
            Plan plan = equation_plan(state, &explanation, room, grid->ascii, equation_of, &equation);
            equation_draw(state, grid, area, &equation, &plan, &explanation);
        }
        grid->failed = grid->failed || !explained;
    }
    explanation_free(&explanation);
}
