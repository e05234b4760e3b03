/* What the update makes of a parameter's cell: gradient, moments, direction, next; each with its
 * arithmetic. Found from wherever a parameter is in sight. Enter goes to the step. */
#include "panel_page.h"
#include "tracer/query/formula.h"

#include <stdio.h>
#include <string.h>

/* Down the chain of names to what a value was derived from: W.grad.clipped to W. */
static int root_of(const Tape *tape, int value)
{
    while (tape_value(tape, value)->name.base >= 0)
        value = tape_value(tape, value)->name.base;
    return value;
}

/* The parameter of the selected cell, or of the chosen term; value -1 if there is none. */
static Reference parameter_cell(const ViewState *state)
{
    const Tape *tape = state_tape(state);
    Reference cell = state_cell(state), none = {.value = -1};
    Explanation e = {0};
    int root = root_of(tape, cell.value);
    const Value *base = tape_value(tape, root), *output = state_output(state);
    /* The value may be derived from a parameter and still be no matrix of it, as a norm over all of them is. */
    bool same_shape = base->rows == output->rows && base->cols == output->cols;
    if (base->kind == KIND_PARAMETER && same_shape)
        return (Reference){root, cell.row, cell.col};
    const Term *term = state_explain(state, &e) ? state_term(state, &e) : NULL;
    for (int i = 0; term && i < term->cell_count && none.value < 0; i++)
        if (term->cells[i].value >= 0 && tape_value(tape, term->cells[i].value)->kind == KIND_PARAMETER)
            none = (Reference){term->cells[i].value, term->cells[i].row, term->cells[i].col};
    explanation_free(&e);
    return none;
}

/* "m_hat  +0.0123  0.00123 ÷ 0.1" */
static void add_value(const ViewState *state, Page *page, int id, const char *label, Reference cell,
                      const Explanation *e)
{
    const Value *value = tape_value(state_tape(state), id);
    char number[NUMBER_SIZE], text[80];
    Text formula = {0};
    FormulaStyle style = {.digits = state->settings.digits, .most_terms = 2, .ascii = page->ascii};
    if (value->producer >= 0)
        cell_formula(&state->session->names, id, cell.row, cell.col, e, style, &formula);
    char *equals = formula.data ? strrchr(formula.data, '=') : NULL;
    if (equals && equals > formula.data)
        equals[-1] = '\0';
    page->text.failed |= formula.failed;
    snprintf(text, sizeof text, "%-12s %11s", label,
             number_signed(number, cell_of(value, cell.row, cell.col), state->settings.digits));
    bool beside = page->width == 0 || !formula.data || text_width(text) + 2 + text_width(formula.data) <= page->width;
    page_line(page, id == state_step(state)->output ? BOLD : 0, "%s%s%.200s", text, beside ? "  " : "",
              beside && formula.data ? formula.data : "");
    page_leads(page, value->producer, cell.row, cell.col);
    if (!beside)
        page_words(page, " ", formula.data);
    text_free(&formula);
}

/* "grad.clipped": what stands behind the name of the parameter. */
static const char *suffix_of(const ViewState *state, int value, int parameter)
{
    const char *whole = name_of(&state->session->names, value);
    return whole + strlen(name_of(&state->session->names, parameter)) + 1;
}

void write_update(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    const Optimizer *o = &state->session->model.optimizer;
    Reference cell = parameter_cell(state);
    Explanation e = {0};
    char text[400], like[300];
    double lr = learning_rate(&state->session->model, state->session->run.training_step);
    if (cell.value < 0) {
        snprintf(text, sizeof text, "no parameter here; go to one's gradient%s, or to a step that multiplies by one",
                 as_with_gradient(state, like, sizeof like));
        page_words(page, "", text);
        return;
    }
    page_words(page, "", cell_text(&state->session->names, cell.value, cell.row, cell.col, text, sizeof text));
    const Value *parameter = tape_value(tape, cell.value);
    int moments = -1;
    add_value(state, page, cell.value, "before", cell, &e);
    for (int id = cell.value + 1; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        bool derived = value->name.base >= 0 && value->name.from < 0 && root_of(tape, id) == cell.value;
        bool before = value->kind == KIND_INPUT; /* the moments before stand in the arithmetic of those after */
        if (!derived || before || value->rows != parameter->rows || value->cols != parameter->cols)
            continue;
        if (moments < 0 && value->kind == KIND_OPTIMIZER)
            moments = page->count;
        if (value->producer >= 0)
            page->text.failed |= !explain(tape, id, cell.row, cell.col, &e);
        add_value(state, page, id, suffix_of(state, id, cell.value), cell, &e);
    }
    explanation_free(&e);
    snprintf(text, sizeof text,
             page->ascii
                 ? "p' = p (1 - lr wd) - lr m_hat / (sqrt(v_hat) + eps), "
                   "lr %g, weight decay %g, beta %g and %g, eps %g"
                 : "p' = p (1 − lr wd) − lr m_hat / (√v_hat + eps), "
                   "lr %g, weight decay %g, beta %g and %g, eps %g",
             lr, o->weight_decay, o->beta1, o->beta2, o->eps);
    if (o->kind == OPTIMIZER_SGD)
        snprintf(text, sizeof text, "p' = p - lr g, lr %g, weight decay %g", lr, o->weight_decay);
    page_words(page, "", text);
    /* Of an update the first line in sight is that of m: what comes before is known from the way there. */
    if (moments >= 0 && state_step(state)->phase == PHASE_UPDATE)
        page->focus = moments + page->room / 2 < page->count ? moments + page->room / 2 : page->count - 1;
}
