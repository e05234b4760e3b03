/* A state in a sentence, for the plain mode: what a screen shows, told. */
#include "games.h"
#include "kept.h"
#include "mine.h"
#include "stepper.h"
#include "tracer/query/formula.h"
#include "tracer/views/folding.h"
#include "tracer/views/hiding.h"
#include "tracer/views/panel_page.h"

#include <string.h>

enum { TOLD_TERMS = 4 };

/* "row like", or "row 2" where there is no token. */
static void add_axis(const State *state, const char *side, const Axis *axis, int i, Text *out)
{
    char visible[128];
    const char *token = axis_label(&state->view.session->names, axis, i);
    if (token)
        text_add(out, ", %s %s", side, token_visible(visible, sizeof visible, token));
    else
        text_add(out, ", %s %d", side, i);
}

/* "+0.6200 = 0.31 × 0.12 + ...": the number stands first, where a listener expects it. */
static void add_arithmetic(const State *state, Reference cell, const Explanation *explanation, Text *out)
{
    FormulaStyle style = {.digits = state->view.settings.digits, .most_terms = TOLD_TERMS,
                          .ascii = state->view.settings.ascii};
    Text formula = {0};
    char number[TOLD_SIZE];
    double value = cell_of(state_output(&state->view), cell.row, cell.col);
    cell_formula(&state->view.session->names, cell.value, cell.row, cell.col, explanation, style, &formula);
    if (formula.failed) {
        out->failed = true;
    } else {
        /* The formula ends in "= number"; the number is told first, so it is cut off there. */
        char *equals = NULL;
        for (char *at = formula.data; (at = strstr(at, " = ")); at++)
            equals = at;
        if (equals)
            *equals = '\0';
        text_add(out, equals ? "%s = %s" : "%.0s%s",
                 number_told(&state->view.session->names, cell.value, value, state->view.settings.digits, true, number),
                 formula.data);
    }
    text_free(&formula);
}

static void add_step(const State *state, const Explanation *explanation, Text *out)
{
    const Names *names = &state->view.session->names;
    const Value *output = state_output(&state->view);
    Reference cell = state_cell(&state->view);
    char number[60];
    step_number(&state->view, number, sizeof number);
    text_add(out, "%s, ", number);
    step_place(state_tape(&state->view), state->view.cursor.step, out);
    text_add(out, ", ");
    step_formula(names, state->view.cursor.step, false, state->view.settings.ascii, out);
    text_add(out, " [%d x %d]", output->rows, output->cols);
    add_axis(state, "row", row_axis(names, cell.value), cell.row, out);
    add_axis(state, "column", col_axis(names, cell.value), cell.col, out);
    text_add(out, ": ");
    char hidden[200];
    if (mine_hides(&state->view, cell.value, cell.row, cell.col))
        text_add(out, "%s", mine_hidden_text(&state->view, hidden, sizeof hidden));
    else if (result_hidden(&state->view))
        text_add(out, "hidden; guess a number, + or -, or largest");
    else
        add_arithmetic(state, cell, explanation, out);
    int stop = break_at(&state->view, state->view.cursor.step);
    if (stop >= 0)
        text_add(out, "; breakpoint %d: %s", stop + 1, state->view.breaks.list[stop].text);
}

/* The chosen term and the cell of it that `follow` goes to. */
static void add_term(const State *state, const Explanation *explanation, Text *out)
{
    const Term *term = state_term(&state->view, explanation);
    FormulaStyle style = {.digits = state->view.settings.digits, .ascii = state->view.settings.ascii};
    char text[400], number[TOLD_SIZE];
    if (!term)
        return;
    text_add(out, "; term %d of %d: ", (int)(term - explanation->terms) + 1, explanation->count);
    term_formula(&state->view.session->names, state_step(&state->view), term, style, out);
    text_add(out, " = %s",
             number_told(&state->view.session->names, state_step(&state->view)->output, term->contribution,
                         state->view.settings.digits, true, number));
    if (term->cell_count == 0)
        return;
    const Cell *cell = &term->cells[state_factor(&state->view, term)];
    if (cell->value < 0)
        text_add(out, ", marked: a constant");
    else
        text_add(out, ", marked: %s",
                 cell_text(&state->view.session->names, cell->value, cell->row, cell->col, text, sizeof text));
}

/* ", result 5 x 6, largest 2.1, norm 3.4" */
static void add_result(const State *state, const Value *result, Text *out)
{
    char number[NUMBER_SIZE];
    double largest, norm;
    value_size(result, &largest, &norm);
    text_add(out, ", result %d x %d, largest %s", result->rows, result->cols,
             number_text(number, largest, state->view.settings.digits));
    text_add(out, ", norm %s", number_text(number, norm, state->view.settings.digits));
}

static void add_tree(const State *state, Text *out)
{
    const Node *node = &state->view.outline->nodes[tree_cursor(&state->view)];
    const Tape *tape = state_tape(&state->view);
    if (node->step >= 0) {
        text_add(out, "tree: step %d, ", node->step);
        step_formula(&state->view.session->names, node->step, false, state->view.settings.ascii, out);
        return;
    }
    const Frame *frame = &tape->frames[node->frame];
    int steps = frame->last - frame->first + 1;
    text_add(out, "tree: %s, %s%s", frame->name, *frame->path ? frame->path : "a phase",
             frame_open(&state->view, node->frame) ? ", open" : ", folded");
    if (!state->view.hunt.going)
        text_add(out, ", %d step%s", steps, steps == 1 ? "" : "s");
    if (steps > 0)
        add_result(state, tape_value(tape, tape->steps[frame->last].output), out);
}

void step_sentence(const State *state, Text *out)
{
    Explanation explanation = {0};
    if (!state_explain(&state->view, &explanation))
        out->failed = true;
    else if (state->view.panes.focus == PANE_TREE)
        add_tree(state, out);
    else
        add_step(state, &explanation, out);
    if (state->view.panes.focus == PANE_CELL && !out->failed && !result_hidden(&state->view))
        add_term(state, &explanation, out);
    text_add(out, ".\n");
    explanation_free(&explanation);
}

static void add_page(const State *state, const Page *page, Text *out)
{
    int chosen = page_chosen(&state->view, page);
    if (state->errand.tell == TELL_PAGE)
        text_add(out, "%s, %s:\n", PANEL_PAGES[state->view.panes.page - 1].name,
                 page_tells(page, state->view.panes.page - 1));
    for (int i = 0; i < page->count; i++) {
        const char *line = page_text(page, &page->lines[i]);
        if (state->errand.tell == TELL_PAGE || i == chosen)
            text_add(out, "%s%s\n", line, i == chosen ? ", chosen: Enter goes there" : "");
    }
}

void page_sentences(const State *state, Text *out)
{
    Page page = {.ascii = state->view.settings.ascii};
    if (state->view.panes.page == 0)
        text_add(out, "no page is open; t opens the next.\n");
    else if (page_make(&state->view, state->view.panes.page - 1, &page))
        add_page(state, &page, out);
    else
        out->failed = true;
    page_free(&page);
}
