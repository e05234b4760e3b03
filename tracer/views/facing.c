/* One value in two runs side by side; see facing.h. */
#include "facing.h"

#include "hiding.h"

#include "equation.h"

#include <stdio.h>

bool facing_shown(const ViewState *state)
{
    return state->panes.facing && beside_shown(state);
}

Facing facing_of(const ViewState *state, const Explanation *explanation)
{
    const Lab *lab = state->lab;
    Facing facing = {.cell = state_pointed(state, explanation)};
    int value = facing.cell.value, there = value < 0 ? -1 : lab->beside.counterpart[state->side][value];
    const Value *here = value < 0 ? NULL : tape_value(state_tape(state), value);
    const Value *other = there < 0 ? NULL : tape_value(&lab_session(lab, 1 - state->side)->run.tape, there);
    bool alike = here && other && here->rows == other->rows && here->cols == other->cols;
    /* The earlier training step stands first, whichever of the two is the truth. */
    bool turned = state->fork.compared &&
                  lab_session(lab, OTHER)->run.training_step < lab_session(lab, TRUTH)->run.training_step;
    facing.shown = turned ? 1 - state->side : state->side;
    for (int i = 0; i < 2; i++) {
        int side = turned ? 1 - i : i;
        if (alike)
            facing.values[i] = side == state->side ? here : other;
        if (state->fork.compared)
            snprintf(facing.called[i], sizeof facing.called[i], "training step %d",
                     lab_session(lab, side)->run.training_step);
        else
            snprintf(facing.called[i], sizeof facing.called[i], "%s",
                     side == TRUTH         ? "original"
                     : state->fork.mistake ? "mistake"
                                           : "fork");
    }
    return facing;
}

/* One of the two, or with `less` what changed. */
static Matrix matrix_in(const ViewState *state, const Facing *facing, const Value *numbers, const Value *less,
                        const char *heading, int digits)
{
    Matrix of = {.value = facing->cell.value, .numbers = numbers, .less = less, .heading = heading};
    Matrix matrix = matrix_made(state, of, digits);
    matrix.result = true;
    matrix.row = facing->cell.row;
    matrix.col = facing->cell.col;
    return matrix;
}

/* Both in the same colours, and as many columns a number. */
static Equation both(const ViewState *state, const Explanation *explanation, int digits, bool ascii)
{
    static const char *const headings[] = {"before", "after"};
    Facing facing = facing_of(state, explanation);
    Equation equation = {.count = 2, .headed = true};
    for (int i = 0; i < 2; i++)
        equation.matrices[i] = matrix_in(state, &facing, facing.values[i], NULL, headings[i], digits);
    Matrix *a = &equation.matrices[0], *b = &equation.matrices[1];
    a->largest = b->largest = a->largest > b->largest ? a->largest : b->largest;
    a->cell_width = b->cell_width = a->cell_width > b->cell_width ? a->cell_width : b->cell_width;
    snprintf(equation.operators[1], OPERATOR_SIZE, ascii ? "->" : "→");
    return equation;
}

static Equation both_and_change(const ViewState *state, const Explanation *explanation, int digits, bool ascii)
{
    Facing facing = facing_of(state, explanation);
    Equation equation = both(state, explanation, digits, ascii);
    equation.matrices[equation.count++] = matrix_in(state, &facing, facing.values[1], facing.values[0], "change",
                                                    digits);
    snprintf(equation.operators[2], OPERATOR_SIZE, ":");
    return equation;
}

void facing_view(const ViewState *state, Grid *grid, Area area, const Explanation *explanation)
{
    char title[500], name[400];
    Facing facing = facing_of(state, explanation);
    Area room = area_inside(area, 1, 0, area.rows - 1, area.cols);
    if (facing.cell.value < 0)
        snprintf(title, sizeof title, "a constant of the step");
    else
        snprintf(title, sizeof title, "%s, %s and %s",
                 cell_text(&state->session->names, facing.cell.value, facing.cell.row, facing.cell.col, name,
                           sizeof name),
                 facing.called[0], facing.called[1]);
    pane_title(state, grid, area, PANE_OPERATION, title);
    if (!facing.values[0]) {
        grid_put_wrapped(grid, room, 0, PLAIN, "the other run has no value of this name and shape; | shows the step");
        return;
    }
    Equation equation;
    Plan plan = equation_plan(state, explanation, room, grid->ascii, both_and_change, &equation);
    if (!plan.whole)
        /* Where there is no room for three, the difference goes: it can be read off the other two. */
        plan = equation_plan(state, explanation, room, grid->ascii, both, &equation);
    for (int i = 0; i < 2; i++)
        /* Only now: the plan is the same for short headings, and long ones are cut where they stand. */
        equation.matrices[i].heading = facing.called[i];
    equation_draw(state, grid, area, &equation, &plan, explanation);
}
