/* The selected cell taken apart. One row a term: the cells that it reads, their arithmetic, what
 * it contributes, and the sum so far. */
#include "hiding.h"
#include "view.h"
#include "tracer/query/formula.h"
#include "tracer/query/routes.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN_WIDTH = 58 };

static bool same_cell(const Cell *a, const Cell *b)
{
    return a->value >= 0 && a->value == b->value && a->row == b->row && a->col == b->col;
}

/* "Q[2,0], K[1,0]"; the chosen cell between angles, a square's cell once. */
static void add_sources(const ViewState *state, const Term *term, bool chosen, bool ascii, Text *out)
{
    const Step *step = state_step(state);
    const char *path = state_tape(state)->frames[step->frame].path;
    for (int i = 0; i < term->cell_count; i++) {
        const Cell *cell = &term->cells[i];
        bool mark = chosen && i == state_factor(state, term);
        if (i > 0 && !mark && same_cell(cell, cell - 1))
            continue;
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

/* One term as it is shown. */
typedef struct {
    Text sources, arithmetic;
    size_t sum;     /* where the running sum begins in the arithmetic */
    bool chosen;
} Line;

static Line line_of(const ViewState *state, const Explanation *explanation, int i, bool ascii)
{
    const Term *term = &explanation->terms[i];
    Line line = {.chosen = state->panes.focus == PANE_CELL && term == state_term(state, explanation)};
    FormulaStyle style = {.digits = state->settings.digits, .ascii = ascii};
    char number[TOLD_SIZE];
    add_sources(state, term, line.chosen, ascii, &line.sources);
    term_formula(&state->session->names, state_step(state), term, style, &line.arithmetic);
    text_add(&line.arithmetic, " = %s",
             number_told(&state->session->names, state_step(state)->output, term->contribution, state->settings.digits,
                         true, number));
    line.sum = line.arithmetic.length;
    if (explanation->count > 1)
        text_add(&line.arithmetic, "  %s %s", explanation->combine == COMBINE_MAXIMUM ? "max" : ascii ? "sum" : "Σ",
                 number_signed(number, so_far(explanation, i), state->settings.digits));
    return line;
}

static void free_line(Line *line)
{
    text_free(&line->sources);
    text_free(&line->arithmetic);
}

/* Columns that sources and arithmetic take in the longest of the lines. */
typedef struct {
    int sources, arithmetic;
} Widths;

static bool is_whole(const Line *line)
{
    return !line->sources.failed && !line->arithmetic.failed;
}

static void widen(Widths *widths, const Line *line)
{
    int sources = line->sources.data ? text_width(line->sources.data) : 0,
        arithmetic = text_width(line->arithmetic.data);
    widths->sources = sources > widths->sources ? sources : widths->sources;
    widths->arithmetic = arithmetic > widths->arithmetic ? arithmetic : widths->arithmetic;
}

/* Sources give way to the arithmetic where there is no room for both, then the running sum: half
 * a number would be a wrong one. */
static void put_line(Grid *grid, Area row, Line *line, Widths widths)
{
    enum { MARK = 2, GAP = 2, LEAST_SOURCES = 8 };
    int room = row.cols - MARK - GAP - widths.arithmetic;
    int sources = widths.sources < room ? widths.sources : room;
    grid_put(grid, row, 0, 0, STYLE(BOLD), line->chosen ? "▸" : " ");
    int col = MARK;
    if (sources >= LEAST_SOURCES || sources == widths.sources) {
        if (line->sources.data)
            grid_put_cut(grid, row, 0, col, sources, PLAIN, line->sources.data);
        col += sources + GAP + widths.arithmetic - text_width(line->arithmetic.data);
    }
    if (text_width(line->arithmetic.data) > row.cols - col)
        line->arithmetic.data[line->sum] = '\0';
    grid_put_cut(grid, row, 0, col, row.cols - col, STYLE(line->chosen ? BOLD : 0), line->arithmetic.data);
    if (line->chosen) {
        grid_mark(grid, row, UNDERLINE);
        grid_cursor(grid, row, 0, 0);
    }
}

/* Which terms these are, where not all can be seen. */
static void put_note(const ViewState *state, Grid *grid, Area row, int first, int end, int count)
{
    char text[100];
    snprintf(text, sizeof text, "  terms %d to %d of %d; %sUp and Down show the others", first + 1, end, count,
             state->panes.focus == PANE_CELL ? "" : "Enter, then ");
    grid_put_cut(grid, row, 0, 0, row.cols, STYLE(DIM), text);
}

/* The terms around the chosen one, in columns where one is not enough and there is room. */
static void put_terms(const ViewState *state, Grid *grid, Area area, const Explanation *explanation)
{
    if (area.rows <= 0)
        return;
    int columns = area.cols >= 2 * COLUMN_WIDTH ? area.cols / COLUMN_WIDTH : 1;
    int needed = (explanation->count + area.rows - 1) / area.rows;
    columns = columns < needed ? columns : needed > 0 ? needed : 1;
    bool partly = explanation->count > columns * area.rows && area.rows > 1;
    area.rows -= partly; /* for the note */
    int room = columns * area.rows, width = area.cols / columns;
    const Term *chosen = state->panes.focus == PANE_CELL ? state_term(state, explanation) : NULL;
    int first = chosen ? window_start((int)(chosen - explanation->terms), room, explanation->count) : 0;
    int end = first + room < explanation->count ? first + room : explanation->count;
    Widths widths = {0};
    for (int i = first; i < end; i++) {
        Line line = line_of(state, explanation, i, grid->ascii);
        if (is_whole(&line))
            widen(&widths, &line);
        grid->failed = grid->failed || !is_whole(&line);
        free_line(&line);
    }
    for (int i = first; i < end; i++) {
        int row = (i - first) % area.rows, column = (i - first) / area.rows;
        Line line = line_of(state, explanation, i, grid->ascii);
        Area at = area_inside(area, row, column * width, 1, width - (column < columns - 1 ? 3 : 0));
        grid_hit(grid, at, (Hit){HIT_TERM, i, 0, 0});
        if (is_whole(&line) && !grid->failed) /* a width that is not known may cut a number in two */
            put_line(grid, at, &line, widths);
        grid->failed = grid->failed || !is_whole(&line);
        free_line(&line);
    }
    if (partly) {
        area.rows++;
        put_note(state, grid, area_inside(area, area.rows - 1, 0, 1, area.cols), first, end, explanation->count);
    }
}

/* ", 16 terms"; by size ", 3 of 16 terms make 93 %": as many as it takes for nine tenths. */
static void add_count(const ViewState *state, const Explanation *explanation, Text *title)
{
    double all = 0, part = 0;
    int count = 0;
    for (int i = 0; i < explanation->count; i++)
        all += fabs(explanation->terms[i].contribution);
    while (count < explanation->count && part < 0.9 * all)
        part += fabs(explanation->terms[count++].contribution);
    if (state->panes.by_size && explanation->combine == COMBINE_SUM && all > 0 && isfinite(all))
        text_add(title, ", %d of %d terms make %.0f %%", count, explanation->count, 100 * part / all);
    else
        text_add(title, ", %d terms", explanation->count);
}

/* "scores[2,1]  (saw, cat)", behind the root of the questions that led here. */
static void put_title(const ViewState *state, Grid *grid, Area area, const Explanation *explanation)
{
    Reference cell = state_cell(state);
    const Names *names = &state->session->names;
    char text[400], row[64], col[64];
    Text title = {0};
    if (state->questions.count > 0) {
        const Place *root = &state->questions.why[0];
        int value = state_tape(state)->steps[root->step].output;
        const char *dot = strrchr(cell_text(names, value, root->row, root->col, text, sizeof text), '.');
        text_add(&title, "%s%s%s", dot ? dot + 1 : text, grid->ascii ? " > " : " › ",
                 state->questions.count > 1 ? grid->ascii ? "... > " : "… › " : "");
    }
    text_add(&title, "%s", cell_text(names, cell.value, cell.row, cell.col, text, sizeof text));
    const char *r = axis_label(names, row_axis(names, cell.value), cell.row);
    const char *c = axis_label(names, col_axis(names, cell.value), cell.col);
    if (r || c)
        text_add(&title, " (%s%s%s)", r ? token_visible(row, sizeof row, r) : "", r && c ? ", " : "",
                 c ? token_visible(col, sizeof col, c) : "");
    if (explanation->count > 1)
        add_count(state, explanation, &title);
    if (title.data && !title.failed)
        pane_title(state, grid, area, PANE_CELL, title.data);
    grid->failed = grid->failed || title.failed;
    text_free(&title);
}

/* The formula with so many terms; its width, or INT_MAX if it could not be made. */
static int formula_of(const ViewState *state, const Explanation *explanation, int terms, bool ascii, Text *out)
{
    Reference cell = state_cell(state);
    FormulaStyle style = {.digits = state->settings.digits, .most_terms = terms, .ascii = ascii};
    out->length = 0;
    cell_formula(&state->session->names, cell.value, cell.row, cell.col, explanation, style, out);
    return out->failed ? INT_MAX : text_width(out->data);
}

/* As many terms of the sum as fit in one row. */
static void put_formula(const ViewState *state, Grid *grid, Area area, int row, const Explanation *explanation)
{
    enum { FEWEST = 2, MOST = 40 };
    int low = FEWEST, high = explanation->count < MOST ? explanation->count : MOST;
    Text text = {0};
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (formula_of(state, explanation, middle, grid->ascii, &text) <= area.cols)
            low = middle;
        else
            high = middle - 1;
    }
    formula_of(state, explanation, low, grid->ascii, &text);
    if (!text.failed)
        grid_put_cut(grid, area, row, 0, area.cols, STYLE(BOLD), text.data);
    grid->failed = grid->failed || text.failed;
    text_free(&text);
}

/* What the cell means for the loss: its gradient, or whose gradient it is. */
static bool gradient_text(const ViewState *state, char *out, size_t size)
{
    Reference cell = state_cell(state);
    const Tape *tape = state_tape(state);
    const Value *value = tape_value(tape, cell.value);
    char number[NUMBER_SIZE], name[300];
    if (value->gradient >= 0) {
        double gradient = cell_of(tape_value(tape, value->gradient), cell.row, cell.col);
        snprintf(out, size, "gradient %s: how fast the loss grows with this cell",
                 number_signed(number, gradient, state->settings.digits));
        return true;
    }
    int of = owner_of_gradient(tape, cell.value);
    if (of < 0)
        return false;
    cell_text(&state->session->names, of, cell.row, cell.col, name, sizeof name);
    snprintf(out, size, "how fast the loss grows with %s = %s", name,
             number_signed(number, cell_of(tape_value(tape, of), cell.row, cell.col),
                           state->settings.digits));
    return true;
}

void cell_view(const ViewState *state, Grid *grid, Area area)
{
    Explanation explanation = {0};
    char text[400];
    if (!state_explain(state, &explanation)) {
        grid->failed = true;
        explanation_free(&explanation);
        return;
    }
    put_title(state, grid, area, &explanation);
    if (result_hidden(state)) {
        grid_put_wrapped(grid, area_inside(area, 0, 0, area.rows, area.cols), 1, PLAIN,
                         hidden_text(state, text, sizeof text));
        explanation_free(&explanation);
        return;
    }
    put_formula(state, grid, area, 1, &explanation);
    bool gradient = gradient_text(state, text, sizeof text);
    put_terms(state, grid, area_inside(area, 2, 0, area.rows - 2 - gradient, area.cols), &explanation);
    if (gradient)
        grid_put_cut(grid, area, area.rows - 1, 0, area.cols, STYLE(DIM), text);
    explanation_free(&explanation);
}
