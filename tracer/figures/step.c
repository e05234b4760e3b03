/* figure step: one operation, A × B = C, with a cell, what it reads, and its arithmetic. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPERANDS = 12, TOLD_TERMS = 10 };

/* The step and cell that a name means: an id, a value or a cell of one. */
static bool find_step(const Spec *spec, Reference *cell, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    long id;
    if (parse_integer(spec->name, 0, tape->step_count - 1, &id)) {
        *cell = (Reference){.value = tape->steps[id].output, .row = ALL, .col = ALL};
        return true;
    }
    if (strspn(spec->name, "0123456789") == strlen(spec->name))
        return error_set(error, EXIT_USED_WRONGLY, "there is no step \"%.40s\"; the last is %d", spec->name,
                         tape->step_count - 1);
    if (!reference_parse(&spec->session->names, spec->name, cell, error))
        return false;
    if (tape_value(tape, cell->value)->producer >= 0)
        return true;
    return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is made by no step; draw it with tracer render matrix",
                     spec->name);
}

/* The cell that is told about where none is given: the largest below 1, which is neither masked
 * nor the 1 at the corner of a causal softmax. */
static void choose_cell(const Value *value, Reference *cell)
{
    const Reference asked = *cell;
    double most = -1;
    cell->row = asked.row == ALL ? 0 : asked.row;
    cell->col = asked.col == ALL ? 0 : asked.col;
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++) {
            double size = fabs(cell_of(value, r, c));
            bool possible = (asked.row == ALL || asked.row == r) && (asked.col == ALL || asked.col == c);
            if (possible && size > most && size < 1) {
                most = size;
                cell->row = r;
                cell->col = c;
            }
        }
}

/* Outlines the cells of a value that the explanation reads, all of them in one box. */
static void mark_read(Panel *panel, int value, const Explanation *e)
{
    int top = panel->rows, left = panel->cols, bottom = -1, right = -1;
    for (int i = 0; i < e->count; i++)
        for (int j = 0; j < e->terms[i].cell_count; j++) {
            const Cell *cell = &e->terms[i].cells[j];
            if (cell->value != value)
                continue;
            top = cell->row < top ? cell->row : top;
            left = cell->col < left ? cell->col : left;
            bottom = cell->row > bottom ? cell->row : bottom;
            right = cell->col > right ? cell->col : right;
        }
    if (bottom >= 0)
        panel->marks[panel->mark_count++] = (Mark){.row = top, .col = left, .rows = bottom - top + 1,
                                                   .cols = right - left + 1};
}

/* Drawn as it is read: rows and columns change places. */
static void turn(DrawList *list, Panel *panel)
{
    double *turned = draw_room(list, (size_t)panel->rows * (size_t)panel->cols * sizeof *turned);
    for (int r = 0; turned && r < panel->rows; r++)
        for (int c = 0; c < panel->cols; c++)
            turned[c * panel->rows + r] = panel->data[r * panel->cols + c];
    if (!turned)
        return;
    Panel of = *panel;
    panel->data = turned;
    panel->rows = of.cols;
    panel->cols = of.rows;
    panel->row_labels = of.col_labels;
    panel->col_labels = of.row_labels;
    /* The titles carry arrows in the direction in which they are read, which turns too. */
    panel->row_title = of.col_title
                           ? draw_format(list, "← %.*s", (int)(strlen(of.col_title) - strlen(" →")), of.col_title)
                           : NULL;
    panel->col_title = of.row_title ? draw_format(list, "%s →", of.row_title + strlen("← ")) : NULL;
    panel->name = draw_format(list, "%sᵀ", of.name);
    /* The mask of the turned matrix lies left of the diagonal. */
    panel->causal = false;
    for (int i = 0; i < panel->mark_count; i++) {
        Mark m = of.marks[i];
        panel->marks[i] = (Mark){.row = m.col, .col = m.row, .rows = m.cols, .cols = m.rows, .strong = m.strong};
    }
}

static Panel operand(const Spec *spec, DrawList *list, const Step *step, int value, bool transposed,
                     const Explanation *e)
{
    const Names *names = &spec->session->names;
    Panel panel = panel_of_value(list, spec, spec->session, value);
    const char *path = names->tape->frames[step->frame].path;
    panel.heading = draw_format(list, "%s%s", value_heading(list, spec, value, name_within(names, value, path)),
                                transposed ? "ᵀ" : "");
    if (e)
        mark_read(&panel, value, e);
    if (transposed)
        turn(list, &panel);
    panel.note = draw_format(list, "%d × %d", panel.rows, panel.cols);
    return panel;
}

/* The signs before the panels: "×" between operands, a function's name before the first. */
static void set_signs(DrawList *list, const Step *step, const char **signs)
{
    const Primitive *p = step->primitive;
    char constant[NUMBER_SIZE];
    bool before = p->symbol_place == SYMBOL_BEFORE;
    for (int i = 0; i < step->input_count; i++)
        signs[i] = i == 0 ? (before ? p->symbol : NULL) : before ? "," : p->symbol;
    signs[step->input_count] = step->input_count ? "=" : NULL;
    if (p->symbol_place == SYMBOL_BEHIND)
        signs[1] = draw_format(list, "%s %s =", p->symbol,
                               number_text(constant, step->attributes.constants[0], DEFAULT_DIGITS));
}

static bool add_arithmetic(const Spec *spec, DrawList *list, Reference cell, const Explanation *e, double width,
                           double *bottom)
{
    Text formula = {0};
    char place[400];
    FormulaStyle style = {.digits = spec->digits == AUTO_DIGITS ? DEFAULT_DIGITS : spec->digits,
                          .most_terms = TOLD_TERMS};
    cell_formula(&spec->session->names, cell.value, cell.row, cell.col, e, style, &formula);
    bool whole = !formula.failed;
    if (whole) {
        const char *line = draw_format(list, "%s: %s",
                                       cell_text(&spec->session->names, cell.value, cell.row, cell.col, place,
                                                 sizeof place),
                                       formula.data ? formula.data : "");
        *bottom = draw_paragraph(list, PAGE_MARGIN, *bottom + 26, width - PAGE_MARGIN, TEXT_SIZE, spec->theme->ink,
                                 line) -
                  TEXT_SIZE;
        list->description = line;
    }
    text_free(&formula);
    return whole;
}

static void end(const Spec *spec, DrawList *list, int step_id, double right, double bottom)
{
    Text title = {0}, place = {0};
    step_formula(&spec->session->names, step_id, false, false, &title);
    step_place(spec->session->names.tape, step_id, &place);
    list->failed = list->failed || title.failed || place.failed;
    const char *caption = draw_format(list, "Step %d: %s. Solid outline: the cell; dashed: what it reads.", step_id,
                                      place.data ? place.data : "");
    const char *words = value_title(list, spec, spec->session->names.tape->steps[step_id].output);
    page_end(list, spec, right, bottom,
             spec->plain_words ? draw_format(list, "how the %s are made", words)
             : title.data      ? title.data
                               : "", caption,
             draw_format(list, "Step %d, %s: %s. %s", step_id, place.data ? place.data : "",
                         title.data ? title.data : "", list->description));
    text_free(&title);
    text_free(&place);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference cell;
    Panel panels[MOST_OPERANDS + 1];
    const char *signs[MOST_OPERANDS + 1];
    Explanation e = {0};
    const Tape *tape = spec->session->names.tape;
    if (!find_step(spec, &cell, error))
        return false;
    page_begin(list, spec);
    int id = tape_value(tape, cell.value)->producer;
    Step step = tape->steps[id];
    choose_cell(tape_value(tape, cell.value), &cell);
    if (!explain(tape, cell.value, cell.row, cell.col, &e))
        return error_memory(error);
    if (step.input_count > MOST_OPERANDS)
        step.input_count = MOST_OPERANDS;
    set_signs(list, &step, signs);
    for (int i = 0; i < step.input_count; i++)
        panels[i] = operand(spec, list, &step, step.inputs[i], i < 2 && step.attributes.transposed[i], &e);
    Panel *result = &panels[step.input_count];
    *result = operand(spec, list, &step, step.output, false, NULL);
    result->marks[result->mark_count++] = (Mark){.row = cell.row, .col = cell.col, .rows = 1, .cols = 1,
                                                 .strong = true};
    double right = PAGE_MARGIN,
           bottom = shelf_draw(list, spec, panels, signs, step.input_count + 1, PAGE_MARGIN, PAGE_TOP, &right);
    /* A small operation has a long formula; on a page as narrow as itself it would be a column of words. */
    right = fmax(right, fmin(520, page_width(spec) + PAGE_MARGIN));
    bool whole = add_arithmetic(spec, list, cell, &e, right, &bottom);
    explanation_free(&e);
    end(spec, list, id, right, bottom);
    return whole || error_memory(error);
}

/* A multiplication with a weight, where there is one. */
static bool usual_step(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int step = 0;
    for (int call = tape->call_count - 1; call >= 0; call--)
        if (tape->calls[call].rule == &LINEAR)
            step = tape->frames[tape->calls[call].frame].first;
    return usual_name(session, tape->step_count ? tape->steps[step].output : -1, name, size);
}

const Figure STEP_FIGURE = {
    .name = "step",
    .words = "ID|NAME|'NAME[r,c]'",
    .shows = "one operation: its operands, a cell with what it reads, and the arithmetic of it",
    .name_wanted = true,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS,
    .usual = usual_step,
    .draw = draw,
};
