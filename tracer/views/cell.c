/* The selected cell taken apart. One row a term: the cells that it reads, their arithmetic, what
 * it contributes, and the sum so far. */
#include "view.h"

#include "tracer/query/formula.h"

#include <stdio.h>
#include <string.h>

enum { COLUMN_WIDTH = 58 };

/* "Q[2,0] × K[1,0]"; the chosen cell between angles. */
static void add_sources(const State *state, const Term *term, bool chosen, bool ascii, Text *out)
{
    const Step *step = state_step(state);
    const char *path = state_tape(state)->frames[step->frame].path;
    for (int i = 0; i < term->cell_count; i++) {
        const Cell *cell = &term->cells[i];
        bool mark = chosen && i == state_factor(state, term);
        text_add(out, "%s%s", i ? ", " : "", mark ? ascii ? "<" : "‹" : "");
        if (cell->value < 0)
            text_add(out, "constant");
        else
            text_add(out, "%s[%d,%d]", name_within(&state->session->names, cell->value, path), cell->row, cell->col);
        text_add(out, "%s", mark ? ascii ? ">" : "›" : "");
    }
}

/* What the terms up to `last` make. */
static double so_far(const Explanation *explanation, int last)
{
    bool maximum = explanation->combine == COMBINE_MAXIMUM;
    double number = maximum ? explanation->terms[0].contribution : 0;
    for (int i = maximum; i <= last; i++) {
        double term = explanation->terms[i].contribution;
        number = !maximum ? number + term : term > number ? term : number;
    }
    return number;
}

static void term_row(const State *state, Grid *grid, Area row, const Explanation *explanation, int i)
{
    const Term *term = &explanation->terms[i];
    bool chosen = state->pane == PANE_CELL && term == state_term(state, explanation);
    FormulaStyle style = {.digits = state->digits, .ascii = grid->ascii};
    Text sources = {0}, sum = {0};
    char number[NUMBER_SIZE];
    term_formula(state_step(state), term, style, &sum);
    text_add(&sum, " = %s", number_signed(number, term->contribution, state->digits));
    if (explanation->count > 1)
        text_add(&sum, "  %s %s", explanation->combine == COMBINE_MAXIMUM ? "max" : grid->ascii ? "sum" : "Σ",
                 number_signed(number, so_far(explanation, i), state->digits));
    add_sources(state, term, chosen, grid->ascii, &sources);
    if (!sum.failed && !sources.failed) {
        int width = text_width(sum.data), room = row.cols - 2 - width - 2;
        int col = grid_put(grid, row, 0, 0, STYLE(BOLD), chosen ? "▸ " : "  ");
        if (room >= 8)
            col = grid_put_cut(grid, row, 0, col, room, PLAIN, sources.data) + 2;
        grid_put_cut(grid, row, 0, room >= 8 ? row.cols - width : col, row.cols, STYLE(chosen ? BOLD : 0), sum.data);
    }
    if (chosen) {
        grid_mark(grid, row, UNDERLINE);
        grid_cursor(grid, row, 0, 0);
    }
    text_free(&sources);
    text_free(&sum);
}

/* The terms around the chosen one, in columns where one is not enough and there is room. */
static void put_terms(const State *state, Grid *grid, Area area, const Explanation *explanation)
{
    int columns = explanation->count > area.rows && area.cols >= 2 * COLUMN_WIDTH ? area.cols / COLUMN_WIDTH : 1;
    int needed = area.rows > 0 ? (explanation->count + area.rows - 1) / area.rows : 1;
    columns = columns < needed ? columns : needed;
    int room = columns * area.rows, width = columns ? area.cols / columns : 0;
    const Term *chosen = state->pane == PANE_CELL ? state_term(state, explanation) : NULL;
    int first = chosen ? window_start((int)(chosen - explanation->terms), room, explanation->count) : 0;
    for (int i = first; i < explanation->count && i < first + room; i++) {
        int row = (i - first) % area.rows, column = (i - first) / area.rows;
        int gap = column < columns - 1 ? 3 : 0;
        term_row(state, grid, area_inside(area, row, column * width, 1, width - gap), explanation, i);
    }
}

/* "scores[2,1]  (saw, cat)", behind the root of the questions that led here. */
static void put_title(const State *state, Grid *grid, Area area, const Explanation *explanation)
{
    Reference cell = state_cell(state);
    const Names *names = &state->session->names;
    char text[400], row[64], col[64];
    Text title = {0};
    if (state->why_count > 0) {
        const Place *root = &state->why[0];
        int value = state_tape(state)->steps[root->step].output;
        text_add(&title, "%s%s%s", cell_text(names, value, root->row, root->col, text, sizeof text), grid->ascii ? " > " : " › ",
                 state->why_count > 1 ? grid->ascii ? "... > " : "… › " : "");
    }
    text_add(&title, "%s", cell_text(names, cell.value, cell.row, cell.col, text, sizeof text));
    const char *r = axis_label(names, row_axis(names, cell.value), cell.row);
    const char *c = axis_label(names, col_axis(names, cell.value), cell.col);
    if (r || c)
        text_add(&title, " (%s%s%s)", r ? token_visible(row, sizeof row, r) : "", r && c ? ", " : "",
                 c ? token_visible(col, sizeof col, c) : "");
    if (explanation->count > 1)
        text_add(&title, ", %d terms", explanation->count);
    if (title.data && !title.failed)
        pane_title(state, grid, area, PANE_CELL, title.data);
    text_free(&title);
}

/* As much of the sum as fits in one row. */
static void put_formula(const State *state, Grid *grid, Area area, int row, const Explanation *explanation)
{
    Reference cell = state_cell(state);
    for (int terms = explanation->count < 40 ? explanation->count : 40;; terms--) {
        Text text = {0};
        FormulaStyle style = {.digits = state->digits, .most_terms = terms > 1 ? terms : 2, .ascii = grid->ascii};
        cell_formula(&state->session->names, cell.value, cell.row, cell.col, explanation, style, &text);
        bool done = text.failed || terms <= 2 || text_width(text.data) <= area.cols;
        if (done && !text.failed)
            grid_put_cut(grid, area, row, 0, area.cols, STYLE(BOLD), text.data);
        text_free(&text);
        if (done)
            return;
    }
}

/* What the cell means for the loss: its gradient, or whose gradient it is. */
static bool gradient_text(const State *state, char *out, size_t size)
{
    Reference cell = state_cell(state);
    const Tape *tape = state_tape(state);
    const Value *value = tape_value(tape, cell.value);
    char number[NUMBER_SIZE], name[300];
    if (value->gradient >= 0) {
        double gradient = cell_of(tape_value(tape, value->gradient), cell.row, cell.col);
        snprintf(out, size, "gradient %s: how fast the loss grows with this cell", number_signed(number, gradient, state->digits));
        return true;
    }
    if (value->kind != KIND_GRADIENT || value->name.base < 0 || strcmp(value->name.local, "grad") != 0)
        return false;
    cell_text(&state->session->names, value->name.base, cell.row, cell.col, name, sizeof name);
    snprintf(out, size, "how fast the loss grows with %s = %s", name,
             number_signed(number, cell_of(tape_value(tape, value->name.base), cell.row, cell.col), state->digits));
    return true;
}

void cell_view(const State *state, Grid *grid, Area area)
{
    Explanation explanation = {0};
    char text[400];
    if (!state_explain(state, &explanation)) {
        explanation_free(&explanation);
        return;
    }
    put_title(state, grid, area, &explanation);
    put_formula(state, grid, area, 1, &explanation);
    bool gradient = gradient_text(state, text, sizeof text);
    put_terms(state, grid, area_inside(area, 2, 0, area.rows - 2 - gradient, area.cols), &explanation);
    if (gradient)
        grid_put_cut(grid, area, area.rows - 1, 0, area.cols, STYLE(DIM), text);
    explanation_free(&explanation);
}
